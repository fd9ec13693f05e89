"""CFDI40130-40137: the global invoice's own node, and relations."""

import pytest

from amate.fiscal.comprobante import InformacionGlobal, Relacionados
from amate.fiscal.receptor import Receptor
from amate.fiscal.seal import seal
from tests.fiscal import minting
from tests.fiscal.altered import codes
from tests.fiscal.documents import invoice

PUBLIC = Receptor("XAXX010101000", "PUBLICO EN GENERAL", "86000", "616", "S01")
GLOBAL = seal(
    invoice(receptor=PUBLIC, informacion_global=InformacionGlobal(periodicidad="01", meses="11", anio=2026)),
    minting.csd(),
).xml
RELATED = seal(
    invoice(relacionados=(Relacionados("04", ("6F35D3B5-3651-5370-BC2C-14CDBE384CD7",)),)), minting.csd()
).xml


def test_a_sound_global_has_no_errors_nor_warnings() -> None:
    assert codes(xml=GLOBAL) == []
    assert codes(xml=GLOBAL, severity="warning") == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ("remove c:InformacionGlobal", "CFDI40130"),
        ("c:Receptor/@Nombre=PÚBLICO EN GENERAL", "CFDI40130"),
        ("c:Receptor/@Rfc=MCI7306249Y1", "CFDI40130"),
        ("./@TipoDeComprobante=E", "CFDI40130"),
        ("c:InformacionGlobal/@Periodicidad=09", "CFDI40131"),
        ("c:InformacionGlobal/@Periodicidad=05; c:InformacionGlobal/@Meses=13", "CFDI40132"),
        ("c:InformacionGlobal/@Meses=Enero", "CFDI40133"),
        ("c:InformacionGlobal/@Meses=13", "CFDI40134"),
        ("c:Emisor/@RegimenFiscal=621; c:InformacionGlobal/@Periodicidad=05", "CFDI40135"),
        ("c:InformacionGlobal/@Año=2024", "CFDI40136"),
        ("c:InformacionGlobal/@Año=2027", "CFDI40136"),
        ("c:Receptor/@Nombre=PUBLICO EN GENERAL; c:Receptor/@DomicilioFiscalReceptor=01000", "CFDI40149"),
    ],
)
def test_it_finds(changes: str, code: str) -> None:
    assert code in codes(changes, xml=GLOBAL)


@pytest.mark.parametrize(
    "changes",
    [
        "c:InformacionGlobal/@Año=2025",
        "c:InformacionGlobal/@Periodicidad=04",
        "c:Receptor/@Nombre=JUAN PEREZ; remove c:InformacionGlobal",  # one person without RFC (REC-5)
        "./@TipoDeComprobante=E; remove c:InformacionGlobal",  # a credit note to the public (AFT-B)
    ],
)
def test_it_lets_pass(changes: str) -> None:
    assert codes(changes, xml=GLOBAL) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [("./@MetodoPago=PPD; ./@FormaPago=99", "GLO-3"), ("./@CondicionesDePago=30 días", "GLO-3")],
)
def test_it_warns_of_what_the_guide_forbids(changes: str, code: str) -> None:
    assert codes(changes, xml=GLOBAL) == []
    assert code in codes(changes, xml=GLOBAL, severity="warning")


@pytest.mark.parametrize("kind", ["08", "09", "8000"])
def test_a_relation_the_sats_table_does_not_have_is_refused(kind: str) -> None:
    assert codes(xml=RELATED) == []
    assert codes(f"c:CfdiRelacionados/@TipoRelacion={kind}", xml=RELATED) == ["CFDI40137"]
