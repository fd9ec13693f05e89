"""One payment: whose it is, what it pays, and the ways back."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amate.access.may import MAY_RECONCILE, MAY_REVERSE
from amate.billing_cycle.collection.reassess import reassess_customers
from amate.billing_cycle.reconciliation.give_up_reversal import NothingToGiveUp, give_up_reversal
from amate.billing_cycle.reconciliation.how_paid import HOW_PAID
from amate.billing_cycle.reconciliation.models import BankLine, BankShare
from amate.billing_cycle.reconciliation.settle_notice import look_at_notices_of
from amate.billing_cycle.reconciliation.take_back import being_taken_back, take_back_payment, who_keeps
from amate.companies.day import day_of
from amate.customers.remaining import Merged
from amate.desk.payment_list import way_of
from amate.invoices.cancel import NotCancellable
from amate.invoices.models import Invoice
from amate.ledger.accounts import PUENTE
from amate.ledger.fee import fee_of
from amate.ledger.identify import NotUnidentified, identify_payment
from amate.ledger.models import Allocation, Payment, PaymentKind
from amate.ledger.reverse import NotReversible, Why, move_payment
from amate.ledger.unallocate import Frozen
from amate.web.backoffice.page import address, show
from amate.web.backoffice.payments.fields import customer_of, debts_to_choose, found_customers, ids_of
from amate.web.backoffice.payments.payment_list import payment_pill
from amate.web.backoffice.reason_field import ReasonField
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import invoice_rows
from amate.web.clock import now

WAYS_BACK = {
    Why.MISAPPLIED: "No es de este cliente: vuelve a «por identificar»",
    Why.CANCELLED: "Se registró por error: el dinero nunca llegó",
    Why.REFUND: "Se le devolvió el dinero",
    Why.CHARGEBACK: "Su banco lo reclamó (contracargo)",
}
DONE = {
    Why.MISAPPLIED: "El pago espera a que digas de quién es.",
    Why.CANCELLED: "El pago quedó cancelado, y se debe otra vez lo que pagaba.",
    Why.REFUND: "Registramos el reembolso, y se debe otra vez lo que pagaba.",
    Why.CHARGEBACK: "Registramos el contracargo, y se debe otra vez lo que pagaba.",
}

WAITS = "Está en un complemento de pago: pedimos cancelarlo, y en cuanto el SAT lo cancele el pago se revierte solo."


class ReverseForm(forms.Form):
    que = forms.ChoiceField(label="Qué pasó", error_messages={"required": "Di qué pasó con el pago"})
    motivo = ReasonField()

    def __init__(self, *said: Any, ways: Sequence[Why], **more: Any) -> None:
        super().__init__(*said, **more)
        self.fields["que"].choices = [(one.value, WAYS_BACK[one]) for one in ways]  # type: ignore[attr-defined]


@require_safe
def payment(request: HttpRequest, slug: str, payment_id: int) -> HttpResponse:
    found = _find(payment_id)
    return _show(request, found, ReverseForm(ways=ways_back(found)))


@require_POST
def reverse(request: HttpRequest, slug: str, payment_id: int) -> HttpResponse:
    require(request, MAY_REVERSE)
    found, moment = _find(payment_id), now()
    form = ReverseForm(request.POST, ways=ways_back(found))
    if not form.is_valid():
        return _show(request, found, form, status=422)
    why = Why(form.cleaned_data["que"])
    note, by = form.cleaned_data["motivo"], request.user.get_username()
    try:
        taken = take_back_payment(
            payment_id=found.pk, why=why, note=note, asked_by=by, today=day_of(moment), now=moment
        )
    except (NotReversible, NotCancellable) as refused:
        messages.error(request, str(refused))
        return _show(request, _find(payment_id), form, status=422)  # with the reason that was typed
    look_at_notices_of(payment=found, now=moment)
    messages.success(request, DONE[why] if taken.undone else WAITS)
    return redirect(address(request, "payment", found.pk))


class GiveUpForm(forms.Form):
    porque = ReasonField()


@require_POST
def give_up(request: HttpRequest, slug: str, payment_id: int) -> HttpResponse:
    """Its receiver never accepts: it stays paid, and nobody waits for it any more."""
    require(request, MAY_REVERSE)
    found = _find(payment_id)
    form = GiveUpForm(request.POST)
    if not form.is_valid():
        return _show(request, found, ReverseForm(ways=ways_back(found)), giving_up=form, status=422)
    try:
        give_up_reversal(payment_id=found.pk, why=form.cleaned_data["porque"], now=now())
    except NothingToGiveUp as nothing:
        messages.error(request, str(nothing))
    else:
        messages.success(request, "El pago se queda como está, aquí y ante el SAT.")
    return redirect(address(request, "payment", found.pk))


@require_POST
def move(request: HttpRequest, slug: str, payment_id: int) -> HttpResponse:
    require(request, MAY_REVERSE)
    found, moment = _find(payment_id), now()
    chosen = ids_of(request.POST.getlist("paga"))
    if not chosen:
        messages.error(request, "Marca qué cargo debe pagar.")
        return redirect(address(request, "payment", found.pk) + "#mover")
    today = day_of(moment)
    try:
        move_payment(payment_id=found.pk, chosen=chosen, today=today, now=moment)
    except (NotReversible, Frozen) as refused:
        messages.error(request, str(refused))
    else:
        if found.customer_id is not None:
            reassess_customers(customer_ids=[found.customer_id], today=today, now=moment)
        messages.success(request, "El pago ya paga lo que marcaste.")
    return redirect(address(request, "payment", found.pk))


@require_http_methods(["POST"])
def identify(request: HttpRequest, slug: str, payment_id: int) -> HttpResponse:
    require(request, MAY_RECONCILE)
    found, moment = _find(payment_id), now()
    if not request.POST.get("cliente"):
        messages.error(request, "Di de quién es el pago.")
        return redirect(address(request, "payment", found.pk))
    customer, today = customer_of(request.POST["cliente"]), day_of(moment)
    try:
        identify_payment(payment_id=found.pk, customer_id=customer.pk, chosen=(), today=today, now=moment)
    except NotUnidentified as known:
        messages.error(request, str(known))
    except Merged as merged:
        messages.error(request, f"{merged} Inténtalo otra vez.")
    else:
        reassess_customers(customer_ids=[customer.pk], today=today, now=moment)
        look_at_notices_of(payment=found, now=moment)
        messages.success(request, f"El pago es de {customer.nombre}.")
    return redirect(address(request, "payment", found.pk))


def ways_back(found: Payment) -> list[Why]:
    """What may still be said of it."""
    if found.reversed_on is not None:
        return []
    if found.kind != PaymentKind.MONEY:
        return [Why.CANCELLED] if found.kind == PaymentKind.COURTESY else []
    by_provider = found.account.startswith(f"{PUENTE}:")
    ways = [Why.REFUND, Why.CHARGEBACK] if by_provider else [Why.CANCELLED, Why.REFUND]
    return [*([Why.MISAPPLIED] if found.customer_id is not None else []), *ways]


def _find(payment_id: int) -> Payment:
    found = Payment.objects.select_related("customer").filter(pk=payment_id).first()
    if found is None:
        raise Http404
    return found


def _show(
    request: HttpRequest,
    found: Payment,
    form: ReverseForm,
    *,
    giving_up: GiveUpForm | None = None,
    status: int = 200,
) -> HttpResponse:
    parts = list(Allocation.objects.filter(payment=found).select_related("receivable").order_by("id"))
    live = [one for one in parts if one.reversed_on is None]
    documents = Invoice.objects.filter(receivable_id__in=[one.receivable_id for one in parts]).select_related("branch")
    text, customers = found_customers(request) if found.customer_id is None else ("", [])
    may_move = may(request, MAY_REVERSE) and found.reversed_on is None and found.customer_id is not None
    going_back = found.pk in being_taken_back([found])
    kept_by = who_keeps(found) if going_back else None
    line = BankLine.objects.filter(payment=found).select_related("account").first()
    share = BankShare.objects.filter(payment=found).select_related("line__account").first()
    return show(
        request,
        "office/payments/payment.html",
        room="payments",
        status=status,
        payment=found,
        pill=payment_pill(found),
        how=HOW_PAID.get(found.forma_pago, ""),
        way=way_of(found),
        fee=fee_of(found.pk),
        parts=[(one, one.receivable.charges.order_by("id").first()) for one in parts[:50]],
        left=found.amount - sum(one.amount for one in live),
        documents=invoice_rows(documents.order_by("-id")[:20]),
        line=line or (share.line if share else None),
        debts=debts_to_choose(found.customer_id) if may_move and found.customer_id else [],
        form=giving_up or form,
        going_back=going_back,
        kept_by=kept_by,
        giving_up=(giving_up or GiveUpForm()) if kept_by and may(request, MAY_REVERSE) else None,
        may_reverse=may(request, MAY_REVERSE) and bool(ways_back(found)) and not going_back,
        may_identify=may(request, MAY_RECONCILE) and found.customer_id is None and found.reversed_on is None,
        text=text,
        customers=customers,
    )
