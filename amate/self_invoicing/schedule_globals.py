"""A branch's facturas globales are made by themselves from now on, or by hand again (FEATURES 45)."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max

from amate.audit.record import record
from amate.companies.models import Branch, Emisor
from amate.fiscal.clock import zone_of
from amate.fiscal.global_period import BIMESTRAL, REGIMEN_BIMESTRAL, period_of
from amate.fiscal.tables.comprobante import PERIODICIDADES
from amate.invoices.models import DEAD, Invoice, Kind
from amate.self_invoicing.globals_due import GIVEN_UP
from amate.self_invoicing.models import GlobalSchedule

BY_HAND = "a-mano"
HOURS = range(1, 12)
"""Of the day after the close: what fails at the last of them still has half of its day (RMF 2.7.1.21)."""
USUAL_HOUR = 9


class ScheduleRefused(Exception):
    """Nothing was written. The message (Spanish) says why, and what to choose."""


def schedule_globals(*, branch_id: int, periodicidad: str, hour: int, now: datetime) -> None:
    """`periodicidad` of the SAT, or BY_HAND. Raises ScheduleRefused.

    Locks the branch's row of schedules and nothing before it: the beat goes from there to the branch.
    """
    kept: GlobalSchedule | None = (
        GlobalSchedule.objects.kept().select_for_update(no_key=True).filter(branch_id=branch_id).first()
    )
    if periodicidad == BY_HAND:
        if kept is not None:
            GlobalSchedule.objects.filter(pk=kept.pk).update(stopped_at=now, trouble="")
            record("global.by_hand", about=f"branch:{branch_id}", now=now)
        return
    _check(periodicidad, hour)
    if kept is not None and (kept.periodicidad, kept.hour) == (periodicidad, hour):
        return
    said: dict[str, Any] = {"periodicidad": periodicidad, "hour": hour, "stopped_at": None, "trouble": ""}
    if kept is None or kept.periodicidad != periodicidad:
        said |= {"starts_on": _begins(branch_id, periodicidad, kept, now=now), "done_on": None}
    row, _ = GlobalSchedule.objects.update_or_create(branch_id=branch_id, defaults=said)
    record(
        "global.scheduled",
        about=f"branch:{branch_id}",
        now=now,
        periodicidad=periodicidad,
        hour=hour,
        starts_on=str(row.starts_on),
    )


def _begins(branch_id: int, periodicidad: str, kept: GlobalSchedule | None, *, now: datetime) -> date:
    """The period that is running; earlier, where the last global ended or the schedule before this one began: no day of
    sale is lost between two ways of making them."""
    branch = Branch.objects.get(pk=branch_id)
    today = now.astimezone(zone_of(branch.cp)).date()
    running = period_of(today, periodicidad=periodicidad).first
    made = Invoice.objects.filter(kind=Kind.GLOBAL, branch=branch).exclude(state__in=DEAD)
    last: date | None = made.aggregate(until=Max("period_to"))["until"]
    if last is not None and today - last <= GIVEN_UP:
        return min(running, last + timedelta(days=1))
    return running if kept is None else min(running, kept.starts_on)


def _check(periodicidad: str, hour: int) -> None:
    if periodicidad not in PERIODICIDADES:
        raise ScheduleRefused("Elige cada cuánto se hace, o a mano")
    if hour not in HOURS:
        raise ScheduleRefused(f"Elige una hora de {HOURS[0]} a {HOURS[-1]} de la mañana")
    if periodicidad == BIMESTRAL and not Emisor.objects.filter(regimen_fiscal=REGIMEN_BIMESTRAL).exists():
        raise ScheduleRefused(f"Solo el régimen {REGIMEN_BIMESTRAL} hace globales de dos meses: elige cada mes o menos")
