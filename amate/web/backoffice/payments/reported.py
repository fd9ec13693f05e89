"""A payment that a customer told of: what he says, his proof, and what it turned out to be."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from amate.access.may import MAY_RECONCILE, MAY_TYPE_PAYMENTS
from amate.billing_cycle.reconciliation.how_paid import HOW_PAID
from amate.billing_cycle.reconciliation.models import PaymentHint, ReportedPayment
from amate.billing_cycle.reconciliation.report_payment import key_of
from amate.billing_cycle.reconciliation.settle_report import NotOpen, reject_report
from amate.web.backoffice.page import address, show
from amate.web.backoffice.reason_field import ReasonField
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import Pill
from amate.web.clock import now

TONES = {"open": "warn", "confirmed": "ok", "rejected": "bad"}
SUFFIX = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class RejectForm(forms.Form):
    motivo = ReasonField()


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    found = _find(report_id)
    form = RejectForm()
    if request.method == "POST":
        require(request, MAY_RECONCILE)
        form = RejectForm(request.POST)
        if form.is_valid():
            try:
                reject_report(
                    report_id=found.pk, why=form.cleaned_data["motivo"], by=request.user.get_username(), now=now()
                )
            except NotOpen as settled:
                messages.info(request, str(settled))
            else:
                messages.success(request, "Quedó como no encontrado. Ya no detiene avisos ni cortes.")
            return redirect(address(request, "reported", found.pk))
    hint = PaymentHint.objects.filter(source_key=key_of(found), ended_at__isnull=True, until__gt=now()).first()
    return show(
        request,
        "office/payments/reported.html",
        room="payments",
        status=422 if form.errors else 200,
        report=found,
        pill=Pill(found.get_state_display(), TONES[found.state]),
        how=HOW_PAID.get(found.forma_pago, found.forma_pago),
        hint=hint,
        form=form,
        may_type=may(request, MAY_TYPE_PAYMENTS),
        may_reject=may(request, MAY_RECONCILE),
    )


@require_safe
def proof(request: HttpRequest, slug: str, report_id: int) -> HttpResponse:
    """Always a download: what a stranger sent is never shown as ours."""
    found = ReportedPayment.objects.filter(pk=report_id).first()
    if found is None or not found.proof:
        raise Http404
    answer = HttpResponse(bytes(found.proof), content_type=found.proof_kind)
    answer["Content-Disposition"] = f'attachment; filename="comprobante-{found.pk}.{SUFFIX[found.proof_kind]}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _find(report_id: int) -> ReportedPayment:
    found = ReportedPayment.objects.select_related("customer").defer("proof").filter(pk=report_id).first()
    if found is None:
        raise Http404
    return found
