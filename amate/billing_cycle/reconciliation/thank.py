"""Whoever paid is thanked, once a payment: by the mail of his document if it comes at once, else by a letter of its own."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from amate.adapters.messages import Outgoing
from amate.companies.day import day_of
from amate.customers.models import Contact, Customer, FiscalProfile
from amate.fiscal.catalogs import name_of
from amate.invoices.models import Instalment, Invoice
from amate.ledger.models import Allocation, Payment, PaymentKind
from amate.ledger.queries import balance_of
from amate.messages.mail import claim_mail, outgoing
from amate.messages.models import Message
from amate.messages.way import Way
from amate.papers.dates import short
from amate.promises.kinds import MAIL
from amate.promises.promise import promise_all

KIND = "thanks"
DOCUMENT_COMES = timedelta(minutes=15)  # so long its mail is waited for, which is the thanks then
STILL_NEWS = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class NoteLink:
    """The note of what was paid: `link` opens it in the portal, `deadline` in words."""

    code: str
    link: str
    deadline: str


def promise_thanks(payment_ids: Collection[int], *, documents: Collection[int], today: date, now: datetime) -> None:
    """Owe the letters. `documents`: payments whose document is on its way. Of payments that are no news, of those that were
    thanked for and of whoever has no mail nothing is owed."""
    rows = Payment.objects.live().filter(
        pk__in=payment_ids, kind=PaymentKind.MONEY, customer__isnull=False, paid_on__gte=today - STILL_NEWS
    )
    payments = list(rows.order_by("id"))
    told = Message.objects.filter(about__in=[_about(one.pk) for one in payments], kind=KIND)
    thanked = set(told.values_list("about", flat=True))
    payments = [one for one in payments if _about(one.pk) not in thanked]
    addresses = mails_about_money({one.customer_id for one in payments if one.customer_id is not None})
    wanted: dict[bool, dict[str, dict[str, Any]]] = {True: {}, False: {}}
    for one in payments:
        for to in addresses.get(one.customer_id or 0, ()):
            key = f"{KIND}:{one.pk}:{sha256(to.encode()).hexdigest()[:16]}"
            wanted[one.pk in documents][key] = {"payment_id": one.pk, "to": to, "message": key}
    promise_all(kind="thank", wanted=wanted[False], now=now, priority=MAIL)
    promise_all(kind="thank", wanted=wanted[True], now=now, priority=MAIL, at=now + DOCUMENT_COMES)


def mails_about_money(customer_ids: Collection[int]) -> dict[int, list[str]]:
    """Of each customer: the contacts who handle payments, else his own mail, else that of his fiscal data."""
    found: dict[int, list[str]] = defaultdict(list)
    contacts = Contact.objects.filter(customer_id__in=customer_ids, handles_payments=True).exclude(correo="")
    for pk, to in contacts.order_by("id").values_list("customer_id", "correo"):
        if to not in found[pk]:
            found[pk].append(to)
    for rows in (
        Customer.objects.filter(pk__in=customer_ids).values_list("pk", "correo"),
        FiscalProfile.objects.current().filter(customer_id__in=customer_ids).values_list("customer_id", "correo"),
    ):
        for pk, to in rows:
            if pk is not None and to and not found[pk]:
                found[pk].append(to)
    return found


def prepare_thanks(
    *, payment_id: int, to: str, key: str, notes: Collection[NoteLink], way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    """Write the message (once a key) and claim it for sending. None: it was sent before, the mail of its document thanked,
    or the money went back."""
    payment = Payment.objects.select_related("customer").get(pk=payment_id)
    if payment.reversed_on is not None or payment.customer is None or _thanked_by_document(payment):
        return None
    today = day_of(now)
    balance = balance_of(payment.customer.pk, as_of=today, moneda=payment.moneda)
    facts = {
        "payment": payment,
        "customer": payment.customer,
        "day": short(payment.paid_on),
        "how": name_of("forma_pago", payment.forma_pago) or "",
        "currency": "" if payment.moneda == "MXN" else f" {payment.moneda}",
        "owed": max(balance, 0 * balance),
        "in_favour": max(-balance, 0 * balance),
        "notes": list(notes),
    }
    message = claim_mail(key=key, kind=KIND, about=_about(payment.pk), to=to, facts=facts, way=way, now=now)
    if message is None:
        return None
    return message.pk, outgoing(message, way=way)


def _thanked_by_document(payment: Payment) -> bool:
    """The mail of a document that tells of this payment was written: a PUE invoice of what it paid, or its REP."""
    parts = list(Allocation.objects.live().filter(payment=payment))
    told = Instalment.objects.live().filter(allocation__in=parts).values_list("rep_id", flat=True)
    paid = Invoice.objects.filter(
        receivable_id__in=[one.receivable_id for one in parts], metodo_pago="PUE", awaited__isnull=True
    )
    about = [f"invoice:{pk}" for pk in {*told, *paid.values_list("pk", flat=True)}]
    return Message.objects.filter(about__in=about, kind="invoice").exists()


def _about(payment_id: int) -> str:
    return f"payment:{payment_id}"
