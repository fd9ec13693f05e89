"""Periods that closed with notes which nobody invoiced and no factura global has (GLO-2).

Only where the company makes its globals here: a branch is watched from the period after its last one, and one whose
globals make themselves from what they last left done. Of those nothing is told while half of the law's day is left.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Max

from amate.companies.models import Branch
from amate.fiscal.clock import zone_of
from amate.fiscal.global_period import GlobalPeriod, period_of
from amate.invoices.deadlines import global_by
from amate.invoices.due import LATE, SOON, Due, DueKind
from amate.invoices.models import DEAD, Invoice, Kind
from amate.self_invoicing.models import GlobalSchedule, Ticket
from amate.self_invoicing.queries import in_state

PERIODS = 12  # looked at, of each branch; nobody mends more at once
A_DAY = timedelta(days=1)
ALARM = timedelta(hours=12)  # before the law's hour, of those that make themselves (FEATURES 45)
GIVEN_UP = timedelta(days=130)  # two periods of two months without any: the globals are made elsewhere now


def globals_due(*, now: datetime) -> list[Due]:
    """One for each branch and period. Inside the company's scope."""
    done = Invoice.objects.filter(kind=Kind.GLOBAL).exclude(state__in=DEAD)
    last = done.values("branch_id", "periodicidad").annotate(until=Max("period_to")).order_by("branch_id", "until")
    latest = {row["branch_id"]: (row["periodicidad"], row["until"]) for row in last}
    alone = {one.branch_id: one for one in GlobalSchedule.objects.kept()}
    for branch_id, schedule in alone.items():
        latest[branch_id] = (schedule.periodicidad, _seen_by(schedule, now=now))
    branches = Branch.objects.in_bulk(latest)
    return [
        due
        for branch_id, (periodicidad, until) in latest.items()
        for due in _of(branches[branch_id], periodicidad, until, alone=branch_id in alone, now=now)
    ]


def _seen_by(schedule: GlobalSchedule, *, now: datetime) -> date:
    """The last day that its globals are known to have: what had ended when it was last done. While something could not be
    made, nothing is known: a later period may have its global, and the one before it none."""
    first = schedule.starts_on if schedule.trouble else max(schedule.starts_on, schedule.done_on or schedule.starts_on)
    return max(first - A_DAY, now.date() - GIVEN_UP + A_DAY)


def _of(branch: Branch, periodicidad: str, until: date, *, alone: bool, now: datetime) -> Iterator[Due]:
    zone = zone_of(branch.cp)
    today = now.astimezone(zone).date()
    for period in _closed(periodicidad, until, today):
        by = global_by(period.last, zone=zone)
        if (not alone or now >= by - ALARM) and _has_notes_left(branch, period, now=now):
            mark = SOON if now < by else LATE
            page = f"facturas/global/?sucursal={branch.pk}&periodicidad={periodicidad}&dia={period.first}"
            yield Due(DueKind.GLOBAL, mark, period.last + A_DAY, page=page)


def _closed(periodicidad: str, until: date, today: date) -> list[GlobalPeriod]:
    """The newest of those after `until` that have ended."""
    if today - until > GIVEN_UP:
        return []
    found: list[GlobalPeriod] = []
    period = period_of(until + A_DAY, periodicidad=periodicidad)
    while period.last < today:
        found = [*found[-PERIODS + 1 :], period]
        period = period_of(period.last + A_DAY, periodicidad=periodicidad)
    return found


def _has_notes_left(branch: Branch, period: GlobalPeriod, *, now: datetime) -> bool:
    """Sold on credit never enters (GLO-1)."""
    zone = zone_of(branch.cp)
    start = datetime.combine(period.first, time(), tzinfo=zone)
    end = datetime.combine(period.last + A_DAY, time(), tzinfo=zone)
    sold = Ticket.objects.filter(branch=branch, sold_at__gte=start, sold_at__lt=end, metodo_pago="PUE")
    return bool(sold.filter(in_state("open", now=now) | in_state("expired", now=now)).exists())
