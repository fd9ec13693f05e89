"""The payments of a receipt of ours as the rules read them, without going through its XML (`from_values.py`)."""

from decimal import Decimal

from lxml import etree

from amate.fiscal import comprobante as values
from amate.fiscal.rules.raw import Attributes, Tax
from amate.fiscal.rules.reading_pagos import Documento, Pago, Pagos
from amate.fiscal.tables.monedas import decimals_of
from amate.fiscal.write import collapsed, rate_text

_TOTALES = {
    "TotalRetencionesIVA": "retenciones_iva",
    "TotalRetencionesISR": "retenciones_isr",
    "TotalRetencionesIEPS": "retenciones_ieps",
    "TotalTrasladosBaseIVA16": "base_iva16",
    "TotalTrasladosImpuestoIVA16": "impuesto_iva16",
    "TotalTrasladosBaseIVA8": "base_iva8",
    "TotalTrasladosImpuestoIVA8": "impuesto_iva8",
    "TotalTrasladosBaseIVA0": "base_iva0",
    "TotalTrasladosImpuestoIVA0": "impuesto_iva0",
    "TotalTrasladosBaseIVAExento": "base_iva_exento",
    "MontoTotalPagos": "monto_total_pagos",
}
_BANKS = {
    "RfcEmisorCtaOrd": "rfc_emisor_cta_ord",
    "NomBancoOrdExt": "nom_banco_ord_ext",
    "CtaOrdenante": "cta_ordenante",
    "RfcEmisorCtaBen": "rfc_emisor_cta_ben",
    "CtaBeneficiario": "cta_beneficiario",
    "TipoCadPago": "tipo_cad_pago",
    "CertPago": "cert_pago",
    "SelloPago": "sello_pago",
}


def pagos_of(node: values.Pagos, root: etree._Element) -> Pagos:
    """`root` stands for every element."""
    totales = {
        name: format(amount, "f")
        for name, field in _TOTALES.items()
        if (amount := getattr(node.totales, field)) is not None
    }
    return Pagos(element=root, totales=totales, pagos=[_pago(pago, root) for pago in node.pagos], repeated=False)


def _pago(pago: values.Pago, root: etree._Element) -> Pago:
    attrs = {
        "FormaDePagoP": pago.forma_de_pago_p,
        "TipoCambioP": pago.tipo_cambio_p,
        "Monto": format(pago.monto, "f"),
    }
    if pago.banks is not values.NO_BANKS:
        attrs |= _banks(pago.banks)
    return Pago(
        element=root,
        attrs=attrs,
        fecha=pago.fecha_pago,
        moneda=pago.moneda_p,
        decimals=decimals_of(pago.moneda_p),
        tipo_cambio=Decimal(pago.tipo_cambio_p),
        monto=pago.monto,
        documentos=[_documento(docto, root) for docto in pago.doctos],
        traslados=[_total(tax, root) for tax in pago.traslados],
        retenciones=[
            Tax(root, {"ImporteP": format(held.importe, "f")}, held.impuesto, "", None, None, held.importe)
            for held in pago.retenciones
        ],
    )


def _banks(banks: values.Banks) -> Attributes:
    """The bank's chain is the one text that holds bars; rules only ask whether it is there."""
    said = {name: collapsed(value) for name, field in _BANKS.items() if (value := getattr(banks, field))}
    return said | {"CadPago": banks.cad_pago} if banks.cad_pago else said


def _documento(docto: values.DoctoRelacionado, root: etree._Element) -> Documento:
    attrs = {
        "IdDocumento": docto.id_documento,
        "EquivalenciaDR": docto.equivalencia_dr,
        "NumParcialidad": str(docto.num_parcialidad),
        "ImpSaldoAnt": format(docto.imp_saldo_ant, "f"),
        "ImpPagado": format(docto.imp_pagado, "f"),
        "ImpSaldoInsoluto": format(docto.imp_saldo_insoluto, "f"),
        "ObjetoImpDR": docto.objeto_imp_dr,
    }
    return Documento(
        element=root,
        attrs=attrs,
        moneda=docto.moneda_dr,
        decimals=decimals_of(docto.moneda_dr),
        equivalencia=Decimal(docto.equivalencia_dr),
        saldo_anterior=docto.imp_saldo_ant,
        pagado=docto.imp_pagado,
        saldo_insoluto=docto.imp_saldo_insoluto,
        impuestos=bool(docto.traslados or docto.retenciones),
        traslados=[_tax(tax, root) for tax in docto.traslados],
        retenciones=[_tax(tax, root) for tax in docto.retenciones],
    )


def _tax(tax: values.Traslado | values.Retencion, root: etree._Element) -> Tax:
    attrs = {}
    if tax.tasa_o_cuota is not None:
        attrs["TasaOCuotaDR"] = rate_text(tax.tasa_o_cuota)
    if tax.importe is not None:
        attrs["ImporteDR"] = format(tax.importe, "f")
    return Tax(root, attrs, tax.impuesto, tax.tipo_factor, tax.base, tax.tasa_o_cuota, tax.importe)


def _total(tax: values.Traslado, root: etree._Element) -> Tax:
    attrs = {"BaseP": format(tax.base, "f"), "ImpuestoP": tax.impuesto, "TipoFactorP": tax.tipo_factor}
    if tax.tasa_o_cuota is not None:
        attrs["TasaOCuotaP"] = rate_text(tax.tasa_o_cuota)
    if tax.importe is not None:
        attrs["ImporteP"] = format(tax.importe, "f")
    return Tax(root, attrs, tax.impuesto, tax.tipo_factor, tax.base, tax.tasa_o_cuota, tax.importe)
