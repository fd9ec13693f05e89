"""One document a code: each rule of the simulator's table bites, and none bites a good invoice."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from lxml import etree

from amate.sandbox.pac.lists import Lists, Person, read_lists
from amate.sandbox.pac.rules import ORDERED, findings
from amate.sandbox.pac.rules.parties import bare_name
from amate.sandbox.pac.rules.table import Facts
from tests.sandbox.documents import draft

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
NS = {"c": "http://www.sat.gob.mx/cfd/4"}
LEGAL_NAME = "CAFETERIA EL AMATE SA DE CV"
BUYER = Person(nombre="MUNICIPIO DE CUAUTITLAN IZCALLI", cp="54700", regimenes=("603",))
KNOWN = Lists(strict=True, receivers={"MCI7306249Y1": BUYER})

Change = Callable[[etree._Element], None]


def put(path: str, **values: str | None) -> Change:
    """Set attributes of all elements at `path`; None takes one away."""

    def change(root: etree._Element) -> None:
        found = [root] if path == "." else list(root.iterfind(path, NS))
        assert found, path
        for element in found:
            for name, value in values.items():
                element.attrib.pop(name, "") if value is None else element.set(name, value)

    return change


def add(path: str, tag: str, **values: str) -> Change:
    def change(root: etree._Element) -> None:
        (parent,) = [root] if path == "." else list(root.iterfind(path, NS))
        etree.SubElement(parent, f"{{{NS['c']}}}{tag}", values)

    return change


def first(tag: str, **values: str) -> Change:
    def change(root: etree._Element) -> None:
        root.insert(0, etree.Element(f"{{{NS['c']}}}{tag}", values))

    return change


def drop(path: str) -> Change:
    def change(root: etree._Element) -> None:
        for element in list(root.iterfind(path, NS)):
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)

    return change


LINE = "c:Conceptos/c:Concepto"
LINE_TAX = f"{LINE}/c:Impuestos/c:Traslados/c:Traslado"
SUMMARY = "c:Impuestos"
SUMMARY_TAX = f"{SUMMARY}/c:Traslados/c:Traslado"
TO_THE_PUBLIC = put(
    "c:Receptor",
    Rfc="XAXX010101000",
    Nombre="PUBLICO EN GENERAL",
    DomicilioFiscalReceptor="06000",
    RegimenFiscalReceptor="616",
    UsoCFDI="S01",
)
GLOBAL = first("InformacionGlobal", Periodicidad="04", Meses="11", Año="2026")
ABROAD = put(
    "c:Receptor",
    Rfc="XEXX010101000",
    DomicilioFiscalReceptor="06000",
    RegimenFiscalReceptor="616",
    UsoCFDI="S01",
    ResidenciaFiscal="USA",
    NumRegIdTrib="123456789",
)


def withheld(**values: str) -> Change:
    """10 % of ISR withheld in line and summary, then whatever the case spoils."""

    def change(root: etree._Element) -> None:
        for path, said in (
            (f"{LINE}/c:Impuestos", {"Base": "200.00", "TipoFactor": "Tasa", "TasaOCuota": "0.100000", **values}),
            (SUMMARY, {}),
        ):
            (parent,) = root.iterfind(path, NS)
            group = etree.SubElement(parent, f"{{{NS['c']}}}Retenciones")
            said = {"Impuesto": "001", "Importe": "20.00", **said}
            etree.SubElement(group, f"{{{NS['c']}}}Retencion", said)
        root.find("c:Impuestos", NS).set("TotalImpuestosRetenidos", "20.00")  # type: ignore[union-attr]
        root.set("Total", "212.00")

    return change


CASES: list[tuple[str, list[Change]]] = [
    ("CFDI40103", [put(".", TipoDeComprobante="T")]),
    ("CFDI40105", [put(".", MetodoPago="PPD")]),
    ("CFDI40107", [put(".", SubTotal="200.000")]),
    ("CFDI40108", [put(".", SubTotal="200.01")]),
    ("CFDI40109", [put(".", TipoDeComprobante="P")]),
    ("CFDI40110", [put(".", Descuento="200.01")]),
    ("CFDI40111", [put(LINE, Descuento="10.00")]),
    ("CFDI40111", [put(".", Descuento="10.00")]),
    ("CFDI40111", [put(".", Descuento="10.00"), put(LINE, Descuento="10.01")]),
    ("CFDI40111", [put(".", Descuento="10.00", TipoDeComprobante="T"), put(LINE, Descuento="10.00")]),
    ("CFDI40112", [put(".", Descuento="10.000"), put(LINE, Descuento="10.00")]),
    ("CFDI40114", [put(".", TipoCambio="1.0")]),
    ("CFDI40115", [put(".", Moneda="USD")]),
    ("CFDI40116", [put(".", Moneda="XXX", TipoCambio="1")]),
    ("CFDI40119", [put(".", Total="232.01")]),
    ("CFDI40122", [put(".", Exportacion="02")]),
    ("CFDI40125", [put(".", TipoDeComprobante="T")]),
    ("CFDI40127", [put(".", Confirmacion="ABC12")]),
    ("CFDI40130", [TO_THE_PUBLIC]),
    ("CFDI40130", [GLOBAL]),
    ("CFDI40130", [TO_THE_PUBLIC, GLOBAL, put("c:Receptor", Nombre="PÚBLICO EN GENERAL")]),
    ("CFDI40130", [TO_THE_PUBLIC, GLOBAL, put(".", TipoDeComprobante="E")]),
    ("CFDI40132", [TO_THE_PUBLIC, GLOBAL, put("c:InformacionGlobal", Periodicidad="05", Meses="13")]),
    ("CFDI40132", [TO_THE_PUBLIC, GLOBAL, put("c:Emisor", RegimenFiscal="621")]),
    ("CFDI40134", [TO_THE_PUBLIC, GLOBAL, put("c:InformacionGlobal", Meses="13")]),
    ("CFDI40135", [TO_THE_PUBLIC, GLOBAL, put("c:InformacionGlobal", Periodicidad="05", Meses="12")]),
    ("CFDI40136", [TO_THE_PUBLIC, GLOBAL, put("c:InformacionGlobal", Año="2024")]),
    ("CFDI40137", [first("CfdiRelacionados", TipoRelacion="08")]),
    ("CFDI40139", [put("c:Emisor", Nombre=LEGAL_NAME)]),
    ("CFDI40140", [put("c:Emisor", RegimenFiscal="609")]),
    ("CFDI40141", [put("c:Emisor", RegimenFiscal="612")]),
    ("CFDI40143", [put("c:Receptor", Rfc="URE180429TM6")]),
    ("CFDI40145", [put("c:Receptor", Nombre="INMOBILIARIA CVA S.A. DE C.V.")]),
    ("CFDI40146", [put("c:Receptor", Nombre="PUBLICO EN GENERAL")]),
    ("CFDI40147", [put("c:Receptor", Rfc="URE180429TM6")]),
    ("CFDI40148", [put("c:Receptor", DomicilioFiscalReceptor="01000")]),
    ("CFDI40149", [TO_THE_PUBLIC, GLOBAL, put("c:Receptor", DomicilioFiscalReceptor="54700")]),
    ("CFDI40151", [put("c:Receptor", ResidenciaFiscal="USA")]),
    ("CFDI40152", [ABROAD, put("c:Receptor", ResidenciaFiscal="MEX")]),
    ("CFDI40153", [ABROAD, put("c:Receptor", ResidenciaFiscal=None)]),
    ("CFDI40154", [put("c:Receptor", NumRegIdTrib="123456789")]),
    ("CFDI40156", [ABROAD, put("c:Receptor", NumRegIdTrib="12345678")]),
    ("CFDI40157", [put("c:Receptor", RegimenFiscalReceptor="628")]),
    ("CFDI40158", [put("c:Receptor", RegimenFiscalReceptor="612")]),
    ("CFDI40159", [put("c:Receptor", RegimenFiscalReceptor="601")]),
    ("CFDI40159", [TO_THE_PUBLIC, GLOBAL, put("c:Receptor", RegimenFiscalReceptor="605")]),
    ("CFDI40160", [put("c:Receptor", UsoCFDI="P01")]),
    ("CFDI40161", [put("c:Receptor", UsoCFDI="D01")]),
    ("CFDI40166", [put(LINE, ValorUnitario="0")]),
    ("CFDI40167", [put(LINE, Importe="260.00")]),
    ("CFDI40168", [put(LINE, Descuento="10.000")]),
    ("CFDI40169", [put(LINE, Descuento="200.01")]),
    ("CFDI40171", [drop(f"{LINE}/c:Impuestos")]),
    ("CFDI40172", [put(LINE, ObjetoImp="01")]),
    ("CFDI40173", [drop(f"{LINE}/c:Impuestos/c:Traslados")]),
    ("CFDI40177", [put(LINE_TAX, TipoFactor="Exento")]),
    ("CFDI40178", [put(LINE_TAX, Importe=None)]),
    ("CFDI40179", [put(LINE_TAX, TasaOCuota="0.150000")]),
    ("CFDI40179", [put(LINE_TAX, TasaOCuota="0.16")]),
    ("CFDI40180", [put(LINE_TAX, Importe="33.00")]),
    ("CFDI40184", [withheld(TipoFactor="Exento")]),
    ("CFDI40185", [withheld(TasaOCuota="0.360000")]),
    ("CFDI40186", [withheld(Importe="21.00")]),
    ("CFDI40201", [put(".", TipoDeComprobante="T")]),
    ("CFDI40203", [withheld(), put(SUMMARY, TotalImpuestosRetenidos="20.01")]),
    ("CFDI40205", [put(SUMMARY, TotalImpuestosTrasladados="32.01")]),
    ("CFDI40206", [withheld(), put(SUMMARY, TotalImpuestosRetenidos=None)]),
    ("CFDI40206", [put(SUMMARY, TotalImpuestosRetenidos="0.00")]),
    ("CFDI40208", [withheld(), add(f"{SUMMARY}/c:Retenciones", "Retencion", Impuesto="001", Importe="20.00")]),
    ("CFDI40211", [withheld(), put(f"{SUMMARY}/c:Retenciones/c:Retencion", Importe="20.01")]),
    ("CFDI40211", [withheld(), drop(f"{SUMMARY}/c:Retenciones")]),
    ("CFDI40212", [put(SUMMARY, TotalImpuestosTrasladados=None)]),
    ("CFDI40215", [put(SUMMARY_TAX, Base="200.01")]),
    ("CFDI40215", [drop(SUMMARY)]),
    (
        "CFDI40216",
        [
            put(LINE_TAX, TipoFactor="Exento", TasaOCuota=None, Importe=None),
            put(SUMMARY_TAX, TipoFactor="Exento", TasaOCuota=None, Importe=None, Base="200.01"),
        ],
    ),
    (
        "CFDI40218",
        [
            add(
                f"{SUMMARY}/c:Traslados",
                "Traslado",
                Base="200.00",
                Impuesto="002",
                TipoFactor="Tasa",
                TasaOCuota="0.160000",
                Importe="32.00",
            )
        ],
    ),
    ("CFDI40221", [put(SUMMARY_TAX, Importe="32.01")]),
]


def codes(changes: list[Change], *, lists: Lists = KNOWN) -> list[str]:
    root = draft(now=NOW)
    for change in changes:
        change(root)
    return [finding.code for finding in findings(Facts(root, lists, LEGAL_NAME))]


@pytest.mark.parametrize(("code", "changes"), CASES, ids=[f"{n}-{code}" for n, (code, _) in enumerate(CASES)])
def test_the_rule_bites(code: str, changes: list[Change]) -> None:
    assert code in codes(changes)


def test_every_rule_of_the_table_has_its_case() -> None:
    """Those of payments have theirs in test_pagos.py."""
    assert {code for code, _ in CASES} == {rule.code for rule in ORDERED if rule.code.startswith("CFDI")}


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [TO_THE_PUBLIC, GLOBAL],
        [TO_THE_PUBLIC, put("c:Receptor", Nombre="JUAN PEREZ")],  # one customer without RFC (REC-5 b)
        [ABROAD],
        [ABROAD, put("c:Receptor", NumRegIdTrib=None)],
        [withheld()],
        [put(".", TipoCambio="1")],
        [put(".", Moneda="USD", TipoCambio="18.5")],
        [
            put(LINE_TAX, TipoFactor="Exento", TasaOCuota=None, Importe=None),
            put(SUMMARY_TAX, TipoFactor="Exento", TasaOCuota=None, Importe=None),
            put(SUMMARY, TotalImpuestosTrasladados=None),
            put(".", Total="200.00"),
        ],
    ],
)
def test_no_rule_bites_a_good_invoice(changes: list[Change]) -> None:
    assert codes(changes) == []


def test_findings_come_lowest_code_first() -> None:
    found = codes([put(".", Total="1.00", TipoCambio="1.0"), put(LINE, Importe="260.00")])
    assert found == sorted(found)
    assert len(found) > 3


def test_open_lists_accept_strangers_but_hold_those_they_know() -> None:
    stranger = [put("c:Receptor", Rfc="URE180429TM6")]
    assert codes(stranger, lists=Lists()) == []
    assert codes(stranger) == ["CFDI40143", "CFDI40147"]
    known = Lists(strict=False, receivers=KNOWN.receivers)
    assert codes([put("c:Receptor", DomicilioFiscalReceptor="01000")], lists=known) == ["CFDI40148"]


def test_lists_are_strict_once_loaded_unless_they_say_open() -> None:
    row = {"MCI7306249Y1": {"nombre": "X", "cp": "54700", "regimenes": ["603"]}}
    assert read_lists({"receivers": row}).strict
    assert not read_lists({"receivers": row, "mode": "open"}).strict
    assert not read_lists({}).strict
    with pytest.raises(ValueError, match="mode"):
        read_lists({"mode": "closed"})


@pytest.mark.parametrize(
    ("legal", "bare"),
    [
        ("CAFETERIA EL AMATE SA DE CV", "CAFETERIA EL AMATE"),
        ("ACCEM SERVICIOS EMPRESARIALES SC", "ACCEM SERVICIOS EMPRESARIALES"),
        ("AUDITORES SAB SA", "AUDITORES SAB"),
        ("LA MODERNA S. DE R.L. DE C.V.", "LA MODERNA"),
        ("GRUPO X SAPI DE CV", "GRUPO X"),
        ("UNIVERSIDAD ROBOTICA ESPAÑOLA", "UNIVERSIDAD ROBOTICA ESPAÑOLA"),
    ],
)
def test_a_company_is_known_without_its_capital_regime(legal: str, bare: str) -> None:
    assert bare_name(legal, "CEA210315XX4") == bare


def test_a_person_keeps_her_whole_name() -> None:
    assert bare_name("MARIANA LOPEZ SA", "LOAM850712XX3") == "MARIANA LOPEZ SA"
