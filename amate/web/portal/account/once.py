"""By the link of a mail that does one thing once: it shows its form to whoever looks, and is spent by the act alone."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from amate.billing_cycle.collection.models import Channel
from amate.billing_cycle.collection.opt_out import silence_channels, silenced_of
from amate.billing_cycle.collection.promise_to_pay import NotPromised, promise_to_pay
from amate.billing_cycle.reconciliation.how_paid import BadPayment
from amate.billing_cycle.reconciliation.report_payment import report_payment
from amate.billing_cycle.statements.compose import look_at_account
from amate.billing_cycle.statements.links import use_link
from amate.billing_cycle.statements.models import AccountLink, Purpose
from amate.companies.billing_policy import billing_policy_on
from amate.companies.day import day_of, zone_of_company
from amate.customers.send_for_review import send_for_review
from amate.web import clock
from amate.web.fiscal_form import FiscalForm
from amate.web.portal.account.act_forms import ChannelsForm, PromiseForm, ReportForm
from amate.web.portal.account.opened import gone, opened
from amate.web.portal.language import in_full, short
from amate.web.portal.page import page
from amate.web.portal.shop import shop_of

TITLES = {
    Purpose.REPORT: "Avísanos de tu pago",
    Purpose.PROMISE: "¿Cuándo puedes pagar?",
    Purpose.FISCAL: "Corrige tus datos fiscales",
    Purpose.CHANNELS: "¿Cómo quieres que te avisemos?",
}


class Spent(Exception):
    """Somebody used the link at this very moment."""


@require_http_methods(["GET", "HEAD", "POST"])
def once(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    now = clock.now()
    link = opened(request, token, now=now, acts=True)
    if isinstance(link, HttpResponse):
        return link
    today = day_of(now)
    form = _form(request, link, today=today, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                if not use_link(link, now=now):
                    raise Spent
                said = _do(link, form, today=today, now=now)
        except Spent:
            link.refresh_from_db()
            return gone(request, link, now=now)
        except (BadPayment, NotPromised) as refused:
            _tell(form, refused)
        else:
            return page(request, "account/done", shop=shop_of(request), title=said[0], text=said[1])
    if isinstance(form, ReportForm) and form.errors:
        form.ask_for_proof_again()
    return page(
        request,
        "account/once",
        shop=shop_of(request),
        status=422 if form.errors else 200,
        title=TITLES[Purpose(link.purpose)],
        purpose=link.purpose,
        customer=link.customer,
        form=form,
        policy=billing_policy_on(today),
    )


def _form(request: HttpRequest, link: AccountLink, *, today: date, now: datetime) -> Any:
    posted = request.method == "POST"
    if link.purpose == Purpose.FISCAL:
        form = FiscalForm(request.POST, offered=None, refresh="")
        del form.fields["correo"]
        return form if posted else form.quiet()
    if link.purpose == Purpose.CHANNELS:
        now_silent = sorted(silenced_of([link.customer_id]).get(link.customer_id, ()))
        return ChannelsForm(request.POST) if posted else ChannelsForm(initial={"no_por": now_silent})
    form_of = ReportForm if link.purpose == Purpose.REPORT else PromiseForm
    if posted:
        return form_of(request.POST, request.FILES, auto_id="%s")
    told = look_at_account(customer=link.customer, fecha_corte=today, today=today, now=now)
    owed = told.overdue or told.to_pay
    return form_of(auto_id="%s", initial={"amount": f"{owed:,.2f}" if owed else "", "day": today})


def _do(link: AccountLink, form: Any, *, today: date, now: datetime) -> tuple[str, str]:
    """The act, and what is said once it is done. Raises BadPayment, NotPromised."""
    if link.purpose == Purpose.REPORT:
        return _report(link, form.cleaned_data, now=now)
    if link.purpose == Purpose.CHANNELS:
        silenced = [Channel(one) for one in form.cleaned_data["no_por"]]
        silence_channels(customer_id=link.customer_id, silenced=silenced, by=link.correo, now=now)
        words = " ni por ".join(one.label if one is Channel.SMS else one.label.lower() for one in silenced)
        return "Guardamos tu elección", f"Ya no te recordamos pagos por {words}." if words else "Te avisamos por todos."
    if link.purpose == Purpose.PROMISE:
        said = form.cleaned_data
        if not billing_policy_on(today).promises_by_themselves:
            raise NotPromised("Las fechas se acuerdan por teléfono: llama a la empresa.")
        promise_to_pay(
            customer_id=link.customer_id,
            amount=said["amount"],
            until=said["until"],
            by=link.correo,
            by_staff=False,
            beyond_limit=False,
            today=today,
            now=now,
        )
        return (
            "Anotamos tu fecha",
            f"Esperamos tu pago de ${said['amount']:,.2f} a más tardar el {short(said['until'])}.",
        )
    send_for_review(customer_id=link.customer_id, receptor=form.receptor.receptor, correo=link.correo, now=now)
    return "Recibimos tus datos", "La empresa los revisa y los usa en tu siguiente factura."


def _report(link: AccountLink, said: dict[str, Any], *, now: datetime) -> tuple[str, str]:
    proof = said["proof"]
    told = report_payment(
        customer_id=link.customer_id,
        amount=said["amount"],
        paid_on=said["day"],
        how=said["forma_pago"],
        reference=said["reference"],
        proof=proof.read() if proof else None,
        told_by=link.correo,
        now=now,
    )
    if told.held_until is None:
        return "Recibimos tu aviso", "Buscamos tu pago y te lo confirmamos. Mientras, tu fecha de corte no cambia."
    until = in_full(told.held_until.astimezone(zone_of_company()))
    return "Recibimos tu aviso", f"Buscamos tu pago. Hasta el {until} no te enviamos avisos ni suspendemos tu servicio."


def _tell(form: forms.Form, refused: BadPayment | NotPromised) -> None:
    field = getattr(refused, "field", "")
    form.add_error(field if field in form.fields else None, str(refused))
