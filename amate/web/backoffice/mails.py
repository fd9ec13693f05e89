"""Correos: what became of each mail, and those that reached nobody, each with the way to mend it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from amate.access.may import MAY_RESEND
from amate.desk.mail_list import KINDS, MAILS
from amate.messages.attend import let_be, let_be_no_more
from amate.messages.causes import in_words
from amate.messages.models import Message
from amate.promises.models import Promise
from amate.web.backoffice.lists import around, page_of, read
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import Pill
from amate.web.backoffice.undo import offer_undo
from amate.web.clock import now

State = Message.State
TONES: dict[str, str] = {
    State.SENT: "ok",
    State.DELIVERED: "ok",
    State.BOUNCED: "bad",
    State.COMPLAINED: "bad",
    State.REFUSED: "bad",
}
# What `Message.about` names before the colon: the page that tells it, and its anchor there.
PAGES = {"invoice": ("invoice", "#correos"), "ticket": ("ticket", "#correos"), "case": ("case", "")}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail about a document. `why`: of what went wrong, in words; `said`: in those of the other side."""

    id: int | None
    to: str
    pill: Pill
    moment: datetime
    why: str
    said: str
    astray: bool = False


@dataclass(frozen=True, slots=True)
class MailRow:
    delivery: Delivery
    subject: str
    kind: str
    url: str
    mend: str


@require_safe
def mails(request: HttpRequest, slug: str) -> HttpResponse:
    asked = read(request, MAILS)
    page = page_of(asked, request)
    return show(
        request,
        "office/mails.html",
        room="invoices",
        rows=[_row(request, one) for one in page.rows],
        page=page,
        list=around(request, asked),
        may_attend=may(request, MAY_RESEND),
    )


@require_POST
def attended(request: HttpRequest, slug: str, message_id: int) -> HttpResponse:
    require(request, MAY_RESEND)
    if not Message.objects.filter(pk=message_id).exists():
        raise Http404
    if let_be(message_id=message_id, now=now()):
        offer_undo(request, "Ese correo ya no aparece por atender.", url=address(request, "mail_astray", message_id))
    else:
        messages.info(request, "Ya no hacía falta: se resolvió mientras tanto.")
    return redirect(address(request, "mails") + "?ver=sin-llegar")


@require_POST
def astray_again(request: HttpRequest, slug: str, message_id: int) -> HttpResponse:
    require(request, MAY_RESEND)
    if not Message.objects.filter(pk=message_id).exists():
        raise Http404
    if not let_be_no_more(message_id=message_id, now=now()):
        messages.info(request, "Ya no hacía falta: se resolvió mientras tanto.")
    return redirect(address(request, "mails") + "?ver=sin-llegar")


def deliveries_of(about: str, *, kind: str, **args: int) -> list[Delivery]:
    """Every mail about a document that was sent or waits, newest first. Before its first try it is only a promise, of
    this kind and with these arguments."""
    written = list(Message.objects.filter(about=about).defer("text", "html").order_by("-id"))
    keys = {message.key for message in written}
    named = {f"args__{name}": value for name, value in args.items()}
    waiting = Promise.objects.open().filter(kind=kind, **named).order_by("-id")
    rows = [
        Delivery(None, one.args["to"], Pill("Por enviar", "warn"), one.asked_at, "", "")
        for one in waiting
        if one.key not in keys
    ]
    return rows + [delivery(message) for message in written]


def delivery(message: Message) -> Delivery:
    return Delivery(
        id=message.pk,
        to=message.to,
        pill=Pill(message.get_state_display(), TONES.get(message.state, "warn")),
        moment=message.told_at or message.sent_at or message.created_at,
        why=_why(message),
        said=message.error,
        astray=message.state in Message.DEAD and message.attended_at is None,
    )


def _why(message: Message) -> str:
    """
    >>> _why(Message(company_id=1, state="complained")), _why(Message(company_id=1, state="sent"))
    ('Quien lo recibió lo marcó como no deseado: pregúntale a dónde lo quiere.', '')
    """
    if message.state == State.BOUNCED:
        return "La dirección no existe o no recibe correo: envíalo a otra."
    if message.state == State.COMPLAINED:
        return "Quien lo recibió lo marcó como no deseado: pregúntale a dónde lo quiere."
    return in_words(message.cause)


def page_about(request: HttpRequest, about: str) -> str:
    """Where the document of a mail is, with its form to send it elsewhere; empty if it has no page."""
    thing, _, number = about.partition(":")
    if thing not in PAGES or not number.isdecimal():
        return address(request, "people") if thing == "invitation" else ""
    name, anchor = PAGES[thing]
    return address(request, name, int(number)) + anchor


def _row(request: HttpRequest, message: Message) -> MailRow:
    kind = KINDS.get(message.kind, message.kind)
    mend = "Invitar otra vez" if message.kind == "invitation" else "Enviar a otro correo"
    return MailRow(delivery(message), message.subject, kind, page_about(request, message.about), mend)
