"""What became of a cancellation: the SAT's own status service decides, and nothing else moves the books (CAN-6).

Asked after 1, 5 and 30 minutes, then every hour, after a day once a day, until it says something final.
"""

from datetime import datetime, timedelta

from amate.adapters.pac.sat_status import SatStanding, StatusQuery
from amate.audit.record import record
from amate.companies.models import Emisor
from amate.fiscal.xml import parse
from amate.invoices.hanging import named_by
from amate.invoices.hold_cancellation import hold_what_waits_for
from amate.invoices.issue_moved import promise_moved
from amate.invoices.keep_moves import keep_moves
from amate.invoices.models import (
    NOT_SENT,
    Cancellation,
    CancellationPaper,
    CancelledHow,
    Invoice,
    Kind,
    Stamp,
    State,
)
from amate.invoices.outcome import NOTHING, Outcome
from amate.invoices.owe_cancellation import promise_sending
from amate.invoices.refuse_cancellation import refuse_cancellation
from amate.invoices.reopen import reopen_instalments
from amate.invoices.tell_cancellation import CANCELLED, TO_ACCEPT, promise_telling
from amate.promises.kinds import BATCH, SOMEBODY_WAITS
from amate.promises.promise import promise, promise_all
from amate.tenancy.writes import rewrite

SOON = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
HOURLY_LOOKS = 24
# The SAT took it and a day later knows nothing of it: it is sent again.
LOST_AFTER = timedelta(days=1)
# An old "Solicitud rechazada" stays in the SAT's answer until it has taken the next request.
STALE_FOR = timedelta(hours=1)
# A no after a lost answer stands when so long afterwards the SAT knows of no request.
NO_STANDS_AFTER = timedelta(hours=1)

HOW = {
    "sin_aceptacion": CancelledHow.WITHOUT_ACCEPTANCE,
    "con_aceptacion": CancelledHow.WITH_ACCEPTANCE,
    "plazo_vencido": CancelledHow.BY_SILENCE,
}


def next_look(looks: int) -> timedelta:
    """How long to wait before the next look, after so many.

    >>> [str(next_look(looks)) for looks in (0, 1, 2, 3, 26, 27)]
    ['0:01:00', '0:05:00', '0:30:00', '1:00:00', '1:00:00', '1 day, 0:00:00']
    """
    if looks < len(SOON):
        return SOON[looks]
    return timedelta(hours=1) if looks < len(SOON) + HOURLY_LOOKS else timedelta(days=1)


def promise_look(cancellation: Cancellation, *, now: datetime) -> None:
    """Each look is a promise of its own: the one that is being kept cannot be put off from inside."""
    look = cancellation.looks + 1
    promise(
        "follow_cancellation",
        key=f"follow:{cancellation.pk}:{int((cancellation.sent_at or now).timestamp())}:{look}",
        now=now,
        priority=BATCH,
        at=now + next_look(cancellation.looks),
        cancellation_id=cancellation.pk,
    )


def prepare_look(*, cancellation_id: int, now: datetime) -> StatusQuery | None:
    """What to ask the SAT. None: it is settled already."""
    found = Cancellation.objects.select_related("invoice").get(pk=cancellation_id)
    if not found.is_open or found.invoice.uuid is None:
        return None
    return status_query(found.invoice)


def status_query(invoice: Invoice) -> StatusQuery:
    """Of a stamped document, as its stamped XML says it."""
    stamped = parse(bytes(Stamp.objects.get(invoice=invoice).xml))
    assert invoice.uuid is not None
    return StatusQuery(
        uuid=invoice.uuid,
        rfc_emisor=Emisor.objects.get().rfc,
        rfc_receptor=invoice.rfc,
        total=invoice.total,
        sello=str(stamped.get("Sello", "")),
    )


def record_standing(*, cancellation_id: int, standing: SatStanding, now: datetime) -> Outcome:
    """The document goes where the SAT says it is; while it says nothing final, another look is promised."""
    invoice_id = Cancellation.objects.values_list("invoice_id", flat=True).get(pk=cancellation_id)
    invoice: Invoice = Invoice.locked(invoice_id)
    cancellation = Cancellation.locked(cancellation_id)
    if not cancellation.is_open or cancellation.state in NOT_SENT:
        return NOTHING
    if standing.cancelled:
        _settle(cancellation, Cancellation.State.DONE, standing, now=now)
        _cancelled(invoice, how=HOW.get(standing.how_cancelled, CancelledHow.WITHOUT_ACCEPTANCE), now=now)
        promise_telling(cancellation, occasion=CANCELLED, now=now)
        return NOTHING
    if standing.refused_by_receiver and _is_of_this_request(invoice, cancellation, now=now):
        _settle(cancellation, Cancellation.State.REJECTED, standing, now=now)
        invoice.move_to(State.STAMPED)
        keep_moves(invoice, why="El receptor no aceptó la cancelación: el pago sigue aplicado donde estaba.")
        record("invoice.cancel_rejected", about=f"invoice:{invoice.pk}", now=now)
        hold_what_waits_for(invoice, why="su receptor no aceptó cancelarlo.", now=now)
        return NOTHING
    if standing.in_process:
        return _wait(invoice, cancellation, now=now)
    if standing.bad_expression:
        return Outcome("staff", f"El SAT no entiende la consulta de {invoice}: {standing.codigo}")
    if cancellation.state == Cancellation.State.DOUBTED:
        return _after_a_no(invoice, cancellation, standing, now=now)
    return _not_heard_of(invoice, cancellation, now=now)


