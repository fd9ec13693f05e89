"""Sealing: one pass over the values writes the XML and its cadena original together (ENGINE SEAL-1..4).

The order of fields is the cadena's, read from the SAT's XSLT; attributes of the XML have no order, so they follow it.
Tests hold this file to the XSLT itself, to satcfdi's builders and to the whole XSD.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from amate.fiscal.comprobante import (
    Comprobante,
    Concepto,
    Impuestos,
    InformacionGlobal,
    Relacionados,
    Retencion,
    Traslado,
)
from amate.fiscal.csd import Csd
from amate.fiscal.receptor import Receptor

# Only these four characters are white space for the XSLT: str.split() would also eat U+00A0, U+0085, U+2009, U+2028,
# U+3000, and every PAC would answer 302 (SEAL-3).
_XML_SPACE = re.compile(r"[\t\n\r ]+")
_SPECIAL = re.compile('[&<>"|\x00-\x1f\ufffe\uffff\ud800-\udfff]')
_FORBIDDEN = re.compile("[|\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.sat.gob.mx/cfd/4 http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd"'
)


class NotWritable(ValueError):
    """A text that no XML or cadena can carry (a control character or `|`). It should have been refused at the door."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """`xml` is what is stored and sent, byte for byte; `sha256` is its digest; `sello` is base64."""

    xml: bytes
    cadena: str
    sello: str
    sha256: bytes


def seal(comprobante: Comprobante, csd: Csd) -> Sealed:
    """Write and sign a CFDI whose amounts are final: nothing is computed or rounded here.

    Raises `NotWritable`. Texts are only collapsed as the XSLT does; clean them at the door (`fiscal.text`).
    """
    xml: list[str] = [_HEAD]
    cadena: list[str] = ["|"]  # every field brings its own bar before it
    _comprobante(comprobante, csd.no_certificado, xml, cadena)
    seal_goes_at = len(xml)
    xml.append("")
    if comprobante.informacion_global is not None:
        _informacion_global(comprobante.informacion_global, xml, cadena)
    for related in comprobante.relacionados:
        _relacionados(related, xml, cadena)
    _parties(comprobante, xml, cadena)
    xml.append("<cfdi:Conceptos>")
    for concepto in comprobante.conceptos:
        _concepto(concepto, xml, cadena)
    xml.append("</cfdi:Conceptos>")
    if comprobante.impuestos is not None:
        _impuestos(comprobante.impuestos, xml, cadena)
    xml.append("</cfdi:Comprobante>\n")
    cadena.append("||")

    signed = "".join(cadena)
    sello = base64.b64encode(csd.sign(signed.encode())).decode()
    xml[seal_goes_at] = f' Sello="{sello}" Certificado="{csd.certificado_b64}">'
    written = "".join(xml).encode()
    return Sealed(xml=written, cadena=signed, sello=sello, sha256=hashlib.sha256(written).digest())


def collapsed(value: str) -> str:
    """A text as it is written: runs of XML white space made one space, none at the ends. Raises `NotWritable`."""
    if not value or _is_plain(value):
        return value
    if _FORBIDDEN.search(value) is not None:
        raise NotWritable(f"{value!r} holds a character that a CFDI cannot carry: refuse it where it is typed")
    return _XML_SPACE.sub(" ", value).strip(" ")


def _comprobante(c: Comprobante, no_certificado: str, xml: list[str], cadena: list[str]) -> None:
    _fields(
        (
            ("Version", "4.0"),
            ("Serie", c.serie),
            ("Folio", c.folio),
            ("Fecha", c.fecha.isoformat(timespec="seconds")),
            ("FormaPago", c.forma_pago),
            ("NoCertificado", no_certificado),
            ("CondicionesDePago", c.condiciones_de_pago),
            ("SubTotal", format(c.subtotal, "f")),
            ("Descuento", None if c.descuento is None else format(c.descuento, "f")),
            ("Moneda", c.moneda),
            ("TipoCambio", c.tipo_cambio),
            ("Total", format(c.total, "f")),
            ("TipoDeComprobante", c.tipo_de_comprobante),
            ("Exportacion", c.exportacion),
            ("MetodoPago", c.metodo_pago),
            ("LugarExpedicion", c.lugar_expedicion),
        ),
        xml,
        cadena,
    )


def _informacion_global(node: InformacionGlobal, xml: list[str], cadena: list[str]) -> None:
    xml.append("<cfdi:InformacionGlobal")
    _fields((("Periodicidad", node.periodicidad), ("Meses", node.meses), ("Año", str(node.anio))), xml, cadena)
    xml.append("/>")


def _relacionados(node: Relacionados, xml: list[str], cadena: list[str]) -> None:
    xml.append("<cfdi:CfdiRelacionados")
    _fields((("TipoRelacion", node.tipo_relacion),), xml, cadena)
    xml.append(">")
    for uuid in node.uuids:
        xml.append("<cfdi:CfdiRelacionado")
        _fields((("UUID", uuid),), xml, cadena)
        xml.append("/>")
    xml.append("</cfdi:CfdiRelacionados>")


def _parties(c: Comprobante, xml: list[str], cadena: list[str]) -> None:
    xml.append("<cfdi:Emisor")
    emisor = c.emisor
    _fields(
        (("Rfc", emisor.rfc), ("Nombre", emisor.nombre), ("RegimenFiscal", emisor.regimen_fiscal)),
        xml,
        cadena,
    )
    xml.append("/><cfdi:Receptor")
    receptor: Receptor = c.receptor
    _fields(
        (
            ("Rfc", receptor.rfc),
            ("Nombre", receptor.nombre),
            ("DomicilioFiscalReceptor", receptor.domicilio_fiscal),
            ("ResidenciaFiscal", receptor.residencia_fiscal),
            ("NumRegIdTrib", receptor.num_reg_id_trib),
            ("RegimenFiscalReceptor", receptor.regimen_fiscal),
            ("UsoCFDI", receptor.uso_cfdi),
        ),
        xml,
        cadena,
    )
    xml.append("/>")


def _concepto(c: Concepto, xml: list[str], cadena: list[str]) -> None:
    xml.append("<cfdi:Concepto")
    _fields(
        (
            ("ClaveProdServ", c.clave_prod_serv),
            ("NoIdentificacion", c.no_identificacion),
            ("Cantidad", format(c.cantidad, "f")),
            ("ClaveUnidad", c.clave_unidad),
            ("Unidad", c.unidad),
            ("Descripcion", c.descripcion),
            ("ValorUnitario", format(c.valor_unitario, "f")),
            ("Importe", format(c.importe, "f")),
            ("Descuento", None if c.descuento is None else format(c.descuento, "f")),
            ("ObjetoImp", c.objeto_imp),
        ),
        xml,
        cadena,
    )
    if not c.traslados and not c.retenciones:
        xml.append("/>")
        return
    xml.append("><cfdi:Impuestos>")
    if c.traslados:
        xml.append("<cfdi:Traslados>")
        _taxes("Traslado", c.traslados, xml, cadena)
        xml.append("</cfdi:Traslados>")
    if c.retenciones:
        xml.append("<cfdi:Retenciones>")
        _taxes("Retencion", c.retenciones, xml, cadena)
        xml.append("</cfdi:Retenciones>")
    xml.append("</cfdi:Impuestos></cfdi:Concepto>")


def _impuestos(node: Impuestos, xml: list[str], cadena: list[str]) -> None:
    """Retenciones stand first here and second in a concept: so the SAT wrote both schema and XSLT."""
    xml.append("<cfdi:Impuestos")
    totals_go_at = len(xml)
    xml.append("")
    totals: list[str] = []
    if node.retenciones:
        xml.append("<cfdi:Retenciones>")
        for held in node.retenciones:
            impuesto, importe = _same(held.impuesto), format(held.importe, "f")
            xml.append(f'<cfdi:Retencion Impuesto="{impuesto}" Importe="{importe}"/>')
            cadena.append(f"|{impuesto}|{importe}")
        xml.append("</cfdi:Retenciones>")
    if node.total_retenidos is not None:
        _fields((("TotalImpuestosRetenidos", format(node.total_retenidos, "f")),), totals, cadena)
    if node.traslados:
        xml.append("<cfdi:Traslados>")
        _taxes("Traslado", node.traslados, xml, cadena)
        xml.append("</cfdi:Traslados>")
    if node.total_trasladados is not None:
        _fields((("TotalImpuestosTrasladados", format(node.total_trasladados, "f")),), totals, cadena)
    xml[totals_go_at] = "".join(totals) + ">"
    xml.append("</cfdi:Impuestos>")


def _taxes(tag: str, taxes: Iterable[Traslado | Retencion], xml: list[str], cadena: list[str]) -> None:
    for tax in taxes:
        base, kind = format(tax.base, "f"), _kind(tax.impuesto, tax.tipo_factor, tax.tasa_o_cuota)
        if tax.importe is None:
            xml.append(f'<cfdi:{tag} Base="{base}"{kind[0]}/>')
            cadena.append(f"|{base}{kind[1]}")
        else:
            importe = format(tax.importe, "f")
            xml.append(f'<cfdi:{tag} Base="{base}"{kind[0]} Importe="{importe}"/>')
            cadena.append(f"|{base}{kind[1]}|{importe}")


@lru_cache(maxsize=256)
def _kind(impuesto: str, tipo_factor: str, tasa_o_cuota: Decimal | None) -> tuple[str, str]:
    """A document repeats a handful of tax kinds on every line. Rates are written with six decimals (CFDI40179)."""
    xml: list[str] = []
    cadena: list[str] = []
    rate = None if tasa_o_cuota is None else format(tasa_o_cuota, ".6f")
    if rate is not None and Decimal(rate) != tasa_o_cuota:
        raise NotWritable(f"the rate {tasa_o_cuota} has more than six decimals")
    _fields((("Impuesto", impuesto), ("TipoFactor", tipo_factor), ("TasaOCuota", rate)), xml, cadena)
    return "".join(xml), "".join(cadena)


def _fields(fields: tuple[tuple[str, str | None], ...], xml: list[str], cadena: list[str]) -> None:
    """Write attributes into both texts. An absent or empty one is left out: the XSLT would print an empty field."""
    for name, value in fields:
        if not value:
            continue
        if _is_plain(value):
            xml.append(f' {name}="{value}"')
            cadena.append(f"|{value}")
            continue
        text = collapsed(value)
        if text:
            xml.append(f' {name}="{_escaped(text)}"')
            cadena.append(f"|{text}")


def _same(value: str) -> str:
    """A key that is the same in both texts, or NotWritable."""
    if not value or not _is_plain(value):
        raise NotWritable(f"{value!r} is not a SAT key")
    return value


def _is_plain(value: str) -> bool:
    """Whether a text, not empty, reads the same in the XML and in the cadena: nothing to escape, collapse or refuse."""
    return value.isalnum() or (
        _SPECIAL.search(value) is None and "  " not in value and value[0] != " " and value[-1] != " "
    )


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
