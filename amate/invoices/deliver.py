"""Handing the invoice over by mail: the message row first, then the mail, then what became of it."""

from datetime import datetime
from hashlib import sha256

from amate.adapters.messages import Attachment, Outgoing
from amate.audit.record import record
from amate.fiscal.clock import zone_of
from amate.fiscal.tfd import read_timbre
from amate.invoices.models import Origin, Stamp
from amate.invoices.pdf import pdf_of
from amate.messages.attend import attend_astray
from amate.messages.mail import claim_mail, outgoing
from amate.messages.way import Way
from amate.papers.dates import in_full
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


def resend_invoice(*, invoice_id: int, to: str, priority: int, now: datetime) -> None:
    """Somebody wants it at this address too; what went astray before is taken care of thereby."""
    promise_delivery(invoice_id=invoice_id, to=to, occasion=resend_occasion(now), priority=priority, now=now)
    attend_astray(about=f"invoice:{invoice_id}", now=now)
    record("invoice.resent", about=f"invoice:{invoice_id}", now=now, to=to)


def prepare_delivery(
    *, invoice_id: int, to: str, key: str, site: str, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    """Write the message (once a key) and claim it for sending. None: it was sent before."""
    stamp = Stamp.objects.select_related("invoice__branch").get(invoice_id=invoice_id)
    facts = {
        "invoice": stamp.invoice,
        "day": _day(stamp),
        "site": site,
        "from_portal": stamp.invoice.origin == Origin.PORTAL,
        "uuid": str(stamp.uuid).upper(),
        "sample": is_sample(read_timbre(bytes(stamp.xml))),
    }
    message = claim_mail(key=key, kind="invoice", about=f"invoice:{invoice_id}", to=to, facts=facts, way=way, now=now)
    if message is None:
        return None
    name = f"{stamp.invoice.rfc}-{stamp.invoice.number}"
    attachments = (
        Attachment(f"{name}.xml", bytes(stamp.xml), "application", "xml"),
        Attachment(f"{name}.pdf", pdf_of(stamp), "application", "pdf"),
    )
    return message.pk, outgoing(message, way=way, attachments=attachments)


def _day(stamp: Stamp) -> str:
    moment = stamp.fecha_timbrado.astimezone(zone_of(stamp.invoice.branch.cp))
    return in_full(moment).partition(",")[0]
