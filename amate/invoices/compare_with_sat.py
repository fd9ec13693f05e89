"""Whether the SAT says of our documents what we say: a few each night, and whatever was found to differ (FEATURES 146).

"Not found" right after a stamp is none: the PAC hands documents over to the SAT in its own time.
"""

from datetime import date, datetime, timedelta

from django.conf import settings

from amate.adapters.pac.sat_status import SatStanding, StatusQuery
from amate.audit.record import record
from amate.invoices.follow_cancellation import status_query
from amate.invoices.models import Cancellation, Differs, Invoice, SatDifference, State
from amate.tenancy.writes import insert_unless_there, rewrite

A_NIGHT = 25
BEFORE_THE_CLOSE = 100  # on the last three nights of a month
HANDED_OVER = timedelta(hours=24)
LOOKED_AT = (State.STAMPED, State.CANCELLED)  # a cancellation on its way is followed anyway


def tonight(*, today: date, now: datetime, at_most: int | None = None) -> list[int]:
    """Ids: what differed, and then by chance of this month and the one before. `today`: the company's."""
    limit = at_most or (BEFORE_THE_CLOSE if (today + timedelta(days=3)).month != today.month else A_NIGHT)
    differ = list(SatDifference.objects.lasting().order_by("looked_at").values_list("invoice_id", flat=True)[:limit])
    since = now - timedelta(days=today.day + 31)
    rows = Invoice.objects.filter(
        created_at__gte=since,
        state__in=LOOKED_AT,
        stamped_at__lte=now - HANDED_OVER,
        sample=settings.PAC_IS_SIMULATOR,  # what a simulator stamped the SAT never saw
    )
    by_chance = rows.exclude(pk__in=differ).order_by("?").values_list("pk", flat=True)
    return [*differ, *by_chance[: limit - len(differ)]]


def prepare_comparison(*, invoice_id: int) -> StatusQuery | None:
    """What to ask. None: it is on its way somewhere."""
    invoice = Invoice.objects.get(pk=invoice_id)
    return status_query(invoice) if _settled(invoice) else None


def record_comparison(*, invoice_id: int, standing: SatStanding, now: datetime) -> None:
    """A difference lasts until a look that does not find it. Nothing moves here: a person looks at each."""
    invoice: Invoice = Invoice.locked(invoice_id)
    if not _settled(invoice):
        return
    kind = difference(state=invoice.state, standing=standing)
    known = SatDifference.objects.lasting().filter(invoice=invoice).first()
    if kind is None:
        if known is not None:
            rewrite(known, mended_at=now, looked_at=now)
        return
    said = " · ".join(filter(None, (standing.codigo, standing.estado, standing.estatus_cancelacion)))[:300]
    if known is not None:
        rewrite(known, kind=kind, said=said, looked_at=now)
    elif insert_unless_there(SatDifference(invoice=invoice, kind=kind, said=said, seen_at=now, looked_at=now)):
        record("invoice.sat_differs", about=f"invoice:{invoice.pk}", now=now, kind=kind.value, said=said)


def difference(*, state: str, standing: SatStanding) -> Differs | None:
    """Of a stamped or cancelled document, stamped long enough ago. None: both say the same."""
    if standing.bad_expression:
        return Differs.UNREADABLE
    if not standing.found:
        return Differs.NOT_FOUND
    if state == State.CANCELLED:
        return None if standing.cancelled else Differs.LIVE_THERE
    if standing.cancelled:
        return Differs.CANCELLED_THERE
    return Differs.ASKED_THERE if standing.in_process else None


def _settled(invoice: Invoice) -> bool:
    return invoice.state in LOOKED_AT and not Cancellation.objects.open().filter(invoice=invoice).exists()
