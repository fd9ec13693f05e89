"""The fuse: a broken gateway looks exactly like everybody not paying (CYCLE R5)."""

from datetime import date, timedelta

from amate.billing_cycle.service.models import CutDecision

FEW, TIMES, DAYS = 10, 3, 30


def most_cuts(today: date) -> int:
    """How many customers a day may be cut before a person is asked: `max(10, 3 × the mean of the last 30 days)`, less
    those that were cut today."""
    since = today - timedelta(days=DAYS)
    rows = CutDecision.objects.filter(day__gte=since)
    before = rows.filter(day__lt=today).values("customer_id", "day").distinct().count()
    already = rows.filter(day=today).values("customer_id").distinct().count()
    return max(allowed(before) - already, 0)


def allowed(cuts_of_thirty_days: int) -> int:
    """
    >>> [allowed(cuts) for cuts in (0, 100, 101, 300)]
    [10, 10, 10, 30]
    """
    return max(FEW, TIMES * cuts_of_thirty_days // DAYS)
