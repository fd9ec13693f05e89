"""The factura global: GLO-1..GLO-8, AFT-A, CFDI40130..40136."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amate.fiscal.catalogs import installed
from amate.fiscal.comprobante import Comprobante, DocumentRefused, Emisor, InformacionGlobal, Relacionados
from amate.fiscal.factura_global import MOST_TICKETS, GlobalSale, build_global, parts_of
from amate.fiscal.global_period import period_of
from amate.fiscal.ingreso import build_ingreso
from amate.fiscal.money import Impuesto, Line, MoneyRefused
from amate.fiscal.receptor import Receptor
from amate.fiscal.rules.validate import validate_ours
from amate.fiscal.seal import seal
from tests.fiscal import minting
from tests.fiscal.generated import money
from tests.fiscal.receipts import EXENTO, IVA0, IVA8, IVA16, ieps, sold
from tests.fiscal.test_seal import assert_sound

D = Decimal
EMISOR = Emisor("EKU9003173C9", "ESCUELA KEMPER URGATE", "601")
FECHA = datetime(2026, 6, 30, 22, 0, 0)
JUNE = InformacionGlobal("01", "06", 2026)
OLD = "6F35D3B5-3651-5370-BC2C-14CDBE384CD7"


def line(precio: str, *taxes: Impuesto, cantidad: str = "1", **rest: Any) -> Line:
    said = {"objeto_imp": "02" if taxes else "01", "descuento": D(rest.pop("descuento", "0"))}
    return Line(D(cantidad), D(precio), taxes, **{**said, **rest})


def ticket(number: str, *lines: Line, forma_pago: str = "01") -> GlobalSale:
    return GlobalSale(number, forma_pago, lines)


def build(*sales: GlobalSale, **changes: Any) -> Comprobante:
    said: dict[str, Any] = {
        "emisor": EMISOR,
        "lugar_expedicion": "33146",
        "fecha": FECHA,
        "period": JUNE,
        "sales": sales or (ticket("1", line("116.00", IVA16)),),
    }
    return build_global(**{**said, **changes})


def refused(*sales: GlobalSale, **changes: Any) -> str:
    with pytest.raises(DocumentRefused) as error:
        build(*sales, **changes)
    return error.value.field


def assert_lawful(document: Comprobante) -> None:
    assert_sound(document)
    found = validate_ours(document, seal(document, minting.csd()).xml, catalogs=installed())
    assert [finding for finding in found if finding.severity != "note"] == []


def the_guides_tickets() -> list[GlobalSale]:
    """GLO-8: the example of the SAT's guide of 2023."""
    net: dict[str, Any] = {"incluye_impuestos": False}
    return [
        ticket("17-2358-4568", line("130.00", IVA16, **net), forma_pago="01"),
        ticket("17-2358-4569", line("359.98", IVA16, **net), forma_pago="04"),
        ticket("17-2358-4624", line("355.00", IVA16, **net), forma_pago="28"),
    ]


def test_the_example_of_the_guide_comes_out_to_the_cent() -> None:
    made = build(*the_guides_tickets())
    assert (made.subtotal, made.total, made.forma_pago, made.metodo_pago) == (D("844.98"), D("980.18"), "04", "PUE")
    assert made.impuestos is not None
    assert made.impuestos.total_trasladados == D("135.20")
    assert [c.no_identificacion for c in made.conceptos] == ["17-2358-4568", "17-2358-4569", "17-2358-4624"]
    assert {(c.clave_prod_serv, c.clave_unidad, c.descripcion, c.cantidad, c.unidad) for c in made.conceptos} == {
        ("01010101", "ACT", "Venta", D(1), None)
    }
    assert all(c.valor_unitario == c.importe for c in made.conceptos)
    assert (made.exportacion, made.condiciones_de_pago, made.informacion_global) == ("01", None, JUNE)
    assert made.receptor == Receptor("XAXX010101000", "PUBLICO EN GENERAL", "33146", "616", "S01")
    assert_lawful(made)


