"""Replace an invoice whose data were wrong: the new one is stamped first, then the old one is cancelled with motivo 01."""

import dataclasses

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_CANCEL
from amate.fiscal.catalogs import name_of
from amate.fiscal.clock import zone_of
from amate.fiscal.rfc import GENERICS
from amate.fiscal.tables.comprobante import FORMAS_PAGO
from amate.invoices.cancel import LONGEST_REASON, plan_for
from amate.invoices.hanging import hanging_on
from amate.invoices.how_it_stands import around, document_of
from amate.invoices.models import Invoice, Kind, Motivo, Origin
from amate.invoices.plan_cancellation import REPS_GONE, Plan
from amate.invoices.replace import NotReplaceable
from amate.invoices.what_may_be_done import why_not_replaced
from amate.self_invoicing.correct import replace_for
from amate.web.backoffice.one_document import find_document
from amate.web.backoffice.page import address, show
from amate.web.backoffice.receiver_form import ReceiverForm, as_typed, typed_receiver
from amate.web.backoffice.roles import require
from amate.web.backoffice.rows import invoice_pill
from amate.web.clock import now

REPS_COME = "Sus complementos de pago salen otra vez solos, para la nueva, en cuanto el SAT cancele los de ahora."
PAID_WITH = [(key, f"{key} · {name_of('forma_pago', key)}") for key in sorted(FORMAS_PAGO) if key != "99"]


class ReplaceForm(forms.Form):
    forma_pago = forms.ChoiceField(label="Forma de pago", choices=PAID_WITH, required=False)
    razon = forms.CharField(
        label="Qué estaba mal",
        max_length=LONGEST_REASON,
        help_text="Queda en el historial; el receptor no la ve.",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Escribe qué estaba mal"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    require(request, MAY_CANCEL)
    found = find_document(invoice_id)
    posted, beside = request.method == "POST", around(found)
    why_not = not_here(found) or ("" if beside.hangs else why_not_replaced(document_of(found), beside))
    if why_not:
        messages.error(request, why_not)
        return redirect(address(request, "invoice", found.pk))
    receiver = ReceiverForm(typed_receiver(request.POST) if posted else as_typed(found.profile, correo=found.correo))
    form = ReplaceForm(request.POST if posted else None, initial={"forma_pago": found.forma_pago})
    if posted and all((receiver.is_valid(), form.is_valid())):
        return _replace(request, found, receiver, form)
    return show(
        request,
        "office/invoice_replace.html",
        room="invoices",
        zone=zone_of(found.branch.cp),
        status=422 if posted else 200,
        invoice=found,
        pill=invoice_pill(found),
        first=[one for one in hanging_on(found.pk) if one.kind != Kind.PAGO],  # its REPs are passed on
        plan=_plan(found),
        receiver=receiver if posted else receiver.quiet(),
        form=form,
    )


def _plan(found: Invoice) -> Plan:
    """Its REPs need nobody afterwards: they are issued again for the new one."""
    plan = plan_for(invoice=found, motivo=Motivo.ERRORS, now=now())
    return dataclasses.replace(plan, warnings=tuple(REPS_COME if one == REPS_GONE else one for one in plan.warnings))


def not_here(found: Invoice) -> str:
    """What this page has no form for, whatever the act would do."""
    if found.kind == Kind.INGRESO and found.rfc not in GENERICS:
        return ""
    return "Este documento no se sustituye aquí: cancélalo y emite otro."


def _replace(request: HttpRequest, found: Invoice, receiver: ReceiverForm, form: ReplaceForm) -> HttpResponse:
    assert receiver.receptor is not None
    try:
        new = replace_for(
            found,
            receiver.receptor.receptor,
            correo=receiver.cleaned_data["correo"],
            forma_pago=form.cleaned_data["forma_pago"] if found.metodo_pago == "PUE" else "",
            reason=form.cleaned_data["razon"],
            asked_by=request.user.get_username(),
            origin=Origin.OFFICE,
            now=now(),
        )
    except NotReplaceable as refused:
        messages.error(request, str(refused))
        return redirect(address(request, "invoice", found.pk))
    messages.success(request, "Emitimos la nueva. En cuanto esté timbrada pedimos cancelar la anterior.")
    return redirect(address(request, "invoice", new.pk))
