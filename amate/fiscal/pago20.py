"""The receipt of payments (type P, complement of payments 2.0) from instalments already split (FISCAL REP)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from amate.fiscal.comprobante import (
    Comprobante,
    Concepto,
    DoctoRelacionado,
    Emisor,
    Pago,
    Pagos,
    Relacionados,
    RetencionTotal,
    TotalesPagos,
    Traslado,
)
from amate.fiscal.heading import SIN_MONEDA, SUSTITUCION, check_fecha, check_place, check_relations, clean_field
from amate.fiscal.instalments import retenciones_of, traslados_of
from amate.fiscal.payment import Instalment as Instalment
from amate.fiscal.payment import Payment as Payment
from amate.fiscal.payment import check_payments
from amate.fiscal.receptor import Receptor
from amate.fiscal.rounding import CONTEXT, ONE, UNITS, ZERO, over, q2, times
from amate.fiscal.tables.impuestos import EXENTO, IEPS, ISR, IVA

USO_PAGOS = "CP01"
ONE_TEXT = "1"

_CONCEPTO = Concepto(
    clave_prod_serv="84111506",
    cantidad=ONE,
    clave_unidad="ACT",
    descripcion="Pago",
    valor_unitario=ZERO,
    importe=ZERO,
    objeto_imp="01",
)
_RELATIONS = frozenset({SUSTITUCION})

Rate = tuple[str, str, Decimal | None]


def build_pago(
    *,
    emisor: Emisor,
    receptor: Receptor,
    lugar_expedicion: str,
    fecha: datetime,
    payments: Sequence[Payment],
    serie: str | None = None,
    folio: str | None = None,
    relacionados: Sequence[Relacionados] = (),
) -> Comprobante:
    """One or more payments of a receiver, each with the instalments it pays; `receptor` as in the invoices.

    `relacionados`: with 04, the receipt that this one substitutes. Raises `DocumentRefused`, of a payment with the
    field as "payments.0.monto", of an instalment as "payments.0.instalments.2.pagado".
    """
    check_fecha(fecha)
    check_place(receptor, lugar_expedicion)
    check_relations(relacionados, _RELATIONS)
    check_payments(payments, fecha)
    pagos = tuple(_pago(payment) for payment in payments)
    return Comprobante(
        tipo_de_comprobante="P",
        fecha=fecha,
        lugar_expedicion=lugar_expedicion,
        emisor=emisor,
        receptor=replace(receptor, uso_cfdi=USO_PAGOS),
        conceptos=(_CONCEPTO,),
        subtotal=ZERO,
        total=ZERO,
        moneda=SIN_MONEDA,
        serie=clean_field("serie", serie, 25),
        folio=clean_field("folio", folio, 40),
        relacionados=tuple(relacionados),
        pagos=Pagos(_totales(pagos), pagos),
    )


def _pago(payment: Payment) -> Pago:
    doctos = tuple(_docto(instalment, payment) for instalment in payment.instalments)
    return Pago(
        fecha_pago=payment.fecha_pago,
        forma_de_pago_p=payment.forma_pago,
        moneda_p=payment.moneda,
        tipo_cambio_p=payment.tipo_cambio or ONE_TEXT,
        monto=payment.monto,
        doctos=doctos,
        traslados=_traslados(doctos),
        retenciones=_retenciones(doctos),
        num_operacion=payment.num_operacion,
        banks=payment.banks,
    )


def _docto(instalment: Instalment, payment: Payment) -> DoctoRelacionado:
    paid = instalment.paid
    return DoctoRelacionado(
        id_documento=instalment.uuid,
        moneda_dr=instalment.moneda,
        equivalencia_dr=instalment.equivalencia or ONE_TEXT,
        num_parcialidad=instalment.num_parcialidad,
        imp_saldo_ant=instalment.saldo_anterior,
        imp_pagado=paid.amount,
        imp_saldo_insoluto=instalment.saldo_anterior - paid.amount,
        objeto_imp_dr=instalment.objeto_imp,
        serie=instalment.serie,
        folio=instalment.folio,
        traslados=traslados_of(paid.taxes),
        retenciones=retenciones_of(paid.taxes),
    )


# ------------------------------------------------------------ what they add up to


def _traslados(doctos: Sequence[DoctoRelacionado]) -> tuple[Traslado, ...]:
    """One a tax, factor and rate (CRP20271), in the payment's currency (CRP20268, 20269, 20274)."""
    sums: dict[Rate, tuple[_Sum, _Sum]] = {}
    for docto in doctos:
        for tax in docto.traslados:
            base, importe = sums.setdefault((tax.impuesto, tax.tipo_factor, tax.tasa_o_cuota), (_Sum(), _Sum()))
            base.add(tax.base, docto.equivalencia_dr)
            importe.add(ZERO if tax.importe is None else tax.importe, docto.equivalencia_dr)
    return tuple(
        Traslado(base.written, *rate, None if rate[1] == EXENTO else importe.written)
        for rate, (base, importe) in sums.items()
    )


def _retenciones(doctos: Sequence[DoctoRelacionado]) -> tuple[RetencionTotal, ...]:
    """One a tax (CRP20263, 20265)."""
    sums: dict[str, _Sum] = {}
    for docto in doctos:
        for tax in docto.retenciones:
            sums.setdefault(tax.impuesto, _Sum()).add(tax.importe, docto.equivalencia_dr)
    return tuple(RetencionTotal(impuesto, added.written) for impuesto, added in sums.items())


@dataclass(slots=True)
class _Sum:
    """An exact sum; once another currency is in it, rounded up at six decimals, so never below the sum (REP-8)."""

    total: Decimal = ZERO
    converted: bool = False

    def add(self, amount: Decimal, equivalencia: str) -> None:
        if equivalencia == ONE_TEXT:
            self.total += amount
            return
        self.total += over(amount, Decimal(equivalencia))
        self.converted = True

    @property
    def written(self) -> Decimal:
        return self.total.quantize(UNITS[6], ROUND_CEILING, CONTEXT) if self.converted else self.total


_RETAINED = {IVA: "retenciones_iva", ISR: "retenciones_isr", IEPS: "retenciones_ieps"}
_RATES = {Decimal("0.16"): "iva16", Decimal("0.08"): "iva8", Decimal(0): "iva0"}


def _totales(pagos: Sequence[Pago]) -> TotalesPagos:
    """Pesos at two decimals: rounded once, after adding up (CRP20201..20211)."""
    monto = ZERO
    sums: dict[str, Decimal] = {}
    for pago in pagos:
        pesos = Decimal(pago.tipo_cambio_p)
        monto += times(pago.monto, pesos)
        for held in pago.retenciones:
            _into(sums, _RETAINED[held.impuesto], times(held.importe, pesos))
        for tax in pago.traslados:
            if tax.impuesto != IVA:
                continue
            if tax.tasa_o_cuota is None or tax.importe is None:
                _into(sums, "base_iva_exento", times(tax.base, pesos))
                continue
            _into(sums, f"base_{_RATES[tax.tasa_o_cuota]}", times(tax.base, pesos))
            _into(sums, f"impuesto_{_RATES[tax.tasa_o_cuota]}", times(tax.importe, pesos))
    return TotalesPagos(q2(monto), **{name: q2(added) for name, added in sums.items()})


def _into(sums: dict[str, Decimal], name: str, amount: Decimal) -> None:
    sums[name] = sums.get(name, ZERO) + amount
