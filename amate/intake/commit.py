"""What the dry run found good becomes tickets or products: all of it in one transaction, or nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection

from amate.audit.record import record
from amate.companies.models import Product
from amate.companies.products import keep_many
from amate.fiscal.catalogs import Catalogs
from amate.intake.found import Good
from amate.intake.models import Batch, Kind
from amate.intake.moving_in import ACTS
from amate.intake.past.keep import keep_past_batch
from amate.intake.spool import Spool, spooled
from amate.intake.told import Told
from amate.intake.walk import branches_of_sales, things_in
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise
from amate.self_invoicing.register_many import Bulk
from amate.tenancy.scope import open_company


class HasErrors(ValueError):
    """Some rows are bad and nobody said to leave them out: nothing is registered."""


class NothingNew(ValueError):
    """Every row is bad, or was registered before."""


class WorldChanged(Exception):
    """More rows are bad now than the person saw. Everything must be rolled back; `told` is the new verdict."""

    def __init__(self, told: Told) -> None:
        super().__init__("rows turned bad between the dry run and the commit")
        self.told = told


def ask_commit(*, batch_id: int, skip_bad: bool, now: datetime) -> Batch:
    """A person says yes. `skip_bad`: he saw the rows with errors and leaves them out.

    Raises HasErrors, NothingNew, and IllegalMove if the batch is not READ any more.
    """
    batch = Batch.locked(batch_id)
    if batch.state == Batch.State.READ and batch.counts["bad"] and not skip_bad:
        raise HasErrors
    if batch.state == Batch.State.READ and not batch.counts["new"] and not batch.counts["changed"]:
        raise NothingNew
    batch.now_in(Batch.State.COMMITTING, now=now, skip_bad=skip_bad, progress=0, fault="")
    record("batch.commit_asked", about=f"batch:{batch.pk}", now=now, file=batch.file_name, skip_bad=skip_bad)
    promise("commit_batch", key=f"commit_batch:{batch.pk}", now=now, priority=SOMEBODY_WAITS, batch_id=batch.pk)
    return batch


def commit_batch(*, batch_id: int, catalogs: Catalogs, tell: Callable[[int], None], now: datetime) -> None:
    """Register it. Raises WorldChanged: then the caller rolls back and gives the verdict to `back_to_read`."""
    batch = Batch.objects.select_related("source").get(pk=batch_id)
    if batch.state != Batch.State.COMMITTING:
        return
    seen_bad, told = batch.counts["bad"], Told()
    if batch.source.kind == Kind.CFDI:
        told = keep_past_batch(batch=batch, catalogs=catalogs, tell=tell, now=now)
    else:
        with spooled(batch, tell=tell) as spool:
            _register(batch, spool, told, catalogs=catalogs, now=now)
    if told.counts.bad > seen_bad:
        raise WorldChanged(told)
    batch.pieces.all().delete()
    batch.now_in(Batch.State.COMMITTED, now=now, progress=0, **told.facts())
    record(
        "batch.committed",
        about=f"batch:{batch.pk}",
        now=now,
        **{name: count for name, count in batch.counts.items() if count},
    )


def back_to_read(*, batch_id: int, told: Told, now: datetime) -> None:
    """After WorldChanged, in a transaction of its own: nothing was registered, and the person looks again."""
    batch = Batch.locked(batch_id)
    why = (
        "No se registró nada: mientras tanto cambió algo y hay más renglones con error. Revísalos y confirma otra vez."
    )
    batch.now_in(Batch.State.READ, now=now, progress=0, fault=why, skip_bad=False, **told.facts())


def _register(batch: Batch, spool: Spool, told: Told, *, catalogs: Catalogs, now: datetime) -> None:
    chunks = things_in(batch, spool, catalogs=catalogs, told=told, now=now)
    if batch.source.kind == Kind.PRODUCTS:
        for chunk in chunks:
            _keep_products(batch, chunk, told, now=now)
        return
    if act := ACTS.get(batch.source.kind):
        for chunk in chunks:
            act.keep(batch, chunk, told, now)
        return
    bulk, branches = Bulk(source=batch.source.name, now=now), branches_of_sales()
    for chunk in chunks:
        seen = bulk.register([(one.thing.sale, branches[one.thing.branch]) for one in chunk])
        told.sales(seen, chunk)
        _note(batch, "ticket_id", seen.ids)


def _keep_products(batch: Batch, chunk: list[Good[Any]], told: Told, *, now: datetime) -> None:
    articles = [one.thing for one in chunk]
    known = set(Product.objects.filter(key__in=[one.key for one in articles]).values_list("key", flat=True))
    kept = keep_many(articles=articles, now=now)
    fresh = [pk for key, pk in kept.items() if key not in known]
    told.counts.new += len(fresh)
    told.counts.changed += len(kept) - len(fresh)
    _note(batch, "product_id", fresh)


def _note(batch: Batch, column: str, ids: list[int]) -> None:
    sql = f"INSERT INTO intake_imported (company_id, batch_id, {column}) SELECT %s, %s, unnest(%s::bigint[])"
    with connection.cursor() as c:
        c.execute(sql, [open_company(), batch.pk, ids])