def test_issued_again_without_a_ticket_it_substitutes_the_old_one() -> None:
    """AFT-A."""
    made = build(
        *(sale for sale in the_guides_tickets() if sale.no_identificacion != "17-2358-4569"),
        relacionados=(Relacionados("04", (OLD,)),),
    )
    assert (made.subtotal, made.total) == (D("485.00"), D("562.60"))
    assert made.relacionados == (Relacionados("04", (OLD,)),)
    assert_lawful(made)
    assert refused(relacionados=(Relacionados("01", (OLD,)),)) == "relacionados"


def test_mixed_rates_of_one_ticket_are_one_concept_with_a_traslado_each() -> None:
    made = build(
        ticket(
            "7", line("116.00", IVA16), line("50.00", IVA0), line("10.00", EXENTO), line("1.05", IVA16), line("5", IVA8)
        )
    )
    (concepto,) = made.conceptos
    assert concepto.objeto_imp == "02"
    assert [(t.tipo_factor, t.tasa_o_cuota, t.base, t.importe) for t in concepto.traslados] == [
        ("Tasa", D("0.16"), D("100.91"), D("16.14")),
        ("Tasa", D(0), D("50.00"), D("0.00")),
        ("Exento", None, D("10.00"), None),
        ("Tasa", D("0.08"), D("4.63"), D("0.37")),
    ]
    assert made.total == D("182.05")
    assert_lawful(made)


def test_what_is_not_object_of_tax_is_a_second_concept_of_the_same_ticket() -> None:
    made = build(ticket("8", line("116.00", IVA16), line("40.00")))
    assert [(c.no_identificacion, c.objeto_imp, c.importe) for c in made.conceptos] == [
        ("8", "02", D("100.00")),
        ("8", "01", D("40.00")),
    ]
    assert made.total == D("156.00")
    assert_lawful(made)


def test_a_day_of_exempt_sales_has_no_total_of_taxes() -> None:
    made = build(ticket("1", line("30.00", EXENTO)), ticket("2", line("20.00", EXENTO)))
    assert made.impuestos is not None
    assert (made.impuestos.traslados[0].base, made.impuestos.total_trasladados) == (D("50.00"), None)
    assert_lawful(made)


def test_ieps_stands_beside_iva() -> None:
    made = build(ticket("1", line("86.99", IVA16, ieps("0.08")), line("20", IVA16)))
    (concepto,) = made.conceptos
    assert [t.impuesto for t in concepto.traslados] == ["002", "003"]
    assert made.total == D("106.99")
    assert_lawful(made)


def test_tickets_and_lines_of_nothing_are_left_out() -> None:
    nothing = line("10.00", IVA16, descuento="10.00")
    assert ticket("0", nothing, line("0.00")).is_zero
    made = build(ticket("0", nothing), ticket("1", line("11.60", IVA16), nothing))
    assert [(c.no_identificacion, c.importe) for c in made.conceptos] == [("1", D("10.00"))]
    assert refused(ticket("0", nothing)) == "sales"


def test_a_discount_stands_in_its_ticket() -> None:
    made = build(ticket("1", line("116.00", IVA16, descuento="11.60"), line("23.20", IVA16)))
    (concepto,) = made.conceptos
    assert (concepto.importe, concepto.descuento, concepto.valor_unitario) == (D("120.00"), D("10.00"), D("120.00"))
    assert (made.descuento, made.total) == (D("10.00"), D("127.60"))
    assert_lawful(made)


def test_a_ticket_of_many_lines_stays_one_concept_inside_its_window() -> None:
    """Forty lines of 1.05 would carry 5.60 of tax on 36.40, 22 cents under the rate: no PAC takes that."""
    made = build(ticket("1", *[line("1.05", IVA16)] * 40))
    (concepto,) = made.conceptos
    assert (concepto.traslados[0].base, concepto.traslados[0].importe) == (D("36.21"), D("5.79"))
    assert (concepto.importe, made.total) == (D("36.21"), D("42.00"))
    assert_lawful(made)


