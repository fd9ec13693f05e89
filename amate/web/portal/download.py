"""Already invoiced (X5): the receiver's RFC proves the right to the files, and nothing of the receiver is shown before."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_http_methods

from amate.audit.record import record
from amate.fiscal.rfc import RfcRefused, read_rfc
from amate.self_invoicing.queries import tickets_of_invoice
from amate.self_invoicing.tallies import CAUSE_OF, stopped
from amate.web.portal.guard import count_miss, guess_of, must_wait
from amate.web.portal.language import in_full
from amate.web.portal.page import page
from amate.web.portal.purchase import purchase_of
from amate.web.portal.visit import Here, Place, only_at
from amate.web.portal.waiting import too_many

OTHER_RFC = "Ese no es el RFC con el que se hizo la factura. Revísalo, o pide ayuda a la tienda"

EVERYBODYS = "Ese RFC lo puede usar cualquiera. Abre el enlace que te llegó por correo, o pide tu factura a la tienda"


class ProofForm(forms.Form):
    rfc = forms.CharField(
        label="RFC con el que se hizo la factura",
        error_messages={"required": "Escribe el RFC con el que se hizo la factura"},
        widget=forms.TextInput(
            {"class": "w-mid mono upper", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 24}
        ),
    )

    def clean_rfc(self) -> str:
        try:
            read = read_rfc(self.cleaned_data["rfc"].replace("-", ""))
        except RfcRefused as refused:
            raise forms.ValidationError(refused.message) from refused
        if read.is_generic:  # anybody has it: it proves nothing, whichever the invoice has
            raise forms.ValidationError(EVERYBODYS)
        return read.value


@require_http_methods(["GET", "HEAD", "POST"])
@only_at(Place.DOWNLOAD)
def download(request: HttpRequest, here: Here) -> HttpResponse:
    if request.method != "POST":
        stopped(here.visit, CAUSE_OF[here.standing], branch_id=here.ticket.branch_id, now=here.now)
        return _draw(request, here, ProofForm(auto_id="%s"))
    form = ProofForm(request.POST, auto_id="%s")
    if not form.is_valid():
        return _draw(request, here, form)
    guess = guess_of(request, code=here.ticket.code)
    if wait := must_wait(guess, now=here.now):
        return too_many(request, here.shop, wait, now=here.now)
    assert here.invoice is not None  # Place.DOWNLOAD says so
    about = f"invoice:{here.invoice.pk}"
    if not constant_time_compare(form.cleaned_data["rfc"], here.invoice.rfc):
        # As many as the limiter lets through; what was typed may be somebody's RFC and is not kept.
        record("invoice.opening_refused", about=about, now=here.now)
        count_miss(request, guess, now=here.now, refuse=lambda wait: too_many(request, here.shop, wait, now=here.now))
        form.add_error("rfc", OTHER_RFC)
        return _draw(request, here, form)
    record("invoice.opened", about=about, now=here.now)
    here.visit.invoice = here.invoice
    here.visit.may_download = True
    here.visit.fiscal = {}
    here.visit.also = [one.pk for one in tickets_of_invoice(here.invoice.pk) if one.pk != here.ticket.pk]
    here.visit.seen_at = here.now
    here.visit.save(update_fields=["invoice", "may_download", "fiscal", "also", "seen_at"])
    return redirect(here.shop.url("done"))


def _draw(request: HttpRequest, here: Here, form: ProofForm) -> HttpResponse:
    assert here.invoice is not None
    assert here.invoice.stamped_at is not None
    return page(
        request,
        "download",
        shop=here.shop,
        status=422 if form.errors else 200,
        form=form,
        issued=in_full(here.invoice.stamped_at.astimezone(here.zone)),
        purchase=purchase_of(here.ticket, now=here.now),
    )
