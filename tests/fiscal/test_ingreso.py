"""Building an invoice: COM-2, COM-3, PAY-1, CON-1, CFDI40114, CFDI40130, CFDI40149."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from amate.fiscal.catalogs import installed
from amate.fiscal.comprobante import Comprobante, Emisor, Relacionados
from amate.fiscal.ingreso import IngresoRefused, SaleLine, build_ingreso, total_of
from amate.fiscal.money import Impuesto, Line, MoneyRefused
from amate.fiscal.receptor import Receptor, foreign_receptor

IVA16 = Impuesto("002", "Tasa", Decimal("0.160000"))
RECEPTOR = Receptor("CACX7605101P8", "XOCHILT CASAS CHAVEZ", "36257", "612", "G03")


def sale(precio: str = "116.00", cantidad: str = "1", **rest: Any) -> SaleLine:
    line = Line(Decimal(cantidad), Decimal(precio), (IVA16,), descuento=Decimal(rest.pop("descuento", "0")))
    keys = {"clave_prod_serv": "50202306", "clave_unidad": "H87", "descripcion": "Refresco"}
    return SaleLine(line, **{**keys, **rest})


def build(*lines: SaleLine, **changes: Any) -> Comprobante:
    said: dict[str, Any] = {
        "emisor": Emisor("EKU9003173C9", "ESCUELA KEMPER URGATE", "601"),
        "receptor": RECEPTOR,
        "lugar_expedicion": "06700",
        "fecha": datetime(2026, 11, 21, 10, 0, 0),
        "lines": lines or (sale(),),
        "forma_pago": "01",
        "metodo_pago": "PUE",
    }
    return build_ingreso(**{**said, **changes})


def refused(*lines: SaleLine, **changes: Any) -> str:
    with pytest.raises(IngresoRefused) as error:
        build(*lines, **changes)
    return error.value.field


def test_it_taxes_the_lines_and_adds_them_up() -> None:
    made = build(sale("116.00", "2", descuento="11.60"), sale("1.05", no_identificacion="A-1", unidad="pieza"))
    assert (made.tipo_de_comprobante, made.moneda, made.tipo_cambio, made.exportacion) == ("I", "MXN", None, "01")
    assert (made.subtotal, made.descuento, made.total) == (Decimal("200.91"), Decimal("10.00"), Decimal("221.45"))
    first, second = made.conceptos
    assert (first.importe, first.descuento, first.valor_unitario) == (Decimal(200), Decimal(10), Decimal(100))
    assert (second.descuento, second.no_identificacion, second.unidad) == (None, "A-1", "pieza")
    assert made.impuestos is not None
    assert made.impuestos.total_trasladados == Decimal("30.54")


def test_the_total_can_be_asked_for_before_there_is_an_invoice() -> None:
    lines = [sale("1.05", "3"), sale("99.90", descuento="9.90")]
    assert total_of(lines) == build(*lines).total == Decimal("93.15")


def test_other_currencies_have_their_decimals_and_say_their_rate() -> None:
    made = build(sale("1050"), moneda="JPY", tipo_cambio="0.118200")
    assert (made.total, str(made.subtotal), made.tipo_cambio) == (Decimal(1050), "905", "0.118200")
    assert total_of([sale("1050")], moneda="JPY") == Decimal(1050)


@pytest.mark.parametrize(
    ("moneda", "tipo_cambio", "field"),
    [
        ("MXN", "1.0", "tipo_cambio"),
        ("USD", None, "tipo_cambio"),
        ("USD", "dieciocho", "tipo_cambio"),
        ("USD", "-18", "tipo_cambio"),
        ("USD", "NaN", "tipo_cambio"),
        ("USD", "18.1234567", "tipo_cambio"),
        ("XXX", None, "moneda"),
    ],
)
def test_it_refuses_a_currency_without_a_proper_rate(moneda: str, tipo_cambio: str | None, field: str) -> None:
    assert refused(moneda=moneda, tipo_cambio=tipo_cambio) == field


def test_pesos_leave_the_rate_out() -> None:
    assert build(tipo_cambio="1").tipo_cambio is None


def test_pue_is_never_99_and_ppd_always_is() -> None:
    assert refused(metodo_pago="PUE", forma_pago="99") == "forma_pago"
    assert refused(metodo_pago="PPD", forma_pago="03") == "forma_pago"
    assert build(metodo_pago="PPD", forma_pago="99").metodo_pago == "PPD"
    assert refused(metodo_pago="PAD") == "metodo_pago"
    assert refused(forma_pago="07") == "forma_pago"


def test_texts_are_cleaned_once_at_the_door() -> None:
    line = sale(descripcion="  Jabón\u00a0 de\ttocador ", unidad="  ", no_identificacion="\u3000X1")
    assert (line.descripcion, line.unidad, line.no_identificacion) == ("Jabón de tocador", None, "X1")
    made = build(line, serie=" A ", folio="7", condiciones_de_pago="Contado\n")
    assert (made.serie, made.folio, made.condiciones_de_pago) == ("A", "7", "Contado")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("descripcion", ""),
        ("descripcion", "a|b"),
        ("descripcion", "x" * 1001),
        ("no_identificacion", "x" * 101),
        ("unidad", "x" * 21),
    ],
)
def test_a_line_refuses_a_text_that_the_sat_would_refuse(field: str, text: str) -> None:
    with pytest.raises(IngresoRefused) as error:
        sale(**{field: text})
    assert error.value.field == field


@pytest.mark.parametrize(
    ("field", "text"), [("serie", "x" * 26), ("folio", "1|2"), ("condiciones_de_pago", "x" * 1001)]
)
def test_it_refuses_a_text_of_the_document_that_the_sat_would_refuse(field: str, text: str) -> None:
    assert refused(**{field: text}) == field


def test_a_bad_amount_says_which_line_and_which_field() -> None:
    with pytest.raises(MoneyRefused) as error:
        build(sale(), sale("10.00", descuento="10.00"))
    assert error.value.field == "lines.1.descuento"
    with pytest.raises(MoneyRefused) as error:
        total_of([sale("0.00")])
    assert error.value.field == "lines.0.precio"


def test_it_refuses_an_invoice_of_nothing() -> None:
    assert refused(lines=()) == "lines"


def test_it_refuses_parties_and_places_that_make_no_invoice() -> None:
    assert refused(lugar_expedicion="00000") == "lugar_expedicion"
    public = Receptor("XAXX010101000", "PUBLICO EN GENERAL", "06700", "616", "S01")
    assert refused(receptor=public) == "nombre"
    assert refused(receptor=Receptor("XAXX010101000", "JUAN PEREZ", "06800", "616", "S01")) == "cp"
    assert refused(receptor=Receptor("CACX7605101P8", "X", "36257", "612", "CP01")) == "uso_cfdi"
    assert build(receptor=Receptor("XAXX010101000", "JUAN PEREZ", "06700", "616", "S01")).total == Decimal(116)


@pytest.mark.parametrize("fecha", [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 0, 5)])
def test_a_fecha_with_zone_or_microseconds_is_an_error_of_the_program(fecha: datetime) -> None:
    with pytest.raises(ValueError, match="naive"):
        build(fecha=fecha)


def test_it_names_what_it_substitutes_and_the_advance_it_applies() -> None:
    """REL-3, REL-4."""
    uuid = "6F35D3B5-3651-5370-BC2C-14CDBE384CD7"
    relations = (Relacionados("04", (uuid,)), Relacionados("07", (uuid.lower(), uuid)))
    assert build(relacionados=relations).relacionados == relations
    for kind, uuids in (("01", (uuid,)), ("03", (uuid,)), ("99", (uuid,)), ("04", ()), ("04", ("123",))):
        assert refused(relacionados=(Relacionados(kind, uuids),)) == "relacionados"


def test_a_foreigner_is_invoiced_in_his_currency_at_the_place_of_issue() -> None:
    """REC-6, CFDI40149."""
    receptor = foreign_receptor(
        nombre="Acme LLC", lugar_expedicion="06700", catalogs=installed(), residencia_fiscal="USA"
    )
    made = build(sale("58.00"), receptor=receptor, moneda="USD", tipo_cambio="19.5")
    assert (made.receptor.rfc, made.moneda, made.tipo_cambio, made.total) == (
        "XEXX010101000",
        "USD",
        "19.5",
        Decimal(58),
    )
    assert refused(receptor=receptor, lugar_expedicion="06800") == "cp"
