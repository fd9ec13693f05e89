"""A PUE invoice that was not paid in its month is replaced by one PPD, as one act (PAY-1, FEATURES 84).

The new one names it with 04 and is stamped first; then the old one is cancelled with motivo 01. Its payments are REPs
from then on.
"""

from datetime import datetime

from amate.fiscal.ingreso import PPD
from amate.invoices.models import AwaitedPayment, Invoice, Kind, Origin
from amate.invoices.replace import Content, NotReplaceable, replace_invoice

UNKNOWN_YET = "99"
REASON = "No se pagó en el mes de su emisión: pasa de PUE a PPD"


def pue_to_ppd(*, invoice_id: int, asked_by: str, origin: Origin, now: datetime) -> Invoice:
    """The draft of the substitute. Raises NotReplaceable."""
    old: Invoice = Invoice.objects.select_related("profile").get(pk=invoice_id)
    if old.kind != Kind.INGRESO or old.metodo_pago != "PUE":
        raise NotReplaceable(f"{old} no es una factura PUE.")
    if not AwaitedPayment.objects.open().filter(invoice=old).exists():
        raise NotReplaceable(f"{old} se pagó al emitirla. Si no fue así, di primero que todavía no la pagan.")
    content = Content.of(old).but(metodo_pago=PPD, forma_pago=UNKNOWN_YET)
    return replace_invoice(invoice_id=old.pk, content=content, reason=REASON, asked_by=asked_by, origin=origin, now=now)
