"""Whatever is handed to `check_cfdi`, it answers with findings: it never crashes and never keeps anybody waiting."""

import base64
import random
import time

import pytest
from lxml import etree

from amate.fiscal.check import LONGEST_MESSAGE, Report, check_cfdi
from amate.fiscal.rules.validate import MOST
from amate.fiscal.seal import seal
from amate.fiscal.xml import parse
from tests.fiscal import minting
from tests.fiscal.documents import invoice, line
from tests.fiscal.reps import DOLLARS, PESOS

SOUND = seal(invoice(line(), line(rate=None)), minting.csd()).xml
STAMP = (
    '<cfdi:Complemento><tfd:TimbreFiscalDigital xmlns:tfd="http://www.sat.gob.mx/TimbreFiscalDigital" Version="1.1" '
    'UUID="6F35D3B5-3651-5370-BC2C-14CDBE384CD7" FechaTimbrado="2026-11-20T12:01:00" RfcProvCertif="SIM240229XX4" '
    'SelloCFD="AAAA" NoCertificadoSAT="99999000000000000001" SelloSAT="AAAA"/></cfdi:Complemento>'
)
STAMPED = SOUND.replace(b"</cfdi:Comprobante>", STAMP.encode() + b"</cfdi:Comprobante>")
BASES = (STAMPED, PESOS.encode(), DOLLARS.encode())

HOSTILE = (
    "", " ", ".", "-1", "1e400", "NaN", "9" * 400, "0." + "0" * 300 + "1", "ñ", "AAAA", "Ⅷ", "٣", "\x9b31m", "\u202e",
    "2026-02-30T25:61:61", "0001-01-01T00:00:00", "XAXX010101000", "A" * 100_000, "SA DE CV " * 5_000, "%s{0}",
)  # fmt: skip


def answered(xml: bytes, *, pac_certificate: bytes | None = None) -> Report:
    report = check_cfdi(xml, pac_certificate=pac_certificate)
    for found in report.findings:
        assert found.code
        assert found.where
        assert 0 < len(found.message) <= LONGEST_MESSAGE
    return report


@pytest.mark.parametrize("base", BASES, ids=["stamped", "pesos", "dollars"])
def test_no_value_in_any_attribute_makes_it_crash(base: bytes) -> None:
    tree = parse(base)
    for element in tree.iter("{*}*"):
        for name, sound in sorted(element.attrib.items()):
            for value in HOSTILE:
                element.set(name, value)
                answered(etree.tostring(tree))
            element.set(name, sound)


def test_nor_do_documents_torn_at_random() -> None:
    dice = random.Random(20261122)
    for _ in range(400):
        torn = bytearray(dice.choice(BASES))
        for _ in range(dice.randrange(1, 6)):
            at = dice.randrange(len(torn))
            act = dice.randrange(3)
            if act == 0:
                torn[at] = dice.randrange(256)
            elif act == 1:
                del torn[at : at + dice.randrange(1, 80)]
            else:
                torn[at:at] = bytes(torn[dice.randrange(len(torn)) :][: dice.randrange(1, 80)])
        answered(bytes(torn))


def test_nor_do_nodes_that_are_missing_doubled_or_misplaced() -> None:
    dice = random.Random(4)
    for _ in range(400):
        tree = parse(dice.choice(BASES))
        for _ in range(dice.randrange(1, 4)):
            node = dice.choice([one for one in tree.iter("{*}*") if one.getparent() is not None])
            parent = node.getparent()
            assert parent is not None
            act = dice.randrange(4)
            if act == 0:
                parent.remove(node)
            elif act == 1:
                parent.append(etree.fromstring(etree.tostring(node)))
            elif act == 2:
                parent.addnext(node) if parent is not tree else parent.append(node)
            else:
                node.append(etree.Comment("entre nodos"))
                node.append(etree.ProcessingInstruction("x", "y"))
        answered(etree.tostring(tree))


@pytest.mark.parametrize(
    "certificate", [b"", b"\x30\x82", b"A" * 3000, minting.csd().der[:-9], b"\x00" + minting.csd().der]
)
def test_nor_does_a_broken_certificate(certificate: bytes) -> None:
    inside = parse(SOUND)
    inside.set("Certificado", base64.b64encode(certificate).decode())
    assert {"CFDI40102", "CFDI40106"} <= set(answered(etree.tostring(inside)).codes)
    assert "CER-2" in answered(STAMPED, pac_certificate=certificate).codes


ENTITIES = b'<!DOCTYPE c [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "bad",
    [
        ENTITIES + SOUND[SOUND.index(b"<cfdi:") :].replace(b'Folio="1"', b'Folio="&b;"'),
        b'<!DOCTYPE c SYSTEM "file:///etc/hostname">' + SOUND[SOUND.index(b"<cfdi:") :],
        (ENTITIES + b"<c/>").decode().encode("utf-16"),
        SOUND[:-20],
        SOUND.replace(b"</cfdi:Conceptos>", b"", 1),
        SOUND.replace(b'Folio="1"', b"Folio=1"),
        SOUND.replace(b'Folio="1"', b'Folio="1" Folio="2"'),
        SOUND.replace(b'Folio="1"', b'Folio="\xd1"'),
        SOUND.replace(b'Folio="1"', b'Folio="\x00"'),
        SOUND.replace(b'Folio="1"', b'Folio="&nbsp;"'),
        SOUND.replace(b'encoding="UTF-8"', b'encoding="inventada-8"'),
        SOUND.replace(b"<cfdi:Conceptos>", b"<cfdi:Conceptos>" + b"<a>" * 5000 + b"</a>" * 5000),
        b"\x1f\x8b" + SOUND,
        SOUND + SOUND,
    ],
    ids=[
        "entities",
        "external",
        "utf-16",
        "cut",
        "unclosed",
        "unquoted",
        "twice",
        "latin-1",
        "nul",
        "unknown-entity",
        "encoding",
        "deep",
        "gzip",
        "two",
    ],
)
def test_what_a_lenient_reader_would_mend_is_refused_in_one_sentence(bad: bytes) -> None:
    report = answered(bad)
    assert [(found.code, found.where) for found in report.findings] == [("301", ".")]


def test_another_encoding_is_an_error_and_a_bom_a_note() -> None:
    text = SOUND.decode()
    for encoding in ("iso-8859-1", "utf-16"):
        other = text.replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding)
        assert answered(other).codes == ("COM-1",)
    report = answered(b"\xef\xbb\xbf" + SOUND)
    assert report.valid
    assert "COM-1" in [found.code for found in report.findings]


def test_a_number_that_cannot_be_computed_is_told_at_its_place() -> None:
    xml = SOUND.replace(b'Cantidad="1"', b'Cantidad="' + b"9" * 60 + b'"', 1)
    found = [one for one in answered(xml).findings if one.code == "VAL-1"]
    assert [one.where for one in found] == ["Conceptos/Concepto[1]/@Cantidad"]


def test_a_document_of_a_thousand_faults_is_answered_soon_and_says_that_there_are_more() -> None:
    text = SOUND.decode()
    start, end = text.index("<cfdi:Concepto "), text.index("</cfdi:Conceptos>")
    bad = text[start:end].replace('ObjetoImp="02"', 'ObjetoImp="99"').replace('Importe="100.00"', 'Importe="7.123"')
    xml = (text[:start] + bad * 2_000 + text[end:]).encode()
    started = time.process_time()
    report = answered(xml)
    assert time.process_time() - started < 20
    assert len(report.findings) < 3 * MOST
    assert "VAL-3" in [found.code for found in report.findings]
