"""A credit note: the concepts that `credit.py` worked out under the lock of what it credits."""

from amate.fiscal.comprobante import Comprobante
from amate.fiscal.egreso import build_egreso
from amate.invoices.concepts import concepts_from_json
from amate.invoices.kinds.heading import Heading
from amate.invoices.models import Invoice


def compose_egreso(invoice: Invoice, heading: Heading) -> Comprobante:
    return build_egreso(
        emisor=heading.emisor,
        receptor=heading.receptor,
        lugar_expedicion=heading.lugar_expedicion,
        fecha=heading.fecha,
        lines=concepts_from_json(invoice.lines),
        relacionados=heading.relacionados,
        forma_pago=invoice.forma_pago,
        remaining=invoice.total,  # what was left was judged when it was drafted, and it counts since then
        moneda=invoice.moneda,
        tipo_cambio=invoice.tipo_cambio or None,
        serie=heading.serie,
        folio=heading.folio,
    )
