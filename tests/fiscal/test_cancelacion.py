"""Signed requests against a canonicalizer, satcfdi's writer, documents of others and the SAT's schema."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from lxml import etree
from satcfdi.create.cancela.aceptacionrechazo import Folios, SolicitudAceptacionRechazo
from satcfdi.create.cancela.cancelacion import Cancelacion, Folio
from satcfdi.models import Signer

from amate.fiscal.acuse import read_acuse
from amate.fiscal.cancelacion import MOTIVOS, RequestRefused, answer_request, cancel_request, what_the_sat_means
from amate.fiscal.csd import Csd, read_csd
from amate.fiscal.xml import MalformedXml, schema_root
from tests.corpus import CORPUS, needs_corpus
from tests.fiscal import minting
from tests.fiscal.xmldsig import DS, assert_signed, tampered, without_signature

UUID_1 = UUID("11111111-2222-3333-4444-000000000001")
UUID_2 = UUID("aaaaaaaa-2222-3333-4444-00000000000f")
FECHA = datetime(2022, 1, 13, 14, 15, 16)


def request(**changes: object) -> bytes:
    facts = {"uuid": UUID_1, "motivo": "02", "sustitucion": None, "csd": minting.csd(), "fecha": FECHA}
    return cancel_request(**{**facts, **changes})  # type: ignore[arg-type]


def answered(**changes: object) -> bytes:
    facts = {"uuid": UUID_1, "accept": True, "rfc_pac": "CVD110412TF6", "csd": minting.csd(), "fecha": FECHA}
    return answer_request(**{**facts, **changes})  # type: ignore[arg-type]


def ampersand() -> Csd:
    files = minting.minted("H&E951128469", "HERRERIA & ELECTRICOS SA DE CV")
    return read_csd(cer=files.cer, key=files.key, password=minting.PASSWORD)


def signer() -> Signer:
    files = minting.minted()
    return Signer.load(certificate=files.cer, key=files.key, password=minting.PASSWORD)


# ------------------------------------------------------------ the signature


@pytest.mark.parametrize(
    "xml",
    [
        request(),
        request(motivo="01", sustitucion=UUID_2),
        request(csd=ampersand()),
        answered(),
        answered(accept=False, csd=ampersand()),
    ],
)
def test_the_signature_is_over_what_a_canonicalizer_reads(xml: bytes) -> None:
    assert_signed(xml)


def test_a_changed_request_no_longer_verifies() -> None:
    for xml in (tampered(request(), b'Motivo="02"', b'Motivo="03"'), tampered(answered(), b"Aceptacion<", b"Rechazo<")):
        with pytest.raises(AssertionError):
            assert_signed(xml)
    digest = re.compile(rb"<DigestValue>.")
    with pytest.raises(InvalidSignature):
        assert_signed(digest.sub(b"<DigestValue>+", request()))


def test_it_says_which_certificate_signed() -> None:
    root = assert_signed(request())
    assert root.findtext(f".//{DS}X509SerialNumber") == str(signer().serial_number)
    issuer = root.findtext(f".//{DS}X509IssuerName") or ""
    assert issuer.replace("\\", "") == signer().issuer()
    assert "SIN VALIDEZ FISCAL" in issuer


# ------------------------------------------------------------ what it asks


def test_it_is_the_request_that_satcfdi_writes() -> None:
    theirs = Cancelacion(signer(), Folio(str(UUID_1).upper(), "01", str(UUID_2).upper()), fecha=FECHA)
    ours = request(motivo="01", sustitucion=UUID_2)
    assert without_signature(ours) == without_signature(theirs.xml_bytes())
    assert signature_value(ours) == signature_value(theirs.xml_bytes())


def test_an_answer_is_the_one_that_satcfdi_writes() -> None:
    for accept, said in ((True, "Aceptacion"), (False, "Rechazo")):
        theirs = SolicitudAceptacionRechazo(signer(), "CVD110412TF6", Folios(said, str(UUID_1).upper()), fecha=FECHA)
        assert facts_of(answered(accept=accept)) == facts_of(theirs.xml_bytes())


def signature_value(xml: bytes) -> str | None:
    return "".join((etree.fromstring(xml).findtext(f".//{DS}SignatureValue") or "").split())


def facts_of(xml: bytes) -> list[tuple[str, dict[str, str], str]]:
    """Elements, attributes and texts, whatever their order."""
    return sorted(
        (str(node.tag), {str(k): str(v) for k, v in node.attrib.items()}, (node.text or "").strip())
        for node in etree.fromstring(without_signature(xml)).iter()
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"motivo": "05"}, "207"),
        ({"motivo": "01"}, "208"),
        ({"motivo": "01", "sustitucion": UUID_1}, "208"),
        ({"motivo": "02", "sustitucion": UUID_2}, "209"),
        ({"motivo": "04", "sustitucion": UUID_2}, "209"),
    ],
)
def test_what_the_sat_would_refuse_is_never_signed(changes: dict[str, object], code: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        request(**changes)
    assert refused.value.code == code


def test_fecha_comes_without_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        request(fecha=datetime(2026, 1, 1, tzinfo=UTC))
    assert b'Fecha="2026-01-01T09:05:00"' in request(fecha=datetime(2026, 1, 1, 9, 5, 0, 999_999))


# ------------------------------------------------------------ documents of others


@needs_corpus
def test_a_document_of_another_library_says_the_same() -> None:
    theirs = etree.fromstring((CORPUS / "cancel" / "cancellation-document.xml").read_bytes())
    for folio in theirs.findall("{*}Folios")[1:]:
        theirs.remove(folio)
    theirs.set("RfcEmisor", minting.RFC)
    substitute = UUID("00000000-0000-0000-0000-000000000001")
    assert facts_of(etree.tostring(theirs)) == facts_of(request(motivo="01", sustitucion=substitute))
    theirs = etree.fromstring((CORPUS / "cancel" / "cancellation-answer-document.xml").read_bytes())
    theirs.set("RfcReceptor", minting.RFC)
    theirs.set("Fecha", FECHA.isoformat())
    assert facts_of(etree.tostring(theirs)) == facts_of(answered())


@needs_corpus
@pytest.mark.parametrize("name", ["cancellation-signed", "cancellation-answer-signed"])
def test_what_checks_our_signatures_believes_those_of_others(name: str) -> None:
    """They were indented after signing, so the white space between elements goes first."""
    assert_signed(re.sub(rb">\s+<", b"><", (CORPUS / "cancel" / f"{name}.xml").read_bytes()))


@needs_corpus
@pytest.mark.parametrize("motivo", sorted(MOTIVOS))
def test_the_sats_schema_accepts_it(motivo: str) -> None:
    schema = cancel_schema()
    root = etree.fromstring(request(motivo=motivo, sustitucion=UUID_2 if motivo == "01" else None))
    assert schema.validate(root), schema.error_log
    folio = root.find("{*}Folios/{*}Folio")
    assert folio is not None
    folio.set("Motivo", "05")
    assert not schema.validate(root)


def cancel_schema() -> etree.XMLSchema:
    """The published schema says `sitio_internet/cfd` and unqualified; what the service takes is this namespace."""
    text = (CORPUS / "cancel" / "CancelaCfdi.xsd").read_text(encoding="utf-8")
    text = text.replace('targetNamespace="http://www.sat.gob.mx/sitio_internet/cfd"', f'targetNamespace="{CANCELA}"')
    text = text.replace('elementFormDefault="unqualified"', 'elementFormDefault="qualified"')
    xmldsig = schema_root().parents[1] / "www.w3.org" / "TR" / "xmldsig-core" / "xmldsig-core-schema.xsd"
    text = re.sub(r'schemaLocation="[^"]*"', f'schemaLocation="{xmldsig.as_uri()}"', text)
    return etree.XMLSchema(etree.fromstring(text.encode(), etree.XMLParser(no_network=True)))


CANCELA = "http://cancelacfd.sat.gob.mx"


# ------------------------------------------------------------ what comes back

ACUSE = f"""<?xml version="1.0" encoding="utf-8"?>
<Acuse Fecha="2022-06-10T02:49:35.7" RfcEmisor="EKU9003173C9"><Folios xmlns="{CANCELA}">
<UUID>{UUID_1}</UUID><EstatusUUID>201</EstatusUUID></Folios></Acuse>"""


def test_an_acuse_says_whose_and_which() -> None:
    acuse = read_acuse(ACUSE.encode())
    assert (acuse.rfc, acuse.codes) == ("EKU9003173C9", {UUID_1: "201"})


@pytest.mark.parametrize(
    "xml",
    [
        "<html><body>Mantenimiento</body></html>",
        ACUSE[:80],
        ACUSE.replace("<UUID>", "<UUID>x"),
        ACUSE.replace("RfcEmisor", "Rfc"),
        ACUSE.replace("EstatusUUID", "Estatus"),
        ACUSE.replace("<Acuse", "<!DOCTYPE a><Acuse"),
    ],
)
def test_what_is_no_acuse_is_told_apart(xml: str) -> None:
    with pytest.raises(MalformedXml):
        read_acuse(xml.encode())


def test_every_code_of_the_sat_says_what_to_do() -> None:
    means = {code: what_the_sat_means(code).means for code in ("201", "202", "204", "205", "1000", "1002")}
    assert means == {"201": "received", "202": "done", "204": "no", "205": "later", "1000": "received", "1002": "done"}
    assert what_the_sat_means("299").means == "no"
    assert "299" in what_the_sat_means("299").message
    assert all(what_the_sat_means(str(code)).message.endswith(".") for code in range(201, 213))
