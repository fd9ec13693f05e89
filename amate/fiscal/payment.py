"""What a receipt of payments is made from, and what makes it lawful (FISCAL REP-3..REP-5, REP-10)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from amate.fiscal.comprobante import NO_BANKS, Banks, DocumentRefused
from amate.fiscal.heading import MXN, check_paid_with, check_uuid, clean_field, exchange, positive
from amate.fiscal.instalments import Paid
from amate.fiscal.rfc import GENERIC_EXTRANJERO
from amate.fiscal.rounding import UNITS, ZERO, over, quantize
from amate.fiscal.tables.bank_accounts import ACCOUNTS, TRANSFERENCIA
from amate.fiscal.tables.impuestos import IEPS, ISR, IVA, OBJETOS_IMP
from amate.fiscal.tables.monedas import decimals_of
from amate.fiscal.windows import paid_window

MOST_INSTALMENTS = 999

_ORDERING = ("rfc_emisor_cta_ord", "nom_banco_ord_ext", "cta_ordenante")
_RECEIVING = ("rfc_emisor_cta_ben", "cta_beneficiario")
_PROOF = ("cert_pago", "cad_pago", "sello_pago")

# What each object of tax lets a payment say (CRP20246, 20247, 20278, 20279).
_UNTAXED = frozenset({"01", "03", "04", "05"})
_ONLY_ISR = frozenset({"06", "08"})


@dataclass(frozen=True, slots=True)
class Instalment:
    """What a payment pays of one invoice: `paid` as `instalments.pay` splits it, in the invoice's `moneda`.

    `saldo_anterior` and `num_parcialidad` are the ledger's, under its lock (DB-3). `equivalencia`: units of `moneda`
    for one of the payment's currency, up to ten decimals; None when they are the same.
    """

    uuid: str
    num_parcialidad: int
    saldo_anterior: Decimal
    paid: Paid
    objeto_imp: str
    moneda: str = MXN
    equivalencia: str | None = None
    serie: str | None = None
    folio: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received. `fecha_pago` local, naive, 12:00:00 when the hour is unknown; `tipo_cambio`: pesos for one of
    `moneda`, None in pesos."""

    fecha_pago: datetime
    forma_pago: str
    monto: Decimal
    instalments: tuple[Instalment, ...]
    moneda: str = MXN
    tipo_cambio: str | None = None
    num_operacion: str | None = None
    banks: Banks = NO_BANKS

    def __post_init__(self) -> None:
        object.__setattr__(self, "num_operacion", clean_field("num_operacion", self.num_operacion, 100))


def check_payments(payments: Sequence[Payment], fecha: datetime) -> None:
    """Raises `DocumentRefused`, of a payment with the field as "payments.0.monto"."""
    if not payments:
        raise DocumentRefused("payments", "Un recibo de pagos lleva al menos un pago")
    for place, payment in enumerate(payments):
        try:
            _check_payment(payment, fecha)
        except DocumentRefused as refused:
            raise DocumentRefused(f"payments.{place}.{refused.field}", refused.message) from refused


def _check_payment(payment: Payment, fecha: datetime) -> None:
    when = payment.fecha_pago
    if when.tzinfo is not None or when.microsecond:
        raise ValueError("fecha_pago is local and naive, in whole seconds")
    if when > fecha:
        raise DocumentRefused("fecha_pago", "El pago no puede ser posterior al recibo")
    check_received(payment)
    if not payment.instalments:
        raise DocumentRefused("instalments", "Di qué facturas paga")
    seen: set[str] = set()
    for place, instalment in enumerate(payment.instalments):
        try:
            _check_instalment(instalment, payment.moneda)
        except DocumentRefused as refused:
            raise DocumentRefused(f"instalments.{place}.{refused.field}", refused.message) from refused
        if instalment.uuid.upper() in seen:
            raise DocumentRefused(f"instalments.{place}.uuid", "La factura está dos veces en este pago")
        seen.add(instalment.uuid.upper())
    _check_monto(payment)


def check_received(payment: Payment) -> None:
    """How it was paid, whatever it pays. Raises `DocumentRefused`."""
    check_paid_with(payment.forma_pago)
    exchange(payment.moneda, payment.tipo_cambio)
    _check_banks(payment)


