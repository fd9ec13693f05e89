"""The complement of payments 2.0 in the one pass of `seal.py`: XML and cadena together, in the XSLT's order (SEAL-2).

A document's taxes stand retentions first, as the payment's do; only a concept has them the other way round.
"""

from amate.fiscal.comprobante import Banks, DoctoRelacionado, Pago, Pagos, TotalesPagos
from amate.fiscal.exact_text import text_of
from amate.fiscal.write import same, write_barred, write_fields, write_taxes

NAMESPACE = 'xmlns:pago20="http://www.sat.gob.mx/Pagos20"'
SCHEMA = "http://www.sat.gob.mx/Pagos20 http://www.sat.gob.mx/sitio_internet/cfd/Pagos/Pagos20.xsd"


def write_pagos(node: Pagos, xml: list[str], cadena: list[str]) -> None:
    """Append the node `pago20:Pagos` to both texts. Raises `NotWritable`."""
    xml.append('<pago20:Pagos Version="2.0"><pago20:Totales')
    cadena.append("|2.0")
    _totales(node.totales, xml, cadena)
    xml.append("/>")
    for pago in node.pagos:
        _pago(pago, xml, cadena)
    xml.append("</pago20:Pagos>")


def _totales(t: TotalesPagos, xml: list[str], cadena: list[str]) -> None:
    write_fields(
        (
            ("TotalRetencionesIVA", text_of(t.retenciones_iva)),
            ("TotalRetencionesISR", text_of(t.retenciones_isr)),
            ("TotalRetencionesIEPS", text_of(t.retenciones_ieps)),
            ("TotalTrasladosBaseIVA16", text_of(t.base_iva16)),
            ("TotalTrasladosImpuestoIVA16", text_of(t.impuesto_iva16)),
            ("TotalTrasladosBaseIVA8", text_of(t.base_iva8)),
            ("TotalTrasladosImpuestoIVA8", text_of(t.impuesto_iva8)),
            ("TotalTrasladosBaseIVA0", text_of(t.base_iva0)),
            ("TotalTrasladosImpuestoIVA0", text_of(t.impuesto_iva0)),
            ("TotalTrasladosBaseIVAExento", text_of(t.base_iva_exento)),
            ("MontoTotalPagos", format(t.monto_total_pagos, "f")),
        ),
        xml,
        cadena,
    )


def _pago(pago: Pago, xml: list[str], cadena: list[str]) -> None:
    xml.append("<pago20:Pago")
    write_fields(
        (
            ("FechaPago", pago.fecha_pago.isoformat(timespec="seconds")),
            ("FormaDePagoP", pago.forma_de_pago_p),
            ("MonedaP", pago.moneda_p),
            ("TipoCambioP", pago.tipo_cambio_p),
            ("Monto", format(pago.monto, "f")),
            ("NumOperacion", pago.num_operacion),
            ("RfcEmisorCtaOrd", pago.banks.rfc_emisor_cta_ord),
            ("NomBancoOrdExt", pago.banks.nom_banco_ord_ext),
            ("CtaOrdenante", pago.banks.cta_ordenante),
            ("RfcEmisorCtaBen", pago.banks.rfc_emisor_cta_ben),
            ("CtaBeneficiario", pago.banks.cta_beneficiario),
        ),
        xml,
        cadena,
    )
    if pago.banks.tipo_cad_pago is not None:
        _proof(pago.banks, xml, cadena)
    xml.append(">")
    for docto in pago.doctos:
        _docto(docto, xml, cadena)
    if pago.retenciones or pago.traslados:
        xml.append("<pago20:ImpuestosP>")
        if pago.retenciones:
            xml.append("<pago20:RetencionesP>")
            for held in pago.retenciones:
                impuesto, importe = same(held.impuesto), format(held.importe, "f")
                xml.append(f'<pago20:RetencionP ImpuestoP="{impuesto}" ImporteP="{importe}"/>')
                cadena.append(f"|{impuesto}|{importe}")
            xml.append("</pago20:RetencionesP>")
        if pago.traslados:
            xml.append("<pago20:TrasladosP>")
            write_taxes("pago20:TrasladoP", "P", pago.traslados, xml, cadena)
            xml.append("</pago20:TrasladosP>")
        xml.append("</pago20:ImpuestosP>")
    xml.append("</pago20:Pago>")


def _proof(banks: Banks, xml: list[str], cadena: list[str]) -> None:
    """What the bank signed. Its chain is the one text of a CFDI that holds bars."""
    write_fields((("TipoCadPago", banks.tipo_cad_pago), ("CertPago", banks.cert_pago)), xml, cadena)
    write_barred("CadPago", banks.cad_pago, xml, cadena)
    write_fields((("SelloPago", banks.sello_pago),), xml, cadena)


def _docto(docto: DoctoRelacionado, xml: list[str], cadena: list[str]) -> None:
    xml.append("<pago20:DoctoRelacionado")
    write_fields(
        (
            ("IdDocumento", docto.id_documento),
            ("Serie", docto.serie),
            ("Folio", docto.folio),
            ("MonedaDR", docto.moneda_dr),
            ("EquivalenciaDR", docto.equivalencia_dr),
            ("NumParcialidad", str(docto.num_parcialidad)),
            ("ImpSaldoAnt", format(docto.imp_saldo_ant, "f")),
            ("ImpPagado", format(docto.imp_pagado, "f")),
            ("ImpSaldoInsoluto", format(docto.imp_saldo_insoluto, "f")),
            ("ObjetoImpDR", docto.objeto_imp_dr),
        ),
        xml,
        cadena,
    )
    if not docto.retenciones and not docto.traslados:
        xml.append("/>")
        return
    xml.append("><pago20:ImpuestosDR>")
    if docto.retenciones:
        xml.append("<pago20:RetencionesDR>")
        write_taxes("pago20:RetencionDR", "DR", docto.retenciones, xml, cadena)
        xml.append("</pago20:RetencionesDR>")
    if docto.traslados:
        xml.append("<pago20:TrasladosDR>")
        write_taxes("pago20:TrasladoDR", "DR", docto.traslados, xml, cadena)
        xml.append("</pago20:TrasladosDR>")
    xml.append("</pago20:ImpuestosDR></pago20:DoctoRelacionado>")
