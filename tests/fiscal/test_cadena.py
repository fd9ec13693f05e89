"""Our own walk writes what the SAT's stylesheet writes, or leaves the document to it."""

import random
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from amate.fiscal import cadena
from amate.fiscal.cadena import cadena_of
from amate.fiscal.comprobante import Comprobante
from amate.fiscal.seal import seal
from amate.fiscal.xml import cadena_original, parse
from tests.corpus import CORPUS, needs_corpus
from tests.fiscal import minting
from tests.fiscal.documents import invoice, line
from tests.fiscal.generated import comprobantes
from tests.fiscal.reps import DOLLARS, PESOS
from tests.fiscal.test_every_kind import credits_, globals_
from tests.fiscal.test_schema import MUTATIONS, STAMP, accepted, mutated

LONG = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
SOUND = seal(invoice(line(descuento=None), line(retention=None)), minting.csd()).xml


def never(root: etree._Element) -> str:
    raise AssertionError("the stylesheet was asked")


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> "partial[str]":
    """`cadena_of` a document that the schema takes, which fails where it needs the stylesheet."""
    monkeypatch.setattr(cadena, "cadena_original", never)
    return partial(cadena_of, well_built=True)


@LONG
@given(st.one_of(comprobantes(), globals_(), credits_()))
def test_a_document_of_any_kind_has_the_cadena_of_the_stylesheet(document: Comprobante) -> None:
    root = parse(seal(document, minting.csd()).xml)
    assert cadena_of(root, well_built=True) == cadena_original(root)


@pytest.mark.parametrize(
    "xml",
    [
        SOUND,
        SOUND.replace(b"</cfdi:Comprobante>", f"{STAMP}</cfdi:Comprobante>".encode()),
        PESOS.encode(),
        DOLLARS.encode(),
    ],
)
def test_ordinary_documents_need_no_stylesheet(xml: bytes, walked: "partial[str]") -> None:
    root = parse(xml)
    assert walked(root) == cadena_original(root)


def test_whatever_the_schema_still_takes_has_the_cadena_of_the_stylesheet() -> None:
    dice = random.Random(20261122)
    taken = 0
    for _ in range(MUTATIONS):
        root = mutated(dice)
        well_built = accepted(root)
        taken += well_built
        assert cadena_of(root, well_built=well_built) == cadena_original(root), etree.tostring(root)[:3000]
    assert taken > MUTATIONS // 10


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'Moneda="MXN"', b'Moneda=" MXN"'),
        (b'Moneda="MXN"', b'Moneda="MXN "'),
        (b' Nombre="', b' Nombre="A  B '),
        (b' Nombre="', b' Nombre="A&#10;B '),
        (b' Nombre="', b' Nombre="A&#9;B '),
        (b"</cfdi:Comprobante>", b'<cfdi:Addenda><otro xmlns=""/></cfdi:Addenda></cfdi:Comprobante>'),
        (
            b"</cfdi:Comprobante>",
            b'<cfdi:Complemento><x:y xmlns:x="urn:x">texto</x:y></cfdi:Complemento></cfdi:Comprobante>',
        ),
    ],
)
def test_what_the_stylesheet_writes_in_its_own_way_is_left_to_it(before: bytes, after: bytes) -> None:
    root = parse(SOUND.replace(before, after, 1))
    assert cadena_of(root, well_built=True) == cadena_original(root)


def test_nodes_out_of_their_order_are_left_to_it() -> None:
    root = parse(SOUND)
    root.append(root[0])  # the issuer, after all the rest
    assert not accepted(root)
    assert cadena_of(root, well_built=False) == cadena_original(root)


@needs_corpus
def test_documents_of_others_have_the_cadena_of_the_stylesheet() -> None:
    files = sorted((CORPUS / "cfdi").rglob("*.xml"))
    assert len(files) > 10
    for path in files:
        root = parse(path.read_bytes())
        assert cadena_of(root, well_built=accepted(root)) == cadena_original(root), path
