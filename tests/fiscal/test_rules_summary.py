"""CFDI40201-40221: the summary is the sum of the lines."""

from decimal import Decimal

import pytest

from amate.fiscal.seal import seal
from tests.fiscal import minting
from tests.fiscal.altered import codes
from tests.fiscal.documents import invoice, line

SUM = "c:Impuestos/@TotalImpuestosTrasladados"
HELD = "c:Impuestos/@TotalImpuestosRetenidos"
RETAINED = seal(invoice(line(retention=Decimal("0.100000"))), minting.csd()).xml
EXEMPT = seal(invoice(line(rate=None)), minting.csd()).xml
MIXED = seal(invoice(line(), line(rate=None), line(rate=Decimal("0.080000"))), minting.csd()).xml


def in_summary(xml: bytes, old: str, new: str) -> bytes:
    """Change the last occurrence: the summary stands after the lines."""
    text = xml.decode()
    at = text.rindex(old)
    return (text[:at] + new + text[at + len(old) :]).encode()


def test_sound_summaries_have_no_errors() -> None:
    for xml in (RETAINED, EXEMPT, MIXED):
        assert codes(xml=xml) == []


@pytest.mark.parametrize(
    ("xml", "old", "new", "code"),
    [
        (RETAINED, 'TotalImpuestosRetenidos="10.00"', 'TotalImpuestosRetenidos="10.000"', "CFDI40202"),
        (RETAINED, 'TotalImpuestosRetenidos="10.00"', 'TotalImpuestosRetenidos="10.01"', "CFDI40203"),
        (RETAINED, 'TotalImpuestosTrasladados="16.00"', 'TotalImpuestosTrasladados="16.000"', "CFDI40204"),
        (RETAINED, 'TotalImpuestosTrasladados="16.00"', 'TotalImpuestosTrasladados="16.01"', "CFDI40205"),
        (RETAINED, ' TotalImpuestosRetenidos="10.00"', "", "CFDI40206"),
        (MIXED, "<cfdi:Impuestos Total", '<cfdi:Impuestos TotalImpuestosRetenidos="0" Total', "CFDI40206"),
        (RETAINED, '<cfdi:Retencion Impuesto="001" Importe="10.00"/>', '<cfdi:Retencion Impuesto="001" Importe="10.00"/>' * 2, "CFDI40208"),
        (RETAINED, '<cfdi:Retencion Impuesto="001" Importe="10.00"', '<cfdi:Retencion Impuesto="001" Importe="10.01"', "CFDI40211"),
        (RETAINED, '<cfdi:Retencion Impuesto="001"', '<cfdi:Retencion Impuesto="002"', "CFDI40211"),
        (RETAINED, ' TotalImpuestosTrasladados="16.00"', "", "CFDI40212"),
        (EXEMPT, "<cfdi:Impuestos>", '<cfdi:Impuestos TotalImpuestosTrasladados="0.00">', "CFDI40212"),
        (RETAINED, '<cfdi:Retencion Impuesto="001"', '<cfdi:Retencion Impuesto="009"', "CFDI40207"),
        (RETAINED, ' TotalImpuestosRetenidos="10.00"', "", "CFDI40209"),
        (RETAINED, 'Impuesto="001" Importe="10.00"', 'Impuesto="001" Importe="10.000"', "CFDI40210"),
        (EXEMPT, 'TipoFactor="Exento"', 'TipoFactor="Exento" Importe="0.00"', "CFDI40213"),
        (RETAINED, 'Base="100.00"', 'Base="100.000"', "CFDI40214"),
        (RETAINED, 'Impuesto="002"', 'Impuesto="001"', "CFDI40217"),
        (RETAINED, 'TasaOCuota="0.160000"', 'TasaOCuota="0.150000"', "CFDI40219"),
        (RETAINED, ' TasaOCuota="0.160000"', "", "CFDI40219"),
        (RETAINED, 'Importe="16.00"', 'Importe="16.000"', "CFDI40220"),
        (RETAINED, 'Base="100.00"', 'Base="100.01"', "CFDI40215"),
        (MIXED, 'TasaOCuota="0.080000"', 'TasaOCuota="0.000000"', "CFDI40215"),
        (EXEMPT, 'Base="100.00"', 'Base="99.00"', "CFDI40216"),
        (RETAINED, 'Importe="16.00"', 'Importe="16.01"', "CFDI40221"),
    ],
)  # fmt: skip
def test_it_finds(xml: bytes, old: str, new: str, code: str) -> None:
    assert code in codes(xml=in_summary(xml, old, new))


def test_two_nodes_of_one_kind_are_found() -> None:
    text = MIXED.decode()
    node = text[text.rindex("<cfdi:Traslado Base") : text.rindex("</cfdi:Traslados>")]
    assert "CFDI40218" in codes(xml=in_summary(MIXED, node, node * 2))


@pytest.mark.parametrize("kind", ["T", "P"])
def test_kinds_that_sell_nothing_carry_no_summary(kind: str) -> None:
    assert "CFDI40201" in codes(f"./@TipoDeComprobante={kind}")


@pytest.mark.parametrize(
    ("xml", "code"), [(RETAINED, "CFDI40206"), (RETAINED, "CFDI40212"), (EXEMPT, "CFDI40216"), (MIXED, "CFDI40212")]
)
def test_lines_with_taxes_need_a_summary(xml: bytes, code: str) -> None:
    text = xml.decode()
    start = text.index("<cfdi:Impuestos", text.index("</cfdi:Conceptos>"))
    without = text[:start] + "</cfdi:Comprobante>"
    assert code in codes(xml=without.encode())


def test_it_adds_lines_instead_of_multiplying_bases() -> None:
    """Three lines of 0.10 at 16 %: 0.02 each, 0.06 in all, though 0.30 x 0.16 is 0.05 (TAX-5)."""
    xml = seal(invoice(*[line(precio=Decimal("0.10")) for _ in range(3)]), minting.csd()).xml
    assert codes(xml=xml) == []
    multiplied = in_summary(in_summary(xml, 'Importe="0.06"', 'Importe="0.05"'), 'dos="0.06"', 'dos="0.05"')
    assert codes("./@Total=0.35", xml=multiplied) == ["CFDI40221"]
