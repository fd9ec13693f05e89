"""A customer's statement of account: looked at as of any day, taken as PDF or workbook, sent by mail."""

from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from amate.access.may import MAY_RESEND
from amate.billing_cycle.statements.compose import compose_statements
from amate.billing_cycle.statements.currencies import currencies_of
from amate.billing_cycle.statements.links import mails_of, revoke_links
from amate.billing_cycle.statements.paper import call_of, name_of_file, notices_of, pdf_of, sums_told
from amate.billing_cycle.statements.send import NobodyToWrite, send_statement
from amate.billing_cycle.statements.told import Told
from amate.billing_cycle.statements.told_on import kept_on, told_on
from amate.companies.day import day_of
from amate.customers.models import Customer
from amate.customers.remaining import find_remaining
from amate.desk.statement_sheet import workbook_of
from amate.papers.statement import AGES
from amate.web.backoffice.customer import find_customer
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may, require
from amate.web.clock import now
from amate.web.files import pdf_response, sheet_response
from amate.web.sends import OFFICE, SENT_TOO_OFTEN, count_send, sends_must_wait
from amate.web.statement_currency import asked_currency

OLDEST = date(2000, 1, 31)


@require_safe
def statement(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    found, moment = find_customer(customer_id), now()
    if found.merged_into_id is not None:
        return redirect(address(request, "customer_statement", find_remaining(found).pk))
    told, trouble = _asked(request, found, moment=moment)
    return show(
        request,
        "office/customers/statement.html",
        room="customers",
        status=422 if trouble else 200,
        customer=found,
        told=told,
        trouble=trouble,
        call=call_of(told),
        notices=notices_of(told),
        sums=sums_told(told),
        ages=list(zip(AGES, told.ageing, strict=True)),
        day=told.fecha_corte.isoformat(),
        today=day_of(moment).isoformat(),
        kept=kept_on(customer=found, day=told.fecha_corte, moneda=told.moneda),
        currencies=currencies_of(found),
        mails=mails_of([found])[found.pk],
        may_revoke=may(request, MAY_RESEND),
    )


@require_safe
def statement_pdf(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    told, _ = _asked(request, find_customer(customer_id), moment=now())
    return pdf_response(pdf_of(told), name=f"{name_of_file(told)}.pdf")


@require_safe
def statement_xlsx(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    told, _ = _asked(request, find_customer(customer_id), moment=now())
    return sheet_response(workbook_of(told), name=f"{name_of_file(told)}.xlsx")


@require_POST
def send(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    """What is sent is kept: the snapshot of that day, made now if it was not."""
    found, moment = find_remaining(find_customer(customer_id)), now()
    today = day_of(moment)
    day, trouble = _day(request.POST.get("dia", ""), today=today)
    moneda = asked_currency(request.POST, found)
    about = f"statement:{found.pk}"
    if trouble:
        messages.error(request, trouble)
    elif sends_must_wait(OFFICE, about, now=moment):
        messages.error(request, SENT_TOO_OFTEN)
    elif not mails_of([found])[found.pk]:
        messages.error(request, str(NobodyToWrite()))
    else:
        [made] = compose_statements(customer_ids=[found.pk], fecha_corte=day, moneda=moneda, today=today, now=moment)
        to = send_statement(statement=made, now=moment)
        count_send(request, OFFICE, about, now=moment)
        messages.success(request, f"El estado de cuenta va en camino a {', '.join(to)}.")
    return redirect(f"{address(request, 'customer_statement', found.pk)}?dia={day.isoformat()}&moneda={moneda}")


@require_POST
def revoke(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    require(request, MAY_RESEND)
    found = find_customer(customer_id)
    count = revoke_links(customer_id=found.pk, now=now())
    messages.success(request, f"Retiramos {count} enlaces." if count != 1 else "Retiramos el enlace.")
    return redirect(address(request, "customer_statement", found.pk))


def _asked(request: HttpRequest, customer: Customer, *, moment: datetime) -> tuple[Told, str]:
    today = day_of(moment)
    day, trouble = _day(request.GET.get("dia", ""), today=today)
    moneda = asked_currency(request.GET, customer)
    return told_on(customer=customer, day=day, moneda=moneda, today=today, now=moment), trouble


def _day(said: str, *, today: date) -> tuple[date, str]:
    """The day that was typed, or today and what is wrong with it."""
    try:
        day = date.fromisoformat(said) if said else today
    except ValueError:
        return today, "Elige un día del calendario."
    if day > today:
        return today, "Ese día todavía no llega: elige hoy o uno que ya pasó."
    return max(day, OLDEST), ""
