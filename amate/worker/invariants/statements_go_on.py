"""I9: a statement opens with what the one before closed with, adds up, and says what it said when it was made.

The ids are the statements'.
"""

from collections.abc import Sequence

from django.db.models import F, Q

from amate.billing_cycle.statements.models import Statement
from amate.billing_cycle.statements.told import digest_of
from amate.worker.invariants.look import Look, walk


def look(*, known: Sequence[int], after: int, at_most: int) -> Look:
    return walk(Statement.objects, _broken, known=known, after=after, at_most=at_most)


def _broken(ids: list[int]) -> list[int]:
    rows = Statement.objects.filter(pk__in=ids)
    sums = F("opening") + F("charges") - F("payments") + F("adjustments")
    wrong = rows.filter(~Q(closing=sums) | Q(previous__isnull=False) & ~Q(opening=F("previous__closing")))
    altered = [one.pk for one in rows.only("facts", "sha256", "company") if digest_of(one.facts) != one.sha256]
    return sorted({*wrong.values_list("pk", flat=True), *altered})
