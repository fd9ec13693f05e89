"""Handing the invoice over by mail: the message row first, then the mail, then what became of it."""

from datetime import datetime
from hashlib import sha256

from amate.adapters.messages import Attachment, Outgoing
from amate.companies.models import Emisor
from amate.fiscal.tfd import read_timbre
from amate.invoices.models import Origin, Stamp
from amate.invoices.pdf import pdf_of
from amate.messages.mail import claim_mail, outgoing
from amate.papers.invoice import is_sample
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


def prepare_delivery(
    *, invoice_id: int, to: str, key: str, site: str, sender: str, now: datetime
) -> tuple[int, Outgoing] | None:
    """Write the message (once a key) and claim it for sending. None: it was sent before."""
    stamp = Stamp.objects.select_related("invoice__branch").get(invoice_id=invoice_id)
    emisor = Emisor.objects.get()
    facts = {
        "invoice": stamp.invoice,
        "emisor": emisor,
        "site": site,
        "from_portal": stamp.invoice.origin == Origin.PORTAL,
        "uuid": str(stamp.uuid).upper(),
        "sample": is_sample(read_timbre(bytes(stamp.xml))),
    }
    message = claim_mail(key=key, kind="invoice", about=f"invoice:{invoice_id}", to=to, facts=facts, now=now)
    if message is None:
        return None
    name = f"{stamp.invoice.rfc}-{stamp.invoice.number}"
    attachments = (
        Attachment(f"{name}.xml", bytes(stamp.xml), "application", "xml"),
        Attachment(f"{name}.pdf", pdf_of(stamp), "application", "pdf"),
    )
    mail = outgoing(
        message,
        sender=sender,
        sender_name=emisor.nombre_comercial,
        reply_to=emisor.correo,
        attachments=attachments,
    )
    return message.pk, mail
