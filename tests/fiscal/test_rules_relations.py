"""CFDI40137, and what a credit note must be."""

import dataclasses

import pytest

from amate.fiscal.comprobante import Relacionados
from amate.fiscal.receptor import Receptor
from amate.fiscal.seal import seal
from tests.fiscal import minting
from tests.fiscal.altered import codes, findings
from tests.fiscal.documents import RECEPTOR, invoice, line

UUID = "6F35D3B5-3651-5370-BC2C-14CDBE384CD7"
OTHER = "6F35D3B5-3651-5370-BC2C-14CDBE384CD8"
RELATED = seal(invoice(relacionados=(Relacionados("04", (UUID, OTHER)),)), minting.csd()).xml

_RETURNED = line()._replace(clave_prod_serv="84111506", clave_unidad="ACT")
CREDIT = seal(
    invoice(
        _RETURNED,
        tipo_de_comprobante="E",
        receptor=dataclasses.replace(RECEPTOR, uso_cfdi="G02"),
        relacionados=(Relacionados("01", (UUID,)),),
    ),
    minting.csd(),
).xml
AGAINST_A_GLOBAL = seal(
    invoice(
        _RETURNED,
        tipo_de_comprobante="E",
        receptor=Receptor("XAXX010101000", "PUBLICO EN GENERAL", "86000", "616", "G02"),
        relacionados=(Relacionados("01", (UUID,)),),
    ),
    minting.csd(),
).xml


@pytest.mark.parametrize("kind", ["08", "09", "8000"])
def test_a_relation_the_sats_table_does_not_have_is_refused(kind: str) -> None:
    assert codes(xml=RELATED) == []
    assert codes(f"c:CfdiRelacionados/@TipoRelacion={kind}", xml=RELATED) == ["CFDI40137"]


@pytest.mark.parametrize("xml", [RELATED, CREDIT, AGAINST_A_GLOBAL])
def test_sound_relations_and_credit_notes_are_left_alone(xml: bytes) -> None:
    assert codes(xml=xml) == codes(xml=xml, severity="warning") == []


def test_a_uuid_named_twice_is_told_whatever_its_case() -> None:
    xml = RELATED.replace(OTHER.encode(), UUID.lower().encode())
    assert codes(xml=xml, severity="warning") == ["REL-1"]


@pytest.mark.parametrize(("kind", "noted"), [("01", True), ("03", True), ("05", True), ("02", False), ("07", False)])
def test_a_relation_of_another_kind_of_document_is_noted(kind: str, noted: bool) -> None:
    said = codes(f"c:CfdiRelacionados/@TipoRelacion={kind}", xml=RELATED, severity="note")
    assert ("REL-1" in said) is noted


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ("remove c:CfdiRelacionados", "REL-2"),
        ("c:CfdiRelacionados/@TipoRelacion=02", "REL-2"),
        ("./@MetodoPago=PPD; ./@FormaPago=99", "REL-2"),
    ],
)
def test_a_credit_note_names_what_it_corrects_and_is_settled(changes: str, code: str) -> None:
    assert codes(changes, xml=CREDIT, severity="warning") == [code]
    assert codes(changes, xml=CREDIT) == []


def test_another_use_than_g02_is_only_noted() -> None:
    assert "REL-2" in codes("c:Receptor/@UsoCFDI=G03", xml=CREDIT, severity="note")
    assert codes("c:Receptor/@UsoCFDI=G03", xml=CREDIT, severity="warning") == []


@pytest.mark.parametrize("changes", ["c:Concepto/@ClaveProdServ=81112101", "c:Concepto/@ClaveUnidad=E48"])
def test_a_credit_against_a_global_has_the_guides_line(changes: str) -> None:
    assert codes(changes, xml=CREDIT, severity="warning") == []
    told = [found for found in findings(changes, xml=AGAINST_A_GLOBAL) if found.severity == "warning"]
    assert [found.code for found in told] == ["AFT-B"]
    assert told[0].where == "Conceptos/Concepto/" + changes.split("/")[1].split("=")[0]


def test_a_credit_against_a_global_does_not_carry_its_node() -> None:
    node = '<cfdi:InformacionGlobal Periodicidad="01" Meses="11" Año="2026"/><cfdi:CfdiRelacionados '
    xml = AGAINST_A_GLOBAL.replace(b"<cfdi:CfdiRelacionados ", node.encode(), 1)
    assert "CFDI40130" in codes(xml=xml)
