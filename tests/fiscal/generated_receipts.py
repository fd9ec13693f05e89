"""Hypothesis receipts of payments: any invoices, any part of them, any currency; and values that no builder would make."""

from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_UP, Decimal

from hypothesis import strategies as st

from amate.fiscal.comprobante import Banks, Comprobante, Pagos
from amate.fiscal.instalments import objeto_of, pay, taxes_of
from amate.fiscal.money import Impuesto
from amate.fiscal.pago20 import Instalment, Payment
from tests.fiscal.generated import money
from tests.fiscal.receipts import EXENTO, FECHA, ISR10, IVA0, IVA8, IVA16, IVA_HELD, ieps, ppd, receipt, sold

D = Decimal

# Object of tax and taxes of a line, all lawful ones.
_SOLD: list[tuple[str, tuple[Impuesto, ...]]] = [
    *[("02", taxes) for taxes in ((IVA16,), (IVA8,), (IVA0,), (EXENTO,), (IVA16, ISR10), (IVA16, ISR10, IVA_HELD))],
    ("02", (IVA16, ieps("0.265"))),
    ("02", (IVA16, Impuesto("003", "Cuota", D("6.4555")))),
    ("07", (ieps("0.08"),)),
    *[(objeto, ()) for objeto in ("01", "03", "04", "05", "06", "08")],
    ("08", (ISR10,)),
]
_RATES = {"MXN": None, "USD": "19.5", "EUR": "21.123456", "JPY": "0.1182"}


@st.composite
def invoices(draw: st.DrawFn, moneda: str = "MXN") -> Comprobante:
    lines = draw(st.lists(st.tuples(st.sampled_from(_SOLD), money(2, 10**6)), min_size=1, max_size=4))
    return ppd(
        *[
            sold(str(price + 1_000), *taxes, objeto_imp=objeto, cantidad=str(draw(st.integers(1, 5))))
            for (objeto, taxes), price in lines
        ],
        moneda=moneda,
        tipo_cambio=_RATES[moneda],
    )


@st.composite
def instalments(draw: st.DrawFn, moneda_p: str, monedas: tuple[str, ...] = tuple(_RATES)) -> Instalment:
    """One instalment somewhere in the life of an invoice in any of these currencies."""
    moneda = draw(st.sampled_from([moneda_p, moneda_p, *monedas]))
    invoice = draw(invoices(moneda))
    decimals = 0 if moneda == "JPY" else 2
    unit = D(1).scaleb(-decimals)
    units = int(invoice.total / unit)
    cuts = sorted({units, *draw(st.lists(st.integers(1, units - 1), max_size=3))})
    paid, before = [], 0
    for cut in cuts[: draw(st.integers(1, len(cuts)))]:
        amount = (cut - before) * unit
        paid.append(
            pay(
                taxes=taxes_of(invoice.conceptos),
                total=invoice.total,
                earlier=paid,
                amount=amount,
                decimals=decimals,
                other_currency=moneda != moneda_p,
            )
        )
        before = cut
    same = moneda == moneda_p
    return Instalment(
        uuid=str(draw(st.uuids())),
        num_parcialidad=len(paid),
        saldo_anterior=invoice.total - sum((one.amount for one in paid[:-1]), D(0)),
        paid=paid[-1],
        objeto_imp=objeto_of(invoice.conceptos),
        moneda=moneda,
        equivalencia=None if same else draw(equivalencias(moneda, moneda_p)),
        serie=draw(st.sampled_from([None, "A", "Ñ & CO"])),
        folio=draw(st.sampled_from([None, "1", 'F-"7"'])),
    )


def equivalencias(moneda: str, moneda_p: str) -> st.SearchStrategy[str]:
    rate = D(_RATES[moneda_p] or 1) / D(_RATES[moneda] or 1)
    return st.sampled_from([10, 6, 4]).map(lambda places: format(round(rate, places), "f"))


@st.composite
def payments(draw: st.DrawFn, *, in_pesos: bool = False) -> Payment:
    """`in_pesos`: they, what they pay, and to the cent what they pay of it."""
    moneda = "MXN" if in_pesos else draw(st.sampled_from(["MXN", "MXN", "USD", "EUR"]))
    paid = draw(st.lists(instalments(moneda, (moneda,) if in_pesos else tuple(_RATES)), min_size=1, max_size=3))
    unit = D("0.01")
    converted = sum((one.paid.amount / D(one.equivalencia or 1) for one in paid), D(0))
    return Payment(
        fecha_pago=FECHA - timedelta(seconds=draw(st.integers(0, 10**6))),
        forma_pago=draw(st.sampled_from(["01", "03", "03", "28"])),
        monto=converted.quantize(unit, ROUND_UP)
        + (D(0) if in_pesos else draw(st.sampled_from([D(0), D(0), D("10.00")]))),
        instalments=tuple(paid),
        moneda=moneda,
        tipo_cambio=_RATES[moneda],
        num_operacion=draw(st.none() | st.just("000123")),
    )


@st.composite
def lawful_receipts(draw: st.DrawFn) -> Comprobante:
    """What `build_pago` makes of any payments."""
    return receipt(*draw(st.lists(payments(), min_size=1, max_size=3)))


@st.composite
def receipts(draw: st.DrawFn) -> Comprobante:
    """A lawful one, with something wrong in it as often as not."""
    made = draw(lawful_receipts())
    assert made.pagos is not None
    first, *rest = made.pagos.pagos
    docto, *doctos = first.doctos
    changed = draw(
        st.sampled_from(
            [
                first,
                first,
                replace(first, banks=Banks("BNM840515VB1", None, "0123456789", "BBA830831LJ2", "012345678901234567")),
                replace(first, banks=Banks("XEXX010101000", "BANK & CO")),
                replace(first, forma_de_pago_p="99", monto=first.monto - D("0.01")),
                replace(first, tipo_cambio_p="20.000001"),
                replace(first, traslados=first.traslados[1:]),
                replace(first, doctos=(replace(docto, imp_saldo_insoluto=docto.imp_pagado), *doctos)),
                replace(first, doctos=(replace(docto, objeto_imp_dr="01"), *doctos)),
                replace(first, doctos=(replace(docto, equivalencia_dr="3"), *doctos)),
            ]
        )
    )
    return replace(made, pagos=Pagos(made.pagos.totales, (changed, *rest)))
