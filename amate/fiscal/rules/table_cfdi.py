"""The table of rules: structure, seals and the Comprobante. How a line is read: `rule.rows`."""

from amate.fiscal.rules.rule import AMATE, CSD_CODES, GLOBAL_GUIDE, MATRIX, RMF, XSD, rows

ROWS = (
    *rows(
        XSD,
        """
        301 El documento es XML bien formado y cumple los esquemas del SAT.
        """,
    ),
    *rows(
        CSD_CODES,
        """
        302 ?pac El sello es del emisor (sin conexión se responde CFDI40102).
        303 ?pac El certificado es del emisor (sin conexión se responde CFDI40106).
        304 ?pac El certificado no está revocado.
        305 La Fecha está dentro de la vigencia del certificado.
        306 Se selló con un CSD, no con la e.firma.
        307 ?pac El documento no se timbró antes.
        308 ?pac El certificado lo expidió el SAT.
        401 ?pac Entre Fecha y el timbrado pasan de 0 a 72 horas.
        402 ?pac El emisor está en la lista de contribuyentes obligados, con obligaciones vigentes.
        403 ?pac La Fecha es posterior al 1 de enero de 2012.
        """,
    ),
    *rows(
        MATRIX,
        """
        CFDI40101 Fecha se escribe AAAA-MM-DDThh:mm:ss.
        CFDI40102 El sello corresponde al contenido y al certificado.
        CFDI40103 T, N y P no llevan FormaPago.
        CFDI40104 FormaPago está en c_FormaPago.
        CFDI40105 Con PPD la FormaPago es 99.
        CFDI40106 El certificado es el nombrado y es del emisor.
        CFDI40107 SubTotal lleva los decimales de la moneda.
        CFDI40108 SubTotal es la suma redondeada de los importes (I, E, N).
        CFDI40109 SubTotal es 0 en T y P.
        CFDI40110 Descuento no es mayor que SubTotal.
        CFDI40111 Descuento está si y solo si los conceptos lo llevan, y es su suma; T y P no lo llevan.
        CFDI40112 Descuento lleva los decimales de la moneda.
        CFDI40113 Moneda está en c_Moneda.
        CFDI40114 En pesos TipoCambio se omite o es 1.
        CFDI40115 En otra moneda hay TipoCambio.
        CFDI40116 Con XXX no hay TipoCambio.
        CFDI40117 TipoCambio es un número con hasta 6 decimales.
        CFDI40118 ?dormant TipoCambio fuera de los límites lleva Confirmacion.
        CFDI40119 Total es SubTotal − Descuento + traslados − retenciones ± impuestos locales.
        CFDI40120 ?dormant Total fuera del límite lleva Confirmacion.
        CFDI40121 TipoDeComprobante está en c_TipoDeComprobante.
        CFDI40122 Exportacion 02 lleva el complemento de Comercio Exterior.
        CFDI40123 Exportacion está en c_Exportacion.
        CFDI40124 MetodoPago está en c_MetodoPago.
        CFDI40125 T y P no llevan MetodoPago.
        CFDI40126 LugarExpedicion está en c_CodigoPostal.
        CFDI40127 No hay Confirmacion cuando no hace falta.
        CFDI40128 Confirmacion son 5 letras o números.
        CFDI40129 ?pac Confirmacion no se usó antes.
        CFDI40130 InformacionGlobal, RFC genérico y PUBLICO EN GENERAL van juntos, en tipo I.
        CFDI40131 Periodicidad está en c_Periodicidad.
        CFDI40132 Solo el régimen 621 emite globales bimestrales.
        CFDI40133 Meses está en c_Meses.
        CFDI40134 Meses es de 01 a 12 si el periodo no es bimestral.
        CFDI40135 Meses es de 13 a 18 si el periodo es bimestral.
        CFDI40136 Año es el de Fecha o el anterior.
        CFDI40137 TipoRelacion está en c_TipoRelacion.
        CFDI40138 ?pac El emisor está en la lista de RFC inscritos.
        CFDI40139 ! El nombre del emisor es el del SAT; sin conexión, que no lleve régimen de capital.
        CFDI40140 El régimen del emisor está en c_RegimenFiscal.
        CFDI40141 El régimen del emisor es de su tipo de persona.
        CFDI40142 ?pac El número de FacAtrAdquirente es válido.
        CFDI40143 El RFC del receptor está en la lista del SAT; sin conexión, que sea un RFC posible.
        CFDI40144 ?pac El receptor está en la lista de RFC inscritos.
        CFDI40145 ! El nombre del receptor es el del SAT; sin conexión, que no lleve régimen de capital.
        CFDI40146 PUBLICO EN GENERAL va solo con el RFC genérico.
        CFDI40147 ?pac El domicilio es de un RFC inscrito.
        CFDI40148 El código postal es el del receptor ante el SAT; sin conexión, que exista.
        CFDI40149 Con RFC genérico el código postal es el de LugarExpedicion.
        CFDI40150 ResidenciaFiscal está en c_Pais.
        CFDI40151 Un RFC mexicano no lleva ResidenciaFiscal.
        CFDI40152 ResidenciaFiscal no es MEX.
        CFDI40153 NumRegIdTrib va con ResidenciaFiscal.
        CFDI40154 Un RFC mexicano no lleva NumRegIdTrib.
        CFDI40155 Con Comercio Exterior un extranjero lleva NumRegIdTrib.
        CFDI40156 NumRegIdTrib tiene la forma de su país.
        CFDI40157 El régimen del receptor está en c_RegimenFiscal.
        CFDI40158 El régimen del receptor es de su tipo de persona.
        CFDI40159 El régimen es uno del receptor; sin conexión, que el RFC genérico lleve 616.
        CFDI40160 UsoCFDI está en c_UsoCFDI.
        CFDI40161 UsoCFDI va con el régimen y el tipo de persona.
        CFDI40162 ClaveProdServ está en c_ClaveProdServ.
        CFDI40163 La clave que exige un complemento lleva alguno (lo dice la edición adoptada del catálogo).
        CFDI40164 ! La clave que exige un impuesto lo lleva (lo dice la edición adoptada del catálogo).
        CFDI40165 ClaveUnidad está en c_ClaveUnidad.
        CFDI40166 ValorUnitario es mayor que cero (I, E, N).
        CFDI40167 ! Importe está en la ventana de Cantidad × ValorUnitario.
        CFDI40168 Descuento del concepto no lleva más decimales que Importe.
        CFDI40169 Descuento del concepto no es mayor que Importe.
        CFDI40170 ObjetoImp está en c_ObjetoImp.
        CFDI40171 Con ObjetoImp 02 hay Impuestos.
        CFDI40172 Con ObjetoImp 01 y 03 no hay Impuestos.
        CFDI40173 Impuestos del concepto no está vacío.
        CFDI40174 La Base de un traslado es mayor que cero.
        CFDI40175 El impuesto trasladado es IVA o IEPS.
        CFDI40176 El factor de un traslado está en c_TipoFactor.
        CFDI40177 Exento no lleva TasaOCuota ni Importe.
        CFDI40178 Tasa y Cuota llevan TasaOCuota e Importe.
        CFDI40179 ! La tasa trasladada está en c_TasaOCuota, con seis decimales.
        CFDI40180 El importe trasladado está en la ventana de Base × tasa.
        CFDI40181 La Base de una retención es mayor que cero.
        CFDI40182 El impuesto retenido está en c_Impuesto.
        CFDI40183 El factor de una retención está en c_TipoFactor.
        CFDI40184 Una retención nunca es Exento.
        CFDI40185 ! La tasa retenida está en c_TasaOCuota, con seis decimales.
        CFDI40186 El importe retenido está en la ventana de Base × tasa.
        CFDI40187 El RFC del tercero está en la lista del SAT; sin conexión, que sea un RFC posible.
        CFDI40188 El tercero no es ni el emisor ni el receptor.
        CFDI40189 ?pac El tercero está en la lista de RFC inscritos.
        CFDI40190 ?pac El nombre del tercero es el del SAT.
        CFDI40191 El régimen del tercero está en c_RegimenFiscal.
        CFDI40192 ?pac El domicilio del tercero es de un RFC inscrito.
        CFDI40193 El código postal es el del tercero ante el SAT; sin conexión, que exista.
        CFDI40194 NumeroPedimento tiene la forma de un pedimento.
        CFDI40195 Con Comercio Exterior no hay NumeroPedimento.
        CFDI40196 ClaveProdServ de una parte está en c_ClaveProdServ.
        CFDI40197 ValorUnitario de una parte es mayor que cero.
        CFDI40198 Importe de una parte está en la ventana de Cantidad × ValorUnitario.
        CFDI40199 NumeroPedimento de una parte tiene la forma de un pedimento.
        CFDI40200 Con Comercio Exterior una parte no lleva NumeroPedimento.
        CFDI40201 T y P no llevan resumen de impuestos.
        CFDI40202 TotalImpuestosRetenidos lleva los decimales de la moneda.
        CFDI40203 TotalImpuestosRetenidos es la suma de las retenciones.
        CFDI40204 TotalImpuestosTrasladados lleva los decimales de la moneda.
        CFDI40205 TotalImpuestosTrasladados es la suma de los traslados.
        CFDI40206 TotalImpuestosRetenidos está si y solo si hay retenciones.
        CFDI40207 El impuesto retenido del resumen está en c_Impuesto.
        CFDI40208 En el resumen hay una retención por impuesto.
        CFDI40209 Con retenciones en el resumen está TotalImpuestosRetenidos.
        CFDI40210 Importe de la retención del resumen lleva los decimales de la moneda.
        CFDI40211 La retención del resumen es la suma redondeada de los conceptos.
        CFDI40212 TotalImpuestosTrasladados está si y solo si hay traslados que no son exentos.
        CFDI40213 Un traslado exento del resumen lleva solo Base, Impuesto y TipoFactor.
        CFDI40214 Base del resumen lleva los decimales de la moneda.
        CFDI40215 Base del resumen es la suma redondeada de las de los conceptos.
        CFDI40216 Base exenta del resumen es la suma redondeada de las de los conceptos.
        CFDI40217 El impuesto trasladado del resumen es IVA o IEPS.
        CFDI40218 En el resumen hay un traslado por impuesto, factor y tasa.
        CFDI40219 La tasa del resumen está en c_TasaOCuota.
        CFDI40220 Importe del traslado del resumen lleva los decimales de la moneda.
        CFDI40221 El traslado del resumen es la suma redondeada de los conceptos.
        """,
    ),
)

