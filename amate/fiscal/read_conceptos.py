"""The concepts of a CFDI that we wrote, as values again: what is credited or paid of it is reckoned from what the SAT has."""

from decimal import Decimal

from lxml import etree

from amate.fiscal.comprobante import Concepto, Retencion, Traslado
from amate.fiscal.xml import CFDI

_C = f"{{{CFDI}}}"


def read_conceptos(root: etree._Element) -> tuple[Concepto, ...]:
    """In their order. For documents of our own: a missing attribute is a KeyError."""
    return tuple(_concepto(node) for node in root.iterfind(f"{_C}Conceptos/{_C}Concepto"))


def _concepto(node: etree._Element) -> Concepto:
    said = node.attrib
    taxes = f"{_C}Impuestos/{_C}"
    return Concepto(
        clave_prod_serv=str(said["ClaveProdServ"]),
        cantidad=Decimal(str(said["Cantidad"])),
        clave_unidad=str(said["ClaveUnidad"]),
        descripcion=str(said["Descripcion"]),
        valor_unitario=Decimal(str(said["ValorUnitario"])),
        importe=Decimal(str(said["Importe"])),
        objeto_imp=str(said["ObjetoImp"]),
        descuento=_number(node, "Descuento"),
        no_identificacion=node.get("NoIdentificacion"),
        unidad=node.get("Unidad"),
        traslados=tuple(_traslado(tax) for tax in node.iterfind(f"{taxes}Traslados/{_C}Traslado")),
        retenciones=tuple(_retencion(tax) for tax in node.iterfind(f"{taxes}Retenciones/{_C}Retencion")),
    )


def _traslado(tax: etree._Element) -> Traslado:
    said = tax.attrib
    return Traslado(
        Decimal(str(said["Base"])),
        str(said["Impuesto"]),
        str(said["TipoFactor"]),
        _number(tax, "TasaOCuota"),
        _number(tax, "Importe"),
    )


def _retencion(tax: etree._Element) -> Retencion:
    said = tax.attrib
    return Retencion(
        Decimal(str(said["Base"])),
        str(said["Impuesto"]),
        str(said["TipoFactor"]),
        Decimal(str(said["TasaOCuota"])),
        Decimal(str(said["Importe"])),
    )


def _number(node: etree._Element, name: str) -> Decimal | None:
    written = node.get(name)
    return None if written is None else Decimal(written)
