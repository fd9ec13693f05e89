"""The checks in their order, without HTTP."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from amate.fiscal.tfd import read_timbre
from amate.sandbox.mint import World
from amate.sandbox.pac.lists import Lists
from amate.sandbox.pac.refusal import Refusal
from amate.sandbox.pac.stamp import Stamping, stamp_document
from amate.sandbox.pac.state import MemoryStore
from amate.sandbox.pac.timbre import Signer
from tests.sandbox.documents import draft, open_pair, seal_tree, sealed
from tests.sandbox.schemas import full_schema, tfd_cadena


class Desk:
    def __init__(self, world: World, now: datetime) -> None:
        self.world, self.now = world, now
        self.store, self.signer, self.lists = MemoryStore(), Signer(world.pac), Lists()

    def stamp(self, document: bytes, *, customid: str = "") -> Stamping:
        return stamp_document(
            document,
            customid=customid,
            ca=self.world.ca.cer,
            signer=self.signer,
            store=self.store,
            lists=self.lists,
            now=self.now,
        )

    def refusal(self, document: bytes, *, customid: str = "") -> str:
        with pytest.raises(Refusal) as refused:
            self.stamp(document, customid=customid)
        return refused.value.code


@pytest.fixture
def desk(minted: World, now: datetime) -> Desk:
    return Desk(minted, now)


def test_what_it_stamps_passes_the_whole_xsd(desk: Desk, now: datetime) -> None:
    document = desk.stamp(sealed(desk.world, now=now)).document
    assert document is not None
    root = etree.fromstring(document.stamped)
    assert full_schema().validate(root), full_schema().error_log
    assert read_timbre(document.stamped).cadena == document.cadena == tfd_cadena(document.stamped)


def test_the_date_of_stamping_is_central_time(desk: Desk, now: datetime) -> None:
    document = desk.stamp(
        sealed(desk.world, now=now, cp="22000", fecha=_local(now - timedelta(minutes=1), "America/Tijuana"))
    ).document
    assert document is not None
    assert document.fecha_timbrado == _local(now, "America/Mexico_City")


def test_a_complement_and_an_addenda_keep_their_places(desk: Desk, now: datetime) -> None:
    root = draft(now=now)
    etree.SubElement(root, "{http://www.sat.gob.mx/cfd/4}Complemento")
    document = desk.stamp(seal_tree(root, open_pair(desk.world.csds["moral"]))).document
    assert document is not None
    stamped = etree.fromstring(document.stamped)
    assert [etree.QName(child).localname for child in stamped][-1] == "Complemento"
    assert full_schema().validate(stamped)


def test_the_same_bytes_or_the_same_sello_are_the_same_document(desk: Desk, now: datetime) -> None:
    document = sealed(desk.world, now=now)
    first = desk.stamp(document, customid="a")
    again = desk.stamp(document, customid="b")
    reformatted = desk.stamp(document.replace(b"<cfdi:Conceptos>", b"\n<cfdi:Conceptos>"))
    assert (first.again, again.again, reformatted.again) == (False, True, True)
    assert first.document == again.document == reformatted.document
    assert desk.store.count() == 1


def test_a_customid_names_one_document_for_72_hours(desk: Desk, now: datetime) -> None:
    desk.stamp(sealed(desk.world, now=now, folio="1"), customid="same")
    assert desk.refusal(sealed(desk.world, now=now, folio="2"), customid="same") == "CFDI3307"
    desk.now = now + timedelta(hours=72, seconds=1)
    late = sealed(desk.world, now=desk.now, folio="3")
    assert not desk.stamp(late, customid="same").again


def test_a_cfdi_stamped_elsewhere_is_307_with_nothing_to_give(desk: Desk, now: datetime) -> None:
    document = desk.stamp(sealed(desk.world, now=now)).document
    assert document is not None
    desk.store.reset()
    stranger = desk.stamp(document.stamped)
    assert (stranger.again, stranger.document) == (True, None)


@pytest.mark.parametrize(("role", "code"), [("expired", "305"), ("fiel", "306"), ("lookalike", "308")])
def test_certificates_that_may_not_seal(desk: Desk, now: datetime, role: str, code: str) -> None:
    assert desk.refusal(sealed(desk.world, now=now, role=role)) == code


def test_a_revoked_csd_another_rfc_another_number_and_no_lco(desk: Desk, now: datetime) -> None:
    good, pair = sealed(desk.world, now=now), desk.world.csds["moral"]
    desk.lists = Lists(revoked=frozenset({pair.no_certificado}))
    assert desk.refusal(good) == "304"
    desk.lists = Lists(not_in_lco=frozenset({"CEA210315XX4"}))
    assert desk.refusal(good) == "402"
    desk.lists = Lists()
    assert desk.refusal(seal_tree(draft(now=now, role="fisica"), open_pair(pair))) == "303"
    number = pair.no_certificado.encode()
    assert desk.refusal(good.replace(b'NoCertificado="' + number, b'NoCertificado="' + number[::-1])) == "CFDI40106"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'Total="232.00"', b'Total="232.01"'),
        (b"Desayuno &amp; caf", b"Cena &amp; caf"),
        (b'Sello="', b'Sello="AAAA'),
        (b'Sello="', b'Sello="!'),
    ],
)
def test_a_tampered_document_is_302(desk: Desk, now: datetime, before: bytes, after: bytes) -> None:
    document = sealed(desk.world, now=now)
    assert before in document
    assert desk.refusal(document.replace(before, after, 1)) == "302"


@pytest.mark.parametrize(
    ("hours", "fine"), [(0.0, True), (71.99, True), (72.0, True), (72.01, False), (-0.01, False), (-1.0, False)]
)
def test_fecha_may_be_zero_to_seventy_two_hours_old(desk: Desk, now: datetime, hours: float, fine: bool) -> None:
    # Later than the minting by more than the window, so that no Fecha is older than the certificate.
    desk.now = now.replace(microsecond=0) + timedelta(hours=90)
    fecha = _local(desk.now - timedelta(hours=hours), "America/Mexico_City")
    document = sealed(desk.world, now=desk.now, fecha=fecha)
    if fine:
        assert not desk.stamp(document).again
    else:
        assert desk.refusal(document) == "401"


@pytest.mark.parametrize(
    ("cp", "zone"),
    [
        ("06000", "America/Mexico_City"),
        ("80000", "America/Hermosillo"),
        ("22000", "America/Tijuana"),
        ("88500", "America/Matamoros"),
        ("77500", "America/Cancun"),
    ],
)
def test_fecha_is_read_in_the_zone_of_its_place(desk: Desk, now: datetime, cp: str, zone: str) -> None:
    soon = sealed(desk.world, now=now, cp=cp, folio="s", fecha=_local(now + timedelta(minutes=2), zone))
    assert desk.refusal(soon) == "401"
    assert not desk.stamp(sealed(desk.world, now=now, cp=cp, fecha=_local(now - timedelta(minutes=2), zone))).again


def test_an_issuer_that_tries_things_out_has_a_clock_of_its_own(desk: Desk, now: datetime) -> None:
    """Its Fecha may lie in our future, as far as it is ahead and no farther."""
    ahead = timedelta(days=40)
    soon = sealed(desk.world, now=now + ahead, fecha=_local(now + ahead, "America/Mexico_City"))
    assert desk.refusal(soon) == "401"
    stamping = stamp_document(
        soon, customid="", ca=desk.world.ca.cer, signer=desk.signer, store=desk.store, lists=desk.lists, now=now, ahead=ahead
    )  # fmt: skip
    assert stamping.document is not None
    assert stamping.document.fecha_timbrado == _local(now + ahead, "America/Mexico_City")
    assert stamping.document.kept_at == now


def test_central_time_in_tijuana_is_the_future(desk: Desk, now: datetime) -> None:
    central = _local(now, "America/Mexico_City")
    assert desk.refusal(sealed(desk.world, now=now, cp="22000", fecha=central)) == "401"


@pytest.mark.parametrize(
    ("attribute", "value", "code"),
    [
        ("Fecha", "2026-11-21T10:00:00.000", "CFDI40101"),
        ("FormaPago", "98", "CFDI40104"),
        ("Moneda", "MXP", "CFDI40113"),
        ("LugarExpedicion", "00001", "CFDI40126"),
        ("Folio", "9" * 41, "301"),
        ("Exportacion", None, "301"),
        ("Total", "1e3", "301"),
        ("SubTotal", "200.0000000", "CFDI40107"),
    ],
)
def test_structure_comes_first(desk: Desk, now: datetime, attribute: str, value: str | None, code: str) -> None:
    root = draft(now=now)
    root.attrib.pop(attribute) if value is None else root.set(attribute, value)
    assert desk.refusal(seal_tree(root, open_pair(desk.world.csds["moral"]))) == code


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<cfdi:Comprobante",
        b'<!DOCTYPE c [<!ENTITY e "x">]><c>&e;</c>',
        b'<Comprobante xmlns="http://www.sat.gob.mx/cfd/3"/>',
        b"x" * 5_000_001,
    ],
)
def test_what_is_no_cfdi_is_301(desk: Desk, xml: bytes) -> None:
    assert desk.refusal(xml) == "301"


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M:%S")
