"""Stamped CFDIs for printing, written element by element and signed with a key minted here. People are invented."""

import base64
from collections.abc import Iterable
from decimal import Decimal
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

CFDI = "http://www.sat.gob.mx/cfd/4"
TFD = "http://www.sat.gob.mx/TimbreFiscalDigital"
SAMPLE = "SIN VALIDEZ FISCAL"
Row = tuple[str, str, str, str]  # cantidad, descripcion, valor unitario, importe

THREE: tuple[Row, ...] = (
    ("1", "Taladro rotomartillo ½″ 800 W", "775.000000", "775.00"),
    ("2", "Juego de brocas para concreto, 13 piezas", "76.418103", "152.84"),
    ("12.5", "Cable de uso rudo 3 × 12 AWG, metro", "38.90", "486.25"),
)


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed(text: str) -> str:
    return base64.b64encode(key().sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def stamped(
    rows: Iterable[Row] = THREE,
    *,
    number: int = 20421,
    leyenda: str | None = SAMPLE,
    issuer: str = "FERRETERÍA LA PALMA",
    receiver: str = "SURCO DISEÑO",
    **more: str,
) -> bytes:
    """A stamped I at 16 % IVA; `more` sets attributes of the Comprobante."""
    rows = tuple(rows)
    subtotal = sum((Decimal(row[3]) for row in rows), Decimal(0))
    vat = sum((tax(row[3]) for row in rows), Decimal(0))
    head = {
        "Version": "4.0",
        "Serie": "F",
        "Folio": str(number),
        "Fecha": "2026-11-21T14:06:58",
        "FormaPago": "04",
        "NoCertificado": "00001000000512345678",
        "Certificado": "MIIF",
        "SubTotal": str(subtotal),
        "Moneda": "MXN",
        "Total": str(subtotal + vat),
        "TipoDeComprobante": "I",
        "Exportacion": "01",
        "MetodoPago": "PUE",
        "LugarExpedicion": "44160",
    } | more
    root = etree.Element(f"{{{CFDI}}}Comprobante", {**head, "Sello": signed(f"cfdi {head}")}, nsmap={"cfdi": CFDI})
    add(root, "Emisor", Rfc="FPA010203AB1", Nombre=issuer, RegimenFiscal="601")
    add(
        root,
        "Receptor",
        Rfc="SDI190823KX4",
        Nombre=receiver,
        DomicilioFiscalReceptor="44190",
        RegimenFiscalReceptor="601",
        UsoCFDI="G03",
    )
    concepts = add(root, "Conceptos")
    for row in rows:
        concept(concepts, row)
    summary = add(root, "Impuestos", TotalImpuestosTrasladados=str(vat))
    transferred(summary, base=str(subtotal), importe=str(vat))
    return stamp(root, number=number, leyenda=leyenda)


def add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{CFDI}}}{name}", attributes)


def tax(base: str) -> Decimal:
    return (Decimal(base) * Decimal("0.16")).quantize(Decimal("0.01"))


def concept(parent: etree._Element, row: Row) -> etree._Element:
    cantidad, descripcion, valor, importe = row
    node = add(
        parent,
        "Concepto",
        ClaveProdServ="27111700",
        Cantidad=cantidad,
        ClaveUnidad="H87",
        Descripcion=descripcion,
        ValorUnitario=valor,
        Importe=importe,
        ObjetoImp="02",
    )
    transferred(add(node, "Impuestos"), base=importe, importe=str(tax(importe)))
    return node


def transferred(parent: etree._Element, *, base: str, importe: str) -> None:
    nodes = add(parent, "Traslados")
    add(nodes, "Traslado", Base=base, Impuesto="002", TipoFactor="Tasa", TasaOCuota="0.160000", Importe=importe)


def stamp(root: etree._Element, *, number: int, leyenda: str | None) -> bytes:
    """Add a TFD 1.1 and write the file as a PAC gives it back."""
    facts = {
        "Version": "1.1",
        "UUID": f"00000000-0000-4000-8000-{number:012X}",
        "FechaTimbrado": "2026-11-21T14:07:02",
        "RfcProvCertif": "SPR190613I52",
        **({"Leyenda": leyenda} if leyenda else {}),
        "SelloCFD": root.get("Sello", ""),
        "NoCertificadoSAT": "00001000000509846663",
    }
    facts["SelloSAT"] = signed(f"tfd {facts}")
    complement = add(root, "Complemento")
    etree.SubElement(complement, f"{{{TFD}}}TimbreFiscalDigital", facts, nsmap={"tfd": TFD})
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


PAGO = "http://www.sat.gob.mx/Pagos20"
RELATED = "5FB2822E-396D-4725-8521-CDC4BDD20CCF"


