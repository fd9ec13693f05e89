"""A sandbox company's clock sets out for a day that comes; the worker lives through every day until then."""

from datetime import date, datetime, timedelta

from amate.audit.record import record
from amate.companies.models import Company
from amate.companies.sandbox_clock import SandboxClock
from amate.tenancy.scope import open_company
from amate.tenancy.writes import insert_unless_there

FARTHEST = timedelta(days=366)  # of one jump: every day of it is lived through


class NoJump(Exception):
    """The clock stays where it is. The message (Spanish) says why, and the way out."""


def jump_clock(*, to: date, today: date, now: datetime) -> SandboxClock:
    """Set out for `to`. `today` and `now` as the company has them. Raises NoJump. Of a real company
    the database would refuse the row too."""
    if not Company.objects.filter(pk=open_company(), sandbox=True).exists():
        raise NoJump("Esta empresa es de verdad: su reloj no se adelanta.")
    if to <= today:
        raise NoJump("El reloj solo avanza: elige un día que venga.")
    if to - today > FARTHEST:
        raise NoJump("Avanza a lo más un año por vez.")
    insert_unless_there(SandboxClock(moved_at=now))
    clock = SandboxClock.objects.select_for_update(no_key=True).get()
    if clock.going_to is not None:
        raise NoJump("El reloj ya va en camino: espera a que llegue.")
    SandboxClock.objects.filter(pk=clock.pk).update(going_to=to, began_at=now)
    record("clock.jumped", about="clock", now=now, start=today.isoformat(), to=to.isoformat())
    clock.refresh_from_db()
    return clock
