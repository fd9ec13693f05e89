"""The promise to tell a hook, and the beat that gives what happened its place."""

from datetime import datetime

from amate.adapters.signed_notice import NoMore, NotTaken, tell
from amate.companies.secrets import WrongMasterKey
from amate.hooks.tell_hooks import Telling, companies_told, give_places, next_to_tell, record_not_told, record_told
from amate.promises.lease import Lease, TryLater
from amate.worker.each_company import in_each_company
from amate.worker.inside import inside
from amate.worker.plugs import Plugs


async def tell_hook(plugs: Plugs, lease: Lease) -> bool:
    """One after the other, until there is nothing more to tell. Told twice, it has the same id."""
    while (telling := await inside(lease, _next)(lease.args["hook_id"])) is not None:
        try:
            await tell(
                url=telling.url,
                keys=telling.keys,
                message_id=telling.message_id,
                said=telling.said,
                now=plugs.clock(),
                private=telling.private,
            )
        except NoMore as no:
            await inside(lease, record_not_told, fenced=True)(
                telling=telling, said=str(no), gone=True, now=plugs.clock()
            )
        except NotTaken as away:
            await inside(lease, record_not_told, fenced=True)(
                telling=telling, said=str(away), gone=False, now=plugs.clock()
            )
            raise TryLater(str(away), after=away.after) from away
        else:
            await inside(lease, record_told, fenced=True)(telling=telling, now=plugs.clock())
    return False


def _next(hook_id: int) -> Telling | None:
    try:
        return next_to_tell(hook_id=hook_id)
    except WrongMasterKey as closed:
        raise TryLater(str(closed), alarm="master_key") from closed


def hooks(now: datetime) -> None:
    in_each_company(lambda then: give_places(now=then), now=now, beat="hooks", among=companies_told())
