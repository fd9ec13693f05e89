"""Files that people uploaded: one long transaction each, whose progress is told in short ones beside it."""

from functools import partial

from amate.intake.commit import WorldChanged, back_to_read, commit_batch
from amate.intake.models import Batch
from amate.intake.read import read_batch
from amate.intake.undo import undo_batch
from amate.promises.lease import Lease, hold_fast, settle_here
from amate.promises.step import step
from amate.tenancy.scope import company_scope
from amate.worker.beside import told_beside
from amate.worker.plugs import Plugs


async def read(plugs: Plugs, lease: Lease) -> bool:
    await step(_read)(plugs, lease)
    return True


async def commit(plugs: Plugs, lease: Lease) -> bool:
    try:
        await step(_commit)(plugs, lease)
    except WorldChanged as changed:
        await step(_give_back)(plugs, lease, changed)
    return True


async def undo(plugs: Plugs, lease: Lease) -> bool:
    await step(_undo)(plugs, lease)
    return True


def _read(plugs: Plugs, lease: Lease) -> None:
    with told_beside(partial(_tell, lease)) as tell, company_scope(lease.company_id):
        read_batch(batch_id=lease.args["batch_id"], catalogs=plugs.catalogs, tell=tell, now=plugs.clock())
        _settle(plugs, lease)


def _commit(plugs: Plugs, lease: Lease) -> None:
    with told_beside(partial(_tell, lease)) as tell, company_scope(lease.company_id):
        commit_batch(batch_id=lease.args["batch_id"], catalogs=plugs.catalogs, tell=tell, now=plugs.clock())
        _settle(plugs, lease)


def _give_back(plugs: Plugs, lease: Lease, changed: WorldChanged) -> None:
    with company_scope(lease.company_id):
        back_to_read(batch_id=lease.args["batch_id"], told=changed.told, now=plugs.clock())
        _settle(plugs, lease)


def _undo(plugs: Plugs, lease: Lease) -> None:
    with company_scope(lease.company_id):
        undo_batch(batch_id=lease.args["batch_id"], now=plugs.clock())
        _settle(plugs, lease)


def _settle(plugs: Plugs, lease: Lease) -> None:
    """The fence stands at the end: it locks the promise, and this work takes minutes."""
    hold_fast(lease)
    settle_here(lease, now=plugs.clock())


def _tell(lease: Lease, percent: int) -> None:
    with company_scope(lease.company_id):
        Batch.objects.filter(pk=lease.args["batch_id"], state__in=Batch.WORKING).update(progress=percent)
