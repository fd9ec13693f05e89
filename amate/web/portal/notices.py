"""Refusals that need no answer from the visitor: each says what happened and leads on (FEATURES 4.3)."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.companies.models import Emisor
from amate.companies.policies import which_qualify
from amate.help.models import Case
from amate.self_invoicing.rules import Standing
from amate.self_invoicing.tallies import CAUSE_OF, stopped
from amate.web.portal.language import in_full
from amate.web.portal.page import page
from amate.web.portal.purchase import purchase_of
from amate.web.portal.visit import Here, Place, only_at
from amate.web.said import said


@dataclass(frozen=True, slots=True)
class Notice:
    """`button` is (words, name of an address, query); `text` may use {deadline}, {zone}, {since} and
    {rule}."""

    tone: str
    title: str
    text: str
    button: tuple[str, str, str] | None = None


REVIEWING = Notice(
    "info",
    "La tienda está revisando esta compra",
    "Tu nota sigue siendo válida. La factura se podrá hacer en cuanto termine la revisión; si te urge, pregunta en la tienda.",
    ("Contactar a la tienda", "help", "?asunto=revision"),
)
REJOINED = Notice(
    "info",
    "Esta parte se volvió a unir a su nota",
    "La tienda unió otra vez la compra el {since}: ahora se factura completa, con el código de la nota original. Si no lo "
    "tienes, pídeselo.",
    ("Contactar a la tienda", "help", ""),
)
NOTICES = {
    Standing.EXPIRED: Notice(
        "warn",
        "El plazo para facturar esta compra ya terminó",
        "Se podía facturar aquí hasta el {deadline} ({zone}). La tienda todavía puede ayudarte: pídele una excepción.",
        ("Pedir una excepción", "help", "?asunto=excepcion"),
    ),
    Standing.IN_GLOBAL: Notice(
        "warn",
        "Esta compra ya está en la factura global de la tienda",
        "La tienda declaró las ventas de esos días en una sola factura, y esta compra va en ella. Todavía puedes pedir la "
        "tuya: la tienda la saca de la global y te la hace.",
        ("Pedir mi factura a la tienda", "help", "?asunto=global"),
    ),
    Standing.VOID: Notice(
        "warn",
        "Esta compra se canceló",
        "La tienda la registró como cancelada el {since}, por eso no se puede facturar. Si no devolviste nada, avísale.",
        ("Contactar a la tienda", "help", "?asunto=cancelada"),
    ),
    Standing.LOCKED: REVIEWING,
    Standing.HELD_BY_US: REVIEWING,
    Standing.PORTAL_OFF: Notice(
        "info",
        "La autofactura de esta tienda está en pausa. Tu nota sigue siendo válida",
        "Por ahora la factura se pide directamente con la tienda: en caja, por teléfono o por correo, con tu nota a la mano.",
        ("Pedirla a la tienda", "help", "?asunto=pausa"),
    ),
    Standing.NOT_OFFERED: Notice(
        "info",
        "Esta compra no se factura en el portal",
        "{rule} Tu nota sigue siendo válida: pide tu factura en la tienda.",
        ("Pedirla a la tienda", "help", "?asunto=pausa"),
    ),
    Standing.ISSUING: Notice(
        "info",
        "La factura de esta compra ya está en camino",
        "Ya se pidió con esta nota, aquí o desde otro dispositivo, y no hace falta pedirla otra vez. Si la pediste tú, "
        "vuelve en un rato: la descargas con tu código, el total y tu RFC. Si no fuiste tú, avisa a la tienda.",
        ("Volver a intentar", "notice", ""),
    ),
}


def _asked(here: Here) -> str:
    """Since when the shop has a message about this note that it has not answered: who comes back need not write it again.
    Not to whom it answers: another holder of the note may be looking."""
    case = Case.objects.open().filter(ticket=here.ticket).order_by("-asked_at").first()
    return in_full(case.asked_at.astimezone(here.zone)) if case else ""


def _rule(here: Here) -> str:
    if here.rules is None or here.standing is not Standing.NOT_OFFERED:
        return ""
    return which_qualify(here.rules.when_sold, labels=Emisor.objects.get().source_labels)


@require_safe
@only_at(Place.NOTICE)
def notice(request: HttpRequest, here: Here) -> HttpResponse:
    found = REJOINED if here.ticket.rejoined_at else NOTICES[here.standing]
    stopped(here.visit, CAUSE_OF[here.standing], branch_id=here.ticket.branch_id, now=here.now)
    purchase = purchase_of(here.ticket, now=here.now)
    text = str(said(found.text)).format(
        deadline=purchase.deadline,
        zone=said(purchase.zone),
        rule=said(_rule(here)),
        since=in_full(here.ticket.state_since.astimezone(here.zone)),
    )
    button = None
    if found.button:
        words, name, query = found.button
        button = (words, here.shop.url(name) + query)
    return page(
        request,
        "notice",
        shop=here.shop,
        tone=found.tone,
        title=found.title,
        text=text,
        button=button,
        asked=_asked(here),
        purchase=purchase,
    )
