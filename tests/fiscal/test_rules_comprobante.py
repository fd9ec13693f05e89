"""CFDI40101-40128: each spoils one thing of a sound invoice and must be answered by its code."""

import pytest

from amate.fiscal.seal import seal
from tests.fiscal import minting
from tests.fiscal.altered import codes, findings
from tests.fiscal.documents import invoice, line

DISCOUNTED = seal(invoice(line(descuento=line().importe / 4)), minting.csd()).xml


def test_a_sound_invoice_has_no_errors_nor_warnings() -> None:
    assert codes() == []
    assert codes(severity="warning") == []
    assert codes(xml=DISCOUNTED) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ("./@Fecha=16-03-2022T00:00:00", "CFDI40101"),
        ("./@Fecha=2026-11-21T10:00:00.000", "CFDI40101"),
        ("./@Fecha=2026-02-30T10:00:00", "CFDI40101"),
        ("./@Fecha=2026-11-21T10:00:00-06:00", "CFDI40101"),
        ("./@TipoDeComprobante=T; ./@SubTotal=0", "CFDI40103"),
        ("./@FormaPago=77", "CFDI40104"),
        ("./@MetodoPago=PPD", "CFDI40105"),
        ("./@SubTotal=100.000", "CFDI40107"),
        ("./@SubTotal=100.01", "CFDI40108"),
        ("./@TipoDeComprobante=T", "CFDI40109"),
        ("./@TipoDeComprobante=P", "CFDI40109"),
        ("./@Moneda=MXP", "CFDI40113"),
        ("./@TipoCambio=19.50", "CFDI40114"),
        ("./@TipoCambio=1.0", "CFDI40114"),
        ("./@Moneda=USD", "CFDI40115"),
        ("./@Moneda=XXX; ./@TipoCambio=1", "CFDI40116"),
        ("./@Moneda=USD; ./@TipoCambio=20.0000001", "CFDI40117"),
        ("./@Total=116.01", "CFDI40119"),
        ("./@TipoDeComprobante=X", "CFDI40121"),
        ("./@Exportacion=02", "CFDI40122"),
        ("./@Exportacion=NO", "CFDI40123"),
        ("./@MetodoPago=PUD", "CFDI40124"),
        ("./@TipoDeComprobante=T", "CFDI40125"),
        ("./@LugarExpedicion=19999", "CFDI40126"),
        ("./@Confirmacion=ABC12", "CFDI40127"),
        ("./@Confirmacion=ABC", "CFDI40128"),
    ],
)
def test_it_finds(changes: str, code: str) -> None:
    assert code in codes(changes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ("./@Descuento=100.01", "CFDI40110"),
        ("./@Descuento=(absent)", "CFDI40111"),
        ("./@Descuento=24.99", "CFDI40111"),
        ("c:Concepto/@Descuento=(absent)", "CFDI40111"),
        ("./@Descuento=25.000", "CFDI40112"),
    ],
)
def test_it_finds_in_a_discounted_invoice(changes: str, code: str) -> None:
    assert code in codes(changes, xml=DISCOUNTED)


@pytest.mark.parametrize(
    "changes",
    ["./@TipoCambio=1", "./@Moneda=USD; ./@TipoCambio=19.123456", "./@MetodoPago=PPD; ./@FormaPago=99"],
)
def test_it_lets_pass(changes: str) -> None:
    assert codes(changes) == []


@pytest.mark.parametrize(("subtotal", "right"), [("100.13", True), ("100.12", False), ("100.14", False)])
def test_sums_of_longer_amounts_round_half_up(subtotal: str, right: bool) -> None:
    """100.125 is 100.13; half-even would say 100.12 (RND-1)."""
    said = codes(f"c:Concepto/@Importe=100.125; ./@SubTotal={subtotal}")
    assert ("CFDI40108" not in said) is right


def test_spaces_around_a_key_are_the_schemas_business() -> None:
    assert codes("./@Moneda= MXN ; ./@FormaPago= 03; c:Receptor/@UsoCFDI=G03 ; ./@Total= 116.00") == []


def test_the_yen_has_no_decimals() -> None:
    assert "CFDI40107" in codes("./@Moneda=JPY; ./@TipoCambio=0.12")
    assert "CFDI40107" not in codes("./@Moneda=JPY; ./@TipoCambio=0.12; ./@SubTotal=100")


@pytest.mark.parametrize(("changes", "code"), [("./@FormaPago=99", "COM-2"), ("./@LugarExpedicion=00000", "COM-3")])
def test_it_warns_of_what_no_pac_checks(changes: str, code: str) -> None:
    assert codes(changes) == []
    assert code in codes(changes, severity="warning")


def test_local_taxes_are_part_of_the_total() -> None:
    sound = seal(invoice(), minting.csd()).xml.decode()
    local = (
        '<cfdi:Complemento><implocal:ImpuestosLocales xmlns:implocal="http://www.sat.gob.mx/implocal" version="1.0" '
        'TotaldeRetenciones="1.00" TotaldeTraslados="3.00"/></cfdi:Complemento></cfdi:Comprobante>'
    )
    xml = sound.replace("</cfdi:Comprobante>", local).encode()
    assert "CFDI40119" in codes(xml=xml)
    assert "CFDI40119" not in codes("./@Total=118.00", xml=xml)


def test_a_message_names_the_figures_and_the_place() -> None:
    (found,) = findings("./@Total=117.00")[:1]
    assert (found.code, found.where) == ("CFDI40119", "@Total")
    assert "117.00" in found.message
    assert "116.00" in found.message


def test_all_findings_come_lowest_code_first_with_ours_last() -> None:
    found = [f.code for f in findings("./@Total=1; ./@FormaPago=99; ./@Confirmacion=x; c:Concepto/@ObjetoImp=99")]
    assert found == [*sorted(code for code in found if code.startswith("CFDI")), "COM-2", "REC-1"]
    assert len(found) >= 5
