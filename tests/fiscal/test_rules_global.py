"""CFDI40130-40136: the factura global, by its own node and by the SAT's guide."""

from decimal import Decimal

import pytest

from amate.fiscal.comprobante import InformacionGlobal
from amate.fiscal.receptor import Receptor
from amate.fiscal.seal import seal
from tests.fiscal import minting
from tests.fiscal.altered import codes
from tests.fiscal.documents import global_note, invoice

PUBLIC = Receptor("XAXX010101000", "PUBLICO EN GENERAL", "86000", "616", "S01")
GLOBAL = seal(
    invoice(
        global_note(number="1"),
        global_note(number="2"),
        receptor=PUBLIC,
        informacion_global=InformacionGlobal(periodicidad="01", meses="11", anio=2026),
    ),
    minting.csd(),
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
    [
        ("./@MetodoPago=PPD; ./@FormaPago=99", "GLO-3"),
        ("./@CondicionesDePago=30 días", "GLO-3"),
        ("./@Exportacion=03", "GLO-3"),
        ("c:Receptor/@UsoCFDI=G02", "GLO-3"),
        ("c:Concepto/@ClaveProdServ=81112101", "GLO-3"),
        ("c:Concepto/@ClaveUnidad=E48", "GLO-3"),
        ("c:Concepto/@Descripcion=Café", "GLO-3"),
        ("c:Concepto/@Unidad=pieza", "GLO-3"),
        ("c:Concepto/@NoIdentificacion=(absent)", "GLO-3"),
        ("c:Concepto/@NoIdentificacion=2", "GLO-3"),
        ("c:Emisor/@FacAtrAdquirente=1234567890", "GLO-4"),
    ],
)
def test_it_warns_of_what_the_guide_forbids(changes: str, code: str) -> None:
    assert codes(changes, xml=GLOBAL) == []
    assert code in codes(changes, xml=GLOBAL, severity="warning")


def test_a_note_of_two_pieces_is_told_and_its_amount_stays_lawful() -> None:
    two = "c:Concepto/@Cantidad=2; c:Concepto/@ValorUnitario=50.00"
    assert codes(two, xml=GLOBAL) == []
    assert codes(two, xml=GLOBAL, severity="warning") == ["GLO-3"]


@pytest.mark.parametrize(
    "node",
    [
        '<cfdi:InformacionAduanera NumeroPedimento="15  48  3009  0001234"/>',
        '<cfdi:CuentaPredial Numero="1"/>',
        '<cfdi:Parte ClaveProdServ="01010101" Cantidad="1" Descripcion="x"/>',
    ],
)
def test_it_warns_of_what_the_guide_keeps_out_of_a_note(node: str) -> None:
    xml = GLOBAL.replace(b"</cfdi:Concepto>", f"{node}</cfdi:Concepto>".encode(), 1)
    assert codes(xml=xml, severity="warning") == ["GLO-4"]


def test_it_warns_of_a_sale_with_withheld_tax() -> None:
    held = invoice(
        global_note(retention=Decimal("0.10")),
        receptor=PUBLIC,
        informacion_global=InformacionGlobal(periodicidad="01", meses="11", anio=2026),
    )
    assert codes(xml=seal(held, minting.csd()).xml, severity="warning") == ["GLO-4"]


def test_the_same_number_may_stand_twice_for_what_is_not_object_of_tax() -> None:
    """GLO-7: a note with things taxed and not taxed is two Conceptos."""
    plain = global_note(number="1")._replace(objeto_imp="01", traslados=())
    mixed = invoice(
        global_note(number="1"),
        plain,
        receptor=PUBLIC,
        informacion_global=InformacionGlobal(periodicidad="01", meses="11", anio=2026),
    )
    xml = seal(mixed, minting.csd()).xml
    assert codes(xml=xml) == codes(xml=xml, severity="warning") == []
