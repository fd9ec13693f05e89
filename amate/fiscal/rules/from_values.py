"""Our own values as the rules read a document, without going through its XML: the short way of the issuing path.

A test holds it to the long way: for any document it reads what `reading.read` reads in what `seal` wrote.
"""

from decimal import Decimal

from lxml import etree

from amate.fiscal.comprobante import Comprobante, Concepto, Impuestos, Retencion, Traslado
from amate.fiscal.rules.reading import Attributes, Line, Reading, Summary, Tax
from amate.fiscal.seal import collapsed
from amate.fiscal.tables.entry import CFDI_40
from amate.fiscal.tables.monedas import decimals_of

_ZERO = Decimal(0)


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
            Descuento=_text(c.descuento),
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
        relacionados=[{"TipoRelacion": related.tipo_relacion} for related in c.relacionados],
        lines=[_line(concepto, root) for concepto in c.conceptos],
        summary=None if c.impuestos is None else _summary(c.impuestos, root),
        local_taxes=_ZERO,
        complements=frozenset(),
    )


def _line(c: Concepto, root: etree._Element) -> Line:
    attrs = {
        "ClaveProdServ": c.clave_prod_serv,
        "ClaveUnidad": c.clave_unidad,
        "ValorUnitario": format(c.valor_unitario, "f"),
        "Importe": format(c.importe, "f"),
        "ObjetoImp": c.objeto_imp,
    }
    if c.descuento is not None:
        attrs["Descuento"] = format(c.descuento, "f")
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


def _summary(node: Impuestos, root: etree._Element) -> Summary:
    return Summary(
        element=root,
        attrs=_present(
            TotalImpuestosTrasladados=_text(node.total_trasladados),
            TotalImpuestosRetenidos=_text(node.total_retenidos),
        ),
        traslados=[_tax(tax, root) for tax in node.traslados],
        retenciones=[Tax(root, {}, held.impuesto, "", None, None, held.importe) for held in node.retenciones],
        total_trasladados=node.total_trasladados,
        total_retenidos=node.total_retenidos,
    )


def _tax(tax: Traslado | Retencion, root: etree._Element) -> Tax:
    attrs = {}
    if tax.tasa_o_cuota is not None:
        attrs["TasaOCuota"] = format(tax.tasa_o_cuota, ".6f")  # as it is written (SEAL-4)
    if tax.importe is not None:
        attrs["Importe"] = format(tax.importe, "f")
    return Tax(root, attrs, tax.impuesto, tax.tipo_factor, tax.base, tax.tasa_o_cuota, tax.importe)


def _present(**attributes: str | None) -> Attributes:
    """What the writer leaves out is not there (SEAL-3)."""
    return {name: value for name, value in attributes.items() if value}


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")
