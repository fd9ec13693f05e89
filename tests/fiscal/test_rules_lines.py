"""CFDI40162-40186: lines and their taxes."""

from decimal import Decimal

import pytest

from amate.catalogs.in_force import catalogs_of
from amate.fiscal.line import NO_GIFTS
from amate.fiscal.money import Line, MoneyRefused, tax_line
from amate.fiscal.rules.validate import validate
from amate.fiscal.seal import seal
from amate.fiscal.xml import parse
from tests.fiscal import minting
from tests.fiscal.altered import codes, findings, spoil
from tests.fiscal.documents import invoice, line

RETAINED = seal(invoice(line(retention=Decimal("0.100000"), descuento=Decimal("10.00"))), minting.csd()).xml
EXEMPT = seal(invoice(line(rate=None)), minting.csd()).xml


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ("c:Concepto/@ClaveProdServ=00000001", "CFDI40162"),
        ("c:Concepto/@ClaveUnidad=ZZZZ", "CFDI40165"),
        ("c:Concepto/@ValorUnitario=0", "CFDI40166"),
        ("c:Concepto/@Importe=151.00", "CFDI40167"),
        ("c:Concepto/@ObjetoImp=09", "CFDI40170"),
        ("remove c:Impuestos", "CFDI40171"),
        ("c:Concepto/@ObjetoImp=01", "CFDI40172"),
        ("c:Concepto/@ObjetoImp=03", "CFDI40172"),
        ("remove c:Traslados", "CFDI40173"),
        ("c:Traslado/@Base=0", "CFDI40174"),
        ("c:Traslado/@Impuesto=001", "CFDI40175"),
        ("c:Traslado/@TipoFactor=Otro", "CFDI40176"),
        ("c:Traslado/@TipoFactor=Exento", "CFDI40177"),
        ("c:Traslado/@Importe=(absent)", "CFDI40178"),
        ("c:Traslado/@TasaOCuota=(absent)", "CFDI40178"),
        ("c:Traslado/@TasaOCuota=0.150000", "CFDI40179"),
        ("c:Traslado/@Importe=16.02", "CFDI40180"),
    ],
)
def test_it_finds(changes: str, code: str) -> None:
    assert code in codes(changes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ("c:Concepto/@Descuento=10.000", "CFDI40168"),
        ("c:Concepto/@Descuento=100.01", "CFDI40169"),
        ("c:Retencion/@Base=0", "CFDI40181"),
        ("c:Retencion/@Impuesto=004", "CFDI40182"),
        ("c:Retencion/@TipoFactor=Otro", "CFDI40183"),
        ("c:Retencion/@TipoFactor=Exento", "CFDI40184"),
        ("c:Retencion/@TasaOCuota=0.350001", "CFDI40185"),
        ("c:Retencion/@Importe=9.02", "CFDI40186"),
    ],
)
def test_it_finds_with_retentions(changes: str, code: str) -> None:
    assert codes(xml=RETAINED) == []
    # The summary repeats Impuesto and Importe under other numbers: the line's own code must be there all the same.
    assert code in codes(changes, xml=RETAINED)


def test_an_exempt_line_carries_neither_rate_nor_amount() -> None:
    assert codes(xml=EXEMPT) == []
    assert "CFDI40177" in codes("c:Traslado/@Importe=0.00", xml=EXEMPT)


@pytest.mark.parametrize(
    ("amount", "severity"),
    [("3346.11", "error"), ("3834.15", "warning"), ("3824.15", ""), ("3824.16", ""), ("4302.22", "error")],
)
def test_the_window_of_an_amount_is_the_sats_and_half_a_piece_is_a_warning(amount: str, severity: str) -> None:
    """4 x 956.04 was stamped as 3824.15; the SAT's own formula lets 3.5 to 4.5 pieces pass (RND-2)."""
    changes = f"c:Concepto/@Cantidad=4; c:Concepto/@ValorUnitario=956.04; c:Concepto/@Importe={amount}"
    said = [found.severity for found in findings(changes) if found.code == "CFDI40167"]
    assert said == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("amount", "inside"), [("458.88", False), ("458.89", True), ("458.90", True), ("458.91", False)]
)
def test_the_window_of_a_tax_is_the_stamped_one(amount: str, inside: bool) -> None:
    assert ("CFDI40180" not in codes(f"c:Traslado/@Base=2868.11; c:Traslado/@Importe={amount}")) is inside


def test_a_rate_with_other_than_six_decimals_is_a_warning() -> None:
    changes = "c:Traslado/@TasaOCuota=0.16; c:Traslado/@TasaOCuota=0.16"
    assert codes(changes) == []
    assert codes(changes, severity="warning") == ["CFDI40179"]


def test_a_payment_receipt_may_have_a_line_of_zero() -> None:
    assert "CFDI40166" not in codes("./@TipoDeComprobante=P; c:Concepto/@ValorUnitario=0")


