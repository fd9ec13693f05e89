"""An invoice: its sale's lines."""

from amate.companies.policies import generics_from_json
from amate.fiscal.comprobante import Comprobante
from amate.fiscal.ingreso import build_ingreso
from amate.invoices.kinds.heading import Heading
from amate.invoices.lines import lines_from_json
from amate.invoices.models import Invoice


def compose_ingreso(invoice: Invoice, heading: Heading) -> Comprobante:
    return build_ingreso(
        emisor=heading.emisor,
        receptor=heading.receptor,
        lugar_expedicion=heading.lugar_expedicion,
        fecha=heading.fecha,
        lines=lines_from_json(invoice.lines),
        forma_pago=invoice.forma_pago,
        metodo_pago=invoice.metodo_pago,
        moneda=invoice.moneda,
        tipo_cambio=invoice.tipo_cambio or None,
        serie=heading.serie,
        folio=heading.folio,
        generics=generics_from_json(invoice.generics),
        relacionados=heading.relacionados,
    )
