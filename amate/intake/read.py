"""The dry run: a file is read from end to end, every row is judged, and nothing is written but the verdict."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from amate.companies.models import Product
from amate.fiscal.catalogs import Catalogs
from amate.intake.columns import missing, propose
from amate.intake.formats import FileRefused
from amate.intake.found import Good
from amate.intake.look import Look, look_at, places_in
from amate.intake.models import Batch, Kind
from amate.intake.moving_in import ACTS
from amate.intake.options import Options
from amate.intake.past.read import read_past_batch
from amate.intake.spool import Spool, spooled
from amate.intake.told import Told
from amate.intake.walk import branches_of_sales, things_in
from amate.self_invoicing.register_many import Bulk


def read_batch(*, batch_id: int, catalogs: Catalogs, tell: Callable[[int], None], now: datetime) -> Batch:
    """Look at the file if nobody has, propose what its columns mean, and run through it dry.

    Ends in READ, in ASKING when a person must say what columns mean, or in REFUSED. Doing it again does nothing.
    """
    batch = Batch.objects.select_related("source").get(pk=batch_id)
    if batch.state != Batch.State.UPLOADED:
        return batch
    if batch.source.kind == Kind.CFDI:
        read_past_batch(batch=batch, catalogs=catalogs, tell=tell, now=now)
        return batch
    try:
        with spooled(batch, tell=tell) as spool:
            _look(batch, spool, now=now)
            if _lacks(batch):
                batch.now_in(Batch.State.ASKING, now=now, look=batch.look, sheet=batch.sheet, progress=0)
                return batch
            told = Told()
            _dry_run(batch, spool, told, catalogs=catalogs, now=now)
    except FileRefused as refused:
        batch.now_in(Batch.State.REFUSED, now=now, fault=refused.message, progress=0)
        batch.pieces.all().delete()
        return batch
    facts = {"look": batch.look, "sheet": batch.sheet, "progress": 0, "fault": "", "skip_bad": False}
    batch.now_in(Batch.State.READ, now=now, **facts, **told.facts())
    return batch


def _look(batch: Batch, spool: Spool, *, now: datetime) -> None:
    """What the head shows; a source that has no mapping yet, or one for other heads, gets the proposal."""
    source = batch.source
    quiet = Spool(spool.path, spool.form)
    look = look_at(source.kind, quiet.rows(), sheets=spool.sheets, sheet=spool.sheet)
    batch.look, batch.sheet = look.as_json(), spool.sheet
    if missing(source.kind, places_in(look, source.mapping)):
        first_time = not source.mapping
        source.mapping = propose(source.kind, look.names) | _still_there(look, source.mapping)
        options = Options.of(source.options)
        if first_time:
            options = replace(options, comma=look.comma, month_first=look.month_first)
        source.options, source.changed_at = options.as_json(), now
        source.save(update_fields=["mapping", "options", "changed_at"])


def _still_there(look: Look, mapping: dict[str, str]) -> dict[str, str]:
    return {field: mapping[field] for field in places_in(look, mapping)}


def _lacks(batch: Batch) -> list[str]:
    return missing(batch.source.kind, places_in(Look.of(batch.look), batch.source.mapping))


def _dry_run(batch: Batch, spool: Spool, told: Told, *, catalogs: Catalogs, now: datetime) -> None:
    chunks = things_in(batch, spool, catalogs=catalogs, told=told, now=now)
    if batch.source.kind == Kind.PRODUCTS:
        for chunk in chunks:
            _look_at_products(chunk, told)
        return
    if act := ACTS.get(batch.source.kind):
        for chunk in chunks:
            act.look(batch, chunk, told, now)
        return
    bulk, branches = Bulk(source=batch.source.name, now=now), branches_of_sales()
    for chunk in chunks:
        seen = bulk.look([(one.thing.sale, branches[one.thing.branch]) for one in chunk])
        told.sales(seen, chunk)


def _look_at_products(chunk: list[Good[Any]], told: Told) -> None:
    keys = [one.thing.key for one in chunk]
    known = Product.objects.filter(key__in=keys).count()
    told.counts.changed += known
    told.counts.new += len(keys) - known
