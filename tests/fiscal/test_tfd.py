"""When a stamp is believed, held against stamps of real PACs."""

import re
from pathlib import Path

import pytest

from amate.fiscal.tfd import NotBelieved, believe, read_timbre, verify_sello_sat
from tests.corpus import CORPUS, needs_corpus

STAMPED = sorted((CORPUS / "cfdi" / "stamped").glob("*.xml"))
TIMBRE = re.compile(rb"<(\w+):TimbreFiscalDigital.*?/>", re.DOTALL)

pytestmark = needs_corpus


def certificates() -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in (CORPUS / "certs" / "pac-test").glob("*.cer")}


def unstamped(xml: bytes) -> bytes:
    return TIMBRE.sub(b"", xml)


def doubt(sealed: bytes, stamped: bytes) -> str:
    with pytest.raises(NotBelieved) as caught:
        believe(sealed, stamped, certificates=certificates())
    return caught.value.doubt


@pytest.fixture
def stamped() -> bytes:
    return (CORPUS / "cfdi" / "stamped" / "cvd-2025-eku-ingreso.xml").read_bytes()


@pytest.mark.parametrize("path", STAMPED, ids=lambda path: path.stem)
def test_real_stamps_verify_and_are_believed(path: Path) -> None:
    xml = path.read_bytes()
    timbre = believe(unstamped(xml), xml, certificates=certificates())
    assert verify_sello_sat(timbre=timbre, certificate=certificates()[timbre.no_certificado_sat])


@pytest.mark.parametrize("path", sorted((CORPUS / "cfdi" / "cadena").glob("*.tfd.txt")), ids=lambda path: path.stem)
def test_the_cadena_is_the_one_that_was_signed(path: Path) -> None:
    name = path.name.removesuffix(".tfd.txt")
    (xml,) = (CORPUS / "cfdi").glob(f"*/{name}.xml")
    assert read_timbre(xml.read_bytes()).cadena == path.read_text()


def test_a_changed_total_breaks_the_content_and_not_the_stamp(stamped: bytes) -> None:
    changed = stamped.replace(b'Total="3327.01"', b'Total="3327.02"')
    assert doubt(unstamped(stamped), changed) == "content_changed"
    timbre = read_timbre(changed)
    assert verify_sello_sat(timbre=timbre, certificate=certificates()[timbre.no_certificado_sat])


def test_a_changed_date_of_stamping_breaks_the_sello_sat(stamped: bytes) -> None:
    changed = stamped.replace(b'FechaTimbrado="2025-02-19T08:37:30"', b'FechaTimbrado="2025-02-19T08:37:31"')
    assert doubt(unstamped(stamped), changed) == "bad_sello_sat"


def test_without_the_certificate_the_rest_is_still_checked(stamped: bytes) -> None:
    changed = stamped.replace(b'FechaTimbrado="2025-02-19T08:37:30"', b'FechaTimbrado="2025-02-19T08:37:31"')
    assert believe(unstamped(stamped), changed, certificates={}).fecha_timbrado.second == 31


def test_a_certificate_under_the_wrong_number_verifies_nothing(stamped: bytes) -> None:
    timbre = read_timbre(stamped)
    other = certificates()["00001000000708361114"]
    assert not verify_sello_sat(timbre=timbre, certificate=other)
    with pytest.raises(NotBelieved):
        believe(unstamped(stamped), stamped, certificates={timbre.no_certificado_sat: other})


def test_the_stamp_of_another_document_is_not_ours() -> None:
    other = CORPUS / "cfdi" / "stamped" / "sw-2024-eku-ingreso.xml"
    ours = CORPUS / "cfdi" / "stamped" / "cvd-2025-eku-ingreso.xml"
    assert doubt(unstamped(ours.read_bytes()), other.read_bytes()) == "other_sello"


def test_a_file_whose_sello_cfd_is_not_its_sello_is_not_believed() -> None:
    xml = (CORPUS / "cfdi" / "bad-seal" / "mysuite-2022-sellocfd-differs.xml").read_bytes()
    assert doubt(unstamped(xml), xml) == "other_sello"


def test_no_stamp_two_stamps_and_no_xml_are_doubts(stamped: bytes) -> None:
    sealed = unstamped(stamped)
    found = TIMBRE.search(stamped)
    assert found is not None
    assert doubt(sealed, sealed) == "no_timbre"
    assert doubt(sealed, stamped.replace(found[0], found[0] * 2)) == "no_timbre"
    assert doubt(sealed, stamped[:-30]) == "not_xml"
    assert doubt(sealed, b'<!DOCTYPE x [<!ENTITY e "e">]>' + stamped) == "not_xml"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (b'UUID="6F35D3B5-3651-5370-BC2C-14CDBE384CD7"', b'UUID="6F35D3B536515370BC2C14CDBE384CD7"', "bad_uuid"),
        (b'Version="1.1"', b'Version="1.0"', "bad_timbre"),
        (b'FechaTimbrado="2025-02-19T08:37:30"', b'FechaTimbrado="2025-02-19T08:37:30Z"', "bad_timbre"),
        (b'RfcProvCertif="CVD110412TF6" ', b"", "bad_timbre"),
    ],
)
def test_a_malformed_timbre_is_a_doubt(stamped: bytes, before: bytes, after: bytes, expected: str) -> None:
    assert before in stamped
    assert doubt(unstamped(stamped), stamped.replace(before, after)) == expected


def test_white_space_and_attribute_order_are_not_content(stamped: bytes) -> None:
    flat = re.sub(rb">\s+<", b"><", unstamped(stamped))
    moved = stamped.replace(b'Moneda="MXN" TipoDeComprobante="I"', b'TipoDeComprobante="I" Moneda="MXN"')
    assert believe(flat, moved, certificates=certificates()).rfc_prov_certif == "CVD110412TF6"


def test_an_added_addenda_is_content(stamped: bytes) -> None:
    added = stamped.replace(b"</cfdi:Comprobante>", b"<cfdi:Addenda><x/></cfdi:Addenda></cfdi:Comprobante>")
    assert doubt(unstamped(stamped), added) == "content_changed"
