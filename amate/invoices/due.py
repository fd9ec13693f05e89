"""Which documents are near or past a date that the law sets (FISCAL 15). Read, never raised: what is mended is gone.

Stamping is told when a day is left; a REP on days 1 to 5; PUE on the last three days of the month; a global as soon as its
period has closed; a cancellation that is owed, a month and a week before its last day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from django.db.models import Q, QuerySet

from amate.fiscal.clock import zone_of
from amate.invoices.deadlines import STAMPING, cancel_by, global_by, pay_by, rep_by, stamp_by
from amate.invoices.hanging import persona_of_issuer
from amate.invoices.models import (
    ON_THE_WAY,
    AwaitedPayment,
    Cancellation,
    CancellationState,
    Invoice,
    Kind,
    MovedPayment,
    RefusedBy,
    State,
)
from amate.invoices.payments import paid_on

STAMP_TOLD = timedelta(hours=24)
PUE_TOLD = timedelta(days=2)
CANCEL_TOLD = timedelta(days=30)
CANCEL_LAST = timedelta(days=7)
CANCEL_MISSED = timedelta(days=60)  # nothing mends it any more: then it is not told for ever
AT_MOST = 500
# What was refused by us waits for a person, who finds it by its own line.
_NOT_STAMPED = Q(state__in=ON_THE_WAY) | Q(state=State.REFUSED, refused_by=RefusedBy.OURS)
_ENDED_WELL = (CancellationState.DONE, CancellationState.WITHDRAWN)


class DueKind(StrEnum):
    STAMP = "stamp"
    REP = "rep"
    PUE = "pue"
    GLOBAL = "global"
    CANCEL = "cancel"


SOON, LAST, LATE = "soon", "last", "late"


@dataclass(frozen=True, slots=True)
class Due:
    """Documents of one kind whose last day is `day`. `mark`: soon, last, late; `page`: where it is mended, below the back
    office, when no document is there yet."""

    kind: DueKind
    mark: str
    day: date
    ids: tuple[int, ...] = ()
    page: str = ""

    @property
    def cause(self) -> str:
        """As `alerts.causes` names it. The hours of a stamp are another's each time: one mail tells of all of them."""
        day = "" if self.kind is DueKind.STAMP else f":{self.day.isoformat()}"
        return f"due:{self.kind}:{self.mark}{day}"


def due_documents(*, now: datetime) -> list[Due]:
    """The most urgent first. Inside the company's scope."""
    found = [*_stamps(now), *_globals(now), *_reps(now), *_unpaid(now), *_cancellations(now)]
    return [
        Due(kind, mark, day, tuple(pk for *_, pk in group))
        for (kind, mark, day), group in groupby(sorted(found, key=_urgency), key=lambda one: one[:3])
    ]


_One = tuple[DueKind, str, date, int]
_MARKS = (LATE, LAST, SOON)


def _urgency(one: _One) -> tuple[int, date, str, int]:
    kind, mark, day, pk = one
    return (_MARKS.index(mark), day, kind.value, pk)


def _stamps(now: datetime) -> Iterator[_One]:
    rows = Invoice.objects.filter(state__in=ON_THE_WAY, uuid__isnull=True, sealed_at__lte=now - (STAMPING - STAMP_TOLD))
    for one in _some(rows):
        assert one.sealed_at is not None
        last = stamp_by(one.sealed_at)
        yield (DueKind.STAMP, SOON if now <= last else LATE, last.astimezone(zone_of(one.branch.cp)).date(), one.pk)


def _globals(now: datetime) -> Iterator[_One]:
    for one in _some(Invoice.objects.filter(_NOT_STAMPED, kind=Kind.GLOBAL, replaces__isnull=True)):
        assert one.period_to is not None
        zone = zone_of(one.branch.cp)
        if one.period_to < now.astimezone(zone).date():
            last = global_by(one.period_to, zone=zone)
            yield (DueKind.GLOBAL, SOON if now < last else LATE, one.period_to + timedelta(days=1), one.pk)


def _reps(now: datetime) -> Iterator[_One]:
    """REPs that are not stamped, and those that were cancelled and whose payments have no other yet."""
    rows = list(_some(Invoice.objects.filter(_NOT_STAMPED, kind=Kind.PAGO)))
    missing = MovedPayment.objects.filter(state=MovedPayment.State.STUCK).values("rep_id")
    for one in [*rows, *_some(Invoice.objects.filter(pk__in=missing))]:
        last = min(rep_by(paid_on(said)) for said in one.lines)
        today = now.astimezone(zone_of(one.branch.cp)).date()
        if today > last:
            yield (DueKind.REP, LATE, last, one.pk)
        elif today.month == last.month:
            yield (DueKind.REP, SOON, last, one.pk)


def _unpaid(now: datetime) -> Iterator[_One]:
    for awaited in AwaitedPayment.objects.open().select_related("invoice__branch").order_by("pk")[:AT_MOST]:
        one = awaited.invoice
        last, today = pue_day(one), now.astimezone(zone_of(one.branch.cp)).date()
        if today > last:
            yield (DueKind.PUE, LATE, last, one.pk)
        elif last - today <= PUE_TOLD:
            yield (DueKind.PUE, SOON, last, one.pk)


def pue_day(invoice: Invoice) -> date:
    """The last day on which it is paid and stays PUE. With its branch."""
    return pay_by((invoice.sealed_at or invoice.created_at).astimezone(zone_of(invoice.branch.cp)).date())


def _cancellations(now: datetime) -> Iterator[_One]:
    """What somebody wanted cancelled and still stands: beside its substitute, before its turn, or after a no."""
    persona = persona_of_issuer()
    if now.date() < cancel_by(now.date().replace(year=now.year - 1, day=1), persona=persona) - CANCEL_TOLD:
        return  # what was issued this year has its last day in the next
    # Two lists of ids instead of one OR, which no index answers.
    wanted = set(Cancellation.objects.exclude(state__in=_ENDED_WELL).values_list("invoice_id", flat=True))
    wanted |= set(Invoice.objects.at_the_sat().filter(replaced_by__isnull=False).values_list("pk", flat=True))
    rows = Invoice.objects.at_the_sat().filter(pk__in=wanted, sealed_at__lt=now.replace(month=1, day=3))
    for one in _some(rows):
        assert one.sealed_at is not None
        zone = zone_of(one.branch.cp)
        last = cancel_by(one.sealed_at.astimezone(zone).date(), persona=persona)
        today = now.astimezone(zone).date()
        if last < today <= last + CANCEL_MISSED:
            yield (DueKind.CANCEL, LATE, last, one.pk)
        elif today <= last and last - today <= CANCEL_TOLD:
            yield (DueKind.CANCEL, LAST if last - today <= CANCEL_LAST else SOON, last, one.pk)


def _some(rows: "QuerySet[Invoice]") -> Iterable[Invoice]:
    return rows.select_related("branch").order_by("pk")[:AT_MOST]
