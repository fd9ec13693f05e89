"""A factura global: one concept a note, of the notes that it was drafted with."""

from amate.fiscal.comprobante import Comprobante
from amate.fiscal.factura_global import build_global
from amate.fiscal.global_period import GlobalPeriod
from amate.invoices.kinds.heading import Heading
from amate.invoices.models import Invoice
from amate.invoices.sales import sales_from_json


def compose_global(invoice: Invoice, heading: Heading) -> Comprobante:
    assert invoice.period_from is not None
    assert invoice.period_to is not None
    period = GlobalPeriod(invoice.periodicidad, invoice.period_from, invoice.period_to)
    return build_global(
        emisor=heading.emisor,
        lugar_expedicion=heading.lugar_expedicion,
        fecha=heading.fecha,
        period=period.informacion_global,
        sales=sales_from_json(invoice.lines),
        serie=heading.serie,
        folio=heading.folio,
        relacionados=heading.relacionados,
    )
