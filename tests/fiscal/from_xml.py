"""A document of type I or P from outside as our values, so that our writer can write it again."""

from datetime import datetime
from decimal import Decimal

from lxml import etree

from amate.fiscal.comprobante import (
    Banks,
    Comprobante,
    Concepto,
    DoctoRelacionado,
    Emisor,
    Impuestos,
    Pago,
    Pagos,
    Retencion,
    RetencionTotal,
    TotalesPagos,
    Traslado,
)
from amate.fiscal.receptor import Receptor
from amate.fiscal.xml import CFDI, PAGOS

C, P = f"{{{CFDI}}}", f"{{{PAGOS}}}"


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
        pagos=_pagos(root.find(f"{C}Complemento/{P}Pagos")),
    )


def _pagos(node: etree._Element | None) -> Pagos | None:
    if node is None:
        return None
    (totales,) = node.findall(f"{P}Totales")
    return Pagos(
        TotalesPagos(
            Decimal(_said(totales, "MontoTotalPagos")),
            *[_decimal(totales, f"TotalRetenciones{name}") for name in ("IVA", "ISR", "IEPS")],
            *[
                _decimal(totales, f"TotalTraslados{name}IVA{rate}")
                for rate in (16, 8, 0)
                for name in ("Base", "Impuesto")
            ],
            _decimal(totales, "TotalTrasladosBaseIVAExento"),
        ),
        tuple(_pago(pago) for pago in node.findall(f"{P}Pago")),
    )


def _pago(node: etree._Element) -> Pago:
    return Pago(
        datetime.fromisoformat(_said(node, "FechaPago")),
        _said(node, "FormaDePagoP"),
        _said(node, "MonedaP"),
        node.get("TipoCambioP", ""),
        Decimal(_said(node, "Monto")),
        tuple(_docto(docto) for docto in node.findall(f"{P}DoctoRelacionado")),
        tuple(_traslado(tax, "P") for tax in node.iterfind(f"{P}ImpuestosP/{P}TrasladosP/{P}TrasladoP")),
        tuple(
            RetencionTotal(_said(tax, "ImpuestoP"), Decimal(_said(tax, "ImporteP")))
            for tax in node.iterfind(f"{P}ImpuestosP/{P}RetencionesP/{P}RetencionP")
        ),
        node.get("NumOperacion"),
        Banks(
            *[
                node.get(name)
                for name in ("RfcEmisorCtaOrd", "NomBancoOrdExt", "CtaOrdenante", "RfcEmisorCtaBen", "CtaBeneficiario")
            ]
        ),
    )


def _docto(node: etree._Element) -> DoctoRelacionado:
    return DoctoRelacionado(
        _said(node, "IdDocumento"),
        _said(node, "MonedaDR"),
        node.get("EquivalenciaDR", ""),
        int(_said(node, "NumParcialidad")),
        Decimal(_said(node, "ImpSaldoAnt")),
        Decimal(_said(node, "ImpPagado")),
        Decimal(_said(node, "ImpSaldoInsoluto")),
        _said(node, "ObjetoImpDR"),
        node.get("Serie"),
        node.get("Folio"),
        tuple(_traslado(tax, "DR") for tax in node.iterfind(f"{P}ImpuestosDR/{P}TrasladosDR/{P}TrasladoDR")),
        tuple(_retencion(tax, "DR") for tax in node.iterfind(f"{P}ImpuestosDR/{P}RetencionesDR/{P}RetencionDR")),
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
        retenciones=tuple(_retencion(tax) for tax in node.findall(f"{C}Impuestos/{C}Retenciones/{C}Retencion")),
    )


def _retencion(tax: etree._Element, suffix: str = "") -> Retencion:
    return Retencion(
        Decimal(_said(tax, f"Base{suffix}")),
        _said(tax, f"Impuesto{suffix}"),
        _said(tax, f"TipoFactor{suffix}"),
        Decimal(_said(tax, f"TasaOCuota{suffix}")),
        Decimal(_said(tax, f"Importe{suffix}")),
    )


def _traslado(tax: etree._Element, suffix: str = "") -> Traslado:
    return Traslado(
        Decimal(_said(tax, f"Base{suffix}")),
        _said(tax, f"Impuesto{suffix}"),
        _said(tax, f"TipoFactor{suffix}"),
        _decimal(tax, f"TasaOCuota{suffix}"),
        _decimal(tax, f"Importe{suffix}"),
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
