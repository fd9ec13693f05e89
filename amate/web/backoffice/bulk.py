"""Acts on many rows: what was ticked, or all of the filter; first what it will do, then yes."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.desk.acts import ACTS, Act
from amate.desk.ask_run import ask_act
from amate.desk.listing import Asked
from amate.desk.lists import LISTS
from amate.desk.models import Run
from amate.desk.preview import Preview, preview_act
from amate.web.backoffice.exports import token_of
from amate.web.backoffice.lists import PAGES, counted, read
from amate.web.backoffice.page import address, show
from amate.web.backoffice.people_acting import asker_of
from amate.web.backoffice.reason_field import ReasonField
from amate.web.backoffice.roles import require
from amate.web.mail_address import MailField
from amate.web.sends import MANY, count_send, sends_must_wait

MOST_TICKED = 200
WORDS = {
    "bloquear": "Bloqueadas, nadie las factura hasta que las desbloquees.",
    "desbloquear": "Vuelven al portal con el mismo código y la misma fecha.",
    "cancelar": "Una venta cancelada no vuelve: hazlo solo si las ventas no existieron.",
    "enviar": "Llega un correo por cada nota, con su código y su enlace.",
    "reenviar": "Cada factura se envía al correo que tiene guardado.",
    "zip": "Un archivo ZIP con el XML y el PDF de cada una.",
}


class YesForm(forms.Form):
    """What an act asks before it is done; the fields that it does not ask are taken away."""

    reason = ReasonField()
    correo = MailField(
        label="Enviarlas a este correo",
        widget=forms.EmailInput({"autocomplete": "off"}),
        error_messages={"required": "Escribe a qué correo las enviamos"},
    )
    cuantas = forms.CharField(
        label="Escribe cuántas son, para confirmar",
        max_length=12,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric", "class": "w-short"}),
        error_messages={"required": "Escribe cuántas son, para confirmar"},
    )

    def __init__(self, act: Act, count: int, *said: Any) -> None:
        super().__init__(*said)
        self.count = count
        for name in set(self.fields) - {*act.asks, *(["cuantas"] if act.for_good else [])}:
            del self.fields[name]

    def clean_cuantas(self) -> str:
        typed = str(self.cleaned_data["cuantas"]).replace(",", "").strip()
        if typed != str(self.count):
            raise forms.ValidationError(f"Son {self.count:,}: escribe ese número si estás seguro de todas")
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest, slug: str, listing: str) -> HttpResponse:
    said = request.POST if request.method == "POST" else request.GET
    act = ACTS.get(said.get("acto", ""))
    back = redirect(f"{address(request, PAGES[listing])}?{_asked(request, listing, said).query}")
    if act is None or act.listing != listing:
        messages.error(request, "Elige qué hacer con las que marcaste.")
        return back
    require(request, act.may)
    every = said.get("todas") == "1"
    ids = None if every else _ticked(said.getlist("id"))
    if ids == []:
        messages.error(request, f"Marca al menos una de la lista para “{act.button}”.")
        return back
    if before := _before(request):
        return redirect(address(request, "run", before.pk))
    asked = _asked(request, listing, said)
    preview = preview_act(act, asked, ids=ids, now=asked.at.now)
    if request.method != "POST":
        return _show(request, act, asked, preview, YesForm(act, len(preview.ids)), ids=ids)
    return _confirm(request, act, asked, preview, ids)


def _confirm(request: HttpRequest, act: Act, asked: Asked, preview: Preview, ids: list[int] | None) -> HttpResponse:
    token = token_of(request)
    form = YesForm(act, len(preview.ids), request.POST)
    if not preview.ids or token is None:
        return _show(request, act, asked, preview, YesForm(act, len(preview.ids)), ids=ids, status=422)
    if _seen(preview) != request.POST.get("visto", ""):
        messages.info(request, "Mientras lo mirabas cambió la lista: revisa otra vez cuántas son.")
        return _show(request, act, asked, preview, YesForm(act, len(preview.ids)), ids=ids, status=422)
    if not form.is_valid():
        return _show(request, act, asked, preview, form, ids=ids, status=422)
    if act.mails:
        who = f"company:{request.company.pk}"  # type: ignore[attr-defined]
        if sends_must_wait(MANY, who, now=asked.at.now):
            form.add_error(None, "En esta hora ya enviaste varias a muchos correos. Espera un rato.")
            return _show(request, act, asked, preview, form, ids=ids, status=422)
        count_send(request, MANY, who, now=asked.at.now)
    given = {name: form.cleaned_data[name] for name in act.asks}
    owner_id, asker = asker_of(request)
    run = ask_act(
        act=act.name,
        asked=asked,
        preview=preview,
        said=given,
        token=token,
        owner_id=owner_id,
        who=asker,
        now=asked.at.now,
    )
    return redirect(address(request, "run", run.pk))


def _show(
    request: HttpRequest,
    act: Act,
    asked: Asked,
    preview: Preview,
    form: YesForm,
    *,
    ids: list[int] | None,
    status: int = 200,
) -> HttpResponse:
    many = counted(asked.listing, preview.sums, most=act.most)
    return show(
        request,
        "office/bulk.html",
        room=PAGES[asked.listing.name],
        status=status,
        act=act,
        words=WORDS[act.name],
        preview=preview,
        many=many,
        most=act.most,
        listing=asked.listing,
        form=form,
        ids=ids or [],
        every=ids is None,
        typed=asked.typed,
        seen=_seen(preview),
        token=request.POST.get("token") if token_of(request) else uuid4(),
        back=f"{address(request, PAGES[asked.listing.name])}?{asked.query}",
    )


def _asked(request: HttpRequest, listing: str, said: Any) -> Asked:
    return read(request, LISTS[listing], said)


def _ticked(typed: list[str]) -> list[int]:
    return [int(one) for one in typed[:MOST_TICKED] if one.isascii() and one.isdecimal() and len(one) < 19]


def _before(request: HttpRequest) -> Run | None:
    """The run that this very page became already: a form sent twice is one yes."""
    token = token_of(request)
    return Run.objects.defer("ids").filter(token=token).first() if token else None


def _seen(preview: Preview) -> str:
    """What the person saw, so that a yes is never to something else."""
    return f"{len(preview.ids)}-{preview.sums.pesos:.2f}"
