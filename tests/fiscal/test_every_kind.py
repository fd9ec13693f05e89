"""Documents of every kind, generated, against what shares no line with our engine: fractions over the written text, the
SAT's XSLT and whole schema, every offline rule, and satcfdi's builders."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from amate.fiscal.catalogs import installed
from amate.fiscal.comprobante import Comprobante, InformacionGlobal, Relacionados
from amate.fiscal.credited import credit_amount
from amate.fiscal.factura_global import GlobalSale, build_global
from amate.fiscal.money import Impuesto, Line
from amate.fiscal.pago20 import Payment
from amate.fiscal.rules.validate import validate_ours
from amate.fiscal.seal import seal
from amate.fiscal.xml import CFDI, parse
from tests.fiscal import minting, twin
from tests.fiscal.generated import money
from tests.fiscal.generated_receipts import invoices, payments
from tests.fiscal.receipts import EMISOR, EXENTO, IVA0, IVA8, IVA16, UUID, ieps, receipt
from tests.fiscal.test_egreso import build as credit
from tests.fiscal.test_seal import assert_sound
from tests.fiscal.windows_by_fraction import importe_fits, tax_fits

C = f"{{{CFDI}}}"
D = Decimal
LONG = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 20)).map(lambda t: t.replace(microsecond=0))

_LINE_TAXES: list[tuple[Impuesto, ...]] = [
    (IVA16,),
    (IVA16,),
    (IVA8,),
    (IVA0,),
    (EXENTO,),
    (),
    (IVA16, ieps("0.08")),
    (IVA16, Impuesto("003", "Cuota", D("0.6445"))),
    (ieps("0.3"),),
]


@st.composite
def globals_(draw: st.DrawFn) -> Comprobante:
    fecha = draw(TIMES)
    return build_global(
        emisor=EMISOR,
        lugar_expedicion="86000",
        fecha=fecha,
        period=InformacionGlobal(draw(st.sampled_from(["01", "02", "03", "04"])), f"{fecha.month:02}", fecha.year),
        sales=[
            GlobalSale(f"T-{number}", draw(st.sampled_from(["01", "04", "28"])), tuple(draw(tickets())))
            for number in range(draw(st.integers(1, 6)))
        ],
    )


@st.composite
def tickets(draw: st.DrawFn) -> list[Line]:
    lines = []
    for taxes in draw(st.lists(st.sampled_from(_LINE_TAXES), min_size=1, max_size=25)):
        price = draw(money(2, 10**5)) + 10
        off = draw(st.sampled_from([D(0), D(0), D(0), D("1.00"), price]))
        lines.append(Line(D(1), price, taxes, draw(st.booleans()), off, "02" if taxes else "01"))
    assume(any(line.precio > line.descuento for line in lines))
    return lines


@st.composite
def credits_(draw: st.DrawFn) -> Comprobante:
    invoice = draw(invoices())
    quota = any(tax.tipo_factor == "Cuota" for concepto in invoice.conceptos for tax in concepto.traslados)
    cents = int(invoice.total * 100)
    amount = invoice.total if quota else D(draw(st.integers(1, cents))).scaleb(-2)
    return credit(
        *credit_amount(amount, of=invoice.conceptos, descripcion="Bonificación"),
        relacionados=(Relacionados(draw(st.sampled_from(["01", "03"])), (UUID,)),),
        fecha=draw(TIMES),
        remaining=invoice.total,
    )


sales = st.sampled_from(["MXN", "MXN", "USD", "JPY"]).flatmap(invoices) | globals_() | credits_()


@LONG
@given(sales)
def test_whatever_is_sold_or_given_back_is_lawful_by_every_witness(document: Comprobante) -> None:
    assert_adds_up(assert_sound(document))
    found = validate_ours(document, seal(document, minting.csd()).xml, catalogs=installed())
    assert [finding for finding in found if finding.severity != "note"] == []


def assert_adds_up(root: etree._Element) -> None:
    """CFDI40108, 40111, 40119, 40167, 40180, 40186, 40203..40221 on the written text, with fractions."""
    lines = root.findall(f"{C}Conceptos/{C}Concepto")
    taxes = [tax for line in lines for tax in line.iterfind(f"{C}Impuestos/*/*")]
    for line in lines:
        assert importe_fits(line.attrib["Cantidad"], line.attrib["ValorUnitario"], line.attrib["Importe"])
    for tax in taxes:
        if tax.get("TipoFactor") != "Exento":
            assert tax_fits(tax.attrib["Base"], tax.attrib["TasaOCuota"], tax.attrib["Importe"])
    assert number(root, "SubTotal") == sum(number(line, "Importe") for line in lines)
    assert number(root, "Descuento") == sum(number(line, "Descuento") for line in lines)
    summary = root.find(f"{C}Impuestos")
    moved = held = Fraction(0)
    if summary is not None:
        for total in summary.iterfind(f"{C}Traslados/{C}Traslado"):
            same = [tax for tax in taxes if tax.tag == f"{C}Traslado" and kind(tax) == kind(total)]
            assert number(total, "Importe") == sum(number(tax, "Importe") for tax in same)
            if total.get("TipoFactor") != "Cuota":
                assert number(total, "Base") == sum(number(tax, "Base") for tax in same)
        for total in summary.iterfind(f"{C}Retenciones/{C}Retencion"):
            same = [t for t in taxes if t.tag == f"{C}Retencion" and t.get("Impuesto") == total.get("Impuesto")]
            assert number(total, "Importe") == sum(number(tax, "Importe") for tax in same)
        moved, held = number(summary, "TotalImpuestosTrasladados"), number(summary, "TotalImpuestosRetenidos")
    assert moved - held == sum(number(tax, "Importe") * (1 if tax.tag == f"{C}Traslado" else -1) for tax in taxes)
    assert number(root, "Total") == number(root, "SubTotal") - number(root, "Descuento") + moved - held


def number(node: etree._Element, name: str) -> Fraction:
    return Fraction(node.get(name, "0"))


def kind(tax: etree._Element) -> tuple[str | None, ...]:
    return tuple(tax.get(name) for name in ("Impuesto", "TipoFactor", "TasaOCuota"))


# ------------------------------------------------------------ satcfdi


@LONG
@given(st.sampled_from(["MXN", "USD"]).flatmap(invoices) | globals_() | credits_())
def test_sales_globals_and_credits_are_the_elements_that_satcfdi_writes(document: Comprobante) -> None:
    """Where it does right: 0 % and quotas are left out of its sums (ENGINE D-3)."""
    factors = {(t.tipo_factor, t.tasa_o_cuota) for concepto in document.conceptos for t in concepto.traslados}
    assume(all(factor != "Cuota" for factor, _ in factors))
    assert without_zeros(written(document)) == without_zeros(etree.fromstring(twin.build(document).xml_bytes()))


@LONG
@given(st.lists(payments(in_pesos=True), min_size=1, max_size=3))
def test_receipts_in_pesos_are_the_elements_that_satcfdi_writes(paid: list[Payment]) -> None:
    document = receipt(*paid)
    assert without_zeros(written(document)) == without_zeros(etree.fromstring(twin.build_receipt(document).xml_bytes()))


def written(document: Comprobante) -> etree._Element:
    return parse(seal(document, minting.csd()).xml)


def without_zeros(root: etree._Element) -> tuple[object, ...]:
    """`twin.shape` with amounts as numbers: 0 and 0.00 are one."""
    for node in root.iter():
        for name, value in node.attrib.items():
            if value.replace(".", "", 1).isdigit() and "." in value:
                node.set(name, f"{Decimal(value).normalize():f}")
    return twin.shape(root)
