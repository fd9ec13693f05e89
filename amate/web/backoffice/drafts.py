"""Borradores: keeps what the script of a form sends while somebody types (`drafted.py`), and discards it when asked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from amate.access.models import Role
from amate.desk.keep_draft import TooLarge
from amate.web.backoffice import counter, counter_sale, customer_contacts, customer_edit, imports, new_invoice, products
from amate.web.backoffice.drafted import Drafted, PageDraft, pairs
from amate.web.backoffice.page import address, office_zone
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings import branches, brand, company, mail, portal
from amate.web.clock import now

FORMS = {
    form.name: form
    for form in (
        counter_sale.SALE,
        new_invoice.INVOICE,
        customer_edit.NEW,
        customer_edit.DATA,
        products.NEW,
        products.PRODUCT,
        branches.NEW,
        branches.BRANCH,
        portal.RULES,
        portal.RULES_OF_BRANCH,
        brand.TEXTS,
        company.COMPANY,
        customer_contacts.NEW,
        customer_contacts.CONTACT,
        *mail.DRAFTS.values(),
        counter.RECEIVER,
        imports.COLUMNS,
    )
}
WHO_TYPES: frozenset[Role] = frozenset().union(*(form.roles for form in FORMS.values()))
NOT_KEPT = "Este formulario no guarda borrador"
TOO_LARGE = "Es demasiado largo para guardar un borrador: guarda o envía lo que llevas"


@require_POST
def keep(request: HttpRequest, slug: str) -> HttpResponse:
    """A sentence for the line below the form; empty if nothing was typed yet."""
    found = _find(request)
    if found is None:
        return _say(NOT_KEPT, status=422)
    draft, moment = found[0], now()
    try:
        kept = draft.keep(pairs(request.POST), now=moment)
    except TooLarge:
        return _say(TOO_LARGE, status=422)
    return _say(f"Borrador guardado, {moment.astimezone(office_zone()):%H:%M}" if kept else "")


@require_POST
def discard(request: HttpRequest, slug: str) -> HttpResponse:
    """Back to the form, as it is without a draft."""
    found = _find(request)
    if found is None:
        return _say(NOT_KEPT, status=422)
    draft, where = found
    draft.drop()
    return redirect(where)


def _find(request: HttpRequest) -> tuple[PageDraft, str] | None:
    """The draft that is named and the address of its page. Raises PermissionDenied, as the page itself would."""
    require(request, WHO_TYPES)
    key = request.POST.get("borrador", "")[:40]
    form, things = _form_of(key)
    if form is None:
        return None
    require(request, form.roles)
    args = [one for thing in things for one in form.args_of(thing)]
    return PageDraft(form, key, request.user.pk or 0), address(request, form.page, *args) + form.query


def _form_of(key: str) -> tuple[Drafted | None, list[int]]:
    """
    >>> _form_of("sale")[0].page, _form_of("customer:12")[1], _form_of("customer")[0], _form_of("sale:12")[0]
    ('counter_sale', [12], None, None)
    """
    if key in FORMS and not FORMS[key].of_a_thing:
        return FORMS[key], []
    name, _, thing = key.rpartition(":")
    form = FORMS.get(name)
    if form is None or not form.of_a_thing or not thing.isascii() or not thing.isdecimal():
        return None, []
    return form, [int(thing)]


def _say(sentence: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(sentence, content_type="text/plain; charset=utf-8", status=status)
