"""How many messages a month a company pays for at most: beyond it no text leaves, and somebody is told."""

from datetime import date, datetime, time

from django.db.models import Sum

from amate.companies.day import day_of, zone_of_company
from amate.messages.models import TextMessage, TextSettings


def paid_this_month(*, now: datetime) -> int:
    """Segments that left, or may have, in the company's month."""
    since = datetime.combine(_month_of(now), time(), tzinfo=zone_of_company())
    left = TextMessage.objects.filter(claimed_at__gte=since, state__in=TextMessage.PAID_FOR)
    return int(left.aggregate(sum=Sum("segments"))["sum"] or 0)


def has_room(segments: int, *, now: datetime) -> bool:
    """Whether they fit in what is left of the month; one text at a time asks."""
    row = TextSettings.objects.select_for_update(no_key=True).filter(closed_at__isnull=True).first()
    return row is None or row.most_a_month is None or paid_this_month(now=now) + segments <= row.most_a_month


def note_spent(*, now: datetime) -> None:
    """A text found no room: no other is tried this month, and the first page says so."""
    TextSettings.objects.filter(closed_at__isnull=True).update(spent_in=_month_of(now))


def is_spent(*, now: datetime) -> bool:
    """Whether a text found no room this month."""
    return bool(TextSettings.objects.filter(closed_at__isnull=True, spent_in=_month_of(now)).exists())


def _month_of(now: datetime) -> date:
    return day_of(now).replace(day=1)
