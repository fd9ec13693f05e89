"""Pagos 2.0 at the simulator: each code by one change of a good receipt, and receipts that it owes nothing to."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from amate.fiscal.comprobante import Comprobante
from amate.fiscal.seal import seal
from amate.sandbox.pac.refusal import Refusal
from amate.sandbox.pac.rules import NOT_CHECKED, ORDERED, findings
from amate.sandbox.pac.rules.table import Facts
from amate.sandbox.pac.schema import OWN_CODES, read_structure
from tests.fiscal import minting
from tests.fiscal.generated_receipts import lawful_receipts
from tests.sandbox.documents import CFDI, pago

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
UUID = "11111111-2222-3333-4444-000000000001"
NS = {"c": CFDI, "p": "http://www.sat.gob.mx/Pagos20"}
DOC, TAX = "p:DoctoRelacionado", "p:TrasladoDR"


def receipt(*changes: tuple[str, str, str | None]) -> etree._Element:
    """A good one with attributes changed: (element, attribute, value or None to remove it)."""
    root = pago(UUID, now=NOW)
    for name, value in (("Sello", "AA=="), ("Certificado", "AA=="), ("NoCertificado", "9" * 20)):
        root.set(name, value)
    for path, name, text in changes:
        found = [root] if path == "." else root.findall(f".//{path}", NS)
        assert found, path
        for node in found:
            if text is None:
                del node.attrib[name]
            else:
                node.set(name, text)
    return root


def codes(root: etree._Element) -> list[str]:
    try:
        read_structure(etree.tostring(root))
    except Refusal as refusal:
        return [refusal.code]
    return [finding.code for finding in findings(Facts(root))]


def test_a_good_receipt_breaks_no_rule() -> None:
    assert codes(receipt()) == []


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("CRP20101", [(".", "TipoDeComprobante", "I"), (".", "MetodoPago", "PUE"), (".", "FormaPago", "03")]),
        ("CRP20102", [(".", "Exportacion", "03")]),
        ("CRP20103", [(".", "SubTotal", "1")]),
        ("CRP20104", [(".", "Moneda", "MXN")]),
        ("CRP20105", [(".", "FormaPago", "03")]),
        ("CRP20106", [(".", "MetodoPago", "PUE")]),
        ("CRP20107", [(".", "CondicionesDePago", "30 días")]),
        ("CRP20108", [(".", "Descuento", "0")]),
        ("CRP20109", [(".", "TipoCambio", "1")]),
        ("CRP20110", [(".", "Total", "1")]),
        ("CRP20113", [("c:Concepto", "ClaveProdServ", "84111505")]),
        ("CRP20114", [("c:Concepto", "NoIdentificacion", "A")]),
        ("CRP20115", [("c:Concepto", "Cantidad", "2")]),
        ("CRP20116", [("c:Concepto", "ClaveUnidad", "E48")]),
        ("CRP20117", [("c:Concepto", "Unidad", "pieza")]),
        ("CRP20118", [("c:Concepto", "Descripcion", "pago")]),
        ("CRP20119", [("c:Concepto", "ValorUnitario", "1")]),
        ("CRP20120", [("c:Concepto", "Importe", "1")]),
        ("CRP20121", [("c:Concepto", "Descuento", "0")]),
        ("CRP20122", [("c:Concepto", "ObjetoImp", "02")]),
        ("CRP20204", [("p:Totales", "TotalTrasladosBaseIVA16", "100.01")]),
        ("CRP20205", [("p:Totales", "TotalTrasladosImpuestoIVA16", "16.01")]),
        ("CRP20211", [("p:Totales", "MontoTotalPagos", "116.01")]),
        ("CRP20212", [("p:Pago", "FormaDePagoP", "99")]),
        ("CRP20213", [("p:Pago", "MonedaP", "XXX")]),
        ("CRP20214", [("p:Pago", "MonedaP", "USD"), ("p:Pago", "TipoCambioP", None)]),
        ("CRP20215", [("p:Pago", "TipoCambioP", "1.00")]),
        ("CRP20217", [("p:Pago", "Monto", "115.99")]),
        ("CRP20218", [("p:Pago", "Monto", "0")]),
        ("CRP20219", [("p:Pago", "Monto", "116.001")]),
        ("CRP20221", [("p:Pago", "FormaDePagoP", "01"), ("p:Pago", "RfcEmisorCtaOrd", "BNM840515VB1")]),
        ("CRP20223", [("p:Pago", "RfcEmisorCtaOrd", "XEXX010101000")]),
        ("CRP20224", [("p:Pago", "FormaDePagoP", "01"), ("p:Pago", "CtaOrdenante", "0123456789")]),
        ("CRP20225", [("p:Pago", "CtaOrdenante", "01234567890")]),
        ("CRP20226", [("p:Pago", "CtaBeneficiario", "01234567890")]),
        ("CRP20227", [("p:Pago", "FormaDePagoP", "06"), ("p:Pago", "RfcEmisorCtaBen", "BNM840515VB1")]),
        ("CRP20228", [("p:Pago", "FormaDePagoP", "06"), ("p:Pago", "CtaBeneficiario", "0123456789")]),
        ("CRP20229", [("p:Pago", "FormaDePagoP", "02"), *[("p:Pago", name, "01" if name == "TipoCadPago" else "QQ==") for name in ("TipoCadPago", "CertPago", "CadPago", "SelloPago")]]),
        ("CRP20230", [("p:Pago", "TipoCadPago", "01")]),
        ("CRP20231", [("p:Pago", "CertPago", "QQ==")]),
        ("CRP20232", [("p:Pago", "TipoCadPago", "01")]),
        ("CRP20233", [("p:Pago", "CadPago", "x")]),
        ("CRP20234", [("p:Pago", "TipoCadPago", "01")]),
        ("CRP20235", [("p:Pago", "SelloPago", "QQ==")]),
        ("CRP20236", [(DOC, "MonedaDR", "XXX")]),
        ("CRP20237", [(DOC, "MonedaDR", "USD"), (DOC, "EquivalenciaDR", None)]),
        ("CRP20238", [(DOC, "EquivalenciaDR", "1.0000000000")]),
        ("CRP20239", [(DOC, "ImpSaldoAnt", "0")]),
        ("CRP20240", [(DOC, "ImpSaldoAnt", "232.000")]),
        ("CRP20241", [(DOC, "ImpPagado", "0")]),
        ("CRP20242", [(DOC, "ImpPagado", "116.000")]),
        ("CRP20243", [(DOC, "ImpSaldoInsoluto", "116.000")]),
        ("CRP20244", [(DOC, "ImpSaldoInsoluto", "116.01")]),
        ("CRP20244", [(DOC, "ImpSaldoAnt", "100.00")]),
        ("CRP20247", [(DOC, "ObjetoImpDR", "01")]),
        ("CRP20247", [(DOC, "ObjetoImpDR", "04")]),
        ("CRP20256", [(TAX, "ImpuestoDR", "001")]),
        ("CRP20258", [(TAX, "TipoFactorDR", "Exento")]),
        ("CRP20259", [(TAX, "ImporteDR", None)]),
        ("CRP20260", [(TAX, "TasaOCuotaDR", "0.150000")]),
        ("CRP20261", [(TAX, "ImporteDR", "16.02")]),
        ("CRP20266", [("p:TrasladoP", "ImporteP", None)]),
        ("CRP20267", [("p:Totales", "TotalTrasladosBaseIVA16", None)]),
        ("CRP20267", [("p:Totales", "TotalTrasladosBaseIVA8", "0.00")]),
        ("CRP20264", [("p:Totales", "TotalRetencionesISR", "0.00")]),
        ("CRP20268", [("p:TrasladoP", "BaseP", "99.999999")]),
        ("CRP20268", [("p:TrasladoP", "BaseP", "100.000001")]),
        ("CRP20270", [("p:TrasladoP", "ImpuestoP", "001")]),
        ("CRP20272", [("p:TrasladoP", "TasaOCuotaP", "0.150000")]),
        ("CRP20273", [("p:Totales", "TotalTrasladosImpuestoIVA16", None)]),
        ("CRP20274", [("p:TrasladoP", "ImporteP", "16.01")]),
        ("CRP20278", [(DOC, "ObjetoImpDR", "06")]),
        ("CRP20278", [(DOC, "ObjetoImpDR", "08")]),
        ("CRP20279", [(DOC, "ObjetoImpDR", "07")]),
    ],
)  # fmt: skip
def test_one_wrong_attribute_has_its_code(code: str, changes: list[tuple[str, str, str | None]]) -> None:
    found = codes(receipt(*changes))
    assert code in found


def _two_lines(root: etree._Element) -> None:
    (line,) = root.findall(".//c:Concepto", NS)
    line.addnext(etree.fromstring(etree.tostring(line)))


def _inside(root: etree._Element) -> None:
    (line,) = root.findall(".//c:Concepto", NS)
    etree.SubElement(line, f"{{{CFDI}}}CuentaPredial", Numero="1")


def _summary(root: etree._Element) -> None:
    (complement,) = root.findall("c:Complemento", NS)
    taxes = etree.Element(f"{{{CFDI}}}Impuestos", TotalImpuestosTrasladados="0.00")
    group = etree.SubElement(taxes, f"{{{CFDI}}}Traslados")
    said = {"Base": "1", "Impuesto": "002", "TipoFactor": "Tasa", "TasaOCuota": "0.160000", "Importe": "0.00"}
    etree.SubElement(group, f"{{{CFDI}}}Traslado", said)
    complement.addprevious(taxes)


def _untaxed(root: etree._Element) -> None:
    (document,) = root.findall(f".//{DOC}", NS)
    document.remove(document[0])


def _empty(root: etree._Element) -> None:
    (taxes,) = root.findall(".//p:ImpuestosDR", NS)
    taxes.remove(taxes[0])


def _twice(root: etree._Element) -> None:
    (tax,) = root.findall(".//p:TrasladoP", NS)
    tax.addnext(etree.fromstring(etree.tostring(tax)))


def _withheld(
    base: str, factor: str, rate: str, importe: str, importe_p: str, times: int = 1
) -> Callable[[etree._Element], None]:
    """A retention of ISR in the document and in the payment, and its total."""

    def add(root: etree._Element) -> None:
        p = f"{{{NS['p']}}}"
        (taxes,), (sums,), (totals,) = (
            root.findall(f".//p:{name}", NS) for name in ("ImpuestosDR", "ImpuestosP", "Totales")
        )
        group = etree.Element(f"{p}RetencionesDR")
        said = {"BaseDR": base, "ImpuestoDR": "001", "TipoFactorDR": factor, "TasaOCuotaDR": rate, "ImporteDR": importe}
        etree.SubElement(group, f"{p}RetencionDR", said)
        taxes.insert(0, group)
        group = etree.Element(f"{p}RetencionesP")
        for _ in range(times):
            etree.SubElement(group, f"{p}RetencionP", {"ImpuestoP": "001", "ImporteP": importe_p})
        sums.insert(0, group)
        totals.set("TotalRetencionesISR", "10.00")

    return add


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("CRP20111", _two_lines),
        ("CRP20112", _inside),
        ("CRP20123", _summary),
        ("CRP20246", _untaxed),
        ("CRP20248", _empty),
        ("CRP20271", _twice),
        ("CRP20252", _withheld("100.00", "Exento", "0.100000", "10.00", "10.00")),
        ("CRP20253", _withheld("100.00", "Tasa", "0.360000", "36.00", "36.00")),
        ("CRP20254", _withheld("100.00", "Tasa", "0.100000", "10.02", "10.02")),
        ("CRP20263", _withheld("100.00", "Tasa", "0.100000", "10.00", "10.00", times=2)),
        ("CRP20265", _withheld("100.00", "Tasa", "0.100000", "10.00", "10.01")),
        ("CRP20202", _withheld("100.00", "Tasa", "0.100000", "10.01", "10.01")),
    ],
)
def test_one_wrong_node_has_its_code(code: str, change: Callable[[etree._Element], None]) -> None:
    root = receipt()
    change(root)
    assert code in codes(root)


def test_a_withholding_that_adds_up_breaks_nothing() -> None:
    root = receipt()
    _withheld("100.00", "Tasa", "0.100000", "10.00", "10.00")(root)
    assert codes(root) == []


def in_dollars(equivalencia: str, base_p: str, importe_p: str, monto: str) -> etree._Element:
    """Pesos owed, dollars paid at 19.50."""
    base, tax = f"{float(base_p) * 19.5:.2f}", f"{float(importe_p) * 19.5:.2f}"
    return receipt(
        ("p:Pago", "MonedaP", "USD"),
        ("p:Pago", "TipoCambioP", "19.50"),
        ("p:Pago", "Monto", monto),
        (DOC, "EquivalenciaDR", equivalencia),
        ("p:TrasladoP", "BaseP", base_p),
        ("p:TrasladoP", "ImporteP", importe_p),
        ("p:Totales", "TotalTrasladosBaseIVA16", base),
        ("p:Totales", "TotalTrasladosImpuestoIVA16", tax),
        ("p:Totales", "MontoTotalPagos", f"{float(monto) * 19.5:.2f}"),
    )


def test_a_sum_that_does_not_end_is_rounded_up() -> None:
    """100 / 19.5 = 5.12820512820…: up in BaseP, either way in ImporteP (REP-8)."""
    assert codes(in_dollars("19.5", "5.128206", "0.820512", "5.95")) == []
    assert codes(in_dollars("19.5", "5.128206", "0.820513", "5.95")) == []
    assert "CRP20268" in codes(in_dollars("19.5", "5.128205", "0.820513", "5.95"))
    assert "CRP20268" in codes(in_dollars("19.5", "5.128207", "0.820513", "5.95"))
    assert "CRP20274" in codes(in_dollars("19.5", "5.128206", "0.820514", "5.95"))


def test_dollars_must_be_enough_for_the_pesos_they_pay() -> None:
    assert "CRP20276" in codes(in_dollars("19.5", "5.128206", "0.820513", "5.90"))


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(lawful_receipts())
def test_it_takes_what_our_builder_makes_of_any_payments(made: Comprobante) -> None:
    """Two programs that share no line agree on the arithmetic of the law."""
    root = read_structure(seal(made, minting.csd()).xml)
    assert [f"{finding.code} {finding.detail}" for finding in findings(Facts(root))] == []


def test_every_code_of_the_complement_is_checked_or_named() -> None:
    checked = {rule.code for rule in ORDERED if rule.code.startswith("CRP")}
    named = set(re.findall(r"CRP\d+", " ".join(NOT_CHECKED)))
    every = {f"CRP{n}" for n in (*range(20101, 20124), *range(20201, 20280))}
    assert every - checked - named - set(OWN_CODES.values()) == set()
    assert not checked & named
