"""A branch's facturas globales are made by themselves from now on, or by hand again (FEATURES 45)."""

from datetime import datetime

from amate.audit.record import record
from amate.companies.models import Branch, Emisor
from amate.fiscal.clock import zone_of
from amate.fiscal.global_period import BIMESTRAL, REGIMEN_BIMESTRAL, period_of
from amate.fiscal.tables.comprobante import PERIODICIDADES
from amate.self_invoicing.models import GlobalSchedule

BY_HAND = ""
HOURS = range(1, 12)
"""Of the day after the close: what fails at the last of them still has half of its day (RMF 2.7.1.21)."""
USUAL_HOUR = 9


class ScheduleRefused(Exception):
    """Nothing was written. The message (Spanish) says why, and what to choose."""


def schedule_globals(*, branch_id: int, periodicidad: str, hour: int, now: datetime) -> None:
    """`periodicidad` of the SAT, or BY_HAND. It begins with the period that is running, so that what was sold since its
    first day is in it. Raises ScheduleRefused."""
    branch: Branch = Branch.objects.select_for_update(no_key=True).get(pk=branch_id)
    kept: GlobalSchedule | None = GlobalSchedule.objects.filter(branch=branch).first()
    runs = kept is not None and kept.stopped_at is None
    if periodicidad == BY_HAND:
        if kept is not None and runs:
            GlobalSchedule.objects.filter(pk=kept.pk).update(stopped_at=now, trouble="")
            record("global.by_hand", about=f"branch:{branch_id}", now=now)
        return
    _check(periodicidad, hour)
    same = kept is not None and runs and kept.periodicidad == periodicidad
    if kept is not None and same and kept.hour == hour:
        return
    today = now.astimezone(zone_of(branch.cp)).date()
    starts_on = kept.starts_on if kept is not None and same else period_of(today, periodicidad=periodicidad).first
    said = {"periodicidad": periodicidad, "hour": hour, "starts_on": starts_on, "stopped_at": None, "trouble": ""}
    if not same:
        said["done_on"] = None
    GlobalSchedule.objects.update_or_create(branch=branch, defaults=said)
    record(
        "global.scheduled",
        about=f"branch:{branch_id}",
        now=now,
        periodicidad=periodicidad,
        hour=hour,
        starts_on=str(starts_on),
    )


def _check(periodicidad: str, hour: int) -> None:
    if periodicidad not in PERIODICIDADES:
        raise ScheduleRefused("Elige cada cuánto se hace, o a mano")
    if hour not in HOURS:
        raise ScheduleRefused(f"Elige una hora de {HOURS[0]} a {HOURS[-1]} de la mañana")
    if periodicidad == BIMESTRAL and not Emisor.objects.filter(regimen_fiscal=REGIMEN_BIMESTRAL).exists():
        raise ScheduleRefused(f"Solo el régimen {REGIMEN_BIMESTRAL} hace globales de dos meses: elige cada mes o menos")
