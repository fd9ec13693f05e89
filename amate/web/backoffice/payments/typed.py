"""Registrar un pago: whose it is, then how much, when and how; pressed twice it is one."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_TYPE_PAYMENTS
from amate.billing_cycle.reconciliation.how_paid import CASH, HOW_PAID, BadPayment
from amate.billing_cycle.reconciliation.models import BankAccount, ReportedPayment
from amate.billing_cycle.reconciliation.settle_report import NotOpen
from amate.billing_cycle.reconciliation.type_payment import LooksKnown, Typed, type_payment
from amate.companies.day import day_of
from amate.customers.models import Customer
from amate.ledger.receive import PaymentDiffers
from amate.web.backoffice.page import address, show
from amate.web.backoffice.payments.fields import (
    DayField,
    PesosField,
    customer_of,
    debts_to_choose,
    found_customers,
    ids_of,
)
from amate.web.backoffice.roles import require
from amate.web.clock import now

TILL = "caja"
FIELD_OF = {"amount": "importe", "day": "dia", "reference": "referencia", "bank_account": "cuenta"}


class TypedForm(forms.Form):
    importe = PesosField(label="Importe")
    dia = DayField(label="Qué día se pagó")
    forma_pago = forms.ChoiceField(label="Cómo se pagó", choices=list(HOW_PAID.items()))
    cuenta = forms.ChoiceField(label="Dónde entró el dinero")
    referencia = forms.CharField(
        label="Referencia o clave de rastreo", max_length=100, required=False, help_text="Va en el complemento de pago."
    )
    nota = forms.CharField(label="Nota", max_length=300, required=False, help_text="La verá tu equipo.")
    otro = forms.BooleanField(label="Es otro pago, aunque se parezca", required=False)

    def __init__(self, *said: Any, **more: Any) -> None:
        super().__init__(*said, **more)
        accounts = BankAccount.objects.order_by("name", "id").values_list("pk", "name")
        self.fields["cuenta"].choices = [(TILL, "Caja"), *((str(pk), name) for pk, name in accounts)]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_TYPE_PAYMENTS)
    report = _report(request)
    said = request.POST.get("cliente") or request.GET.get("cliente") or ""
    if not said and report is None:
        return _choose(request)
    customer = customer_of(said) if said else report.customer if report else customer_of("")
    if request.method != "POST":
        return _form(request, TypedForm(initial=_initial(report)), customer, report, press=uuid4().hex)
    form = TypedForm(request.POST)
    press = "".join(request.POST.get("marca", "").split())[:64] or uuid4().hex
    if not form.is_valid():
        return _form(request, form, customer, report, press=press, status=422)
    return _type(request, form, customer, report, press=press)


def _type(
    request: HttpRequest, form: TypedForm, customer: Customer, report: ReportedPayment | None, *, press: str
) -> HttpResponse:
    moment, said = now(), form.cleaned_data
    typed = Typed(
        customer_id=customer.pk,
        amount=said["importe"],
        day=said["dia"],
        forma_pago=said["forma_pago"],
        reference=said["referencia"],
        bank_account_id=None if said["cuenta"] == TILL else int(said["cuenta"]),
        chosen=ids_of(request.POST.getlist("paga")),
        note=said["nota"],
        report_id=report.pk if report else None,
        another=said["otro"],
    )
    try:
        received = type_payment(
            typed=typed, press=press, by=request.user.get_username(), today=day_of(moment), now=moment
        )
    except BadPayment as bad:
        form.add_error(FIELD_OF.get(bad.field), str(bad))
    except (LooksKnown, PaymentDiffers, NotOpen) as why:
        form.add_error("otro" if isinstance(why, LooksKnown) else None, str(why))
    else:
        paid = sum(one.amount for one in received.allocations)
        said_of = f"Registramos ${received.payment.amount:,.2f} de {customer.nombre}."
        rest = received.payment.amount - paid
        messages.success(request, said_of + (f" Quedan ${rest:,.2f} a su favor." if received.fresh and rest else ""))
        return redirect(address(request, "payment", received.payment.pk))
    return _form(request, form, customer, report, press=press, status=422)


def _report(request: HttpRequest) -> ReportedPayment | None:
    """The customer's word that this page confirms, if it came from there and still waits."""
    said = ids_of([request.POST.get("aviso") or request.GET.get("aviso") or ""])
    rows = ReportedPayment.objects.filter(pk__in=said, state=ReportedPayment.State.OPEN)
    return rows.defer("proof").select_related("customer").first()


def _initial(report: ReportedPayment | None) -> dict[str, Any]:
    if report is None:
        return {"dia": day_of(now()), "forma_pago": CASH}
    return {
        "importe": f"{report.amount:,.2f}",
        "dia": report.paid_on,
        "forma_pago": report.forma_pago,
        "referencia": report.reference,
    }


def _choose(request: HttpRequest) -> HttpResponse:
    text, customers = found_customers(request)
    return show(request, "office/payments/choose.html", room="payments", text=text, customers=customers)


def _form(
    request: HttpRequest,
    form: TypedForm,
    customer: Customer,
    report: ReportedPayment | None,
    *,
    press: str,
    status: int = 200,
) -> HttpResponse:
    return show(
        request,
        "office/payments/typed.html",
        room="payments",
        status=status,
        form=form,
        customer=customer,
        report=report,
        press=press,
        debts=debts_to_choose(customer.pk),
        ticked=set(ids_of(request.POST.getlist("paga"))),
        asks_another="otro" in form.errors or form["otro"].value(),
    )
