"""The database's part of sending a cancellation. The call itself stands between the two.

The signed bytes are stored before the first call (SAFE-10). Sending them again is harmless, the SAT answers 202; what it
answered here is progress only, and `follow_cancellation` learns the truth: also of a no, when the answer to an earlier
attempt was lost, because that one may have been taken.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from amate.adapters.pac import CancelOrder, CancelReceipt, PacError, PacRejected, PacUnavailable
from amate.companies.models import Emisor
from amate.fiscal.cancelacion import Motivo as MotivoKey
from amate.fiscal.cancelacion import RequestRefused, cancel_request, what_the_sat_means
from amate.fiscal.clock import fecha
from amate.fiscal.csd import Csd
from amate.invoices.follow_cancellation import promise_look
from amate.invoices.hanging import hanging_on
from amate.invoices.models import (
    AT_THE_SAT,
    NOT_SENT,
    Cancellation,
    CancellationPaper,
    CancellationState,
    Invoice,
    Stamp,
    State,
)
from amate.invoices.outcome import NOTHING, Outcome
from amate.invoices.refuse_cancellation import refuse_cancellation
from amate.tenancy.writes import insert, rewrite

# The SAT looks at the Fecha of a request: after a day of nobody knowing, it is signed anew. Twice sent is harmless.
SAME_BYTES_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Request:
    """What to call the PACs with, the one that stamped it (`pac`) first. `ask_first`: an earlier answer was lost, so the SAT
    is asked before it is sent again. `sent_at` names this attempt."""

    order: CancelOrder
    pac: str
    ask_first: bool
    sent_at: datetime


def prepare_cancel(*, cancellation_id: int, open_csd: Callable[[], Csd], now: datetime) -> Request | Outcome:
    """Transaction one: when its turn has come, sign, keep what was signed, and claim it for sending.

    NOTHING while it waits for its substitute or for what hangs on it: whoever of them arrives promises it again. One that
    is held says why, until a person decides or what held it is gone.
    """
    invoice, cancellation = lock_cancellation(cancellation_id)
    if cancellation.state not in (*NOT_SENT, CancellationState.SENDING):
        return NOTHING
    if cancellation.state != CancellationState.SENDING:
        if invoice.state == State.CANCELLED:  # by another hand, as the SAT told
            cancellation.move_to(CancellationState.DONE, settled_at=now)
            return NOTHING
        if _must_wait(cancellation):
            return NOTHING if cancellation.state == CancellationState.ASKED else Outcome("staff", cancellation.answer)
    ask_first = cancellation.sent_at is not None
    try:
        signed = _signed(cancellation, invoice, open_csd=open_csd, now=now)
    except RequestRefused as refused:
        return refuse_cancellation(
            invoice=invoice, cancellation=cancellation, code=refused.code, why=refused.message, now=now
        )
    if invoice.state == State.STAMPED:
        invoice.move_to(State.CANCEL_REQUESTED)
    cancellation.move_to(CancellationState.SENDING, sent_at=now)
    assert invoice.uuid is not None
    order = CancelOrder(rfc=Emisor.objects.get().rfc, uuid=invoice.uuid, signed=signed)
    pac = Stamp.objects.values_list("pac", flat=True).get(invoice=invoice)
    return Request(order, pac=pac, ask_first=ask_first, sent_at=now)


def record_receipt(*, cancellation_id: int, receipt: CancelReceipt, request: Request, now: datetime) -> Outcome:
    """Transaction two: the acuse is kept whatever it says; 201 and 202 are followed from here on."""
    invoice, cancellation = lock_cancellation(cancellation_id)
    if receipt.acuse:
        insert(
            CancellationPaper(cancellation=cancellation, kind=CancellationPaper.Kind.ACUSE, xml=receipt.acuse, at=now)
        )
    if cancellation.state != Cancellation.State.SENDING:
        return NOTHING
    assert invoice.uuid is not None
    said = what_the_sat_means(receipt.codes.get(invoice.uuid, ""))
    if said.means == "later":
        rewrite(cancellation, code=said.code, answer=said.message)
        return Outcome("again", f"{said.code}: {said.message}")
    if said.means == "no":
        return _no(invoice, cancellation, request, code=said.code, why=said.message, now=now)
    cancellation.move_to(
        Cancellation.State.RECEIVED,
        received_at=cancellation.received_at or now,
        looks=0,
        code=said.code,
        answer=said.message,
    )
    promise_look(cancellation, now=now)
    return NOTHING


def record_cancel_fault(*, cancellation_id: int, fault: PacError, request: Request, now: datetime) -> Outcome:
    """A definite no gives the document back as it was; anything else is tried again, with the same bytes."""
    invoice, cancellation = lock_cancellation(cancellation_id)
    if cancellation.state != Cancellation.State.SENDING:
        return NOTHING
    if isinstance(fault, PacRejected):
        return _no(invoice, cancellation, request, code=fault.code, why=fault.message, now=now)
    if isinstance(fault, PacUnavailable):
        if not _in_doubt(cancellation, request):
            rewrite(cancellation, sent_at=None)  # it surely did not arrive
        return Outcome(
            "again",
            f"La cancelación no salió: {fault}",
            after=fault.retry_after,
            alarm=fault.cause if fault.needs_staff else "",
        )
    return Outcome("again", f"No se sabe si el SAT recibió la cancelación: {fault}")


def lock_cancellation(cancellation_id: int) -> tuple[Invoice, Cancellation]:
    """The document first, as everywhere."""
    invoice_id = Cancellation.objects.values_list("invoice_id", flat=True).get(pk=cancellation_id)
    invoice = Invoice.locked(invoice_id)
    return invoice, Cancellation.locked(cancellation_id)


def _must_wait(cancellation: Cancellation) -> bool:
    """For the substitute to be stamped, its own or that of what it makes room for, and for what hangs on the document to
    be gone (CAN-5)."""
    because_of = cancellation.because_of
    for waited_for in (cancellation, *(() if because_of is None else (because_of,))):
        if waited_for.substitute is not None and waited_for.substitute.state not in AT_THE_SAT:
            return True
    return any(one.pk != cancellation.substitute_id for one in hanging_on(cancellation.invoice_id))


def _signed(cancellation: Cancellation, invoice: Invoice, *, open_csd: Callable[[], Csd], now: datetime) -> bytes:
    requests = CancellationPaper.objects.filter(
        cancellation=cancellation, kind=CancellationPaper.Kind.REQUEST, at__gt=now - SAME_BYTES_FOR
    )
    kept: CancellationPaper | None = requests.order_by("-pk").first()
    if kept is not None:
        return bytes(kept.xml)
    assert invoice.uuid is not None
    signed = cancel_request(
        uuid=invoice.uuid,
        motivo=cast(MotivoKey, cancellation.motivo),
        sustitucion=None if cancellation.substitute is None else cancellation.substitute.uuid,
        csd=open_csd(),
        fecha=fecha(invoice.branch.cp, now),
    )
    insert(CancellationPaper(cancellation=cancellation, kind=CancellationPaper.Kind.REQUEST, xml=signed, at=now))
    return signed


def _in_doubt(cancellation: Cancellation, request: Request) -> bool:
    """Whether an attempt other than this one may have arrived: an earlier one, or the one of a run that took over."""
    return request.ask_first or cancellation.sent_at != request.sent_at


def _no(
    invoice: Invoice, cancellation: Cancellation, request: Request, *, code: str, why: str, now: datetime
) -> Outcome:
    """It settles the request only when no other attempt may have been taken: else the SAT's status decides."""
    if not _in_doubt(cancellation, request):
        return refuse_cancellation(invoice=invoice, cancellation=cancellation, code=code, why=why, now=now)
    cancellation.move_to(CancellationState.DOUBTED, looks=0, code=code[:20], answer=why)
    promise_look(cancellation, now=now)
    return NOTHING
