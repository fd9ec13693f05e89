"""Cancel one document: what it takes is shown, in order, before anything is asked of the SAT."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amate.access.may import MAY_CANCEL
from amate.billing_cycle.reconciliation.take_back import owe_taking_back
from amate.fiscal.clock import zone_of
from amate.invoices.abandon_rep import NotAbandoned, abandon_rep
from amate.invoices.cancel import LONGEST_REASON, NotCancellable, cancel_invoice, plan_for
from amate.invoices.cancel_again import cancel_again
from amate.invoices.how_it_stands import around, document_of
from amate.invoices.models import CancellationPaper, Motivo
from amate.invoices.what_may_be_done import why_not_cancelled
from amate.invoices.withdraw_cancellation import withdraw_cancellation
from amate.web.backoffice.one_document import find_document
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import require
from amate.web.backoffice.rows import invoice_pill
from amate.web.clock import now
from amate.web.files import xml_response

# 01 has a page of its own: its substitute is made first.
MOTIVOS = [(key, f"{key} · {label}") for key, label in Motivo.choices if key != Motivo.SUBSTITUTED]


class CancelForm(forms.Form):
    motivo = forms.ChoiceField(
        label="Motivo ante el SAT", choices=MOTIVOS, error_messages={"required": "Elige el motivo"}
    )
    razon = forms.CharField(
        label="Qué pasó",
        max_length=LONGEST_REASON,
        help_text="La ley pide conservar la razón y su prueba. Queda en el historial; el receptor no la ve.",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Escribe qué pasó: la ley pide conservar la razón"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    require(request, MAY_CANCEL)
    found = find_document(invoice_id)
    why_not = "" if request.method == "POST" else why_not_cancelled(document_of(found), around(found))
    if why_not:
        messages.error(request, why_not)
        return redirect(address(request, "invoice", found.pk))
    form = CancelForm(request.POST) if request.method == "POST" else CancelForm()
    if form.is_valid():
        try:
            cancel_invoice(
                invoice_id=found.pk,
                motivo=form.cleaned_data["motivo"],
                reason=form.cleaned_data["razon"],
                asked_by=request.user.get_username(),
                now=now(),
            )
        except NotCancellable as refused:
            messages.error(request, str(refused))
        else:
            messages.success(
                request, "Pedimos la cancelación. Aquí verás qué responde el SAT: hasta entonces sigue vigente."
            )
        return redirect(address(request, "invoice", found.pk) + "#t-cancel")
    return show(
        request,
        "office/invoice_cancel.html",
        room="invoices",
        zone=zone_of(found.branch.cp),
        status=422 if form.errors else 200,
        invoice=found,
        pill=invoice_pill(found),
        plan=plan_for(invoice=found, motivo=Motivo.ERRORS, now=now()),
        form=form,
    )


@require_POST
def withdraw(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    require(request, MAY_CANCEL)
    found = find_document(invoice_id)
    try:
        withdraw_cancellation(invoice_id=found.pk, now=now())
    except NotCancellable as why_not:
        messages.error(request, str(why_not))
    else:
        messages.success(request, "Retirada: el documento sigue vigente.")
    return redirect(address(request, "invoice", found.pk) + "#t-cancel")


@require_POST
def again(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    require(request, MAY_CANCEL)
    found = find_document(invoice_id)
    try:
        cancel_again(invoice_id=found.pk, asked_by=request.user.get_username(), now=now())
    except NotCancellable as why_not:
        messages.error(request, str(why_not))
    else:
        messages.success(request, "La pedimos otra vez, empezando por lo que va antes. Aquí verás qué responde el SAT.")
    return redirect(address(request, "invoice", found.pk) + "#t-cancel")


@require_POST
def abandon(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    require(request, MAY_CANCEL)
    found = find_document(invoice_id)
    moment = now()
    try:
        abandon_rep(invoice_id=found.pk, now=moment)
    except NotAbandoned as why_not:
        messages.error(request, str(why_not))
    else:
        owe_taking_back(found.pk, now=moment)
        messages.success(
            request, "Abandonado: su pago queda libre para otro complemento. Este se queda en el historial."
        )
    return redirect(address(request, "invoice", found.pk))


@require_safe
def paper(request: HttpRequest, slug: str, invoice_id: int, paper_id: int) -> HttpResponse:
    """A signed request or an acuse, as it is kept."""
    found: CancellationPaper | None = CancellationPaper.objects.filter(
        pk=paper_id, cancellation__invoice_id=invoice_id
    ).first()
    if found is None:
        raise Http404
    return xml_response(bytes(found.xml), name=f"{found.kind}-{found.pk}.xml")
