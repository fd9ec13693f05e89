"""Mails to the receiver about a cancellation: that the SAT waits for his answer, and that it is done (CAN-3)."""

from datetime import datetime
from hashlib import sha256

from amate.adapters.messages import Attachment, Outgoing
from amate.customers.queries import mails_for_invoices
from amate.fiscal.clock import zone_of
from amate.invoices.called import called
from amate.invoices.deadlines import accepted_by
from amate.invoices.models import Cancellation, CancellationPaper, CancelledHow, Invoice, Stamp, State
from amate.messages.mail import claim_mail, outgoing
from amate.messages.models import Message
from amate.messages.way import Way
from amate.papers.dates import in_full
from amate.promises.kinds import MAIL
from amate.promises.promise import promise_all

TO_ACCEPT, CANCELLED = "to_accept", "cancelled"
WHERE_TO_ANSWER = "https://portalcfdi.facturaelectronica.sat.gob.mx/"


def promise_telling(cancellation: Cancellation, *, occasion: str, now: datetime) -> None:
    """Owe one mail an address: to whom the document went, and who gets every invoice of this customer."""
    invoice: Invoice = Invoice.objects.select_related("profile__customer").get(pk=cancellation.invoice_id)
    sent = Message.objects.filter(about=f"invoice:{invoice.pk}", kind="invoice").exclude(state__in=Message.DEAD)
    customer = invoice.profile.customer
    people = [invoice.correo, *sent.values_list("to", flat=True), *(mails_for_invoices(customer) if customer else ())]
    keys = {
        f"{occasion}:{cancellation.pk}:{sha256(to.encode()).hexdigest()[:16]}": to for to in dict.fromkeys(people) if to
    }
    wanted = {
        key: {"cancellation_id": cancellation.pk, "occasion": occasion, "to": to, "message": key}
        for key, to in keys.items()
    }
    promise_all(kind="tell_cancellation", wanted=wanted, now=now, priority=MAIL)


def prepare_telling(
    *, cancellation_id: int, occasion: str, to: str, key: str, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    """Write the message (once a key) and claim it for sending. None: it was sent before, or the SAT waits for nobody."""
    found = Cancellation.objects.select_related("invoice__branch", "substitute").get(pk=cancellation_id)
    invoice = found.invoice
    if occasion == TO_ACCEPT and invoice.state != State.IN_PROCESS:
        return None
    zone = zone_of(invoice.branch.cp)
    stamp = Stamp.objects.get(invoice=invoice)
    asked_on = (found.received_at or found.asked_at).astimezone(zone).date()
    names = called(invoice)
    facts = {
        "invoice": invoice,
        "called": names,
        "the": "el" if names.masculine else "la",
        "it": "lo" if names.masculine else "la",
        "It": "Lo" if names.masculine else "La",
        "accepted": "aceptado" if names.masculine else "aceptada",
        "day": _day(stamp.fecha_timbrado.astimezone(zone)),
        "uuid": str(stamp.uuid).upper(),
        "substitute": found.substitute,
        "answer_by": _day(datetime.combine(accepted_by(asked_on), datetime.min.time())),
        "link": WHERE_TO_ANSWER,
        "reason_how": _how(invoice.cancelled_how, usted=way.usted),
        "sample": invoice.sample,
    }
    about = f"invoice:{invoice.pk}"
    message = claim_mail(key=key, kind=occasion, about=about, to=to, facts=facts, way=way, now=now)
    if message is None:
        return None
    return message.pk, outgoing(message, way=way, attachments=_acuse(found) if occasion == CANCELLED else ())


def _acuse(found: Cancellation) -> tuple[Attachment, ...]:
    """The SAT's last receipt, if it gave one."""
    paper = (
        CancellationPaper.objects.filter(cancellation=found, kind=CancellationPaper.Kind.ACUSE).order_by("-pk").first()
    )
    if paper is None:
        return ()
    name = f"{found.invoice.rfc}-{found.invoice.number}-acuse-de-cancelacion.xml"
    return (Attachment(name, bytes(paper.xml), "application", "xml"),)


def _how(how: str, *, usted: bool) -> str:
    if how == CancelledHow.WITH_ACCEPTANCE:
        return "con la aceptación que usted dio" if usted else "con la aceptación que diste"
    if how == CancelledHow.BY_SILENCE:
        return "porque terminó el plazo para responder"
    return "sin que hiciera falta aceptarlo"


def _day(moment: datetime) -> str:
    return in_full(moment).partition(",")[0]
