"""Handing the invoice over by mail: the message row first, then the mail, then what became of it."""

from datetime import datetime
from hashlib import sha256

from django.template.loader import render_to_string

from amate.adapters.messages import Attachment, Outgoing
from amate.companies.models import Emisor
from amate.fiscal.tfd import read_timbre
from amate.invoices.models import Origin, Stamp
from amate.invoices.pdf import pdf_of
from amate.messages.models import Message
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
    stamp = Stamp.objects.select_related("invoice").get(invoice_id=invoice_id)
    emisor = Emisor.objects.get()
    message = Message.objects.filter(key=key).first()
    if message is None:
        facts = {
            "invoice": stamp.invoice,
            "emisor": emisor,
            "site": site,
            "from_portal": stamp.invoice.origin == Origin.PORTAL,
            "uuid": str(stamp.uuid).upper(),
            "sample": is_sample(read_timbre(bytes(stamp.xml))),
        }
        message = Message.objects.create(
            key=key,
            kind="invoice",
            about=f"invoice:{invoice_id}",
            to=to,
            subject=" ".join(render_to_string("mail/invoice_subject.txt", facts).split()),
            text=render_to_string("mail/invoice.txt", facts),
            html=render_to_string("mail/invoice.html", facts),
            created_at=now,
        )
    if message.state == Message.State.SENT:
        return None
    message.move_to(Message.State.SENDING)
    name = f"{stamp.invoice.rfc}-{stamp.invoice.number}"
    return message.pk, Outgoing(
        message_id=f"<{message.company_id}.{message.pk}@{sender.rsplit('@', 1)[-1]}>",
        sender=sender,
        sender_name=emisor.nombre_comercial,
        reply_to=emisor.correo,
        to=message.to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        attachments=(
            Attachment(f"{name}.xml", bytes(stamp.xml), "application", "xml"),
            Attachment(f"{name}.pdf", pdf_of(stamp), "application", "pdf"),
        ),
    )


def record_sent(*, message_id: int, now: datetime) -> None:
    Message.locked(message_id).move_to(Message.State.SENT, sent_at=now, error="")


def record_not_sent(*, message_id: int, error: str, for_good: bool) -> None:
    """It did not leave: a refused address waits for a person, anything else is tried again."""
    state = Message.State.REFUSED if for_good else Message.State.WAITING
    Message.locked(message_id).move_to(state, error=error)
