"""The provider pays what it collected for us into our bank, less what it keeps."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from amate.audit.record import record
from amate.ledger.accounts import BANCO, COMISIONES, IVA_ACREDITABLE, PUENTE
from amate.ledger.entries import Line
from amate.ledger.fee import in_bridge
from amate.ledger.models import JournalEntry, JournalLine, Payment
from amate.ledger.post import Event, post
from amate.ledger.rules import whole_cents


class DepositRefused(Exception):
    """Nothing was written. The message (Spanish) says why."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """`provider` as in `puente:…`, `bank` as in `banco:…`; `reference` names it once. It brings the payments less what was
    booked of their fees (`fee.book_fee`), less `commission` and its IVA, which nobody booked yet, and less `returned`: payments
    of earlier deposits that went back since, or went back before and cost their fee all the same, which the provider keeps
    from this one. `received` is what the bank tells that came in."""

    provider: str
    bank: str
    reference: str
    payments: Collection[int]
    commission: Decimal
    commission_iva: Decimal
    received: Decimal
    day: date
    moneda: str = "MXN"
    returned: Collection[int] = ()


def record_deposit(*, deposit: Deposit, today: date, now: datetime) -> Decimal:
    """Move it from the bridge to the bank. Answers what the bank got; recorded just so before: zero, and nothing is written.

    Raises DepositRefused for payments that are not in that bridge, went back or were deposited; for a bank that got
    anything else than they bring; for a day that is not between theirs and today; for a reference that was recorded with
    other figures; for what is kept and was never deposited, never went back or was kept before. ValueError for fractions of a cent.
    """
    key = f"deposit:{deposit.provider}:{deposit.reference}"
    bridge = f"{PUENTE}:{deposit.provider}"
    rows = Payment.objects.select_for_update(no_key=True).filter(pk__in=deposit.payments).order_by("pk")
    payments = list(rows)
    returned = list(Payment.objects.select_for_update(no_key=True).filter(pk__in=deposit.returned).order_by("pk"))
    whole = _whole(deposit)
    known = JournalEntry.objects.filter(source_key=key).first()
    if known is not None:
        _check_same(known, deposit, whole)
        return Decimal("0.00")
    stands = in_bridge([*deposit.payments, *deposit.returned], bridge=bridge, moneda=deposit.moneda)
    if len(payments) != len(set(deposit.payments)) or not payments:
        raise DepositRefused("El depósito no dice qué pagos trae, o alguno no existe.")
    wrong = [
        one for one in payments if one.account != bridge or one.moneda != deposit.moneda or one.deposited_on is not None
    ]
    if wrong:
        raise DepositRefused(f"El pago {wrong[0].provider_ref} no está pendiente de depósito en {deposit.provider}.")
    gone = next((one for one in payments if one.reversed_on is not None), None)
    if gone is not None:
        raise DepositRefused(f"El pago {gone.provider_ref} se devolvió: quítalo del depósito.")
    if not max(one.paid_on for one in payments) <= deposit.day <= today:
        raise DepositRefused("El día del depósito es desde el del último de sus pagos y hasta hoy: corrígelo.")
    _check_returned(deposit, returned, stands)
    gross = sum((one.amount for one in payments), Decimal("0.00"))
    net = sum(stands.values(), Decimal("0.00")) - deposit.commission - deposit.commission_iva
    if net != deposit.received:
        raise DepositRefused(
            f"El banco recibió ${deposit.received:,.2f} y los pagos menos la comisión suman ${net:,.2f}: revisa qué pagos "
            "trae el depósito y cuánto cobró el proveedor."
        )
    lines = [*whole, *_of_payments(bridge, stands)]
    post([Event(key, deposit.day, deposit.moneda, lines)], today=today, now=now)
    Payment.objects.filter(pk__in=[one.pk for one in payments]).update(deposited_on=deposit.day)
    record(
        "payment.deposited",
        about="",
        now=now,
        provider=deposit.provider,
        amount=str(gross),
        commission=str(deposit.commission),
        payments=[one.pk for one in payments],
    )
    return net


def _check_returned(deposit: Deposit, returned: Sequence[Payment], stands: Mapping[int, Decimal]) -> None:
    """What was deposited and then reversed, or reversed and cost its fee, stands in the bridge below zero until a deposit is
    short by it."""
    wrong = next((one for one in returned if one.reversed_on is None or stands.get(one.pk, 0) >= 0), None)
    if wrong is not None or len(returned) != len(set(deposit.returned)):
        which = "" if wrong is None else f" {wrong.provider_ref}"
        raise DepositRefused(
            f"El pago{which} no es uno que se depositó y después se devolvió, o ya se descontó de otro depósito."
        )


def _of_payments(bridge: str, stands: Mapping[int, Decimal]) -> list[Line]:
    """Each payment leaves the bridge by a line of its own, so that the entry tells which it brought."""
    return [Line(bridge, -left, payment=pk) for pk, left in stands.items() if left]


def _whole(deposit: Deposit) -> list[Line]:
    """Raises ValueError for fractions of a cent."""
    lines = [
        Line(f"{BANCO}:{deposit.bank}", whole_cents(deposit.received)),
        Line(COMISIONES, whole_cents(deposit.commission)),
        Line(IVA_ACREDITABLE, whole_cents(deposit.commission_iva)),
    ]
    return [line for line in lines if line.amount]


def _check_same(known: JournalEntry, deposit: Deposit, whole: Sequence[Line]) -> None:
    """By what it brought and which payments; what each left in the bridge is history by now."""
    rows = list(JournalLine.objects.filter(entry=known).values_list("account", "amount", "payment_id", "moneda"))
    said = [(one.account, one.amount, deposit.moneda) for one in whole]
    of_payments = {(payment, amount < 0) for _, amount, payment, _ in rows if payment is not None}
    brings = {(one, True) for one in deposit.payments} | {(one, False) for one in deposit.returned}
    told = [(account, amount, moneda) for account, amount, payment, moneda in rows if payment is None]
    if known.day != deposit.day or Counter(told) != Counter(said) or of_payments != brings:
        raise DepositRefused(
            f"El depósito {deposit.reference} ya se registró con otros pagos, otro importe, otra comisión u otro día: revisa "
            "su referencia."
        )