def test_each_line_is_named() -> None:
    xml = seal(invoice(line(), line(), line()), minting.csd()).xml.decode()
    third = xml.rindex('ClaveUnidad="E48"')
    spoilt = xml[:third] + 'ClaveUnidad="QQQQ"' + xml[third + len('ClaveUnidad="E48"') :]
    (found,) = [f for f in findings(xml=spoilt.encode()) if f.severity == "error"]
    assert (found.code, found.where) == ("CFDI40165", "Conceptos/Concepto[3]/@ClaveUnidad")


def test_a_taxed_line_discounted_to_nothing_is_told_what_to_do() -> None:
    changes = "c:Concepto/@Descuento=100.00"
    assert "CON-4" in codes(changes, xml=RETAINED, severity="warning")
    assert "CON-4" not in codes("c:Concepto/@Descuento=99.99", xml=RETAINED, severity="warning")


def test_fuel_is_told_of_its_complement_since_it_needs_one() -> None:
    assert codes("c:Concepto/@ClaveProdServ=15101514", severity="warning") == ["LAW-2"]
    assert codes("c:Concepto/@ClaveProdServ=15101514; ./@Fecha=2026-04-23T12:00:00", severity="warning") == []
    node = (
        '<cfdi:ComplementoConcepto><h:HidroYPetro xmlns:h="http://www.sat.gob.mx/hidrocarburospetroliferos"/>'
        "</cfdi:ComplementoConcepto></cfdi:Concepto>"
    )
    xml = EXEMPT.replace(b"</cfdi:Concepto>", node.encode())
    assert codes("c:Concepto/@ClaveProdServ=15101514", xml=xml, severity="warning") == []


# ------------------------------------------------------------ what costs nothing (docs/decisions/0025)

ALL_OFF = seal(invoice(line(descuento=Decimal("10.00"))), minting.csd()).xml


def test_a_gift_is_refused_by_its_maker_and_found_by_the_rules_in_the_same_words() -> None:
    for bad in (
        Line(Decimal(1), Decimal(0), objeto_imp="01"),
        Line(Decimal(1), Decimal(5), descuento=Decimal(5), objeto_imp="01"),
    ):
        with pytest.raises(MoneyRefused, match=NO_GIFTS):
            tax_line(bad)
    for changes, code in (("c:Concepto/@ValorUnitario=0", "CFDI40166"), ("c:Traslado/@Base=0", "CFDI40174")):
        [found] = [one for one in findings(changes) if one.code == code]
        assert NO_GIFTS in found.message


def test_of_others_a_line_not_object_of_tax_may_be_discounted_to_nothing() -> None:
    untaxed = "c:Concepto/@Descuento=100.00; c:Concepto/@ObjetoImp=01; remove c:Concepto/c:Impuestos"
    about_the_line = {"CFDI40166", "CFDI40168", "CFDI40169", "CFDI40171", "CFDI40172", "CFDI40174"}
    assert not about_the_line & set(codes(untaxed, xml=ALL_OFF))


DEMANDING = catalogs_of(
    "an edition",
    {
        "c_ClaveProdServ": [
            {"id": "43231500", "iva_trasladado": "1", "ieps_trasladado": "1", "complemento": ""},
            {"id": "15101514", "iva_trasladado": "", "ieps_trasladado": "", "complemento": "HidroYPetro"},
            {"id": "01010101", "iva_trasladado": "", "ieps_trasladado": "0", "complemento": ""},
        ]
    },
)


def demanded(changes: str, *, xml: bytes | None = None) -> list[tuple[str, str]]:
    root = parse(xml if xml is not None else seal(invoice(), minting.csd()).xml)
    spoil(root, changes)
    found = validate(root, catalogs=DEMANDING)
    return [(one.code, one.severity) for one in found if one.code in ("CFDI40163", "CFDI40164")]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ("c:Concepto/@ClaveProdServ=43231500", [("CFDI40164", "error")]),  # it tells IVA, and no IEPS
        ("c:Concepto/@ClaveProdServ=43231500; c:Traslado/@Impuesto=001", [("CFDI40164", "error")] * 2),
        ("c:Concepto/@ClaveProdServ=43231500; c:Concepto/@ObjetoImp=04", [("CFDI40164", "warning")]),
        ("c:Concepto/@ClaveProdServ=15101514", [("CFDI40163", "error")]),
        ("c:Concepto/@ClaveProdServ=01010101", []),
        ("c:Concepto/@ClaveProdServ=15101514; ./@TipoDeComprobante=P", []),
    ],
)
def test_what_a_key_demands_is_known_from_an_adopted_edition(changes: str, told: list[tuple[str, str]]) -> None:
    assert demanded(changes) == told
    assert not {"CFDI40163", "CFDI40164"} & {one.code for one in findings(changes)}, "the package does not know it"


def test_a_stamp_is_no_complement_and_any_other_is_what_the_key_may_have_meant() -> None:
    clean = seal(invoice(), minting.csd()).xml
    for name, told in (("TimbreFiscalDigital", [("CFDI40163", "error")]), ("HidroYPetro", [])):
        inside = f'<cfdi:Complemento><x:{name} xmlns:x="http://x"/></cfdi:Complemento></cfdi:Comprobante>'
        xml = clean.replace(b"</cfdi:Comprobante>", inside.encode())
        assert demanded("c:Concepto/@ClaveProdServ=15101514", xml=xml) == told
