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
        tipo_de_comprobante=root.attrib["TipoDeComprobante"],
        fecha=datetime.fromisoformat(root.attrib["Fecha"]),
        lugar_expedicion=root.attrib["LugarExpedicion"],
        emisor=Emisor(emisor.attrib["Rfc"], emisor.attrib["Nombre"], emisor.attrib["RegimenFiscal"]),
        receptor=Receptor(
            receptor.attrib["Rfc"],
            receptor.attrib["Nombre"],
            receptor.attrib["DomicilioFiscalReceptor"],
            receptor.attrib["RegimenFiscalReceptor"],
            receptor.attrib["UsoCFDI"],
            receptor.get("ResidenciaFiscal"),
            receptor.get("NumRegIdTrib"),
        ),
        conceptos=tuple(_concepto(node) for node in _only(root, "Conceptos")),
        subtotal=Decimal(root.attrib["SubTotal"]),
        total=Decimal(root.attrib["Total"]),
        impuestos=_summary(root.find(f"{C}Impuestos")),
        descuento=_decimal(root, "Descuento"),
        moneda=root.attrib["Moneda"],
        tipo_cambio=root.get("TipoCambio"),
        forma_pago=root.get("FormaPago"),
        metodo_pago=root.get("MetodoPago"),
        condiciones_de_pago=root.get("CondicionesDePago"),
        serie=root.get("Serie"),
        folio=root.get("Folio"),
        exportacion=root.attrib["Exportacion"],
    )


def _concepto(node: etree._Element) -> Concepto:
    return Concepto(
        clave_prod_serv=node.attrib["ClaveProdServ"],
        cantidad=Decimal(node.attrib["Cantidad"]),
        clave_unidad=node.attrib["ClaveUnidad"],
        descripcion=node.attrib["Descripcion"],
        valor_unitario=Decimal(node.attrib["ValorUnitario"]),
        importe=Decimal(node.attrib["Importe"]),
        objeto_imp=node.attrib["ObjetoImp"],
        descuento=_decimal(node, "Descuento"),
        no_identificacion=node.get("NoIdentificacion"),
        unidad=node.get("Unidad"),
        traslados=tuple(_traslado(tax) for tax in node.findall(f"{C}Impuestos/{C}Traslados/{C}Traslado")),
        retenciones=tuple(
            Retencion(
                Decimal(tax.attrib["Base"]),
                tax.attrib["Impuesto"],
                tax.attrib["TipoFactor"],
                Decimal(tax.attrib["TasaOCuota"]),
                Decimal(tax.attrib["Importe"]),
            )
            for tax in node.findall(f"{C}Impuestos/{C}Retenciones/{C}Retencion")
        ),
    )


def _traslado(tax: etree._Element) -> Traslado:
    return Traslado(
        Decimal(tax.attrib["Base"]),
        tax.attrib["Impuesto"],
        tax.attrib["TipoFactor"],
        _decimal(tax, "TasaOCuota"),
        _decimal(tax, "Importe"),
    )


def _summary(node: etree._Element | None) -> Impuestos | None:
    if node is None:
        return None
    return Impuestos(
        retenciones=tuple(
            RetencionTotal(tax.attrib["Impuesto"], Decimal(tax.attrib["Importe"]))
            for tax in node.findall(f"{C}Retenciones/{C}Retencion")
        ),
        traslados=tuple(_traslado(tax) for tax in node.findall(f"{C}Traslados/{C}Traslado")),
        total_retenidos=_decimal(node, "TotalImpuestosRetenidos"),
        total_trasladados=_decimal(node, "TotalImpuestosTrasladados"),
    )


def _only(root: etree._Element, name: str) -> etree._Element:
    (found,) = root.findall(f"{C}{name}")
    return found


def _decimal(node: etree._Element, name: str) -> Decimal | None:
    text = node.get(name)
    return None if text is None else Decimal(text)
