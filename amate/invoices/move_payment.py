"""A payment stands where it does not belong: its REP is cancelled, and the right one issued, as one act (FEATURES 125).

The old one goes first, with motivo 02: two REPs of one payment may never live at once (DB-2), and its receiver may say no,
which leaves it standing. Until the SAT says "Cancelado" the payment counts where it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from amate.audit.record import record
from amate.invoices.cancel import NotCancellable, cancel_invoice
from amate.invoices.how_it_stands import document_of
from amate.invoices.models import Instalment, Invoice, Kind, Motivo, MovedPayment, State
from amate.invoices.payments import Received, received_to_json
from amate.invoices.received_in import received_in
from amate.invoices.remaining import left_of
from amate.invoices.what_may_be_done import why_not_moved
from amate.tenancy.writes import insert


class NotMovable(Exception):
    """Nothing was written. The message (Spanish) says why, and the way out."""


def move_payment(
    *, rep_id: int, applied: Mapping[str, Mapping[int, Decimal]], reason: str, asked_by: str, now: datetime
) -> MovedPayment:
    """`applied`: of each payment of the REP, by its key, how much of which invoice it pays, by id. Owes the cancellation and,
    for when it is done, the new REP. Raises NotMovable.
    """
    rep: Invoice = Invoice.locked(rep_id)
    why_not = why_not_moved(document_of(rep), moving=MovedPayment.objects.open().filter(rep=rep).exists())
    if why_not:
        raise NotMovable(why_not)
    before = received_in(rep)
    if applied.keys() != {payment.key for payment in before}:
        raise NotMovable("Di de cada pago qué facturas paga.")
    after = [_applied(payment, _given(applied[payment.key])) for payment in before]
    if [payment.applied for payment in after] == [payment.applied for payment in before]:
        raise NotMovable("Así está aplicado ahora: cambia cuánto paga de cada factura.")
    _check_amounts(rep, before, after)
    try:
        cancel_invoice(invoice_id=rep.pk, motivo=Motivo.ERRORS, reason=reason, asked_by=asked_by, now=now)
    except NotCancellable as why:
        raise NotMovable(str(why)) from why
    return owe_move(rep, after, reason=reason, asked_by=asked_by, now=now)


def owe_move(rep: Invoice, payments: Sequence[Received], *, reason: str, asked_by: str, now: datetime) -> MovedPayment:
    """What is issued once the cancellation of `rep`, which is owed already, is done."""
    kept = [received_to_json(payment) for payment in payments]
    made = MovedPayment(rep=rep, payments=kept, reason=reason, asked_by=asked_by, asked_at=now)
    insert(made)
    record("rep.moved", about=f"invoice:{rep.pk}", now=now, reason=reason, payments=[one["key"] for one in kept])
    return made


def _applied(payment: Received, amounts: dict[int, Decimal]) -> Received:
    parts = {pk: allocation for pk, allocation in payment.parts.items() if pk in amounts}
    return replace(payment, applied=amounts, parts=parts)


def _given(amounts: Mapping[int, Decimal]) -> dict[int, Decimal]:
    return {pk: amount for pk, amount in sorted(amounts.items()) if amount > 0}


def _check_amounts(rep: Invoice, before: Sequence[Received], after: Sequence[Received]) -> None:
    """Each payment pays what it can, and each invoice is owed that much once the old REP is off."""
    here = {one.invoice_id: one.imp_pagado for one in Instalment.objects.live().filter(rep=rep)}
    wanted: dict[int, Decimal] = {}
    for old, new in zip(before, after, strict=True):
        if not new.applied:
            raise NotMovable("Cada pago paga al menos una factura. Si no se recibió, cancela el complemento.")
        if old.moneda == "MXN" and sum(new.applied.values()) > old.monto:
            raise NotMovable(f"Del pago de ${old.monto:,.2f} no se puede aplicar más que eso.")
        if old.equivalencias and new.applied.keys() - old.applied.keys():
            raise NotMovable("Este pago es en otra moneda: cancela el complemento y registra el pago de nuevo.")
        for pk, amount in new.applied.items():
            wanted[pk] = wanted.get(pk, Decimal(0)) + amount
    invoices = Invoice.objects.select_related("replaced_by").in_bulk(wanted)
    for pk, amount in wanted.items():
        invoice = invoices.get(pk)
        if invoice is None or invoice.kind != Kind.INGRESO or invoice.metodo_pago != "PPD":
            raise NotMovable("Un pago se aplica solo a facturas PPD de la empresa.")
        if invoice.state != State.STAMPED or invoice.replaced_by_id is not None:
            raise NotMovable(f"{invoice} no está vigente: aplica el pago a otra.")
        currency = next((one.moneda for one in before if pk in one.applied), before[0].moneda)
        if pk not in here and invoice.moneda != currency:
            raise NotMovable(f"{invoice} es en {invoice.moneda}: cancela el complemento y registra el pago de nuevo.")
        left = left_of(invoice).to_pay + here.get(pk, Decimal(0))
        if amount > left:
            raise NotMovable(f"De {invoice} quedan {left:,.2f} por pagar: aplica de ahí para abajo.")
