"""The stripped schema with its sets gives the verdict of the whole schema, and says where."""

import copy
import random
from functools import cache

import pytest
from lxml import etree

from amate.fiscal.catalogs import installed
from amate.fiscal.schema import LONGEST_ENUMERATION, path_of, structure, without_long_enumerations
from amate.fiscal.seal import seal
from amate.fiscal.xml import CFDI, PAGOS, TFD, MalformedXml, parse, schema_root
from tests.corpus import CORPUS, needs_corpus
from tests.fiscal import minting
from tests.fiscal.documents import invoice, line
from tests.fiscal.reps import DOLLARS, PESOS

C = f"{{{CFDI}}}"
STAMP = (
    f'<cfdi:Complemento><tfd:TimbreFiscalDigital xmlns:tfd="{TFD}" Version="1.1" RfcProvCertif="SIM240229XX4" '
    'UUID="6F35D3B5-3651-5370-BC2C-14CDBE384CD7" FechaTimbrado="2026-11-20T12:01:00" SelloCFD="AAAA" '
    'NoCertificadoSAT="99999000000000000001" SelloSAT="AAAA"/></cfdi:Complemento>'
)
MUTATIONS = 1_000
VALUES = (
    "", " ", "0", "1", "-1", "1.0", "1.1234567", "99", "01", "02", "XXX", "MXN", "MXP", "USD", "PUE", "I", "P", "G03",
    "86000", "00000", "99999", "6700", "81112101", "00000001", "E48", "ZZZZ", "2026-11-21T10:00:00",
    "2026-11-21T10:00:00.000", "2026-02-31T10:00:00", "EKU9003173C9", "x" * 41, "x" * 1001, "a|b", " MXN ", "MEX", "MARTE",
    "0.160000", "616", "05", "13", "2.0", "1.1", "1.0000000001", "0.00000000001", "1000", "Tasa", "Exento", "BMI9704113PA",
    "6F35D3B5-3651-5370-BC2C-14CDBE384CD7", "6f35d3b5", "123456789", "0001970000", "01 ", "SIM240229XX4",
)  # fmt: skip


