"""The same document through satcfdi's builders, fed with our explicit Base and Importe: a second writer to compare."""

from collections.abc import Sequence
from functools import cache

from lxml import etree
from satcfdi.create.cfd import cfdi40, pago20  # type: ignore[import-untyped]
from satcfdi.models import Signer  # type: ignore[import-untyped]

from amate.fiscal.comprobante import Comprobante, Concepto, DoctoRelacionado, Pago, Retencion, Traslado
from tests.fiscal import minting


@cache
def signer() -> Signer:
    files = minting.minted()
    return Signer.load(certificate=files.cer, key=files.key, password=minting.PASSWORD)


def build(c: Comprobante) -> cfdi40.Comprobante:
    return cfdi40.Comprobante(
        emisor=cfdi40.Emisor(rfc=c.emisor.rfc, nombre=c.emisor.nombre, regimen_fiscal=c.emisor.regimen_fiscal),
        lugar_expedicion=c.lugar_expedicion,
        receptor=cfdi40.Receptor(
            rfc=c.receptor.rfc,
            nombre=c.receptor.nombre,
            domicilio_fiscal_receptor=c.receptor.domicilio_fiscal,
            regimen_fiscal_receptor=c.receptor.regimen_fiscal,
            uso_cfdi=c.receptor.uso_cfdi,
            residencia_fiscal=c.receptor.residencia_fiscal,
            num_reg_id_trib=c.receptor.num_reg_id_trib,
        ),
        conceptos=[_concepto(line) for line in c.conceptos],
        moneda=c.moneda,
        tipo_de_comprobante=c.tipo_de_comprobante,
        exportacion=c.exportacion,
        serie=c.serie,
        folio=c.folio,
        forma_pago=c.forma_pago,
        condiciones_de_pago=c.condiciones_de_pago,
        tipo_cambio=c.tipo_cambio,
        metodo_pago=c.metodo_pago,
        informacion_global=None
        if c.informacion_global is None
        else cfdi40.InformacionGlobal(
            periodicidad=c.informacion_global.periodicidad,
            meses=c.informacion_global.meses,
            ano=c.informacion_global.anio,
        ),
        cfdi_relacionados=[
            cfdi40.CfdiRelacionados(tipo_relacion=node.tipo_relacion, cfdi_relacionado=list(node.uuids))
            for node in c.relacionados
        ]
        or None,
        fecha=c.fecha,
    )


def _concepto(line: Concepto) -> cfdi40.Concepto:
    taxed = bool(line.traslados or line.retenciones)
    return cfdi40.Concepto(
        clave_prod_serv=line.clave_prod_serv,
        cantidad=line.cantidad,
        clave_unidad=line.clave_unidad,
        descripcion=line.descripcion,
        valor_unitario=line.valor_unitario,
        objeto_imp=line.objeto_imp,
        no_identificacion=line.no_identificacion,
        unidad=line.unidad,
        descuento=line.descuento,
        impuestos=cfdi40.Impuestos(
            traslados=_taxes(cfdi40.Traslado, line.traslados), retenciones=_taxes(cfdi40.Retencion, line.retenciones)
        )
        if taxed
        else None,
    )


def _taxes(kind: type, taxes: Sequence[Traslado | Retencion]) -> list[object] | None:
    return [
        kind(
            impuesto=tax.impuesto,
            tipo_factor=tax.tipo_factor,
            tasa_o_cuota=tax.tasa_o_cuota,
            importe=tax.importe,
            base=tax.base,
        )
        for tax in taxes
    ] or None


def shape(root: etree._Element) -> tuple[object, ...]:
    """Elements and attributes as a comparable value, without what is signed or only points at a schema."""
    left_out = {"Sello", "Certificado", "NoCertificado", "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"}
    attributes = {name: value for name, value in root.attrib.items() if name not in left_out}
    return (root.tag, tuple(sorted(attributes.items())), tuple(shape(child) for child in root))


def build_receipt(c: Comprobante) -> cfdi40.Comprobante:
    """Payments in pesos of invoices in pesos: what satcfdi does right (ENGINE D-8). Its sums are its own."""
    assert c.pagos is not None
    return cfdi40.Comprobante.pago(
        emisor=cfdi40.Emisor(rfc=c.emisor.rfc, nombre=c.emisor.nombre, regimen_fiscal=c.emisor.regimen_fiscal),
        lugar_expedicion=c.lugar_expedicion,
        receptor=cfdi40.Receptor(
            rfc=c.receptor.rfc,
            nombre=c.receptor.nombre,
            domicilio_fiscal_receptor=c.receptor.domicilio_fiscal,
            regimen_fiscal_receptor=c.receptor.regimen_fiscal,
            uso_cfdi=c.receptor.uso_cfdi,
        ),
        complemento_pago=pago20.Pagos(pago=[_pago(pago) for pago in c.pagos.pagos]),
        serie=c.serie,
        folio=c.folio,
        fecha=c.fecha,
    )


def _pago(pago: Pago) -> pago20.Pago:
    return pago20.Pago(
        fecha_pago=pago.fecha_pago,
        forma_de_pago_p=pago.forma_de_pago_p,
        moneda_p=pago.moneda_p,
        tipo_cambio_p=int(pago.tipo_cambio_p),
        num_operacion=pago.num_operacion,
        docto_relacionado=[_docto(docto) for docto in pago.doctos],
    )


def _docto(docto: DoctoRelacionado) -> pago20.DoctoRelacionado:
    taxed = bool(docto.traslados or docto.retenciones)
    return pago20.DoctoRelacionado(
        id_documento=docto.id_documento,
        moneda_dr=docto.moneda_dr,
        num_parcialidad=docto.num_parcialidad,
        imp_saldo_ant=docto.imp_saldo_ant,
        imp_pagado=docto.imp_pagado,
        objeto_imp_dr=docto.objeto_imp_dr,
        serie=docto.serie,
        folio=docto.folio,
        equivalencia_dr=int(docto.equivalencia_dr),
        impuestos_dr=pago20.ImpuestosDR(
            retenciones_dr=[
                pago20.RetencionDR(t.base, t.impuesto, t.tipo_factor, t.tasa_o_cuota, t.importe)
                for t in docto.retenciones
            ]
            or None,
            traslados_dr=[
                pago20.TrasladoDR(t.base, t.impuesto, t.tipo_factor, t.tasa_o_cuota, t.importe) for t in docto.traslados
            ]
            or None,
        )
        if taxed
        else None,
    )
