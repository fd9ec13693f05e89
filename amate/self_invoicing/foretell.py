"""Until when the sales of the next days may be invoiced: what a till prints while it is offline (OUTSIDE IMP-5)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from amate.companies.models import Branch, PortalPolicy
from amate.companies.policies import in_force
from amate.fiscal.clock import zone_of
from amate.self_invoicing.register import window_of
from amate.self_invoicing.rules import end_of, in_words

DAYS_AHEAD = 31


@dataclass(frozen=True, slots=True)
class Foretold:
    """What a sale of one local day prints. `rule` is its sentence, `deadline` in the branch's own zone."""

    day: date
    deadline: datetime
    rule: str


@dataclass(frozen=True, slots=True)
class Ahead:
    branch: Branch
    zone: ZoneInfo
    days: tuple[Foretold, ...]


def foretell_deadlines(*, now: datetime) -> list[Ahead]:
    """Of every open branch, DAYS_AHEAD days from its own today on. Rules that somebody sets later may change them: what
    counts is what is in force on the day of sale."""
    rows = list(PortalPolicy.objects.all())
    return [_ahead(branch, rows, now=now) for branch in Branch.objects.open()]


def _ahead(branch: Branch, rows: list[PortalPolicy], *, now: datetime) -> Ahead:
    zone = zone_of(branch.cp)
    today = now.astimezone(zone).date()
    days = []
    for day in (today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)):
        window = window_of(in_force(rows, branch_id=branch.pk, day=day))
        days.append(Foretold(day, end_of(day=day, window=window, zone=zone), in_words(window)))
    return Ahead(branch, zone, tuple(days))