@cache
def whole_schema() -> etree.XMLSchema:
    """Nothing removed: what we do not carry to production because it takes seconds a document."""
    base = schema_root() / "cfd"
    text = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
    <xs:import namespace="{CFDI}" schemaLocation="{base}/4/cfdv40.xsd"/>
    <xs:import namespace="{PAGOS}" schemaLocation="{base}/Pagos/Pagos20.xsd"/>
    <xs:import namespace="{TFD}" schemaLocation="{base}/TimbreFiscalDigital/TimbreFiscalDigitalv11.xsd"/>
    </xs:schema>"""
    return etree.XMLSchema(etree.fromstring(text))


def accepted(root: etree._Element) -> bool:
    return not structure(root, catalogs=installed())


@cache
def bases() -> list[bytes]:
    documents = [
        seal(invoice(), minting.csd()).xml,
        seal(invoice(line(retention=None, rate=None), line(no_identificacion="7"), descuento=None), minting.csd()).xml,
    ]
    documents.append(documents[0].replace(b"</cfdi:Comprobante>", f"{STAMP}</cfdi:Comprobante>".encode()))
    documents.extend(rep.encode() for rep in (PESOS, DOLLARS))
    outside = ("stamped/cvd-2025-eku-ingreso.xml", "sealed/eku-pago20.xml", "sealed/eku-ingreso-descuentos.xml")
    documents.extend((CORPUS / "cfdi" / name).read_bytes() for name in outside if CORPUS.is_dir())
    return documents


def mutated(dice: random.Random) -> etree._Element:
    root = parse(dice.choice(bases()))
    for _ in range(dice.randrange(1, 3)):
        elements = [e for e in root.iter() if isinstance(e.tag, str)]
        victim = dice.choice(elements)
        act = dice.randrange(6)
        if act <= 1 and victim.attrib:
            victim.set(dice.choice(sorted(victim.attrib)), dice.choice(VALUES))
        elif act == 2 and victim.attrib:
            del victim.attrib[dice.choice(sorted(victim.attrib))]
        elif act == 3 and (parent := victim.getparent()) is not None:
            parent.remove(victim)
        elif act == 4 and victim is not root:
            victim.addnext(copy.deepcopy(victim))
        else:
            victim.set("Inventado", "1")
    return root


def test_the_documents_to_be_mutated_are_sound_and_carry_every_schema() -> None:
    for document in bases():
        assert accepted(parse(document))
        assert whole_schema().validate(parse(document))
    carried = b"".join(bases())
    assert carried.count(f'xmlns:tfd="{TFD}"'.encode()) >= 1
    assert carried.count(f'xmlns:pago20="{PAGOS}"'.encode()) >= 2


def test_it_gives_the_verdict_of_the_whole_schema_on_random_mutations() -> None:
    dice = random.Random(20261121)
    verdicts = []
    in_pagos = 0
    for number in range(MUTATIONS):
        root = mutated(dice)
        in_pagos += next(root.iter(f"{{{PAGOS}}}Pagos"), None) is not None
        whole = whole_schema().validate(root)
        assert accepted(root) == whole, (number, etree.tostring(root)[:3000], whole_schema().error_log)
        verdicts.append(whole)
    assert verdicts.count(True) > MUTATIONS // 10
    assert verdicts.count(False) > MUTATIONS // 3
    assert in_pagos > MUTATIONS // 5


@pytest.mark.parametrize("attribute", ["LugarExpedicion", "Moneda"])
def test_the_sets_catch_what_was_stripped_from_the_schema(attribute: str) -> None:
    root = parse(seal(invoice(), minting.csd()).xml)
    root.set(attribute, "QQQQQ")
    (found,) = structure(root, catalogs=installed())
    assert (found.code, found.where) == ("301", f"@{attribute}")


def test_a_key_with_spaces_around_is_the_same_key_for_the_schema() -> None:
    root = parse(seal(invoice(), minting.csd()).xml)
    root.set("Moneda", "  MXN ")
    assert accepted(root)
    assert whole_schema().validate(root)


def test_only_long_enumerations_go() -> None:
    stripped = without_long_enumerations((schema_root() / "cfd" / "catalogos" / "catCFDI.xsd").read_bytes())
    types = etree.fromstring(stripped).findall("{*}simpleType")
    counts = {kind.get("name"): len(kind.findall(".//{*}enumeration")) for kind in types}
    assert max(counts.values()) <= LONGEST_ENUMERATION
    assert counts["c_ClaveProdServ"] == counts["c_CodigoPostal"] == counts["c_Moneda"] == 0
    assert counts["c_FormaPago"] == 22


@pytest.mark.parametrize("name", ["4/cfdv40.xsd", "tipoDatos/tdCFDI/tdCFDI.xsd", "Pagos/Pagos20.xsd"])
def test_every_length_that_a_pattern_no_longer_counts_is_a_facet_too(name: str) -> None:
    schema = etree.parse(str(schema_root() / "cfd" / name))
    counted = [one for one in schema.iterfind(".//{*}pattern") if one.get("value", "").startswith("[^|]{1,")]
    assert counted
    for pattern in counted:
        beside = {etree.QName(one).localname: one.get("value") for one in pattern.itersiblings(preceding=True)}
        beside |= {etree.QName(one).localname: one.get("value") for one in pattern.itersiblings()}
        assert f"[^|]{{{beside['minLength']},{beside['maxLength']}}}" == pattern.get("value")


@pytest.mark.parametrize(("length", "taken"), [(1, True), (1000, True), (1001, False)])
def test_a_text_is_as_long_as_its_facet_says(length: int, taken: bool) -> None:
    root = parse(seal(invoice(), minting.csd()).xml)
    next(root.iter(f"{C}Concepto")).set("Descripcion", "x" * length)
    assert accepted(root) == taken == whole_schema().validate(root)


@pytest.mark.parametrize("text", ["a|b", "|"])
def test_no_text_holds_a_bar(text: str) -> None:
    root = parse(seal(invoice(), minting.csd()).xml)
    next(root.iter(f"{C}Concepto")).set("Descripcion", text)
    assert not accepted(root)
    assert not whole_schema().validate(root)


def test_a_schema_written_in_another_way_is_refused_instead_of_half_stripped() -> None:
    values = b"".join(b'<xs:enumeration value="%d"><x/></xs:enumeration>' % n for n in range(70))
    with pytest.raises(RuntimeError, match="another way"):
        without_long_enumerations(b'<xs:simpleType name="c_X">' + values + b"</xs:simpleType>")


@pytest.mark.parametrize(
    ("attribute", "value", "says"),
    [
        ("Exportacion", None, "Falta el atributo Exportacion"),
        ("Folio", "9" * 41, "más largo"),
        ("Version", "3.3", "no tiene la forma"),
        ("Inventado", "1", "no existe"),
        ("FormaPago", "77", "catálogo del SAT de FormaPago"),
        ("SubTotal", "-1.00", "SubTotal"),
    ],
)
def test_it_says_in_spanish_where_and_what(attribute: str, value: str | None, says: str) -> None:
    root = parse(seal(invoice(), minting.csd()).xml)
    if value is None:
        del root.attrib[attribute]
    else:
        root.set(attribute, value)
    found = structure(root, catalogs=installed())
    assert {finding.where for finding in found} == {f"@{attribute}"}
    assert any(says in finding.message for finding in found), found


def test_it_says_which_of_many_lines() -> None:
    root = parse(seal(invoice(line(), line(), line()), minting.csd()).xml)
    concepto = root.findall(f".//{C}Concepto")[1]
    assert path_of(concepto, "Importe") == "Conceptos/Concepto[2]/@Importe"
    concepto.set("ClaveUnidad", "NADA")
    (found,) = structure(root, catalogs=installed())
    assert found.where == "Conceptos/Concepto[2]/@ClaveUnidad"


def test_another_root_is_not_a_cfdi() -> None:
    (found,) = structure(parse(b"<Comprobante Version='4.0'/>"), catalogs=installed())
    assert found.code == "301"


@needs_corpus
def test_a_complement_it_does_not_know_is_a_note_and_junk_is_an_error() -> None:
    known = parse((CORPUS / "cfdi" / "templates" / "cfdv40-implocal.xml").read_bytes())
    notes = [finding for finding in structure(known, catalogs=installed()) if "ImpuestosLocales" in finding.message]
    assert [finding.severity for finding in notes] == ["note"]
    junk = parse(seal(invoice(), minting.csd()).xml)
    etree.SubElement(etree.SubElement(junk, f"{C}Complemento"), "{urn:x}Cosa")
    assert [(f.code, f.severity) for f in structure(junk, catalogs=installed())] == [("301", "error")]


def test_the_addenda_is_not_looked_at() -> None:
    root = parse(seal(invoice(), minting.csd()).xml)
    etree.SubElement(etree.SubElement(root, f"{C}Addenda"), "{urn:cliente}Pedido").set("numero", "7")
    assert accepted(root)


# ------------------------------------------------------------ the strict parser


BOMB = b'<!DOCTYPE a [<!ENTITY x "ja"><!ENTITY y "&x;&x;&x;&x;">]><a b="&y;">&y;</a>'


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"no es xml",
        b"<a><b></a>",
        BOMB,
        b" " * 5000 + BOMB,
        BOMB.decode().encode("utf-16"),
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"<a>" + b" " * 10_000_001 + b"</a>",
        b"<a>" * 300 + b"</a>" * 300,
    ],
    ids=["empty", "text", "unclosed", "entities", "late doctype", "utf-16 doctype", "external", "too big", "too deep"],
)
def test_the_parser_refuses_what_no_pac_would_send(bad: bytes) -> None:
    with pytest.raises(MalformedXml):
        parse(bad)


def test_the_parser_accepts_a_byte_order_mark_and_latin_1() -> None:
    assert parse(b"\xef\xbb\xbf<a b='\xc3\x91'/>").get("b") == "Ñ"
    assert parse("<?xml version='1.0' encoding='ISO-8859-1'?><a b='Ñ'/>".encode("latin-1")).get("b") == "Ñ"