def test_a_ticket_whose_taxes_fit_no_single_concept_is_lawful_as_several() -> None:
    """Its IVA, summed, would leave the window; each of its concepts carries its number, and our own rules take it."""
    cuota = Impuesto("003", "Cuota", D("0.6445"))
    made = build(
        ticket(
            "1",
            line("166.71", IVA16, cuota),
            line("67.61", ieps("0.3"), incluye_impuestos=False),
            line("48.03", IVA16, cuota),
        )
    )
    assert [c.no_identificacion for c in made.conceptos] == ["1"] * len(made.conceptos)
    assert len(made.conceptos) > 1
    assert_lawful(made)


def test_a_quota_by_the_unit_stays_in_its_window_too() -> None:
    cuota = Impuesto("003", "Cuota", D("0.6445"))
    made = build(ticket("1", *[line("5.33", IVA16, cuota, cantidad=str(n)) for n in range(1, 25)]))
    assert made.total == sum((D(n) * D("5.33") for n in range(1, 25)), D(0))
    assert_lawful(made)


_TAXES: list[tuple[Impuesto, ...]] = [(IVA16,), (IVA16,), (IVA8,), (IVA0,), (EXENTO,), (IVA16, ieps("0.08")), ()]
_LINES = st.builds(
    lambda price, taxes, cantidad: line(str(price + 1), *taxes, cantidad=str(cantidad)),
    money(2, 90_000),
    st.sampled_from(_TAXES),
    st.integers(1, 5),
)
_TICKETS = st.tuples(st.lists(_LINES, min_size=1, max_size=14), st.sampled_from(["01", "04", "28"]), st.booleans())


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_TICKETS, min_size=1, max_size=8))
def test_what_is_invoiced_alone_and_what_is_in_the_global_are_all_that_was_sold(
    sold_today: list[tuple[list[Line], str, bool]],
) -> None:
    """Whoever asks for an invoice leaves the global by exactly what his own invoice says."""
    sales = [
        (ticket(str(number), *lines, forma_pago=forma_pago), apart)
        for number, (lines, forma_pago, apart) in enumerate(sold_today)
    ]
    rest = [sale for sale, apart in sales if not apart]
    together = build(*rest).total if rest else D(0)
    printed = sum((q * p - d for sale, _ in sales for q, p, d in sale_cents(sale)), D(0))
    assert together + sum((invoiced(sale) for sale, apart in sales if apart), D(0)) == printed


def invoiced(sale: GlobalSale) -> Decimal:
    lines = [
        sold(str(one.precio), *one.impuestos, cantidad=str(one.cantidad), objeto_imp=one.objeto_imp)
        for one in sale.lines
    ]
    return build_ingreso(
        emisor=EMISOR,
        receptor=Receptor("CACX7605101P8", "XOCHILT CASAS CHAVEZ", "36257", "612", "G03"),
        lugar_expedicion="33146",
        fecha=FECHA,
        lines=lines,
        forma_pago=sale.forma_pago,
        metodo_pago="PUE",
    ).total


def sale_cents(sale: GlobalSale) -> list[tuple[Decimal, Decimal, Decimal]]:
    return [(one.cantidad, one.precio, one.descuento) for one in sale.lines]


# ------------------------------------------------------------ refusals


def test_it_refuses_what_is_not_for_a_global() -> None:
    held = Impuesto("001", "Tasa", D("0.0125"), True)
    assert refused(ticket("1", line("100", IVA16, held))) == "sales"
    assert refused(ticket("1", line("100", IVA16), forma_pago="99")) == "sales"
    assert refused(ticket("1", line("100", IVA16), forma_pago="07")) == "sales"
    assert refused(ticket("1", line("1", IVA16)), ticket("1", line("2", IVA16))) == "sales"
    assert refused(lugar_expedicion="00000") == "lugar_expedicion"
    assert refused(*[ticket(str(n), line("1.16", IVA16)) for n in range(MOST_TICKETS + 1)]) == "sales"
    with pytest.raises(DocumentRefused):
        ticket(" ", line("1", IVA16))