def credit_note() -> bytes:
    """A stamped E over an earlier invoice."""
    root = etree.fromstring(
        stamped((("1", "Bonificación por pronto pago", "100.00", "100.00"),), TipoDeComprobante="E")
    )
    related = etree.Element(f"{{{CFDI}}}CfdiRelacionados", TipoRelacion="01")
    add(related, "CfdiRelacionado", UUID=RELATED)
    root.insert(0, related)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def global_of(count: int) -> bytes:
    """A stamped global of `count` notes of 100.00 + 16.00; the third sells at 0 % too."""
    rows = tuple(("1", "Venta", "100.00", "100.00") for _ in range(count))
    root = etree.fromstring(stamped(rows, receiver="PUBLICO EN GENERAL"))
    root.insert(0, etree.Element(f"{{{CFDI}}}InformacionGlobal", {"Periodicidad": "01", "Meses": "06", "Año": "2026"}))
    for number, concepto in enumerate(root.iter(f"{{{CFDI}}}Concepto"), 4568):
        concepto.set("NoIdentificacion", f"17-2358-{number}")
        if number == 4570:
            transfers = next(concepto.iter(f"{{{CFDI}}}Traslados"))
            zero = {
                "Base": "50.00",
                "Impuesto": "002",
                "TipoFactor": "Tasa",
                "TasaOCuota": "0.000000",
                "Importe": "0.00",
            }
            add(transfers, "Traslado", **zero)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def payment_receipt() -> bytes:
    """A stamped P: a transfer that pays two invoices in pesos, and dollars that pay a third."""
    root = etree.fromstring(stamped((), TipoDeComprobante="P", Moneda="XXX", SubTotal="0", Total="0"))
    for gone in ("FormaPago", "MetodoPago"):
        del root.attrib[gone]
    root.remove(root.findall(f"{{{CFDI}}}Impuestos")[0])
    concepts = next(root.iter(f"{{{CFDI}}}Conceptos"))
    add(
        concepts, "Concepto", ClaveProdServ="84111506", Cantidad="1", ClaveUnidad="ACT", Descripcion="Pago",
        ValorUnitario="0", Importe="0", ObjetoImp="01",
    )  # fmt: skip
    complement = next(root.iter(f"{{{CFDI}}}Complemento"))
    pagos = etree.Element(f"{{{PAGO}}}Pagos", Version="2.0", nsmap={"pago20": PAGO})
    complement.insert(0, pagos)
    _pago20(
        pagos, "Totales", TotalRetencionesISR="12.50", TotalTrasladosBaseIVA16="2000.00",
        TotalTrasladosImpuestoIVA16="320.00", MontoTotalPagos="4177.50",
    )  # fmt: skip
    first = _pago20(
        pagos, "Pago", FechaPago="2026-11-20T12:00:00", FormaDePagoP="03", MonedaP="MXN", TipoCambioP="1", Monto="2307.50",
        NumOperacion="SPEI-778812", CtaBeneficiario="012180001234567891",
    )  # fmt: skip
    _paid(first, folio="101", number=1, paid="1147.50", before="1160.00", after="12.50", held="12.50")
    _paid(first, folio="102", number=2, paid="1160.00", before="2320.00", after="1160.00")
    second = _pago20(
        pagos,
        "Pago",
        FechaPago="2026-11-21T09:30:00",
        FormaDePagoP="02",
        MonedaP="USD",
        TipoCambioP="18.70",
        Monto="100.00",
    )
    _paid(second, folio="103", number=1, paid="1870.00", before="5000.00", after="3130.00", rate="18.70")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _pago20(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{PAGO}}}{name}", attributes)


def _paid(
    pago: etree._Element,
    *,
    folio: str,
    number: int,
    paid: str,
    before: str,
    after: str,
    held: str = "",
    rate: str = "1",
) -> None:
    document = _pago20(
        pago, "DoctoRelacionado", IdDocumento=f"00000000-0000-4000-8000-{int(folio):012X}", Serie="F", Folio=folio,
        MonedaDR="MXN", EquivalenciaDR=rate, NumParcialidad=str(number), ImpSaldoAnt=before, ImpPagado=paid,
        ImpSaldoInsoluto=after, ObjetoImpDR="02",
    )  # fmt: skip
    taxes = _pago20(document, "ImpuestosDR")
    if held:
        nodes = _pago20(taxes, "RetencionesDR")
        what = {"ImpuestoDR": "001", "TipoFactorDR": "Tasa", "TasaOCuotaDR": "0.012500"}
        _pago20(nodes, "RetencionDR", BaseDR="1000.00", ImporteDR=held, **what)
    nodes = _pago20(taxes, "TrasladosDR")
    what = {"ImpuestoDR": "002", "TipoFactorDR": "Tasa", "TasaOCuotaDR": "0.160000"}
    _pago20(nodes, "TrasladoDR", BaseDR="1000.00", ImporteDR="160.00", **what)
