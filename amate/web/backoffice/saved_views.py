"""Saved views: a list as it is narrowed gets a name, for oneself or for everybody of the company."""

from typing import Any
from urllib.parse import parse_qsl

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amate.access.may import MAY_CONFIGURE
from amate.desk.keep_view import MOST, NameTaken, TooMany, change_view, remove_view, save_view
from amate.desk.listing import Asked
from amate.desk.lists import LISTS
from amate.desk.models import LONGEST_NAME, SavedView
from amate.fiscal.text import TextRefused, clean_text
from amate.web.backoffice.lists import PAGES, may_read, read, room_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may
from amate.web.backoffice.undo import offer_undo
from amate.web.clock import now

TAKEN = "Ya tienes una vista con ese nombre en esta lista: escribe otro"


class ViewForm(forms.Form):
    name = forms.CharField(
        label="Nombre de la vista",
        max_length=LONGEST_NAME,
        help_text="Como la buscarás: “Vencidas del mes”, “Contado de Centro”.",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={
            "required": "Escribe un nombre para la vista",
            "max_length": f"Escríbelo más corto: caben {LONGEST_NAME} letras",
        },
    )
    shared = forms.TypedChoiceField(
        label="Quién la ve",
        choices=[("", "Solo yo"), ("1", "Todos en la empresa")],
        coerce=bool,
        required=False,
    )

    def clean_name(self) -> str:
        try:
            return clean_text(self.cleaned_data["name"])
        except TextRefused as refused:
            raise forms.ValidationError(refused.message) from refused


@require_safe
def views(request: HttpRequest, slug: str) -> HttpResponse:
    assert request.user.pk is not None
    seen = SavedView.objects.seen_by(request.user.pk).select_related("owner").order_by("listing", "name", "id")
    rows = [
        {
            "view": one,
            "list": LISTS[one.listing].title,
            "url": _url(request, one),
            "mine": one.owner_id == request.user.pk,
            "may_change": _may_change(request, one),
        }
        for one in seen
        if may_read(request, one.listing)
    ]
    return show(request, "office/views.html", room="home", rows=rows)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """What is narrowed comes in the address; without it there is nothing to name."""
    listing = LISTS.get(request.GET.get("lista", ""))
    asked = read(request, listing) if listing else None
    if asked is None or not asked.on:
        messages.info(request, "Filtra primero una lista: una vista guarda sus filtros con un nombre.")
        return redirect(address(request, "views"))
    if request.method != "POST":
        return _form(request, ViewForm(), asked)
    form = ViewForm(request.POST)
    if not form.is_valid():
        return _form(request, form, asked, status=422)
    said = form.cleaned_data
    try:
        save_view(
            owner_id=request.user.pk,  # type: ignore[arg-type]
            listing=asked.listing.name,
            name=said["name"],
            query=asked.query,
            shared=bool(said["shared"]),
            now=now(),
        )
    except NameTaken:
        form.add_error("name", TAKEN)
        return _form(request, form, asked, status=422)
    except TooMany:
        form.add_error("name", f"Ya guardaste {MOST} vistas de esta lista: quita alguna que ya no uses")
        return _form(request, form, asked, status=422)
    messages.success(request, f"Guardamos “{said['name']}”: la encuentras arriba de la lista.")
    return redirect(f"{address(request, PAGES[asked.listing.name])}?{asked.query}")


@require_http_methods(["GET", "HEAD", "POST"])
def view(request: HttpRequest, slug: str, view_id: int) -> HttpResponse:
    found = _find(request, view_id)
    asked = read(request, LISTS[found.listing], dict(parse_qsl(found.query)))
    if request.method != "POST":
        return _form(
            request, ViewForm(initial={"name": found.name, "shared": "1" if found.shared else ""}), asked, found
        )
    form = ViewForm(request.POST)
    if not form.is_valid():
        return _form(request, form, asked, found, status=422)
    said = form.cleaned_data
    try:
        change_view(view_id=found.pk, name=said["name"], shared=bool(said["shared"]), now=now())
    except NameTaken:
        form.add_error("name", TAKEN)
        return _form(request, form, asked, found, status=422)
    messages.success(request, f"Guardamos “{said['name']}”.")
    return redirect(address(request, "views"))


@require_POST
def remove(request: HttpRequest, slug: str, view_id: int) -> HttpResponse:
    found = _find(request, view_id)
    remove_view(view_id=found.pk, now=now())
    done = f"Quitamos la vista “{found.name}”. Lo que mostraba sigue en su lista."
    if found.owner_id == request.user.pk:
        new = f"{address(request, 'view_new')}?lista={found.listing}&{found.query}"
        offer_undo(request, done, url=new, name=found.name, shared="1" if found.shared else "")
    else:
        messages.success(request, done)  # given back, it would be his who took it away
    return redirect(address(request, "views"))


def _find(request: HttpRequest, view_id: int) -> SavedView:
    """One that may be changed by whoever asks; another's is as if it were not there."""
    found: SavedView | None = SavedView.objects.filter(pk=view_id).first()
    if found is None or not _may_change(request, found) or not may_read(request, found.listing):
        raise Http404
    return found


def _may_change(request: HttpRequest, found: SavedView) -> bool:
    return found.owner_id == request.user.pk or (found.shared and may(request, MAY_CONFIGURE))


def _url(request: HttpRequest, found: SavedView) -> str:
    return f"{address(request, PAGES[found.listing])}?{found.query}"


def _form(
    request: HttpRequest, form: ViewForm, asked: Asked, found: SavedView | None = None, *, status: int = 200
) -> HttpResponse:
    facts: dict[str, Any] = {
        "form": form,
        "view": found,
        "list_title": asked.listing.title,
        "on": asked.on,
        "back": address(request, "views") if found else f"{address(request, PAGES[asked.listing.name])}?{asked.query}",
    }
    room = room_of(asked.listing.name)
    return show(request, "office/view.html", room=room, status=status, **facts)
