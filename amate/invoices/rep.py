"""REPs of payments: which instalment of which invoice each one is, decided under the invoices' locks (DB-2, 3, 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from amate.audit.record import record
from amate.companies.models import Branch
from amate.customers.models import FiscalProfile
from amate.fiscal.clock import zone_of
from amate.fiscal.comprobante import DocumentRefused
from amate.fiscal.pago20 import USO_PAGOS
from amate.fiscal.payment import Payment, check_received
from amate.fiscal.rfc import GENERICS
from amate.invoices.draft import TIPOS, serie_of
from amate.invoices.models import Instalment, Invoice, Kind, Origin
from amate.invoices.payable import Payable, lock_payable
from amate.invoices.payments import Received, payment_to_json
from amate.invoices.taxes import taxes_to_json
from amate.promises.kinds import BATCH, SOMEBODY_WAITS
from amate.promises.promise import promise_all
from amate.tenancy.writes import insert_all


class NoRep(Exception):
    """These payments make no lawful REP; nothing was written. The message (Spanish) says why, and the way out."""


def draft_rep(*, payments: Sequence[Received], origin: Origin, now: datetime) -> Invoice:
    """Draft one REP of payments of one receiver and owe its stamp. Raises NoRep, and
    `fiscal.comprobante.DocumentRefused` by field for what no payment can say; then nothing was written."""
    [made] = draft_reps(wanted=[payments], origin=origin, now=now)
    if not isinstance(made, Invoice):
        raise made
    return made


def draft_reps(
    *, wanted: Sequence[Sequence[Received]], origin: Origin, now: datetime
) -> list[Invoice | NoRep | DocumentRefused]:
    """One REP for each of `wanted`, or why there is none; in a fixed number of statements, however many they are.

    The invoices are locked newest first; what remains of each is read from its live instalments, so that two payments at
    once are two instalments one after the other.
    """
    payable = lock_payable({invoice_id for some in wanted for payment in some for invoice_id in payment.applied})
    decided: list[list[Instalment] | NoRep | DocumentRefused] = []
    for some in wanted:
        try:
            decided.append(_decide(some, payable, now=now))
        except (NoRep, DocumentRefused) as why:
            decided.append(why)
    whole = [(some, rows) for some, rows in zip(wanted, decided, strict=True) if isinstance(rows, list)]
    made = iter(_write([some for some, _ in whole], [rows for _, rows in whole], payable, origin=origin, now=now))
    return [next(made) if isinstance(one, list) else one for one in decided]


def _decide(payments: Sequence[Received], payable: dict[int, Payable], *, now: datetime) -> list[Instalment]:
    """Its instalments, without their REP. What it takes of each invoice is off for those after it."""
    ids = sorted({invoice_id for payment in payments for invoice_id in payment.applied}, reverse=True)
    if not ids or not all(payment.applied for payment in payments):
        raise NoRep("Di qué facturas paga cada pago, y cuánto de cada una.")
    for payment in payments:
        check_payment(payment)
    mine = {pk: replace(payable[pk]) for pk in ids}  # decided on a copy: refused, it takes nothing
    if why_not := next((one.why_not for one in mine.values() if one.why_not), ""):
        raise NoRep(why_not)
    if len({one.invoice.rfc for one in mine.values()}) > 1:
        raise NoRep("Un complemento de pago es de un solo receptor: haz uno por cliente.")
    _check_dates(payments, mine, mine[ids[-1]].invoice.branch, now=now)
    rows = [_instalment(payment, mine[pk], amount) for payment in payments for pk, amount in payment.applied.items()]
    payable.update(mine)
    return rows


def check_payment(payment: Received) -> None:
    """What the builder would refuse of the payment itself: found only at sealing, nobody could mend it any more. Raises
    `fiscal.comprobante.DocumentRefused`."""
    check_received(
        Payment(
            fecha_pago=payment.fecha_pago,
            forma_pago=payment.forma_pago,
            monto=payment.monto,
            instalments=(),
            moneda=payment.moneda,
            tipo_cambio=payment.tipo_cambio or None,
            num_operacion=payment.num_operacion or None,
            banks=payment.banks,
        )
    )


def _check_dates(payments: Sequence[Received], mine: Mapping[int, Payable], branch: Branch, *, now: datetime) -> None:
    local = now.astimezone(zone_of(branch.cp)).replace(tzinfo=None)
    for payment in payments:
        if payment.fecha_pago > local:
            raise NoRep("La fecha del pago está en el futuro: escribe cuándo se recibió.")
        if any(payment.key in mine[pk].keys for pk in payment.applied):
            raise NoRep("Ese pago ya tiene su complemento para esa factura: cancélalo antes de hacer otro.")


def _instalment(payment: Received, payable: Payable, amount: Decimal) -> Instalment:
    invoice, to_pay = payable.invoice, payable.to_pay
    if not 0 < amount <= to_pay:
        raise NoRep(f"De {invoice} quedan {to_pay:,.2f} por pagar: aplica de ahí para abajo.")
    equivalencia = payment.equivalencias.get(invoice.pk, "")
    paid = payable.split(amount, other_currency=bool(equivalencia))
    row = Instalment(
        invoice=invoice,
        payment=payment.key,
        allocation_id=payment.parts.get(invoice.pk),
        num_parcialidad=payable.next_number,
        imp_saldo_ant=to_pay,
        imp_pagado=amount,
        objeto_imp=payable.objeto_imp,
        equivalencia=equivalencia,
        taxes=taxes_to_json(paid.taxes),
    )
    payable.earlier = (*payable.earlier, paid)
    payable.numbers |= {row.num_parcialidad}
    payable.keys |= {payment.key}
    return row


def _write(
    wanted: Sequence[Sequence[Received]],
    decided: Sequence[Sequence[Instalment]],
    payable: Mapping[int, Payable],
    *,
    origin: Origin,
    now: datetime,
) -> list[Invoice]:
    if not wanted:
        return []
    firsts = [payable[min(row.invoice_id for row in rows)].invoice for rows in decided]
    profiles = _current([one.profile for one in firsts])
    reps = [
        _rep(some, first, profiles[first.profile_id], origin=origin, now=now)
        for some, first in zip(wanted, firsts, strict=True)
    ]
    insert_all(reps)
    for rep, rows in zip(reps, decided, strict=True):
        for row in rows:
            row.rep = rep
    insert_all([row for rows in decided for row in rows])
    owed = {f"stamp:{rep.pk}": {"invoice_id": rep.pk} for rep in reps}
    priority = SOMEBODY_WAITS if len(reps) == 1 else BATCH
    promise_all(kind="seal_and_stamp", wanted=owed, now=now, priority=priority)
    if len(reps) == 1:
        keys = [payment.key for payment in wanted[0]]
        record("rep.drafted", about=f"invoice:{reps[0].pk}", now=now, payments=keys)
    else:
        record("rep.drafted_many", about="", now=now, count=len(reps), reps=[one.pk for one in reps])
    return reps


def _rep(
    payments: Sequence[Received], first: Invoice, profile: FiscalProfile, *, origin: Origin, now: datetime
) -> Invoice:
    return Invoice(
        kind=Kind.PAGO,
        tipo=TIPOS[Kind.PAGO],
        serie=serie_of(first.branch, Kind.PAGO),
        branch=first.branch,
        profile=profile,
        origin=origin,
        rfc=profile.rfc,
        nombre=profile.nombre,
        correo=first.correo,
        lines=[payment_to_json(payment) for payment in payments],
        uso_cfdi=USO_PAGOS,
        moneda="XXX",
        total=0,
        created_at=now,
    )


def _current(profiles: Sequence[FiscalProfile]) -> dict[int, FiscalProfile]:
    """Of each what its customer's data are now, under the same RFC (`customers.current.current_or`)."""
    known = [one for one in profiles if one.customer_id is not None and one.rfc not in GENERICS]
    rows = FiscalProfile.objects.current().filter(customer_id__in={one.customer_id for one in known}) if known else []
    now = {(one.customer_id, one.rfc): one for one in rows}
    return {one.pk: now.get((one.customer_id, one.rfc), one) if one in known else one for one in profiles}