OURS = (
    *rows(
        AMATE,
        """
        CER-2 ! El timbre es de este documento y lo firmó el PAC que dice.
        COM-1 ! El archivo está en UTF-8, sin marca de orden (BOM).
        COM-2 ! Con PUE la FormaPago no es 99; CP01 no va en una factura.
        COM-3 ! 00000 no es el código postal de nadie.
        CON-4 ! Una línea con 100 % de descuento no lleva impuestos.
        REC-1 ! El emisor tiene un RFC posible; el dígito verificador del receptor coincide.
        REL-1 ! La relación es del tipo de comprobante, y cada folio se nombra una vez.
        REL-2 ! Una nota de crédito nombra lo que corrige, lleva PUE y, de ordinario, uso G02.
        VAL-1 Ningún número pasa de 18 enteros y 10 decimales.
        VAL-2 ! Los complementos que aún no conocemos no se revisan.
        VAL-3 ! De un documento se dicen los primeros 500 hallazgos.
        """,
    ),
    *rows(
        GLOBAL_GUIDE,
        """
        AFT-B ! Una nota de crédito contra una global lleva la clave 84111506 y la unidad ACT.
        GLO-3 ! Una global lleva PUE, Exportacion 01, uso S01 y una nota por concepto, como en la guía.
        GLO-4 ! Una global no lleva retenciones, terceros, pedimentos, predial, partes ni FacAtrAdquirente.
        """,
    ),
    *rows(
        RMF,
        """
        LAW-2 ! Desde el 24-04-2026 los combustibles llevan el complemento HidroYPetro.
        """,
    ),
)
