"""The short way of the issuing path finds what the long way finds."""

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from amate.fiscal.catalogs import installed
from amate.fiscal.comprobante import Comprobante
from amate.fiscal.rules.finding import Finding
from amate.fiscal.rules.from_values import reading_of
from amate.fiscal.rules.raw import Attributes, Tax
from amate.fiscal.rules.reading import Line, Reading, read
from amate.fiscal.rules.reading_pagos import Documento, Pago
from amate.fiscal.rules.validate import REFUSED_IN_OURS, validate, validate_ours
from amate.fiscal.seal import seal
from amate.fiscal.xml import parse
from tests.fiscal import minting
from tests.fiscal.documents import RECEPTOR, invoice, line
from tests.fiscal.generated import comprobantes
from tests.fiscal.generated_receipts import receipts

LONG = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def both(document: Comprobante) -> tuple[Reading, Reading]:
    root = parse(seal(document, minting.csd()).xml)
    return reading_of(document, root), read(root)


def facts(doc: Reading) -> dict[str, object]:
    """All that both ways must agree on: every value, and the attributes that any rule looks at."""
    return {
        **{
            name: getattr(doc, name)
            for name in ("tipo", "fecha", "as_of", "decimals", "subtotal", "descuento", "total")
        },
        "attrs": kept(
            doc.attrs, "FormaPago MetodoPago SubTotal Descuento Moneda TipoCambio Exportacion LugarExpedicion"
        ),
        "conditions": "CondicionesDePago" in doc.attrs,
        "parties": (doc.emisor, {name: value for name, value in doc.receptor.items() if name != "NumRegIdTrib"}),
        "tax id": "NumRegIdTrib" in doc.receptor,
        "global": doc.informacion_global,
        "relations": doc.relacionados,
        "lines": [line_facts(one) for one in doc.lines],
        "summary": doc.summary
        and (
            doc.summary.attrs,
            [(tax_facts(tax), tax.attrs["Base"]) for tax in doc.summary.traslados],
            [(tax.impuesto, tax.importe, tax.attrs["Importe"]) for tax in doc.summary.retenciones],
            doc.summary.total_trasladados,
            doc.summary.total_retenidos,
        ),
        "nothing foreign": (doc.local_taxes, doc.complements),
        "pagos": doc.pagos and (doc.pagos.totales, doc.pagos.repeated, [pago_facts(pago) for pago in doc.pagos.pagos]),
    }


def pago_facts(pago: Pago) -> tuple[object, ...]:
    attrs = {name: value for name, value in pago.attrs.items() if name not in ("FechaPago", "MonedaP", "NumOperacion")}
    numbers = (pago.fecha, pago.moneda, pago.decimals, pago.tipo_cambio, pago.monto)
    taxes = [tax_facts(tax, "P") for tax in (*pago.traslados, *pago.retenciones)]
    return (attrs, numbers, taxes, [paid_facts(paid) for paid in pago.documentos])


def paid_facts(paid: Documento) -> tuple[object, ...]:
    attrs = {name: value for name, value in paid.attrs.items() if name not in ("Serie", "Folio", "MonedaDR")}
    numbers = (paid.moneda, paid.decimals, paid.equivalencia, paid.saldo_anterior, paid.pagado, paid.saldo_insoluto)
    taxes = [tax_facts(tax, "DR") for tax in (*paid.traslados, *paid.retenciones)]
    return (attrs, numbers, paid.impuestos, taxes)


def line_facts(one: Line) -> tuple[object, ...]:
    attrs = kept(one.attrs, "ClaveProdServ ClaveUnidad ValorUnitario Importe Descuento ObjetoImp")
    numbers = (one.cantidad, one.valor_unitario, one.importe, one.descuento, one.impuestos)
    return (attrs, numbers, [tax_facts(tax) for tax in one.traslados], [tax_facts(tax) for tax in one.retenciones])


def tax_facts(tax: Tax, suffix: str = "") -> tuple[object, ...]:
    names = f"TasaOCuota{suffix} Importe{suffix}" + (
        " BaseP ImpuestoP TipoFactorP" if suffix == "P" and tax.factor else ""
    )
    return (kept(tax.attrs, names), tax.impuesto, tax.factor, tax.base, tax.tasa, tax.importe)


def kept(attrs: Attributes, names: str) -> Attributes:
    return {name: attrs[name] for name in names.split() if name in attrs}


@LONG
@given(comprobantes() | receipts())
def test_the_values_are_read_as_the_xml_that_was_written_from_them(document: Comprobante) -> None:
    ours, theirs = both(document)
    assert facts(ours) == facts(theirs)


@LONG
@given(comprobantes() | receipts())
def test_both_ways_say_the_same(document: Comprobante) -> None:
    xml = seal(document, minting.csd()).xml
    short = validate_ours(document, xml, catalogs=installed())
    long = [as_ours(finding) for finding in validate(xml, catalogs=installed())]
    assert sorted(map(str, short)) == sorted(map(str, long))


def as_ours(finding: Finding) -> Finding:
    return dataclasses.replace(finding, severity="error") if finding.code in REFUSED_IN_OURS else finding


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (invoice(forma_pago="99"), "COM-2"),
        (invoice(receptor=dataclasses.replace(RECEPTOR, uso_cfdi="CP01")), "COM-2"),
        (invoice(receptor=dataclasses.replace(RECEPTOR, domicilio_fiscal="00000")), "COM-3"),
    ],
)
def test_what_no_pac_refuses_is_a_warning_about_others_and_an_error_about_us(document: Comprobante, code: str) -> None:
    xml = seal(document, minting.csd()).xml
    others = [(found.code, found.severity) for found in validate(xml, catalogs=installed())]
    ours = [(found.code, found.severity) for found in validate_ours(document, xml, catalogs=installed())]
    assert (code, "warning") in others
    assert (code, "error") in ours


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (invoice(total=Decimal("116.01")), "CFDI40119"),
        (invoice(lugar_expedicion="19999"), "CFDI40126"),
        (invoice(receptor=dataclasses.replace(RECEPTOR, nombre="PUBLICO  EN GENERAL")), "CFDI40146"),
        (invoice(line()._replace(clave_prod_serv="00000001")), "CFDI40162"),
        (invoice(line()._replace(clave_unidad="ZZZZ")), "CFDI40165"),
        (invoice(folio="9" * 41), "301"),
    ],
)
def test_the_short_way_refuses_and_says_where(document: Comprobante, code: str) -> None:
    found = validate_ours(document, seal(document, minting.csd()).xml, catalogs=installed())
    assert code in [finding.code for finding in found]
    assert all(finding.where != "." for finding in found)


def test_a_sound_invoice_takes_the_short_way_with_its_notes() -> None:
    document = invoice()
    found = validate_ours(document, seal(document, minting.csd()).xml, catalogs=installed())
    assert [(finding.code, finding.severity) for finding in found] == [("REC-1", "note")]
