"""Work on many rows that a person asked for: acts some rows a transaction, files in one whose progress is told beside it."""

from functools import partial

from amate.audit.models import ActorKind
from amate.audit.record import Actor, acting
from amate.desk.begin_run import begin_run
from amate.desk.do_to_many import do_some
from amate.desk.make_file import make_file
from amate.desk.models import Run
from amate.promises.lease import Lease, hold_fast, settle_here
from amate.promises.step import step
from amate.tenancy.scope import company_scope
from amate.worker.beside import told_beside
from amate.worker.plugs import Plugs


async def do_to_many(plugs: Plugs, lease: Lease) -> bool:
    await step(_begin)(plugs, lease)
    while await step(_some)(plugs, lease):
        pass
    return True


async def make(plugs: Plugs, lease: Lease) -> bool:
    await step(_begin)(plugs, lease)
    await step(_make)(plugs, lease)
    return True


def _begin(plugs: Plugs, lease: Lease) -> None:
    """On its own, so that the page knows it while the work goes on."""
    with company_scope(lease.company_id):
        begin_run(run_id=lease.args["run_id"], now=plugs.clock())


def _some(plugs: Plugs, lease: Lease) -> bool:
    with company_scope(lease.company_id), acting(_who(lease)):
        hold_fast(lease)
        more = do_some(run_id=lease.args["run_id"], now=plugs.clock())
        if not more:
            settle_here(lease, now=plugs.clock())
        return more


def _make(plugs: Plugs, lease: Lease) -> None:
    with (
        told_beside(partial(_tell, lease)) as tell,
        company_scope(lease.company_id),
        acting(_who(lease)),
    ):
        make_file(run_id=lease.args["run_id"], tell=tell, now=plugs.clock())
        hold_fast(lease)  # at the end: it locks the promise, and this work may take minutes
        settle_here(lease, now=plugs.clock())


def _who(lease: Lease) -> Actor:
    """The audit names the person who asked, not the machine that did it."""
    kept = Run.objects.values_list("asked_by", "request_id", "owner_id")
    return Actor(ActorKind.PERSON, *kept.get(pk=lease.args["run_id"]))


def _tell(lease: Lease, rows: int) -> None:
    with company_scope(lease.company_id):
        Run.objects.filter(pk=lease.args["run_id"], state=Run.State.ASKED).update(through=rows)
