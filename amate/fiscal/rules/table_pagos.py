"""The table of rules: the complement Pagos 2.0. How a line is read: `rule.rows`."""

from amate.fiscal.rules.rule import AMATE, PAGOS_GUIDE, PAGOS_MATRIX, rows

ROWS = (
    *rows(
        PAGOS_MATRIX,
        """
        CRP20101 TipoDeComprobante es P.
        CRP20102 Exportacion es 01.
        CRP20103 SubTotal es 0.
        CRP20104 Moneda es XXX.
        CRP20105 No hay FormaPago.
        CRP20106 No hay MetodoPago.
        CRP20107 No hay CondicionesDePago.
        CRP20108 No hay Descuento.
        CRP20109 No hay TipoCambio.
        CRP20110 Total es 0.
        CRP20111 Hay un solo Concepto.
        CRP20112 El Concepto no lleva nada dentro.
        CRP20113 ClaveProdServ es 84111506.
        CRP20114 El Concepto no lleva NoIdentificacion.
        CRP20115 Cantidad es 1.
        CRP20116 ClaveUnidad es ACT.
        CRP20117 El Concepto no lleva Unidad.
        CRP20118 Descripcion es Pago.
        CRP20119 ValorUnitario es 0.
        CRP20120 Importe es 0.
        CRP20121 El Concepto no lleva Descuento.
        CRP20122 ObjetoImp es 01.
        CRP20123 No hay Impuestos.
        CRP20201 ! TotalRetencionesIVA es la suma en pesos del IVA retenido.
        CRP20202 ! TotalRetencionesISR es la suma en pesos del ISR retenido.
        CRP20203 ! TotalRetencionesIEPS es la suma en pesos del IEPS retenido.
        CRP20204 ! TotalTrasladosBaseIVA16 es la suma en pesos de las bases al 16 %.
        CRP20205 ! TotalTrasladosImpuestoIVA16 es la suma en pesos del IVA al 16 %.
        CRP20206 ! TotalTrasladosBaseIVA8 es la suma en pesos de las bases al 8 %.
        CRP20207 ! TotalTrasladosImpuestoIVA8 es la suma en pesos del IVA al 8 %.
        CRP20208 ! TotalTrasladosBaseIVA0 es la suma en pesos de las bases al 0 %.
        CRP20209 ! TotalTrasladosImpuestoIVA0 es la suma en pesos del IVA al 0 %.
        CRP20210 ! TotalTrasladosBaseIVAExento es la suma en pesos de las bases exentas.
        CRP20211 MontoTotalPagos es la suma en pesos de los pagos.
        CRP20212 FormaDePagoP no es 99.
        CRP20213 MonedaP no es XXX.
        CRP20214 En otra moneda hay TipoCambioP.
        CRP20215 En pesos TipoCambioP es 1.
        CRP20216 ?dormant TipoCambioP fuera de los límites lleva Confirmacion.
        CRP20217 En la misma moneda, lo aplicado a facturas no pasa de Monto.
        CRP20218 Monto es mayor que cero.
        CRP20219 Monto lleva los decimales de MonedaP.
        CRP20220 ?dormant Monto fuera del límite lleva Confirmacion.
        CRP20221 RfcEmisorCtaOrd va solo con una forma bancarizada.
        CRP20222 El RFC del banco está en la lista del SAT; sin conexión, que sea un RFC posible.
        CRP20223 De un banco extranjero hay NomBancoOrdExt.
        CRP20224 CtaOrdenante va solo con una forma bancarizada.
        CRP20225 CtaOrdenante tiene la forma que pide c_FormaPago.
        CRP20226 CtaBeneficiario tiene la forma que pide c_FormaPago.
        CRP20227 RfcEmisorCtaBen va solo con una forma bancarizada.
        CRP20228 CtaBeneficiario va solo con una forma bancarizada.
        CRP20229 TipoCadPago va solo con transferencia.
        CRP20230 Con TipoCadPago hay CertPago.
        CRP20231 Sin TipoCadPago no hay CertPago.
        CRP20232 Con TipoCadPago hay CadPago.
        CRP20233 Sin TipoCadPago no hay CadPago.
        CRP20234 Con TipoCadPago hay SelloPago.
        CRP20235 Sin TipoCadPago no hay SelloPago.
        CRP20236 MonedaDR no es XXX.
        CRP20237 En otra moneda hay EquivalenciaDR.
        CRP20238 En la misma moneda EquivalenciaDR es 1.
        CRP20239 ImpSaldoAnt es mayor que cero.
        CRP20240 ImpSaldoAnt lleva los decimales de MonedaDR.
        CRP20241 ImpPagado es mayor que cero.
        CRP20242 ImpPagado lleva los decimales de MonedaDR.
        CRP20243 ImpSaldoInsoluto lleva los decimales de MonedaDR.
        CRP20244 ImpSaldoInsoluto es ImpSaldoAnt − ImpPagado y no es negativo.
        CRP20245 ObjetoImpDR está en c_ObjetoImp.
        CRP20246 Con ObjetoImpDR 02 hay ImpuestosDR.
        CRP20247 Con ObjetoImpDR 01, 03, 04 y 05 no hay ImpuestosDR.
        CRP20248 ImpuestosDR no está vacío.
        CRP20249 BaseDR de una retención es mayor que cero.
        CRP20250 El impuesto retenido está en c_Impuesto.
        CRP20251 El factor de una retención está en c_TipoFactor.
        CRP20252 Una retención nunca es Exento.
        CRP20253 La tasa retenida está en c_TasaOCuota.
        CRP20254 ImporteDR retenido está en la ventana de BaseDR × tasa.
        CRP20255 BaseDR de un traslado es mayor que cero.
        CRP20256 El impuesto trasladado es IVA o IEPS.
        CRP20257 El factor de un traslado está en c_TipoFactor.
        CRP20258 Exento no lleva TasaOCuotaDR ni ImporteDR.
        CRP20259 Tasa y Cuota llevan TasaOCuotaDR e ImporteDR.
        CRP20260 La tasa trasladada está en c_TasaOCuota.
        CRP20261 ImporteDR trasladado está en la ventana de BaseDR × tasa.
        CRP20262 El impuesto retenido del pago está en c_Impuesto.
        CRP20263 En el pago hay una retención por impuesto.
        CRP20264 Con retenciones en el pago está su total en Totales.
        CRP20265 ImporteP retenido es la suma de los documentos.
        CRP20266 Un traslado del pago lleva BaseP, ImpuestoP y TipoFactorP; exento, solo esos.
        CRP20267 Con bases de IVA en el pago está su total en Totales.
        CRP20268 ! BaseP es la suma de los documentos; desde 15-09-2026, nunca menor.
        CRP20269 ! BaseP exenta es la suma de los documentos; desde 15-09-2026, nunca menor.
        CRP20270 El impuesto trasladado del pago es IVA o IEPS.
        CRP20271 En el pago hay un traslado por impuesto, factor y tasa.
        CRP20272 La tasa del pago está en c_TasaOCuota.
        CRP20273 Con IVA en el pago está su total en Totales.
        CRP20274 ImporteP trasladado es la suma de los documentos.
        CRP20275 En otra moneda, lo pagado de una factura cabe en Monto.
        CRP20276 En varias monedas, Monto alcanza la suma de los límites inferiores.
        CRP20278 Con ObjetoImpDR 06 y 08 no van IVA ni IEPS.
        CRP20279 ! Con ObjetoImpDR 07 va el IEPS trasladado y no el IVA.
        """,
    ),
    *rows(
        PAGOS_GUIDE,
        """
        CRP20277 ?formula En esas ventanas una equivalencia de 1 cuenta como 1.0000000000.
        """,
    ),
)

OURS = (
    *rows(
        AMATE,
        """
        REP-2 ! Un recibo de pagos lleva un complemento Pagos y el uso CP01.
        REP-3 ! El pago no es posterior a su recibo.
        REP-10 ! Una parcialidad no va dos veces en un recibo.
        """,
    ),
)
