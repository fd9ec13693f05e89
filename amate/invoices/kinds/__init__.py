"""What a document is composed of, one file a kind: from its draft to the values that are sealed."""

from collections.abc import Callable
from datetime import datetime

from amate.companies.models import Emisor as EmisorRow
from amate.fiscal.comprobante import Comprobante
from amate.invoices.kinds.egreso import compose_egreso
from amate.invoices.kinds.factura_global import compose_global
from amate.invoices.kinds.heading import Heading, heading_of
from amate.invoices.kinds.ingreso import compose_ingreso
from amate.invoices.kinds.pago import compose_pago
from amate.invoices.models import Invoice, Kind

COMPOSERS: dict[str, Callable[[Invoice, Heading], Comprobante]] = {
    Kind.INGRESO: compose_ingreso,
    Kind.EGRESO: compose_egreso,
    Kind.GLOBAL: compose_global,
    Kind.PAGO: compose_pago,
}


def compose(invoice: Invoice, *, emisor: EmisorRow, folio: int, now: datetime) -> Comprobante:
    """The values of a draft with its branch and profile. Raises what the builders of `fiscal` raise."""
    return COMPOSERS[invoice.kind](invoice, heading_of(invoice, emisor=emisor, folio=folio, now=now))