def _settle(cancellation: Cancellation, state: str, standing: SatStanding, *, now: datetime) -> None:
    cancellation.move_to(state, settled_at=now, answer=standing.estatus_cancelacion or standing.estado)


def _wait(invoice: Invoice, cancellation: Cancellation, *, now: datetime) -> Outcome:
    """The receiver has it. Found so after a lost answer, it was received all the same."""
    if invoice.state == State.CANCEL_REQUESTED:
        invoice.move_to(State.IN_PROCESS)
        promise_telling(cancellation, occasion=TO_ACCEPT, now=now)
    if cancellation.state in (Cancellation.State.SENDING, Cancellation.State.DOUBTED):
        cancellation.move_to(Cancellation.State.RECEIVED, received_at=cancellation.received_at or now)
    _look_again(cancellation, now=now)
    return NOTHING


def _after_a_no(invoice: Invoice, cancellation: Cancellation, standing: SatStanding, *, now: datetime) -> Outcome:
    """No attempt of ours shows at the SAT: when it had the time to, the no that we heard was the answer to all of them."""
    if standing.live and now - (cancellation.sent_at or now) >= NO_STANDS_AFTER:
        code, why = cancellation.code, cancellation.answer
        return refuse_cancellation(invoice=invoice, cancellation=cancellation, code=code, why=why, now=now)
    _look_again(cancellation, now=now)
    return NOTHING


def _not_heard_of(invoice: Invoice, cancellation: Cancellation, *, now: datetime) -> Outcome:
    """Live, and no word of our request: it takes a moment, or it was lost on the way."""
    if cancellation.state != Cancellation.State.RECEIVED:
        return NOTHING
    if cancellation.sent_at is not None and now - cancellation.sent_at >= LOST_AFTER:
        if not cancellation.papers.filter(kind=CancellationPaper.Kind.REQUEST).exists():
            # Asked outside Amate (follow_outside): nobody here decided to send one.
            why = "El SAT ya no sabe de esa solicitud, que no salió de Amate: el documento sigue vigente."
            return refuse_cancellation(invoice=invoice, cancellation=cancellation, code="", why=why, now=now)
        cancellation.move_to(Cancellation.State.SENDING)
        promise_sending(cancellation.pk, now=now)
        return NOTHING
    _look_again(cancellation, now=now)
    return NOTHING


def _look_again(cancellation: Cancellation, *, now: datetime) -> None:
    rewrite(cancellation, looks=cancellation.looks + 1)
    promise_look(cancellation, now=now)


def _is_of_this_request(invoice: Invoice, cancellation: Cancellation, *, now: datetime) -> bool:
    """Whether "rejected" is an answer to what was asked now, and not to what was asked before."""
    if invoice.state == State.IN_PROCESS:
        return True
    earlier = Cancellation.objects.filter(invoice=invoice, state=Cancellation.State.REJECTED).exists()
    return not earlier or now - (cancellation.received_at or now) > STALE_FOR


def _cancelled(invoice: Invoice, *, how: str, now: datetime) -> None:
    """It is no more: what it paid is owed again, what it replaced stands for itself, what waited for it goes on."""
    invoice.move_to(State.CANCELLED, cancelled_how=how, cancelled_at=now)
    record("invoice.cancelled", about=f"invoice:{invoice.pk}", now=now, how=how)
    if invoice.kind == Kind.PAGO:
        reopen_instalments(invoice, now=now)
        promise_moved(invoice, now=now)
    # What stands in its place stands for those before it too; without one, they stand for themselves again.
    Invoice.objects.filter(replaced_by=invoice).update(replaced_by=invoice.replaced_by_id)
    waiting = Cancellation.objects.filter(invoice_id__in=named_by(invoice), state__in=NOT_SENT)
    promise_all(
        kind="cancel",
        wanted={f"cancel:{pk}": {"cancellation_id": pk} for pk in waiting.values_list("pk", flat=True)},
        now=now,
        priority=SOMEBODY_WAITS,
    )
    if invoice.replaced_by_id is None:
        promise("release", key=f"release:{invoice.pk}", now=now, priority=SOMEBODY_WAITS, invoice_id=invoice.pk)
