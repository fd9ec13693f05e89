"""Auditoría: every act of every person, key and visitor, newest first."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch
from django.views.decorators.http import require_safe

from amate.access.models import ApiKey, Membership
from amate.audit.models import ActorKind, ChainHead, Entry
from amate.desk.act_words import FAMILIES, in_words
from amate.desk.audit_list import AUDIT
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
    "promise": ("pending", False, "Ver los pendientes"),
    "person": ("people", False, "Ver las personas"),
    "invitation": ("people", False, "Ver las personas"),
    "key": ("keys", False, "Ver las claves"),
    "run": ("run", True, "Ver cómo quedó"),
}


@dataclass(frozen=True, slots=True)
class ActRow:
    moment: datetime
    who: str
    what: str
    about: str
    url: str
    link: str
    chained: bool


@require_safe
def audit(request: HttpRequest, slug: str) -> HttpResponse:
    asked = read(request, AUDIT)
    page = page_of(asked, request)
    options = {"quien": _actors(request), "tipo": sorted(FAMILIES.items(), key=lambda one: one[1])}
    return show(
        request,
        "office/audit.html",
        room="people",
        tab="audit",
        rows=[_row(request, entry) for entry in page.rows],
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


def _row(request: HttpRequest, entry: Entry) -> ActRow:
    url, link = _link(request, entry.about)
    return ActRow(
        moment=entry.at,
        who=_who(entry),
        what=in_words(entry.act, entry.detail),
        about=entry.about,
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
