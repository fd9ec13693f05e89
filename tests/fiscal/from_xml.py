"""A type I document from outside as our values, so that our writer can write it again."""

from datetime import datetime
from decimal import Decimal

from lxml import etree

from amate.fiscal.comprobante import Comprobante, Concepto, Emisor, Impuestos, Retencion, RetencionTotal, Traslado
from amate.fiscal.receptor import Receptor
from amate.fiscal.xml import CFDI

C = f"{{{CFDI}}}"


def read_comprobante(root: etree._Element) -> Comprobante:
    emisor, receptor = _only(root, "Emisor"), _only(root, "Receptor")
    return Comprobante(
        tipo_de_comprobante=_said(root, "TipoDeComprobante"),
        fecha=datetime.fromisoformat(_said(root, "Fecha")),
        lugar_expedicion=_said(root, "LugarExpedicion"),
        emisor=Emisor(_said(emisor, "Rfc"), _said(emisor, "Nombre"), _said(emisor, "RegimenFiscal")),
        receptor=Receptor(
            _said(receptor, "Rfc"),
            _said(receptor, "Nombre"),
            _said(receptor, "DomicilioFiscalReceptor"),
            _said(receptor, "RegimenFiscalReceptor"),
            _said(receptor, "UsoCFDI"),
            receptor.get("ResidenciaFiscal"),
            receptor.get("NumRegIdTrib"),
        ),
        conceptos=tuple(_concepto(node) for node in _only(root, "Conceptos")),
        subtotal=Decimal(_said(root, "SubTotal")),
        total=Decimal(_said(root, "Total")),
        impuestos=_summary(root.find(f"{C}Impuestos")),
        descuento=_decimal(root, "Descuento"),
        moneda=_said(root, "Moneda"),
        tipo_cambio=root.get("TipoCambio"),
        forma_pago=root.get("FormaPago"),
        metodo_pago=root.get("MetodoPago"),
        condiciones_de_pago=root.get("CondicionesDePago"),
        serie=root.get("Serie"),
        folio=root.get("Folio"),
        exportacion=_said(root, "Exportacion"),
    )


def _concepto(node: etree._Element) -> Concepto:
    return Concepto(
        clave_prod_serv=_said(node, "ClaveProdServ"),
        cantidad=Decimal(_said(node, "Cantidad")),
        clave_unidad=_said(node, "ClaveUnidad"),
        descripcion=_said(node, "Descripcion"),
        valor_unitario=Decimal(_said(node, "ValorUnitario")),
        importe=Decimal(_said(node, "Importe")),
        objeto_imp=_said(node, "ObjetoImp"),
        descuento=_decimal(node, "Descuento"),
        no_identificacion=node.get("NoIdentificacion"),
        unidad=node.get("Unidad"),
        traslados=tuple(_traslado(tax) for tax in node.findall(f"{C}Impuestos/{C}Traslados/{C}Traslado")),
        retenciones=tuple(
            Retencion(
                Decimal(_said(tax, "Base")),
                _said(tax, "Impuesto"),
                _said(tax, "TipoFactor"),
                Decimal(_said(tax, "TasaOCuota")),
                Decimal(_said(tax, "Importe")),
            )
            for tax in node.findall(f"{C}Impuestos/{C}Retenciones/{C}Retencion")
        ),
    )


def _traslado(tax: etree._Element) -> Traslado:
    return Traslado(
        Decimal(_said(tax, "Base")),
        _said(tax, "Impuesto"),
        _said(tax, "TipoFactor"),
        _decimal(tax, "TasaOCuota"),
        _decimal(tax, "Importe"),
    )


def _summary(node: etree._Element | None) -> Impuestos | None:
    if node is None:
        return None
    return Impuestos(
        retenciones=tuple(
            RetencionTotal(_said(tax, "Impuesto"), Decimal(_said(tax, "Importe")))
            for tax in node.findall(f"{C}Retenciones/{C}Retencion")
        ),
        traslados=tuple(_traslado(tax) for tax in node.findall(f"{C}Traslados/{C}Traslado")),
        total_retenidos=_decimal(node, "TotalImpuestosRetenidos"),
        total_trasladados=_decimal(node, "TotalImpuestosTrasladados"),
    )


def _said(node: etree._Element, name: str) -> str:
    return str(node.attrib[name])


def _only(root: etree._Element, name: str) -> etree._Element:
    (found,) = root.findall(f"{C}{name}")
    return found


def _decimal(node: etree._Element, name: str) -> Decimal | None:
    text = node.get(name)
    return None if text is None else Decimal(text)
