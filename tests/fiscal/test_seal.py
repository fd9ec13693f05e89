"""The writer against five oracles that share no line with it (ENGINE SEAL-5)."""

import base64
import dataclasses
import hashlib
import random
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from amate.fiscal.comprobante import Comprobante, InformacionGlobal, Relacionados
from amate.fiscal.csd import read_certificate
from amate.fiscal.receptor import Receptor
from amate.fiscal.seal import NotWritable, Sealed, seal, unsealed
from amate.fiscal.xml import CFDI, PAGOS, cadena_original, parse, schema_root
from tests.corpus import CORPUS, needs_corpus
from tests.fiscal import minting, twin
from tests.fiscal.documents import RECEPTOR, invoice, line
from tests.fiscal.from_xml import read_comprobante
from tests.fiscal.generated import EXOTIC_SPACES, comprobantes

LONG = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])


@cache
def full_schema() -> etree.XMLSchema:
    """The SAT's own files, unstripped, with its complement of payments."""
    both = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
    <xs:import namespace="{CFDI}" schemaLocation="{schema_root()}/cfd/4/cfdv40.xsd"/>
    <xs:import namespace="{PAGOS}" schemaLocation="{schema_root()}/cfd/Pagos/Pagos20.xsd"/></xs:schema>"""
    return etree.XMLSchema(etree.fromstring(both))


def sealed(document: Comprobante) -> Sealed:
    return seal(document, minting.csd())


def assert_sound(document: Comprobante) -> etree._Element:
    """Oracles (a), (c) and (d)."""
    done = sealed(document)
    root = parse(done.xml)
    assert done.cadena == cadena_original(root)
    assert full_schema().validate(root), full_schema().error_log
    certificate = read_certificate(base64.b64decode(root.get("Certificado", "")))
    assert certificate.no_certificado == root.get("NoCertificado")
    assert root.get("Sello") == done.sello
    assert certificate.verifies(signature=base64.b64decode(done.sello), data=done.cadena.encode())
    assert done.sha256 == hashlib.sha256(done.xml).digest()
    return root


@LONG
@given(comprobantes())
def test_what_it_writes_is_what_the_sats_own_files_read(document: Comprobante) -> None:
    assert_sound(document)


@pytest.mark.parametrize(
    "document",
    [
        invoice(),
        invoice(line(rate=None)),
        invoice(line(rate=Decimal("0.000000")), line(rate=None), line()),
        invoice(line(descuento=Decimal("12.50"), retention=Decimal("0.100000"), no_identificacion="A-1")),
        invoice(line(), receptor=dataclasses.replace(RECEPTOR, nombre='CAFÉ & "TÉ" <ÑÚ>')),
        invoice(
            receptor=Receptor("XAXX010101000", "PUBLICO EN GENERAL", "86000", "616", "S01"),
            informacion_global=InformacionGlobal(periodicidad="01", meses="11", anio=2026),
            relacionados=(Relacionados("04", ("6F35D3B5-3651-5370-BC2C-14CDBE384CD7",)),),
        ),
        invoice(receptor=Receptor("XEXX010101000", "ACME LLC", "86000", "616", "S01", "USA", "123456789")),
    ],
)
def test_it_writes_the_same_elements_as_satcfdi(document: Comprobante) -> None:
    ours = assert_sound(document)
    theirs = twin.build(document)
    theirs.sign(twin.signer())
    assert twin.shape(ours) == twin.shape(etree.fromstring(theirs.xml_bytes()))


def test_it_writes_the_same_elements_as_satcfdi_on_random_invoices() -> None:
    dice = random.Random(20261120)
    for folio in range(60):
        document = invoice(
            *[
                line(
                    precio=Decimal(dice.randrange(100, 99_999)) / 100,
                    cantidad=Decimal(dice.randrange(1, 20)),
                    rate=dice.choice([None, Decimal("0.160000"), Decimal("0.080000"), Decimal("0.000000")]),
                    retention=dice.choice([None, Decimal("0.012500")]),
                    descripcion=f"Concepto & cosa {dice.random()}",
                )
                for _ in range(dice.randrange(1, 6))
            ],
            folio=str(folio),
        )
        theirs = etree.fromstring(twin.build(document).xml_bytes())
        assert twin.shape(parse(sealed(document).xml)) == twin.shape(theirs)


@pytest.mark.parametrize("space", EXOTIC_SPACES)
def test_it_leaves_spaces_that_the_xslt_leaves(space: str) -> None:
    """str.split() would eat them and every PAC would answer 302 (SEAL-3)."""
    document = invoice(line(descripcion=f"{space}Renta{space}{space}de enero{space}"))
    assert f"|{space}Renta{space}{space}de enero{space}|" in sealed(document).cadena
    assert_sound(document)
    collapsed = invoice(line(descripcion=f"{space}Renta  y{space}{space}agua & luz\t{space}"))
    assert f"|{space}Renta y{space}{space}agua & luz {space}|" in sealed(collapsed).cadena
    assert_sound(collapsed)


def test_it_collapses_the_four_spaces_of_xml_in_both_texts() -> None:
    document = invoice(line(descripcion="  Renta\t\r\n de   enero "))
    done = sealed(document)
    assert "|Renta de enero|" in done.cadena
    assert 'Descripcion="Renta de enero"' in done.xml.decode()
    assert_sound(document)


@pytest.mark.parametrize("blank", ["", "  ", "\n\t"])
def test_it_leaves_out_an_empty_field_instead_of_signing_an_empty_one(blank: str) -> None:
    done = sealed(invoice(serie=blank, condiciones_de_pago=blank))
    assert "Serie=" not in done.xml.decode()
    assert done.cadena.startswith("||4.0|1|2026-11-20T12:00:00|")
    assert "||" not in done.cadena[2:-2]


@pytest.mark.parametrize("character", ["|", "\x00", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_it_refuses_characters_that_no_cfdi_carries(character: str) -> None:
    with pytest.raises(NotWritable):
        sealed(invoice(line(descripcion=f"Renta{character}enero")))


def test_it_refuses_to_round_a_rate() -> None:
    with pytest.raises(NotWritable, match="six decimals"):
        sealed(invoice(line(rate=Decimal("0.1666666"))))


def test_it_writes_large_and_small_numbers_without_exponents() -> None:
    document = invoice(line(precio=Decimal("1E+6"), cantidad=Decimal("0.000001")))
    text = sealed(document).xml.decode()
    assert 'ValorUnitario="1000000"' in text
    assert 'Cantidad="0.000001"' in text


def test_two_seals_of_one_document_are_the_same_bytes() -> None:
    assert sealed(invoice()) == sealed(invoice())


# ------------------------------------------------------------ the outside's documents


CADENAS = CORPUS / "cfdi" / "cadena"


def corpus_cadenas() -> list[tuple[str, str]]:
    """(document, cadena) by their paths in the corpus."""
    found = []
    for text in sorted(CADENAS.glob("*.cfdi.txt")):
        name = text.name.removesuffix(".cfdi.txt")
        (document,) = (CORPUS / "cfdi").glob(f"*/{name}.xml")
        found.append((document.relative_to(CORPUS).as_posix(), text.relative_to(CORPUS).as_posix()))
    return found


@needs_corpus
@pytest.mark.parametrize(("document", "expected"), corpus_cadenas())
def test_the_xslt_gives_the_cadena_that_was_signed_outside(document: str, expected: str) -> None:
    root = parse((CORPUS / document).read_bytes())
    assert cadena_original(root).encode() == (CORPUS / expected).read_bytes()


@needs_corpus
def test_our_writer_gives_the_cadena_that_was_signed_outside() -> None:
    """Every corpus document that our values can carry, written again: same cadena, byte for byte."""
    written = []
    for document, expected in corpus_cadenas():
        root = parse((CORPUS / document).read_bytes())
        # Amate writes no customs data and no land registry number.
        foreign = root.find(".//{*}InformacionAduanera") is not None or root.find(".//{*}CuentaPredial") is not None
        if foreign:
            continue
        again = sealed(read_comprobante(root)).cadena
        signed = (CORPUS / expected).read_text(encoding="utf-8")
        assert again == signed.replace(str(root.get("NoCertificado")), minting.csd().no_certificado), document
        written.append(document)
    assert len(written) == 11


def test_a_draft_is_the_same_document_without_seal_or_certificate() -> None:
    document = invoice(line())
    draft, whole = parse(unsealed(document)), parse(sealed(document).xml)
    for name in ("Sello", "Certificado", "NoCertificado"):
        assert name not in draft.attrib
        del whole.attrib[name]
    assert etree.tostring(draft, method="c14n") == etree.tostring(whole, method="c14n")
