"""The facturas globales that the calendar asks for today (FEATURES 45), and the leftovers of periods before."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models.functions import TruncDate

from amate.companies.models import Branch
from amate.fiscal.clock import zone_of
from amate.fiscal.global_period import GlobalPeriod, period_of
from amate.invoices.models import Origin
from amate.self_invoicing.close_period import NoGlobal, NothingLeft, close_period
from amate.self_invoicing.models import GlobalSchedule
from amate.self_invoicing.period_notes import notes_between

A_DAY = timedelta(days=1)
LOOKS_BACK = timedelta(days=62)
"""For what came late into a closed period, as a till that was offline sends it; older ones are told by `globals_due`."""


def close_scheduled(*, now: datetime) -> None:
    """Once a local day and branch, from its hour on. Inside the company's scope.

    What cannot be made stays due, says why, and is tried again with the next beat. Two at once: one of them has the row.
    """
    rows = GlobalSchedule.objects.kept().select_for_update(skip_locked=True, of=("self",), no_key=True)
    for schedule in rows.select_related("branch").order_by("pk"):
        local = now.astimezone(zone_of(schedule.branch.cp))
        today = local.date()
        if local.time() < time(schedule.hour) or schedule.done_on == today:
            continue
        trouble = _close_all(schedule, today=today, now=now)
        done_on = schedule.done_on if trouble else today
        if (trouble, done_on) != (schedule.trouble, schedule.done_on):
            GlobalSchedule.objects.filter(pk=schedule.pk).update(trouble=trouble, done_on=done_on)


def _close_all(schedule: GlobalSchedule, *, today: date, now: datetime) -> str:
    """Why one could not be made, or nothing. What is wrong with a period keeps no other one from its global."""
    troubles = []
    for period in _due(schedule, today):
        more = True
        while more:  # one press takes so many and no more (MOST_AT_ONCE)
            try:
                with transaction.atomic():
                    close_period(branch_id=schedule.branch_id, period=period, seen=None, origin=Origin.SYSTEM, now=now)
            except NothingLeft:
                more = False
            except NoGlobal as why:
                troubles.append(str(why))
                more = False
    return " ".join(dict.fromkeys(troubles))


def _due(schedule: GlobalSchedule, today: date) -> list[GlobalPeriod]:
    """The ended periods since the schedule began in which a note may enter, oldest first."""
    yesterday = period_of(today - A_DAY, periodicidad=schedule.periodicidad)
    first = max(schedule.starts_on, min(yesterday.first, today - LOOKS_BACK))
    if first >= today:
        return []
    days = _days_with_notes(schedule.branch, first, today - A_DAY)
    periods = {period_of(day, periodicidad=schedule.periodicidad) for day in days}
    return sorted((one for one in periods if one.last < today), key=lambda one: one.first)


def _days_with_notes(branch: Branch, first: date, last: date) -> Iterable[date]:
    enter = notes_between(branch=branch, first=first, last=last).filter(fate="enters").order_by()
    day = TruncDate("sold_at", tzinfo=zone_of(branch.cp))
    found: Iterable[date] = enter.annotate(day=day).values_list("day", flat=True).distinct()
    return found
