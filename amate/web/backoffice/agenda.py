"""Agenda de cobranza: whom to call and whom to ask again today, the heaviest debt first; what was said, and the next step."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from amate.access.may import MAY_PROMISE
from amate.billing_cycle.collection.agenda import NotNoted, agenda_of, call_made, finish_note, note_on
from amate.billing_cycle.collection.models import CollectorNote, Notice
from amate.companies.day import day_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.served import find_payer
from amate.web.backoffice.served_forms import day_field
from amate.web.clock import now

SHOWN = 100
LONGEST = 1000


class NoteForm(forms.Form):
    """`aviso`: the call that was made, if one was; `contesto`: he was reached."""

    texto = forms.CharField(
        label="Qué pasó",
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "required": "Escribe qué pasó",
            "max_length": f"Escríbelo más corto: caben {LONGEST} letras",
        },
    )
    sigue = day_field("Cuándo se le vuelve a buscar", help_text="Opcional. Hasta ese día no aparece en la agenda.")
    contesto = forms.BooleanField(label="Contestó y se le dijo", required=False)
    aviso = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["sigue"].required = False


@require_safe
def agenda(request: HttpRequest, slug: str) -> HttpResponse:
    found = agenda_of(today=day_of(now()))
    return show(
        request,
        "office/agenda.html",
        room="receivables",
        tasks=found[:SHOWN],
        more=len(found) - SHOWN,
        may_note=may(request, MAY_PROMISE),
    )


@require_safe
def task(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    require(request, MAY_PROMISE)
    return _show(request, customer_id, None)


@require_POST
def note(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    require(request, MAY_PROMISE)
    found, moment, form = find_payer(customer_id), now(), NoteForm(request.POST)
    today, by = day_of(moment), str(request.user.get_username())
    if form.is_valid():
        said = form.cleaned_data
        facts = {"text": said["texto"], "next_on": said["sigue"], "by": by, "today": today, "now": moment}
        call = Notice.objects.filter(pk=said["aviso"], customer=found).first() if said["aviso"] else None
        try:
            if call is not None:
                call_made(notice_id=call.pk, reached=said["contesto"], **facts)
            else:
                note_on(customer_id=found.pk, **facts)
        except NotNoted as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, "Anotado.")
            return redirect(address(request, "agenda"))
    return _show(request, found.pk, form)


@require_POST
def done(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    """Nothing more is to be asked of him for now."""
    require(request, MAY_PROMISE)
    found = find_payer(customer_id)
    last = CollectorNote.objects.filter(customer=found, done_at__isnull=True).order_by("-id").first()
    if last is not None and finish_note(note_id=last.pk, now=now()):
        messages.success(request, "Terminado: ya no aparece por esa nota.")
    else:
        messages.info(request, "No tenía nada pendiente.")
    return redirect(address(request, "agenda"))


def _show(request: HttpRequest, customer_id: int, form: NoteForm | None) -> HttpResponse:
    customer, today = find_payer(customer_id), day_of(now())
    mine = next((one for one in agenda_of(today=today) if one.customer.pk == customer.pk), None)
    call = mine.call if mine is not None else None
    return show(
        request,
        "office/agenda_task.html",
        room="receivables",
        status=200 if form is None else 422,
        customer=customer,
        task=mine,
        call=call,
        notes=list(CollectorNote.objects.filter(customer=customer).order_by("-id")[:20]),
        form=form or NoteForm(initial={"aviso": call.pk} if call is not None else {}),
    )
