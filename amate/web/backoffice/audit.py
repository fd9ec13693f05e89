"""Auditoría: every act of every person, key and visitor, newest first."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch
from django.views.decorators.http import require_safe

from amate.access.models import ApiKey, Membership
from amate.audit.models import ActorKind, ChainHead, Entry
from amate.companies.models import Product
from amate.customers.models import Customer
from amate.desk.act_words import FAMILIES, in_words
from amate.desk.audit_list import AUDIT
from amate.invoices.models import Invoice
from amate.self_invoicing.models import Ticket
from amate.web.backoffice.lists import around, page_of, read
from amate.web.backoffice.page import address, show

# What `Entry.about` names before the colon: the page that shows it (and whether it takes the number), and how it is called.
THINGS: dict[str, tuple[str, bool, str]] = {
    "ticket": ("ticket", True, "Ver la nota"),
    "invoice": ("invoice", True, "Ver la factura"),
    "batch": ("import", True, "Ver la importación"),
    "case": ("case", True, "Ver el mensaje"),
    "product": ("product", True, "Ver el producto"),
    "customer": ("customer", True, "Ver el cliente"),
    "payment": ("payment", True, "Ver el pago"),
    "bank_file": ("bank_file", True, "Ver el archivo"),
    "bank_line": ("deposit", True, "Ver el depósito"),
    "provider": ("settings_provider", True, "Ver el proveedor"),
    "bank_account": ("settings_bank", True, "Ver la cuenta"),
    "subscription": ("subscription", True, "Ver la suscripción"),
    "plan": ("plan", True, "Ver el plan"),
    "price_rise": ("price_rises", False, "Ver los cambios de precios"),
    "billing_policy": ("settings_billing", False, "Ver las reglas de cobro"),
    "billing_run": ("billing_run", True, "Ver la corrida"),
    "promise": ("pending", False, "Ver los pendientes"),
    "person": ("people", False, "Ver las personas"),
    "invitation": ("people", False, "Ver las personas"),
    "key": ("keys", False, "Ver las claves"),
    "run": ("run", True, "Ver cómo quedó"),
}

# By which of its fields people know a thing.
NAMED: dict[str, tuple[type[Model], str]] = {
    "ticket": (Ticket, "folio"),
    "invoice": (Invoice, "number"),
    "customer": (Customer, "nombre"),
    "product": (Product, "descripcion"),
}


@dataclass(frozen=True, slots=True)
class ActRow:
    moment: datetime
    who: str
    what: str
    about: str
    name: str
    url: str
    link: str
    chained: bool


@require_safe
def audit(request: HttpRequest, slug: str) -> HttpResponse:
    asked = read(request, AUDIT)
    page = page_of(asked, request)
    names = _names([entry.about for entry in page.rows])
    options = {"quien": _actors(request), "tipo": sorted(FAMILIES.items(), key=lambda one: one[1])}
    return show(
        request,
        "office/audit.html",
        room="people",
        tab="audit",
        rows=[_row(request, entry, names) for entry in page.rows],
        page=page,
        list=around(request, asked, options=options),
        head=ChainHead.objects.first(),
    )


def _actors(request: HttpRequest) -> list[tuple[str, str]]:
    """Who can be chosen: those who are here now."""
    company_id = request.company.pk  # type: ignore[attr-defined]
    mails = (
        Membership.objects.filter(company_id=company_id).order_by("user__email").values_list("user__email", flat=True)
    )
    keys = ApiKey.objects.filter(company_id=company_id).order_by("name").values_list("prefix", "name")
    found = [(mail, mail) for mail in mails]
    found += [(f"{prefix} {name}", f"Clave {name}") for prefix, name in keys]
    return [*found, ("visitante", "Visitantes del portal"), ("sistema", "El sistema")]


def _names(abouts: list[str]) -> dict[str, str]:
    """What people call the things of a page, one statement a kind: a note by its folio, a customer by his name."""
    found: dict[str, str] = {}
    for kind, (model, field) in NAMED.items():
        ids = [
            int(number)
            for one, _, number in (about.partition(":") for about in abouts)
            if one == kind and _is_id(number)
        ]
        if ids:
            found |= {f"{kind}:{pk}": str(name) for pk, name in _named(model, field, ids) if name}
    return found


def _named(model: type[Model], field: str, ids: list[int]) -> list[tuple[int, str]]:
    rows = model._default_manager.filter(pk__in=ids)
    return [(one.pk, getattr(one, field)) for one in rows]


def _is_id(number: str) -> bool:
    return number.isascii() and number.isdecimal() and len(number) < 18


def _row(request: HttpRequest, entry: Entry, names: dict[str, str]) -> ActRow:
    url, link = _link(request, entry.about)
    return ActRow(
        moment=entry.at,
        who=_who(entry),
        what=in_words(entry.act, entry.detail),
        about=entry.about,
        name=names.get(entry.about, ""),
        url=url,
        link=link,
        chained=entry.seq is not None,
    )


def _who(entry: Entry) -> str:
    if entry.actor_kind == ActorKind.KEY:
        return f"Clave {entry.actor}"
    return entry.actor or ("El sistema" if entry.actor_kind == ActorKind.SYSTEM else "Un visitante")


def _link(request: HttpRequest, about: str) -> tuple[str, str]:
    """Where the thing can be seen; empty for one that has no page."""
    kind, _, number = about.partition(":")
    if kind not in THINGS:
        return "", ""
    page, numbered, words = THINGS[kind]
    try:
        return address(request, page, *([int(number)] if numbered else [])), words
    except (ValueError, NoReverseMatch):
        return "", ""
