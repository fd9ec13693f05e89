"""What is looked at before an invoice is issued: that very one, and nothing that was changed since."""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from amate.fiscal.catalogs import catalogs_in_force
from amate.fiscal.comprobante import DocumentRefused
from amate.invoices.lines import lines_to_json
from amate.invoices.preview import Preview, preview_invoice
from amate.web.backoffice.generic_receiver import GenericReceiver
from amate.web.backoffice.invoice_form import InvoiceHead
from amate.web.backoffice.receiver_form import ReceiverForm
from amate.web.backoffice.sale_page import Judged, SalePage


@dataclass
class Round:
    """One round of the page: what was typed, of whom, and what there is to say of it."""

    page: SalePage
    judged: Judged
    receiver: ReceiverForm | GenericReceiver
    known: str = ""
    preview: Preview | None = None
    changed: bool = False
    """Whether it changed since it was looked at."""

    @property
    def asked_rfc(self) -> bool:
        return bool(self.receiver.data["rfc"]) and "rfc" not in self.receiver.errors


def preview_of(here: Round) -> Preview | None:
    """None: the page says why not."""
    judged, receiver = here.judged, here.receiver
    assert receiver.receptor is not None
    try:
        preview = preview_invoice(
            branch=here.page.branch,
            receptor=receiver.receptor.receptor,
            lines=judged.sold,
            **paid_of(judged),
            catalogs=catalogs_in_force(),
            now=here.page.moment,
        )
    except DocumentRefused as refused:
        judged.said.append(refused.message)
        return None
    judged.said += [finding.message for finding in preview.findings]
    return None if preview.findings else preview


def paid_of(judged: Judged) -> dict[str, str]:
    """How it is paid and in which currency, as `issue_invoice` takes it."""
    assert isinstance(judged.head, InvoiceHead)
    forma_pago, metodo_pago = judged.head.payment
    return {
        "forma_pago": forma_pago,
        "metodo_pago": metodo_pago,
        "moneda": judged.head.sold_in,
        "tipo_cambio": judged.head.tipo_cambio_said,
    }


def seen_of(here: Round) -> str:
    """All that was looked at, but for the hour."""
    assert here.receiver.receptor is not None
    said: list[Any] = [
        here.page.branch.code,
        asdict(here.receiver.receptor.receptor),
        here.receiver.cleaned_data["correo"],
        lines_to_json(here.judged.sold),
        paid_of(here.judged),
    ]
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
