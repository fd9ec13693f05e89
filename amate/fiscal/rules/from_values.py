"""Our own values as the rules read a document, without going through its XML: the short way of the issuing path.

A test holds it to the long way: for any document it reads what `reading.read` reads in what `seal` wrote.
"""

from decimal import Decimal

from lxml import etree

from amate.fiscal.comprobante import Comprobante, Concepto, Impuestos, Retencion, Traslado
from amate.fiscal.exact_text import text_of
from amate.fiscal.rules.pagos_from_values import pagos_of
from amate.fiscal.rules.raw import Attributes, Tax
from amate.fiscal.rules.reading import Line, Reading, Relation, Summary
from amate.fiscal.tables.entry import CFDI_40
from amate.fiscal.tables.monedas import decimals_of
from amate.fiscal.write import collapsed, rate_text
from amate.fiscal.xml import CFDI

_ZERO = Decimal(0)
_CONCEPTO = f"{{{CFDI}}}Concepto"
_NO_COMPLEMENT: frozenset[str] = frozenset()
_ONLY_PAGOS = frozenset({"Pagos"})


def reading_of(c: Comprobante, root: etree._Element) -> Reading:
    """`root` is what was written from `c`; it stands for every element, so findings do not know their place."""
    receptor = c.receptor
    return Reading(
        root=root,
        attrs=_present(
            Fecha=c.fecha.isoformat(),
            FormaPago=c.forma_pago,
            CondicionesDePago=c.condiciones_de_pago,
            SubTotal=format(c.subtotal, "f"),
            Descuento=text_of(c.descuento),
            Moneda=c.moneda,
            TipoCambio=c.tipo_cambio,
            Exportacion=c.exportacion,
            MetodoPago=c.metodo_pago,
            LugarExpedicion=c.lugar_expedicion,
        ),
        tipo=c.tipo_de_comprobante,
        fecha=c.fecha,
        as_of=max(c.fecha.date(), CFDI_40),
        decimals=decimals_of(c.moneda),
        subtotal=c.subtotal,
        descuento=c.descuento,
        total=c.total,
        emisor={"Rfc": c.emisor.rfc, "Nombre": collapsed(c.emisor.nombre), "RegimenFiscal": c.emisor.regimen_fiscal},
        receptor=_present(
            Rfc=receptor.rfc,
            Nombre=collapsed(receptor.nombre),
            DomicilioFiscalReceptor=receptor.domicilio_fiscal,
            ResidenciaFiscal=receptor.residencia_fiscal,
            NumRegIdTrib=receptor.num_reg_id_trib,
            RegimenFiscalReceptor=receptor.regimen_fiscal,
            UsoCFDI=receptor.uso_cfdi,
        ),
        informacion_global=None
        if c.informacion_global is None
        else {
            "Periodicidad": c.informacion_global.periodicidad,
            "Meses": c.informacion_global.meses,
            "Año": str(c.informacion_global.anio),
        },
        relacionados=[Relation(related.tipo_relacion, list(related.uuids)) for related in c.relacionados],
        lines=[_line(concepto, root, of_global=c.informacion_global is not None) for concepto in c.conceptos]
        if c.pagos is None
        else [_line_of_a_receipt(concepto, root) for concepto in c.conceptos],
        summary=None if c.impuestos is None else _summary(c.impuestos, root),
        local_taxes=_ZERO,
        complements=_NO_COMPLEMENT if c.pagos is None else _ONLY_PAGOS,
        pagos=None if c.pagos is None else pagos_of(c.pagos, root),
    )


def _line(c: Concepto, root: etree._Element, *, of_global: bool) -> Line:
    attrs = {
        "ClaveProdServ": c.clave_prod_serv,
        "ClaveUnidad": c.clave_unidad,
        "ValorUnitario": format(c.valor_unitario, "f"),
        "Importe": format(c.importe, "f"),
        "ObjetoImp": c.objeto_imp,
    }
    if c.descuento is not None:
        attrs["Descuento"] = format(c.descuento, "f")
    if of_global:
        attrs["Descripcion"] = c.descripcion
        if c.no_identificacion:
            attrs["NoIdentificacion"] = c.no_identificacion
        if c.unidad:
            attrs["Unidad"] = c.unidad
    return Line(
        root,
        attrs,
        c.cantidad,
        c.valor_unitario,
        c.importe,
        c.descuento,
        bool(c.traslados or c.retenciones),
        [_tax(tax, root) for tax in c.traslados],
        [_tax(tax, root) for tax in c.retenciones],
    )


def _line_of_a_receipt(c: Concepto, root: etree._Element) -> Line:
    """Its rules look at every attribute, and at what is inside (CRP20112..20123)."""
    line = _line(c, next(root.iter(_CONCEPTO), root), of_global=False)
    line.attrs |= _present(
        Cantidad=format(c.cantidad, "f"),
        Descripcion=collapsed(c.descripcion),
        NoIdentificacion=c.no_identificacion,
        Unidad=c.unidad,
    )
    return line


def _summary(node: Impuestos, root: etree._Element) -> Summary:
    return Summary(
        element=root,
        attrs=_present(
            TotalImpuestosTrasladados=text_of(node.total_trasladados),
            TotalImpuestosRetenidos=text_of(node.total_retenidos),
        ),
        traslados=[_summed(tax, root) for tax in node.traslados],
        retenciones=[
            Tax(root, {"Importe": format(held.importe, "f")}, held.impuesto, "", None, None, held.importe)
            for held in node.retenciones
        ],
        total_trasladados=node.total_trasladados,
        total_retenidos=node.total_retenidos,
    )


def _summed(tax: Traslado, root: etree._Element) -> Tax:
    summed = _tax(tax, root)
    summed.attrs["Base"] = format(tax.base, "f")  # whose decimals are the currency's only here (CFDI40214)
    return summed


def _tax(tax: Traslado | Retencion, root: etree._Element) -> Tax:
    attrs = {}
    if tax.tasa_o_cuota is not None:
        attrs["TasaOCuota"] = rate_text(tax.tasa_o_cuota)
    if tax.importe is not None:
        attrs["Importe"] = format(tax.importe, "f")
    return Tax(root, attrs, tax.impuesto, tax.tipo_factor, tax.base, tax.tasa_o_cuota, tax.importe)


def _present(**attributes: str | None) -> Attributes:
    """What the writer leaves out is not there (SEAL-3)."""
    return {name: value for name, value in attributes.items() if value}
