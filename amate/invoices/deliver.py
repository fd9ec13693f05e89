"""Handing the invoice over by mail: the message row first, then the mail, then what became of it."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from amate.adapters.messages import Attachment, Outgoing
from amate.audit.record import record
from amate.fiscal.clock import zone_of
from amate.invoices.called import called
from amate.invoices.links import link_for, token_of
from amate.invoices.models import Invoice, Kind, Origin, Stamp
from amate.invoices.pdf import pdf_of
from amate.messages.attend import attend_astray
from amate.messages.mail import claim_mail, outgoing, render_mail
from amate.messages.way import Way
from amate.papers.dates import in_full
from amate.promises.promise import promise

STAMPED = "stamped"


def promise_delivery(*, invoice_id: int, to: str, occasion: str, priority: int, now: datetime) -> None:
    """Owe the mail. Of one occasion and address there is one message, however often it is asked for.

    `occasion`: STAMPED, or what tells one wish to have it sent again from the next (`resend_occasion`).
    """
    key = f"invoice:{invoice_id}:{occasion}:{sha256(to.encode()).hexdigest()[:16]}"
    promise("deliver", key=key, now=now, priority=priority, invoice_id=invoice_id, to=to, message=key)


def resend_occasion(now: datetime) -> str:
    """A double click is one wish; a minute later it is another."""
    return f"again-{int(now.timestamp()) // 60}"


def resend_invoice(*, invoice_id: int, to: str, priority: int, now: datetime, wish: str = "") -> None:
    """Somebody wants it at this address too; what went astray before is taken care of thereby. `wish`: of the page that
    asks; pressed twice it is one mail, whenever the second press comes."""
    occasion = f"again-{wish}" if wish else resend_occasion(now)
    promise_delivery(invoice_id=invoice_id, to=to, occasion=occasion, priority=priority, now=now)
    attend_astray(about=f"invoice:{invoice_id}", now=now)
    record("invoice.resent", about=f"invoice:{invoice_id}", now=now, to=to)


def prepare_delivery(
    *, invoice_id: int, to: str, key: str, site: str, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    """Write the message (once a key) and claim it for sending. None: it was sent before."""
    stamp = Stamp.objects.select_related("invoice__branch").get(invoice_id=invoice_id)
    name = called(stamp.invoice)
    facts = {
        "invoice": stamp.invoice,
        "called": name,
        "download": f"Descargar {name.the}",
        "day": _day(stamp),
        "site": site,
        "link": f"{site}d/…/",
        "from_portal": stamp.invoice.origin == Origin.PORTAL,
        "for_payment": _is_for_payment(stamp.invoice),
        "uuid": str(stamp.uuid).upper(),
        "sample": stamp.invoice.sample,
    }
    link = link_for(invoice_id=invoice_id, key=key, to=to, now=now)
    message = claim_mail(key=key, kind="invoice", about=f"invoice:{invoice_id}", to=to, facts=facts, way=way, now=now)
    if message is None:
        return None
    file = f"{stamp.invoice.rfc}-{stamp.invoice.number}"
    attachments = (
        Attachment(f"{file}.xml", bytes(stamp.xml), "application", "xml"),
        Attachment(f"{file}.pdf", pdf_of(stamp), "application", "pdf"),
    )
    mail = outgoing(message, way=way, attachments=attachments)
    # What is kept of the mail does not open the invoice: the link is written in as it leaves.
    _, text, html = render_mail("invoice", facts | {"link": f"{site}d/{token_of(link)}/"}, way=way)
    return message.pk, replace(mail, text=text, html=html)


def _is_for_payment(invoice: Invoice) -> bool:
    """It came because somebody paid: its mail thanks him."""
    if invoice.origin != Origin.SYSTEM:
        return False
    if invoice.kind == Kind.PAGO:
        return True
    return invoice.receivable_id is not None and invoice.metodo_pago == "PUE" and not invoice.awaited.exists()


def _day(stamp: Stamp) -> str:
    moment = stamp.fecha_timbrado.astimezone(zone_of(stamp.invoice.branch.cp))
    return in_full(moment).partition(",")[0]
