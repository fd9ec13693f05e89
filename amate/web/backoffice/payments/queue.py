"""Por conciliar: deposits, payments and words of customers that wait for a person, each with what we guess."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from amate.access.may import MAY_RECONCILE
from amate.billing_cycle.reconciliation.models import BankLine, InboxEvent, ReportedPayment
from amate.billing_cycle.reconciliation.settle_notice import NotWaiting, ask_again, let_notice_be
from amate.billing_cycle.reconciliation.suggest import suggest
from amate.customers.models import Customer
from amate.ledger.models import Payment
from amate.web.backoffice.keyset import page_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.payments.payment_list import payment_row
from amate.web.backoffice.roles import may, require
from amate.web.clock import now

SHOWN = 50
MEANWHILE = "Escribe qué hiciste con ese aviso."


@require_POST
def notice(request: HttpRequest, slug: str, event_id: int) -> HttpResponse:
    """A provider's notice that nobody could place: asked again, or let be with its reason."""
    require(request, MAY_RECONCILE)
    if not InboxEvent.objects.filter(pk=event_id).exists():
        raise Http404
    why = request.POST.get("motivo", "").replace("\x00", "").strip()
    try:
        if request.POST.get("acto") == "preguntar":
            ask_again(event_id=event_id, now=now())
            messages.success(request, "Le preguntamos otra vez al proveedor.")
        elif why:
            let_notice_be(event_id=event_id, why=why, now=now())
            messages.success(request, "Ese aviso ya no espera.")
        else:
            messages.error(request, MEANWHILE)
    except NotWaiting as settled:
        messages.info(request, str(settled))
    return redirect(address(request, "reconcile"))


@require_safe
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    waiting = BankLine.objects.filter(state=BankLine.State.WAITING).select_related("account").order_by("-id")
    page = page_of(waiting, request=request, kept={})
    guesses = suggest(page.rows)
    names = Customer.objects.in_bulk({one.customer_id for found in guesses.values() for one in found})
    reports = ReportedPayment.objects.filter(state=ReportedPayment.State.OPEN).defer("proof")
    return show(
        request,
        "office/payments/queue.html",
        room="payments",
        page=page,
        lines=[(line, [(names[one.customer_id], one) for one in guesses[line.pk][:1]]) for line in page.rows],
        payments=[payment_row(one) for one in Payment.objects.unidentified().order_by("-id")[:SHOWN]],
        reports=reports.select_related("customer").order_by("-id")[:SHOWN],
        notices=InboxEvent.objects.for_people().select_related("account").defer("body").order_by("-id")[:SHOWN],
        may_reconcile=may(request, MAY_RECONCILE),
    )