def _check_instalment(instalment: Instalment, moneda: str) -> None:
    check_uuid("uuid", instalment.uuid)
    if not 1 <= instalment.num_parcialidad <= MOST_INSTALMENTS:
        raise DocumentRefused(
            "num_parcialidad", f"Una factura se paga en {MOST_INSTALMENTS} parcialidades cuando mucho"
        )
    if not 0 < instalment.paid.amount <= instalment.saldo_anterior:
        raise DocumentRefused("pagado", f"De esta factura quedan {instalment.saldo_anterior} por pagar")
    if instalment.moneda == moneda:
        if instalment.equivalencia is not None:
            raise DocumentRefused("equivalencia", "En la misma moneda la equivalencia no se escribe")
    else:
        said = f"Escribe cuántos {instalment.moneda} vale un {moneda}, con diez decimales cuando mucho"
        positive("equivalencia", instalment.equivalencia, 10, said)
    _check_taxes(instalment)


def _check_taxes(instalment: Instalment) -> None:
    objeto, taxes = instalment.objeto_imp, instalment.paid.taxes
    if objeto not in OBJETOS_IMP:
        raise DocumentRefused("objeto_imp", f"El SAT no tiene el objeto de impuesto “{objeto}”")
    if objeto == "02" and not taxes:
        raise DocumentRefused("objeto_imp", "Con objeto de impuesto 02 el pago desglosa al menos un impuesto")
    if objeto in _UNTAXED and taxes:
        raise DocumentRefused("objeto_imp", f"Con objeto de impuesto {objeto} el pago no desglosa impuestos")
    if objeto in _ONLY_ISR and any(tax.impuesto != ISR for tax in taxes):
        raise DocumentRefused("objeto_imp", f"Con objeto de impuesto {objeto} el pago no desglosa IVA ni IEPS")
    if objeto == "07" and (
        any(tax.impuesto == IVA for tax in taxes)
        or not any(tax.impuesto == IEPS and not tax.retencion for tax in taxes)
    ):
        raise DocumentRefused("objeto_imp", "Con objeto de impuesto 07 el pago desglosa IEPS y no IVA")


def _check_monto(payment: Payment) -> None:
    """CRP20217..20219; with several currencies the sum of the windows also will do (CRP20276)."""
    decimals = decimals_of(payment.moneda)
    if payment.monto <= 0 or quantize(payment.monto, UNITS[decimals]) != payment.monto:
        raise DocumentRefused("monto", f"El pago es mayor que cero, con {decimals} decimales cuando mucho")
    paid = sum((over(one.paid.amount, Decimal(one.equivalencia or 1)) for one in payment.instalments), ZERO)
    if paid <= payment.monto:
        return
    least = paid
    if any(one.equivalencia is not None for one in payment.instalments):
        windows = [
            paid_window(one.paid.amount, Decimal(one.equivalencia or 1), decimals=decimals)
            for one in payment.instalments
        ]
        least = sum((window.low for window in windows), ZERO)
    if payment.monto < least:
        raise DocumentRefused("monto", f"Se recibieron {payment.monto} y se aplican {paid}: aplica menos")


def _check_banks(payment: Payment) -> None:
    banks = payment.banks
    accounts = ACCOUNTS.get(payment.forma_pago)
    for names, has_side in (
        (_ORDERING, accounts is not None),
        (_RECEIVING, accounts is not None and accounts.receiving is not None),
    ):
        for name in names:
            if getattr(banks, name) and not has_side:
                raise DocumentRefused(name, f"Con forma de pago {payment.forma_pago} no se escriben datos del banco")
    if accounts is not None:
        _check_account("cta_ordenante", banks.cta_ordenante, accounts.ordering)
        _check_account("cta_beneficiario", banks.cta_beneficiario, accounts.receiving)
    if banks.rfc_emisor_cta_ord == GENERIC_EXTRANJERO and not banks.nom_banco_ord_ext:
        raise DocumentRefused("nom_banco_ord_ext", "Escribe el nombre del banco extranjero")
    if banks.tipo_cad_pago and payment.forma_pago != TRANSFERENCIA:
        raise DocumentRefused("tipo_cad_pago", "La cadena de pago es solo de las transferencias (03)")
    for name in _PROOF:
        if bool(getattr(banks, name)) != bool(banks.tipo_cad_pago):
            raise DocumentRefused(name, "Tipo, certificado, cadena y sello de pago van los cuatro o ninguno")


def _check_account(name: str, account: str | None, pattern: re.Pattern[str] | None) -> None:
    if account and pattern is not None and not pattern.fullmatch(account):
        raise DocumentRefused(name, f"“{account}” no es una cuenta como las que pide esta forma de pago")
