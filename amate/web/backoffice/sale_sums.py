"""What a sale that is being typed adds up to: by the same sums as its invoice will be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from amate.fiscal.comprobante import Retencion, Traslado
from amate.fiscal.money import Impuesto, MoneyRefused, Taxed, summarise, tax_line
from amate.fiscal.tables.monedas import decimals_of
from amate.papers.facts import figure
from amate.self_invoicing.sale import MXN
from amate.web.backoffice.sale_form import LineForm
from amate.web.backoffice.tax_choice import NAMES, tax_words, withheld_words, write_taxes, write_withheld

Amounts = list[tuple[str, Decimal]]


@dataclass(frozen=True, slots=True)
class LineSum:
    """`importe` before taxes; `taxes` those of this line, in words and its amount, below zero what is withheld."""

    descripcion: str
    cantidad: str
    importe: Decimal
    taxes: Amounts


@dataclass(frozen=True, slots=True)
class SaleSums:
    """`taxes` and `withheld`: in words and its amount. `lacks`: the lines, from 1 on, that have no amount yet and are not
    in the sums."""

    lines: list[LineSum]
    subtotal: Decimal
    descuento: Decimal | None
    taxes: Amounts
    withheld: Amounts
    total: Decimal
    lacks: list[int]
    moneda: str = MXN

    @property
    def seen(self) -> str:
        """As a page says which total it showed: whatever the locale."""
        return str(self.total)


def sums_of(lines: Sequence[LineForm], *, moneda: str = MXN) -> SaleSums:
    """Of lines that were judged."""
    decimals = decimals_of(moneda)
    taxed = [(form, amounts) for form in lines if (amounts := _taxed(form, decimals)) is not None]
    totals = summarise([amounts for _, amounts in taxed], decimals=decimals)
    counted = {form.number for form, _ in taxed}
    taxes = totals.impuestos
    return SaleSums(
        lines=[_line(form, amounts) for form, amounts in taxed],
        subtotal=totals.subtotal,
        descuento=totals.descuento,
        taxes=[_tax(one) for one in (taxes.traslados if taxes else ())],
        withheld=[(f"{NAMES[one.impuesto]} retenido", one.importe) for one in (taxes.retenciones if taxes else ())],
        total=totals.total,
        lacks=[form.number + 1 for form in lines if form.number not in counted],
        moneda=moneda,
    )


def _taxed(form: LineForm, decimals: int) -> Taxed | None:
    if form.line is None or "impuestos" in form.errors:
        return None
    try:
        return tax_line(form.line, decimals=decimals)
    except MoneyRefused:  # its sentence stands at its field when the sale is sent
        return None


def _line(form: LineForm, amounts: Taxed) -> LineSum:
    name = str(form["descripcion"].value() or "").strip()
    cantidad = figure(str(form.cleaned_data["cantidad"]), least=0)
    return LineSum(name or f"Partida {form.number + 1}", cantidad, amounts.importe, list(_taxes(amounts)))


def _taxes(amounts: Taxed) -> Iterator[tuple[str, Decimal]]:
    yield from (_tax(one) for one in amounts.traslados)
    yield from (_held(one) for one in amounts.retenciones)


def _tax(one: Traslado) -> tuple[str, Decimal]:
    words = tax_words(write_taxes("02", [Impuesto(one.impuesto, one.tipo_factor, one.tasa_o_cuota)]))
    return words, one.importe or Decimal(0)


def _held(one: Retencion) -> tuple[str, Decimal]:
    tax = Impuesto(one.impuesto, one.tipo_factor, one.tasa_o_cuota, retencion=True)
    return f"{withheld_words(write_withheld([tax]))} retenido", -one.importe
