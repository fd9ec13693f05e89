"""A person asks whether the PAC answers: whatever comes of it is what was asked, so it is not tried again."""

from amate.adapters.pac import PacError
from amate.companies.try_pac import record_pac_answer, record_pac_silence
from amate.promises.lease import Lease
from amate.worker.inside import inside
from amate.worker.plugs import Plugs


async def try_pac(plugs: Plugs, lease: Lease) -> bool:
    try:
        left = await plugs.pacs[0].balance()
    except PacError as away:
        await inside(lease, record_pac_silence, fenced=True, settles=plugs.clock)(why=str(away), now=plugs.clock())
        return True
    await inside(lease, record_pac_answer, fenced=True, settles=plugs.clock)(left=left, now=plugs.clock())
    return True
