"""What the dry run staged is kept: customers first, then products, then what is owed; all of it or nothing."""

from collections.abc import Callable
from datetime import datetime

from amate.companies.day import day_of
from amate.fiscal.catalogs import Catalogs
from amate.intake.found import Wrong
from amate.intake.models import Batch
from amate.intake.past.articles import keep_past_products
from amate.intake.past.balances import keep_past_balances
from amate.intake.past.models import PastCfdi, PastNamed, PastPaid
from amate.intake.past.receivers import keep_receivers
from amate.intake.past.stage import known_uuids
from amate.intake.told import Told

CHUNK = 2000


def keep_past_batch(*, batch: Batch, catalogs: Catalogs, tell: Callable[[int], None], now: datetime) -> Told:
    """What it came to. The caller rolls back if more is wrong than a person saw."""
    told = Told()
    told.counts.rows = batch.counts["rows"]
    told.counts.repeated = batch.counts["repeated"] + _leave_out_known(batch)
    told.counts.bad = told.counts.bad_rows = batch.counts["cfdi"]["unread"]
    customers = keep_receivers(batch=batch, catalogs=catalogs, told=told, now=now)
    tell(40)
    products = keep_past_products(batch=batch, catalogs=catalogs, day=day_of(now), now=now)
    tell(60)
    balances = keep_past_balances(batch=batch, told=told, nobody=customers.nobody, now=now)
    told.counts.new = PastCfdi.objects.filter(batch=batch).update(kept_at=now)
    told.counts.total = balances.counts.total
    fresh = [Wrong(*said) for said in batch.errors]
    told.errors = fresh + [one for one in told.errors if one not in fresh]
    told.more = batch.counts["cfdi"] | {
        "customers": customers.told.counts.new,
        "customers_changed": customers.told.counts.changed,
        "products": products.counts.new,
        "balances": balances.counts.new,
    }
    return told


def _leave_out_known(batch: Batch) -> int:
    """What another batch kept, or we issued, since the dry run."""
    gone, after = 0, 0
    while True:
        rows = PastCfdi.objects.filter(batch=batch, pk__gt=after).order_by("pk").values_list("pk", "uuid")[:CHUNK]
        found = list(rows)
        if not found:
            return gone
        after = found[-1][0]
        if known := known_uuids([uuid for _, uuid in found]):
            PastPaid.objects.filter(batch=batch, rep__in=known).delete()
            PastNamed.objects.filter(batch=batch, uuid__in=known).delete()
            gone += PastCfdi.objects.filter(batch=batch, uuid__in=known).delete()[0]
