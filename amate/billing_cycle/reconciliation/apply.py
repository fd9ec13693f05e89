"""What the provider says of one payment becomes what the ledger holds, however often and in whatever order it is told."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from amate.adapters.payments import MONEY_CAME, Kind, PaymentEvent
from amate.billing_cycle.collection.reassess import reassess_customers
from amate.billing_cycle.reconciliation.models import PaymentReference, ProviderAccount
from amate.billing_cycle.reconciliation.owner import Owner, owner_of
from amate.billing_cycle.reconciliation.unpaid_again import await_again
from amate.companies.day import day_of
from amate.customers.remaining import Merged
from amate.ledger.accounts import PUENTE
from amate.ledger.fee import book_fee
from amate.ledger.identify import identify_payment
from amate.ledger.models import Payment
from amate.ledger.receive import Incoming, PaymentDiffers, Received, receive_payment
from amate.ledger.reverse import Undone, Why, reverse_payment
from amate.ledger.unallocate import Frozen

NONE = Decimal("0.00")
REST = "#"  # no provider has it in its ids: what is left of a payment of which a part went back is `id#1`, `id#2`…


class Became(StrEnum):
    APPLIED = "applied"
    REVERSED = "reversed"
    KNOWN = "known"
    NOTHING = "nothing"
    FOR_A_PERSON = "for_a_person"


class Applied:
    """What became of it; `why` (Spanish) for a person; `received` of money that came in now."""

    __slots__ = ("became", "received", "why")

    def __init__(self, became: Became, why: str = "", received: Received | None = None) -> None:
        self.became, self.why, self.received = became, why, received


def apply_event(*, event: PaymentEvent, account: ProviderAccount, now: datetime) -> Applied:
    """One transaction. Money without an owner is received all the same: it waits in `por_identificar`, never outside. What
    went back was here first, whichever of both is told first. Who paid is looked at again before it commits."""
    if event.kind not in MONEY_CAME:
        if event.kind == Kind.EXPIRED:
            _end_references(event, now=now)
        return Applied(Became.NOTHING)
    if event.paid_at is None or event.amount <= 0:
        return Applied(Became.FOR_A_PERSON, "El proveedor dice que se pagó, y no dice cuánto o cuándo.")
    owner = owner_of(event)
    try:
        received = _receive(event, owner, account, now=now)
    except PaymentDiffers as differs:
        return Applied(Became.FOR_A_PERSON, str(differs))
    if owner is not None and received.payment.customer_id is None and received.payment.reversed_on is None:
        received = _identified(received, owner, now=now)
    applied = _judge(event, received, now=now)
    payer = received.payment.customer_id
    if payer is not None and applied.became in (Became.APPLIED, Became.REVERSED):
        reassess_customers(customer_ids=[payer], today=day_of(now), now=now)
    if event.fee is not None and 0 < event.fee <= event.amount:
        book_fee(payment_id=received.payment.pk, fee=event.fee, today=day_of(now), now=now)
    return applied


def _identified(received: Received, owner: Owner, *, now: datetime) -> Received:
    """It came before we knew the reference that says whose it is."""
    parts = identify_payment(
        payment_id=received.payment.pk, customer_id=owner.customer_id, chosen=(), today=day_of(now), now=now
    )
    payment = Payment.objects.get(pk=received.payment.pk)
    return Received(payment, parts, True)


def _judge(event: PaymentEvent, received: Received, *, now: datetime) -> Applied:
    payment = received.payment
    if event.returned or payment.reversed_on is not None:
        return _give_back(event, received, now=now)
    if payment.customer_id is None and payment.reversed_on is None:
        return Applied(Became.FOR_A_PERSON, "No se sabe de quién es este pago: identifícalo.", received)
    return Applied(Became.APPLIED if received.fresh else Became.KNOWN, "", received)


def _give_back(event: PaymentEvent, received: Received, *, now: datetime) -> Applied:
    """The ledger is brought to what the provider kept for us: of a part that went back, all is reversed and what is left is a
    payment of its own, that pays the same debts. Never up: what it kept after all (a dispute that we won, a refund that
    failed) is for a person, because debts were reminded and cut meanwhile."""
    payment, left = received.payment, received.payment.amount - event.returned
    last, number = _last_of(payment)
    stands = last.amount if last.reversed_on is None else NONE
    if stands < left:
        return Applied(Became.FOR_A_PERSON, _kept_after_all(left, stands), received)
    if stands == left:  # told twice
        return Applied(Became.APPLIED if received.fresh else Became.KNOWN, "", received)
    why = Why.CHARGEBACK if event.kind == Kind.CHARGED_BACK else Why.REFUND
    try:
        undone = reverse_payment(payment_id=last.pk, why=why, note="Lo dice el proveedor.", today=day_of(now), now=now)
    except Frozen as frozen:
        return Applied(Became.FOR_A_PERSON, str(frozen), received)
    payment.customer_id = undone.payment.customer_id  # who remains, if he was merged until then
    if left > 0:
        _keep_rest(undone, left, number, now=now)
    await_again(undone, now=now)
    return Applied(Became.REVERSED, "", received)


def _kept_after_all(left: Decimal, stands: Decimal) -> str:
    return (
        f"El proveedor tiene ${left:,.2f} de este pago y aquí quedan ${stands:,.2f}: quizá ganaste el contracargo o falló el "
        "reembolso. Revísalo con él; si el dinero está, regístralo como pago."
    )


def _last_of(payment: Payment) -> tuple[Payment, int]:
    """What stands for it after earlier parts went back, and the number of the next one."""
    last, number = payment, 1
    while True:
        rest = Payment.objects.filter(provider=payment.provider, provider_ref=_rest_of(payment, number)).first()
        if rest is None:
            return last, number
        last, number = rest, number + 1


def _rest_of(payment: Payment, number: int) -> str:
    return f"{payment.provider_ref.partition(REST)[0]}{REST}{number}"


def _keep_rest(undone: Undone, left: Decimal, number: int, *, now: datetime) -> None:
    one = undone.payment
    incoming = Incoming(
        provider=one.provider,
        provider_ref=_rest_of(one, number),
        amount=left,
        account=one.account,
        paid_at=one.paid_at,
        paid_on=one.paid_on,
        forma_pago=one.forma_pago,
        moneda=one.moneda,
        num_operacion=one.num_operacion,
        banks=one.banks,
        note=f"Lo que queda de ${one.amount:,.2f} tras un reembolso.",
    )
    paid_before = [part.receivable_id for part in undone.freed]
    receive_payment(incoming=incoming, customer_id=one.customer_id, chosen=paid_before, today=day_of(now), now=now)


def _receive(event: PaymentEvent, owner: Owner | None, account: ProviderAccount, *, now: datetime) -> Received:
    assert event.paid_at is not None
    today = day_of(now)
    incoming = Incoming(
        provider=account.source,
        provider_ref=event.payment_id,
        amount=event.amount,
        account=f"{PUENTE}:{account.code}",
        paid_at=event.paid_at,
        paid_on=min(day_of(event.paid_at), today),
        forma_pago=account.formas.get(event.method, event.forma_pago),
        moneda=event.currency,
        num_operacion=event.num_operacion or event.clave_rastreo,
        bound=None if owner is None else owner.receivable_id,
    )
    customer_id = None if owner is None else owner.customer_id
    while True:
        try:
            return receive_payment(incoming=incoming, customer_id=customer_id, chosen=(), today=today, now=now)
        except Merged as merged:  # between our look and his lock: nothing was written
            customer_id = merged.into.pk


def _end_references(event: PaymentEvent, *, now: datetime) -> None:
    told = [value for value in (event.our_reference, event.provider_reference) if value]
    rows = PaymentReference.objects.filter(value__in=told, payment_id=event.payment_id, ended_at__isnull=True)
    rows.exclude(payment_id="").update(ended_at=now)
