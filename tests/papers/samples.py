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
