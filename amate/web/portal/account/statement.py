"""The statement of account as of any day: what was told of it, or how it looks now."""

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.billing_cycle.statements.currencies import currencies_of
from amate.billing_cycle.statements.paper import call_of, name_of_file, notices_of, pdf_of, sums_told
from amate.billing_cycle.statements.told import Told
from amate.billing_cycle.statements.told_on import told_on
from amate.companies.day import day_of
from amate.customers.models import Customer
from amate.desk.statement_sheet import workbook_of
from amate.papers.statement import AGES
from amate.web import clock
from amate.web.files import pdf_response, sheet_response
from amate.web.portal.account.opened import opened
from amate.web.portal.page import page
from amate.web.portal.shop import shop_of
from amate.web.statement_currency import asked_currency


@require_safe
def statement(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    now = clock.now()
    link = opened(request, token, now=now)
    if isinstance(link, HttpResponse):
        return link
    told, trouble = _asked(request, link.customer, now=now)
    return page(
        request,
        "account/statement",
        shop=shop_of(request),
        status=422 if trouble else 200,
        token=token,
        told=told,
        trouble=trouble,
        call=call_of(told),
        notices=notices_of(told),
        sums=sums_told(told),
        ages=list(zip(AGES, told.ageing, strict=True)),
        day=told.fecha_corte.isoformat(),
        today=day_of(now).isoformat(),
        currencies=currencies_of(link.customer),
    )


@require_safe
def statement_pdf(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    return _file(request, token, "pdf")


@require_safe
def statement_xlsx(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    return _file(request, token, "xlsx")


def _file(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    now = clock.now()
    link = opened(request, token, now=now)
    if isinstance(link, HttpResponse):
        return link
    told, _ = _asked(request, link.customer, now=now)
    name = f"{name_of_file(told)}.{kind}"
    return pdf_response(pdf_of(told), name=name) if kind == "pdf" else sheet_response(workbook_of(told), name=name)


def _asked(request: HttpRequest, customer: Customer, *, now: datetime) -> tuple[Told, str]:
    """As of `?dia=`, and what is wrong with that day: then it is as of today."""
    today = day_of(now)
    day, trouble = _day(request.GET.get("dia", ""), today=today)
    moneda = asked_currency(request.GET, customer)
    return told_on(customer=customer, day=day, moneda=moneda, today=today, now=now), trouble


def _day(said: str, *, today: date) -> tuple[date, str]:
    try:
        day = date.fromisoformat(said) if said else today
    except ValueError:
        return today, "Elige un día del calendario"
    return (today, "Ese día todavía no llega") if day > today else (max(day, date(2000, 1, 31)), "")
