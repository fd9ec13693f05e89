"""Sealing: one pass over the values writes the XML and its cadena original together (ENGINE SEAL-1..4).

The order of fields is the cadena's, read from the SAT's XSLT; attributes of the XML have no order, so they follow it.
Tests hold this file to the XSLT itself, to satcfdi's builders and to the whole XSD.
"""

import base64
import hashlib
from dataclasses import dataclass

from amate.fiscal.comprobante import (
    Comprobante,
    Concepto,
    Impuestos,
    InformacionGlobal,
    Relacionados,
)
from amate.fiscal.csd import Csd
from amate.fiscal.receptor import Receptor
from amate.fiscal.seal_pagos import NAMESPACE, SCHEMA, write_pagos
from amate.fiscal.write import NotWritable as NotWritable
from amate.fiscal.write import collapsed as collapsed
from amate.fiscal.write import same, write_fields, write_taxes

_OPENING = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
)
_SCHEMA = "http://www.sat.gob.mx/cfd/4 http://www.sat.gob.mx/sitio_internet/cfd/4/cfdv40.xsd"
_HEAD = f'{_OPENING}xsi:schemaLocation="{_SCHEMA}"'
_HEAD_OF_PAGOS = f'{_OPENING}{NAMESPACE} xsi:schemaLocation="{_SCHEMA} {SCHEMA}"'


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
    xml, cadena, seal_goes_at = _texts(comprobante, no_certificado=csd.no_certificado)
    signed = "".join(cadena)
    sello = base64.b64encode(csd.sign(signed.encode())).decode()
    xml[seal_goes_at] = f' Sello="{sello}" Certificado="{csd.certificado_b64}">'
    written = "".join(xml).encode()
    return Sealed(xml=written, cadena=signed, sello=sello, sha256=hashlib.sha256(written).digest())


def unsealed(comprobante: Comprobante) -> bytes:
    """The XML as it would be, for a paper that says draft: no certificate and no seal, so nothing can take it for one."""
    xml, _, seal_goes_at = _texts(comprobante, no_certificado="")
    xml[seal_goes_at] = ">"
    return "".join(xml).encode()


def _texts(comprobante: Comprobante, *, no_certificado: str) -> tuple[list[str], list[str], int]:
    """The parts of the XML, those of the cadena, and where in the XML the seal belongs."""
    xml: list[str] = [_HEAD if comprobante.pagos is None else _HEAD_OF_PAGOS]
    cadena: list[str] = ["|"]  # every field brings its own bar before it
    _comprobante(comprobante, no_certificado, xml, cadena)
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
    if comprobante.pagos is not None:
        xml.append("<cfdi:Complemento>")
        write_pagos(comprobante.pagos, xml, cadena)
        xml.append("</cfdi:Complemento>")
    xml.append("</cfdi:Comprobante>\n")
    cadena.append("||")
    return xml, cadena, seal_goes_at


def _comprobante(c: Comprobante, no_certificado: str, xml: list[str], cadena: list[str]) -> None:
    write_fields(
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
    write_fields((("Periodicidad", node.periodicidad), ("Meses", node.meses), ("Año", str(node.anio))), xml, cadena)
    xml.append("/>")


def _relacionados(node: Relacionados, xml: list[str], cadena: list[str]) -> None:
    xml.append("<cfdi:CfdiRelacionados")
    write_fields((("TipoRelacion", node.tipo_relacion),), xml, cadena)
    xml.append(">")
    for uuid in node.uuids:
        xml.append("<cfdi:CfdiRelacionado")
        write_fields((("UUID", uuid),), xml, cadena)
        xml.append("/>")
    xml.append("</cfdi:CfdiRelacionados>")


def _parties(c: Comprobante, xml: list[str], cadena: list[str]) -> None:
    xml.append("<cfdi:Emisor")
    emisor = c.emisor
    write_fields(
        (("Rfc", emisor.rfc), ("Nombre", emisor.nombre), ("RegimenFiscal", emisor.regimen_fiscal)),
        xml,
        cadena,
    )
    xml.append("/><cfdi:Receptor")
    receptor: Receptor = c.receptor
    write_fields(
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
    """Numbers need no look: they are written at once. A global has a thousand of these."""
    cantidad, unidad = format(c.cantidad, "f"), same(c.clave_unidad)
    xml.append(f'<cfdi:Concepto ClaveProdServ="{same(c.clave_prod_serv)}"')
    cadena.append(f"|{c.clave_prod_serv}")
    if c.no_identificacion:
        write_fields((("NoIdentificacion", c.no_identificacion),), xml, cadena)
    xml.append(f' Cantidad="{cantidad}" ClaveUnidad="{unidad}"')
    cadena.append(f"|{cantidad}|{unidad}")
    write_fields((("Unidad", c.unidad), ("Descripcion", c.descripcion)), xml, cadena)
    valor, importe, objeto = format(c.valor_unitario, "f"), format(c.importe, "f"), same(c.objeto_imp)
    if c.descuento is None:
        xml.append(f' ValorUnitario="{valor}" Importe="{importe}" ObjetoImp="{objeto}"')
        cadena.append(f"|{valor}|{importe}|{objeto}")
    else:
        descuento = format(c.descuento, "f")
        xml.append(f' ValorUnitario="{valor}" Importe="{importe}" Descuento="{descuento}" ObjetoImp="{objeto}"')
        cadena.append(f"|{valor}|{importe}|{descuento}|{objeto}")
    if not c.traslados and not c.retenciones:
        xml.append("/>")
        return
    xml.append("><cfdi:Impuestos>")
    if c.traslados:
        xml.append("<cfdi:Traslados>")
        write_taxes("cfdi:Traslado", "", c.traslados, xml, cadena)
        xml.append("</cfdi:Traslados>")
    if c.retenciones:
        xml.append("<cfdi:Retenciones>")
        write_taxes("cfdi:Retencion", "", c.retenciones, xml, cadena)
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
            impuesto, importe = same(held.impuesto), format(held.importe, "f")
            xml.append(f'<cfdi:Retencion Impuesto="{impuesto}" Importe="{importe}"/>')
            cadena.append(f"|{impuesto}|{importe}")
        xml.append("</cfdi:Retenciones>")
    if node.total_retenidos is not None:
        write_fields((("TotalImpuestosRetenidos", format(node.total_retenidos, "f")),), totals, cadena)
    if node.traslados:
        xml.append("<cfdi:Traslados>")
        write_taxes("cfdi:Traslado", "", node.traslados, xml, cadena)
        xml.append("</cfdi:Traslados>")
    if node.total_trasladados is not None:
        write_fields((("TotalImpuestosTrasladados", format(node.total_trasladados, "f")),), totals, cadena)
    xml[totals_go_at] = "".join(totals) + ">"
    xml.append("</cfdi:Impuestos>")
