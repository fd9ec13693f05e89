"""A correction beyond the company's limits becomes a case, which a person approves or closes (FEATURES 32)."""

from datetime import datetime

from amate.fiscal.receptor import Receptor
from amate.help.ask import ask_for_help
from amate.help.models import Case
from amate.invoices.models import Invoice
from amate.self_invoicing.correct import ask_correction
from amate.self_invoicing.models import Visit


def ask_correction_of_the_shop(
    *, visit: Visit, invoice: Invoice, receptor: Receptor, correo: str, now: datetime
) -> Case:
    """`correo` is where the answer and the new invoice go. Raises NotCorrectable."""
    assert visit.ticket_id is not None  # it may download the invoice of its note
    asked = ask_correction(ticket_id=visit.ticket_id, invoice_id=invoice.pk, receptor=receptor, correo=correo, now=now)
    return ask_for_help(
        text=f"Pide corregir los datos de su factura {invoice.number}.",
        correo=correo,
        telefono="",
        subject="error",
        visit=visit,
        correction=asked,
        now=now,
    )
