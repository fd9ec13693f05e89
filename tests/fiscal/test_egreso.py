"""Credit notes: REL-1..REL-3, AFT-B, AFT-C, DB-5."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from amate.fiscal.catalogs import installed
from amate.fiscal.comprobante import Comprobante, Concepto, DocumentRefused, Relacionados
from amate.fiscal.credited import credit_amount, credit_tickets
from amate.fiscal.egreso import build_egreso, credit_receptor, public_credit_receptor
from amate.fiscal.ingreso import SaleLine
from amate.fiscal.money import Impuesto, MoneyRefused
from amate.fiscal.receptor import Receptor
from amate.fiscal.rules.validate import validate_ours
from amate.fiscal.seal import seal
from tests.fiscal import minting
from tests.fiscal.receipts import (
    EMISOR,
    EXENTO,
    FECHA,
    ISR10,
    IVA0,
    IVA8,
    IVA16,
    IVA_HELD,
    RECEPTOR,
    UUID,
    ieps,
    ppd,
    sold,
)
from tests.fiscal.test_factura_global import build as build_global
from tests.fiscal.test_factura_global import the_guides_tickets
from tests.fiscal.test_seal import assert_sound
from tests.fiscal.windows_by_fraction import assert_tax

D = Decimal


def build(*lines: SaleLine | Concepto, **changes: Any) -> Comprobante:
    said: dict[str, Any] = {
        "emisor": EMISOR,
        "receptor": credit_receptor(RECEPTOR),
        "lugar_expedicion": "86000",
        "fecha": FECHA,
        "lines": lines or (sold("116.00", IVA16),),
        "relacionados": (Relacionados("01", (UUID,)),),
        "forma_pago": "03",
        "remaining": D("1000000"),
    }
    return build_egreso(**{**said, **changes})


def refused(*lines: SaleLine | Concepto, **changes: Any) -> str:
    with pytest.raises(DocumentRefused) as error:
        build(*lines, **changes)
    return error.value.field


def assert_lawful(document: Comprobante) -> None:
    assert_sound(document)
    found = validate_ours(document, seal(document, minting.csd()).xml, catalogs=installed())
    assert [finding for finding in found if finding.severity != "note"] == []
    for concepto in document.conceptos:
        for tax in (*concepto.traslados, *concepto.retenciones):
            assert_tax(tax)


def test_goods_come_back_by_the_line_with_their_own_keys() -> None:
    made = build(sold("116.00", IVA16, cantidad="2"), relacionados=(Relacionados("03", (UUID,)),))
    assert (made.tipo_de_comprobante, made.metodo_pago, made.forma_pago) == ("E", "PUE", "03")
    assert (made.subtotal, made.total) == (D("200.00"), D("232.00"))
    assert made.conceptos[0].clave_prod_serv == "81112101"
    assert made.receptor.uso_cfdi == "G02"
    assert_lawful(made)


def test_an_amount_keeps_the_rates_of_the_invoice() -> None:
    invoice = ppd(sold("116.00", IVA16), sold("58.00", IVA16), sold("108.00", IVA8), sold("10.00", EXENTO))
    made = build(*credit_amount(D("100.00"), of=invoice.conceptos, descripcion="Bonificación"))
    assert made.total == D("100.00")
    assert [(c.clave_prod_serv, c.clave_unidad, c.descripcion, c.cantidad) for c in made.conceptos] == [
        ("84111506", "ACT", "Bonificación", D(1))
    ] * 3
    assert [[t.tasa_o_cuota for t in c.traslados] for c in made.conceptos] == [[D("0.16")], [D("0.08")], [None]]
    assert [c.importe + sum((t.importe or D(0) for t in c.traslados), D(0)) for c in made.conceptos] == [
        D("59.59"),
        D("36.99"),
        D("3.42"),
    ]
    assert_lawful(made)


def test_the_whole_of_an_invoice_takes_back_its_very_cents() -> None:
    invoice = ppd(*[sold("1.05", IVA16)] * 40, sold("33.33", IVA0))
    made = build(*credit_amount(invoice.total, of=invoice.conceptos, descripcion="Descuento"))
    assert (made.subtotal, made.total) == (invoice.subtotal, invoice.total)
    assert made.impuestos is not None
    assert invoice.impuestos is not None
    assert made.impuestos.total_trasladados == invoice.impuestos.total_trasladados
    assert_lawful(made)


def test_any_amount_of_any_invoice_is_met_to_the_cent() -> None:
    dice = Random(44)
    taxes: list[tuple[Impuesto, ...]] = [
        (IVA16,), (IVA8,), (IVA0,), (EXENTO,), (IVA16, ieps("0.265")), (IVA16, ISR10), (IVA16, ISR10, IVA_HELD),
    ]  # fmt: skip
    for _ in range(300):
        invoice = ppd(
            *[
                sold(f"{dice.randrange(1_000, 90_000) / 100:.2f}", *dice.choice(taxes))
                for _ in range(dice.randrange(1, 6))
            ]
        )
        amount = D(dice.randrange(1, int(invoice.total * 100) + 1)).scaleb(-2)
        made = build(*credit_amount(amount, of=invoice.conceptos, descripcion="Bonificación"))
        assert made.total == amount
        for concepto in made.conceptos:
            for tax in (*concepto.traslados, *concepto.retenciones):
                assert_tax(tax)


def test_a_ticket_taken_out_of_a_global_is_its_own_cents() -> None:
    """AFT-B: 359.98 + 57.60 = 417.58, and the day keeps 562.60."""
    day = build_global(*the_guides_tickets())
    apart = [c for c in day.conceptos if c.no_identificacion == "17-2358-4569"]
    made = build(
        *credit_tickets(apart, descripcion="Venta facturada por separado"),
        receptor=public_credit_receptor(lugar_expedicion="33146"),
        lugar_expedicion="33146",
        forma_pago="04",
        remaining=day.total,
    )
    assert (made.subtotal, made.total, day.total - made.total) == (D("359.98"), D("417.58"), D("562.60"))
    assert made.receptor == Receptor("XAXX010101000", "PUBLICO EN GENERAL", "33146", "616", "G02")
    assert made.informacion_global is None
    (concepto,) = made.conceptos
    assert (concepto.clave_prod_serv, concepto.clave_unidad, concepto.no_identificacion) == (
        "84111506",
        "ACT",
        "17-2358-4569",
    )
    assert_lawful(made)


def test_an_advance_is_applied_with_form_30_and_relation_07() -> None:
    made = build(relacionados=(Relacionados("07", (UUID,)),), forma_pago="30")
    assert made.forma_pago == "30"
    assert_lawful(made)
    assert refused(relacionados=(Relacionados("07", (UUID,)),), forma_pago="03") == "forma_pago"
    assert refused(forma_pago="30") == "forma_pago"


def test_a_credit_note_may_substitute_another() -> None:
    relations = (Relacionados("01", (UUID,)), Relacionados("04", (UUID.lower(),)))
    assert build(relacionados=relations).relacionados == relations


def test_dollars_are_credited_in_dollars() -> None:
    made = build(moneda="USD", tipo_cambio="19.50")
    assert (made.moneda, made.tipo_cambio, made.total) == ("USD", "19.50", D("116.00"))
    assert_lawful(made)


def test_it_credits_no_more_than_what_is_left() -> None:
    assert refused(sold("116.00", IVA16), remaining=D("115.99")) == "lines"
    assert build(sold("116.00", IVA16), remaining=D("116.00")).total == D("116.00")


def test_it_refuses_what_is_no_credit_note() -> None:
    assert refused(lines=()) == "lines"
    assert refused(forma_pago="99") == "forma_pago"
    assert refused(forma_pago="07") == "forma_pago"
    assert refused(relacionados=()) == "relacionados"
    assert refused(relacionados=(Relacionados("04", (UUID,)),)) == "relacionados"
    assert refused(relacionados=(Relacionados("02", (UUID,)),)) == "relacionados"
    assert refused(relacionados=(Relacionados("09", (UUID,)),)) == "relacionados"
    assert refused(relacionados=(Relacionados("01", ()),)) == "relacionados"
    assert refused(relacionados=(Relacionados("01", ("123",)),)) == "relacionados"
    assert refused(lugar_expedicion="00000") == "lugar_expedicion"
    assert refused(receptor=Receptor("XAXX010101000", "ANA", "06700", "616", "G02")) == "cp"
    assert refused(receptor=Receptor("CACX7605101P8", "X", "36257", "612", "CP01")) == "uso_cfdi"
    with pytest.raises(MoneyRefused) as error:
        build(sold("5", IVA16), sold("0", IVA16))
    assert error.value.field == "lines.1.precio"


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "116.01", "1.005"])
def test_an_amount_is_above_zero_and_within_the_invoice(amount: str) -> None:
    with pytest.raises(DocumentRefused) as error:
        credit_amount(D(amount), of=ppd().conceptos, descripcion="Bonificación")
    assert error.value.field == "amount"


def test_a_quota_is_credited_by_the_line() -> None:
    invoice = ppd(sold("28.50", IVA16, Impuesto("003", "Cuota", D("6.4555")), cantidad="20"))
    with pytest.raises(DocumentRefused, match="por renglón"):
        credit_amount(D("10.00"), of=invoice.conceptos, descripcion="Bonificación")
    assert build(*credit_amount(invoice.total, of=invoice.conceptos, descripcion="X")).total == invoice.total


def test_a_reason_is_said() -> None:
    for words in ("", "  "):
        with pytest.raises(DocumentRefused):
            credit_amount(D("10.00"), of=ppd().conceptos, descripcion=words)
        with pytest.raises(DocumentRefused):
            credit_tickets(ppd().conceptos, descripcion=words)


@pytest.mark.parametrize(
    ("rfc", "regimen", "uso"),
    [("MCI7306249Y1", "603", "G02"), ("CACX7605101P8", "605", "S01"), ("XEXX010101000", "616", "G02")],
)
def test_the_use_is_g02_where_the_regime_lets_it(rfc: str, regimen: str, uso: str) -> None:
    assert credit_receptor(Receptor(rfc, "QUIEN SEA", "86000", regimen, "G03")).uso_cfdi == uso
