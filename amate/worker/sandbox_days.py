"""The clock of a sandbox company on its way: each day is lived through as a worker that never slept would have."""

import logging
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import httpx
from django.conf import settings
from django.db.models import F

from amate.companies.day import zone_of_company
from amate.companies.models import Company, Emisor
from amate.companies.sandbox_clock import SandboxClock
from amate.promises.models import Promise
from amate.tenancy.scope import company_scope
from amate.worker.each_company import in_each_company
from amate.worker.of_a_day import OF_A_DAY

logger = logging.getLogger(__name__)
# When the worker looks up on each day of a journey: before the people, in the hours of notices and cuts, in the evening.
STOPS = (time(6), time(10), time(12, 30), time(18, 30))
ARRIVES = time(10)
PATIENCE = timedelta(seconds=20)  # real time that the work of one stop may take before the clock goes on all the same


def go_on(now: datetime) -> None:
    """A beat: one stop further for each clock that is on its way and has nothing left to do where it stands."""
    for company_id in Company.objects.filter(sandbox=True).values_list("pk", flat=True):
        with company_scope(company_id):
            moved = _step(now)
        if moved is None:
            continue
        _tell(*moved)
        for name, act in OF_A_DAY.items():
            in_each_company(act, now=now, beat=name, among=[company_id])


def _step(now: datetime) -> tuple[str, datetime] | None:
    """Whose clock moved, and where it stands."""
    clock = SandboxClock.objects.select_for_update(skip_locked=True, no_key=True).filter(going_to__isnull=False).first()
    if clock is None or clock.going_to is None:
        return None
    mine = now + clock.ahead
    busy = Promise.objects.open().filter(next_try_at__lte=mine, last_error="").exists()
    if busy and now - clock.moved_at < PATIENCE:
        return None
    instant, last = next_stop(mine, going_to=clock.going_to, zone=zone_of_company())
    still = SandboxClock.objects.filter(pk=clock.pk, ahead__lte=instant - now)
    still.update(ahead=instant - now, moved_at=now, going_to=None if last else F("going_to"))
    return Emisor.objects.get().rfc, instant


def next_stop(now: datetime, *, going_to: date, zone: ZoneInfo) -> tuple[datetime, bool]:
    """The next stop after `now`, and whether the journey ends there.

    >>> mx = ZoneInfo("America/Mexico_City")
    >>> noon = datetime(2026, 3, 2, 13, 0, tzinfo=mx)
    >>> [(str(at), last) for at, last in (next_stop(noon, going_to=date(2026, 3, 3), zone=mx),)]
    [('2026-03-02 18:30:00-06:00', False)]
    >>> [str(one) for one in next_stop(datetime(2026, 3, 3, 6, 0, tzinfo=mx), going_to=date(2026, 3, 3), zone=mx)]
    ['2026-03-03 10:00:00-06:00', 'True']
    """
    here = now.astimezone(zone)
    days = (here.date(), here.date() + timedelta(days=1))
    stops = (datetime.combine(day, at, tzinfo=zone) for day in days for at in STOPS)
    instant = next(stop for stop in stops if stop > here)
    end = datetime.combine(going_to, ARRIVES, tzinfo=zone)
    if instant >= end:
        return max(end, here), True
    return instant, False


def _tell(rfc: str, instant: datetime) -> None:
    """The simulators of this machine follow, or they would refuse what comes from their future."""
    for url in settings.SIMULATORS:
        try:
            said = {"rfc": rfc, "now": instant.isoformat()}
            httpx.put(f"{url}/_sim/clock_of", json=said, timeout=5, trust_env=False).raise_for_status()
        except httpx.HTTPError as away:
            logger.warning("a simulator does not follow the clock of a sandbox: %s", away)