def test_a_bad_amount_names_its_ticket_and_its_line() -> None:
    with pytest.raises(MoneyRefused) as error:
        build(ticket("1", line("10", IVA16)), ticket("2", line("10", IVA16), line("-5", IVA16)))
    assert error.value.field == "sales.1.lines.1.precio"


@pytest.mark.parametrize(
    ("period", "regimen"),
    [
        (InformacionGlobal("06", "06", 2026), "601"),
        (InformacionGlobal("05", "15", 2026), "601"),
        (InformacionGlobal("05", "06", 2026), "621"),
        (InformacionGlobal("04", "15", 2026), "601"),
        (InformacionGlobal("04", "19", 2026), "601"),
        (InformacionGlobal("04", "00", 2026), "601"),
        (InformacionGlobal("04", "12", 2024), "601"),
        (InformacionGlobal("04", "12", 2027), "601"),
    ],
)
def test_it_refuses_a_period_that_no_pac_stamps(period: InformacionGlobal, regimen: str) -> None:
    emisor = Emisor("CACX7605101P8", "XOCHILT CASAS CHAVEZ", regimen)
    assert refused(period=period, emisor=emisor) == "period"


def test_two_months_are_for_the_regime_of_incorporation() -> None:
    emisor = Emisor("CACX7605101P8", "XOCHILT CASAS CHAVEZ", "621")
    made = build(period=period_of(date(2026, 6, 30), periodicidad="05").informacion_global, emisor=emisor)
    assert made.informacion_global == InformacionGlobal("05", "15", 2026)
    assert_lawful(made)


# ------------------------------------------------------------ periods and parts


@pytest.mark.parametrize(
    ("periodicidad", "day", "first", "last", "meses"),
    [
        ("01", date(2026, 6, 30), date(2026, 6, 30), date(2026, 6, 30), "06"),
        ("02", date(2026, 6, 10), date(2026, 6, 8), date(2026, 6, 14), "06"),
        ("02", date(2026, 6, 30), date(2026, 6, 29), date(2026, 6, 30), "06"),
        ("02", date(2026, 7, 1), date(2026, 7, 1), date(2026, 7, 5), "07"),
        ("03", date(2026, 2, 15), date(2026, 2, 1), date(2026, 2, 15), "02"),
        ("03", date(2028, 2, 16), date(2028, 2, 16), date(2028, 2, 29), "02"),
        ("04", date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31), "12"),
        ("05", date(2026, 1, 1), date(2026, 1, 1), date(2026, 2, 28), "13"),
        ("05", date(2026, 12, 31), date(2026, 11, 1), date(2026, 12, 31), "18"),
    ],
)
def test_a_period_is_cut_where_its_month_ends(
    periodicidad: str, day: date, first: date, last: date, meses: str
) -> None:
    period = period_of(day, periodicidad=periodicidad)
    assert (period.first, period.last) == (first, last)
    assert period.informacion_global == InformacionGlobal(periodicidad, meses, day.year)


def test_an_unknown_periodicity_is_refused() -> None:
    with pytest.raises(DocumentRefused):
        period_of(date(2026, 1, 1), periodicidad="06")


def test_more_than_2000_tickets_go_into_further_parts() -> None:
    sales = [ticket(str(n), line("0.00" if n % 10 == 0 else "1.16", IVA16)) for n in range(5_000)]
    parts = parts_of(sales)
    assert [len(part) for part in parts] == [2_000, 2_000, 500]
    assert [sale.no_identificacion for sale in parts[0][:3]] == ["1", "2", "3"]
    assert parts_of([]) == []
