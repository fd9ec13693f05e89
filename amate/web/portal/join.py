"""Several notes in one invoice (FEATURES 37): another one is added by its own code and total, and taken out again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from amate.self_invoicing.join import MOST, Conflict, conflict_of
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.queries import live_invoice, stand_of
from amate.self_invoicing.rules import Standing
from amate.self_invoicing.what_remains import remains_of
from amate.tenancy.writes import rewrite
from amate.web.portal.code_form import CodeForm
from amate.web.portal.find_note import look_over, look_up
from amate.web.portal.page import page
from amate.web.portal.visit import Here, Place, mark_of, only_at

THERE = "Esa nota ya está en esta factura."
FULL = f"Una factura lleva hasta {MOST} notas: emite esta y factura las demás en otra."
ALONE = (
    "Tu nota ya está en la factura global de la tienda: sale de ella por separado y no se junta con otras. Emite su factura, "
    "y las otras notas en otra."
)


@require_http_methods(["GET", "HEAD", "POST"])
@only_at(Place.DETAILS)
def join(request: HttpRequest, here: Here) -> HttpResponse:
    if request.method != "POST":
        return _draw(request, here, CodeForm(auto_id="%s"))
    form = CodeForm(request.POST, auto_id="%s")
    if not look_over(form, now=here.now):
        return _draw(request, here, form)
    found = look_up(request, here.shop, form, now=here.now)
    if isinstance(found, HttpResponse):
        return found
    if found is None:
        form.no_match()
        return _draw(request, here, form)
    if why_not := _why_not_added(here, found):
        form.add_error(None, why_not)
        return _draw(request, here, form)
    rewrite(here.visit, also=[*here.visit.also, found.pk], seen_at=here.now)
    return redirect(here.shop.url("join"))


@require_POST
@only_at(Place.DETAILS)
def leave(request: HttpRequest, here: Here) -> HttpResponse:
    """Take one out. The note by which he came stays: another one is opened at the door."""
    kept = [one.pk for one in here.also if mark_of(one) != request.POST.get("nota")]
    rewrite(here.visit, also=kept, seen_at=here.now)
    return redirect(here.shop.url("join"))


def conflicts_of(here: Here) -> list[Conflict]:
    """What keeps the notes of this visit from one invoice now. Of one note there is nothing to ask."""
    also = here.also
    if not also:
        return []
    found = [conflict_of(here.ticket, first=here.ticket, standing=here.standing)]
    found += [_conflict(here, one) for one in also]
    return [one for one in found if one is not None]


def _conflict(here: Here, ticket: Ticket) -> Conflict | None:
    standing = stand_of(ticket, now=here.now, invoice=live_invoice(ticket)).standing
    return conflict_of(ticket, first=here.ticket, standing=standing)


def _in_words(here: Here, one: Conflict) -> str:
    if one.ticket.pk == here.ticket.pk:
        return f"{one.why} Así no se puede emitir: quita las otras notas y emite esta sola."
    return f"{one.why} Así no se puede emitir: quítala de aquí y {one.alone}."


def _why_not_added(here: Here, ticket: Ticket) -> str:
    if here.standing is not Standing.CLAIMABLE:
        return ALONE
    if ticket.pk in (here.ticket.pk, *here.visit.also):
        return THERE
    if len(here.visit.also) + 1 >= MOST:
        return FULL
    conflict = _conflict(here, ticket)
    return f"{conflict.why} No la agregamos: {conflict.alone}." if conflict else ""


def _draw(request: HttpRequest, here: Here, form: CodeForm) -> HttpResponse:
    notes = [here.ticket, *here.also]
    found = {one.ticket.pk: one for one in conflicts_of(here)}
    rows = [
        (note, remains_of(note).total, "" if note.pk == here.ticket.pk else mark_of(note), found.get(note.pk))
        for note in notes
    ]
    return page(
        request,
        "join",
        shop=here.shop,
        status=422 if form.errors else 200,
        form=form,
        rows=rows,
        whole=sum(remaining for _, remaining, _, _ in rows),
        conflicts=[_in_words(here, one) for one in found.values()],
        alone="" if here.standing is Standing.CLAIMABLE else ALONE,
        full=FULL if len(notes) >= MOST else "",
        purchase=here.purchase,
        joined=len(notes) > 1,
    )
