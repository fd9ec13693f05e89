"""A payment is taken back in the lawful order: a REP that tells the SAT of it goes first (CYCLE 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from amate.audit.record import record
from amate.billing_cycle.collection.reassess import reassess_customers
from amate.billing_cycle.reconciliation.owed_reversal import OwedReversal
from amate.billing_cycle.reconciliation.settle_notice import look_at_notices_of
from amate.billing_cycle.reconciliation.unpaid_again import await_again
from amate.invoices.cancel import cancel_invoice
from amate.invoices.models import AT_THE_SAT, DEAD, Cancellation, Instalment, Invoice, Motivo, MovedPayment
from amate.invoices.move_payment import owe_move
from amate.invoices.received_in import received_in
from amate.ledger.models import Allocation, Payment
from amate.ledger.reverse import NotReversible, Undone, Why, reverse_payment
from amate.ledger.unallocate import Frozen
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise_all
from amate.tenancy.writes import insert_unless_there, rewrite


@dataclass(frozen=True, slots=True)
class TakenBack:
    """`undone` None: not yet. Then `reps` are those whose cancellation is owed, and it is taken back when the last is done."""

    undone: Undone | None
    reps: Sequence[Invoice]


class ReceiverSaidNo(Exception):
    """A REP stays, and with it what it tells. The message (Spanish) says which, and the way out."""

    def __init__(self, rep: Invoice) -> None:
        super().__init__(
            f"El pago se devolvió, y su receptor no aceptó cancelar {rep}: ante el SAT sigue pagado, y aquí también. Ponte "
            f"de acuerdo con él y pide otra vez la cancelación en {rep}; cuando la acepte, el pago se revierte solo."
        )
        self.rep = rep


def take_back_payment(*, payment_id: int, why: Why, note: str, asked_by: str, today: date, now: datetime) -> TakenBack:
    """At once, or after its REPs: their cancellation is asked for with motivo 02, and what else they tell is told anew. Asked
    again, it is the same. Raises `ledger.reverse.NotReversible`, `invoices.cancel.NotCancellable`, Payment.DoesNotExist."""
    try:
        undone = reverse_payment(payment_id=payment_id, why=why, note=note, today=today, now=now)
    except Frozen as frozen:
        reps = _reps_of(frozen.allocations)
        owed = OwedReversal(payment_id=payment_id, why=why, note=note[:300], asked_by=asked_by[:254], asked_at=now)
        if insert_unless_there(owed):
            about = f"payment:{payment_id}"
            record("payment.reversal_owed", about=about, now=now, why=str(why), reps=[one.pk for one in reps])
        for rep in reps:
            _cancel(rep, payment_id, _reason(note, why), asked_by, now=now)
        return TakenBack(None, reps)
    await_again(undone, now=now)
    if undone.payment.customer_id is not None or undone.freed:
        payers = {one.receivable.customer_id for one in undone.freed} | {undone.payment.customer_id}
        reassess_customers(customer_ids=[pk for pk in payers if pk is not None], today=today, now=now)
    return TakenBack(undone, [])


def take_back_owed(*, payment_id: int, today: date, now: datetime) -> bool:
    """What waited for the end of a REP. False: another REP still tells it, or nobody waits for it any more. One that was on
    its way when it was asked, and is at the SAT now, is cancelled as the others. What its receiver said no to is not asked for
    again by itself. Raises ReceiverSaidNo, `invoices.cancel.NotCancellable`."""
    owed = OwedReversal.objects.filter(payment_id=payment_id, done_at__isnull=True).first()
    if owed is None:
        return False
    try:
        undone = reverse_payment(payment_id=payment_id, why=Why(owed.why), note=owed.note, today=today, now=now)
    except Frozen as frozen:
        reps = _reps_of(frozen.allocations)
        stays = kept_by_receiver(owed, reps)
        if stays is not None:
            raise ReceiverSaidNo(stays) from frozen
        for rep in reps:
            _cancel(rep, payment_id, _reason(owed.note, owed.why), owed.asked_by, now=now)
        return False
    except NotReversible:  # somebody took it back meanwhile
        rewrite(owed, done_at=now)
        return False
    rewrite(owed, done_at=now)
    await_again(undone, now=now)
    look_at_notices_of(payment=undone.payment, now=now)
    payers = {one.receivable.customer_id for one in undone.freed}
    reassess_customers(customer_ids=payers, today=today, now=now)
    return True


def owe_taking_back(rep_id: int, *, now: datetime) -> None:
    """In the transaction that records what became of a REP (stamped, refused, given up, cancelled), under its lock: what
    waited for that goes on by itself."""
    told = Instalment.objects.filter(rep_id=rep_id, allocation__isnull=False).values("allocation__payment_id")
    waiting = OwedReversal.objects.filter(payment_id__in=told, done_at__isnull=True)
    wanted = {f"take_back:{pk}": {"payment_id": pk} for pk in waiting.values_list("payment_id", flat=True)}
    promise_all(kind="take_back", wanted=wanted, now=now, priority=SOMEBODY_WAITS)


def kept_by_receiver(owed: OwedReversal, reps: Sequence[Invoice]) -> Invoice | None:
    """One of `reps` whose receiver did not accept its end since that was owed, and of which nobody asked it again."""
    asked = Cancellation.objects.filter(invoice__in=reps)
    going = set(asked.open().values_list("invoice_id", flat=True))
    no = asked.filter(state=Cancellation.State.REJECTED, settled_at__gte=owed.asked_at)
    said = set(no.values_list("invoice_id", flat=True)) - going
    return next((one for one in reps if one.pk in said), None)


def who_keeps(payment: Payment) -> Invoice | None:
    """The REP that keeps this payment from being taken back, until its receiver accepts."""
    owed = OwedReversal.objects.filter(payment=payment, done_at__isnull=True).first()
    return None if owed is None else kept_by_receiver(owed, _reps_of(list(Allocation.objects.filter(payment=payment))))


def being_taken_back(payments: Sequence[Payment]) -> set[int]:
    """Those of which no REP may tell any more."""
    rows = OwedReversal.objects.filter(payment__in=payments, done_at__isnull=True)
    return set(rows.values_list("payment_id", flat=True))


def _reps_of(parts: Sequence[Allocation]) -> list[Invoice]:
    told = Instalment.objects.live().filter(allocation__in=parts).values("rep_id")
    return list(Invoice.objects.filter(pk__in=told).exclude(state__in=DEAD).order_by("-pk"))


def _reason(note: str, why: str) -> str:
    return note or f"El pago se devolvió ({why})."


def _cancel(rep: Invoice, payment_id: int, reason: str, asked_by: str, *, now: datetime) -> None:
    if rep.state not in AT_THE_SAT:
        # On its way. Under its lock, so that whoever records what becomes of it finds that somebody waits for it.
        rep = Invoice.locked(rep.pk)
        if rep.state in DEAD:
            owe_taking_back(rep.pk, now=now)
        if rep.state not in AT_THE_SAT:
            return
    cancel_invoice(invoice_id=rep.pk, motivo=Motivo.ERRORS, reason=reason, asked_by=asked_by, now=now)
    rows = Instalment.objects.live().filter(rep=rep, allocation__payment_id=payment_id)
    mine = set(rows.values_list("payment", flat=True))
    others = [one for one in received_in(rep) if one.key not in mine]
    if others and not MovedPayment.objects.open().filter(rep=rep).exists():
        owe_move(rep, others, reason=reason, asked_by=asked_by, now=now)
