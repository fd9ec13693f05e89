"""Tu cuenta: what is owed, whether it is served, how to pay, the documents, and what can be asked for (ACC-1)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.billing_cycle.reconciliation.make_page import pages_offered
from amate.billing_cycle.reconciliation.models import ReportedPayment
from amate.billing_cycle.statements.compose import look_at_account
from amate.billing_cycle.statements.currencies import currencies_of
from amate.billing_cycle.statements.models import AccountLink
from amate.billing_cycle.statements.paper import call_of, notices_of
from amate.companies.day import day_of, zone_of_company
from amate.web import clock
from amate.web.portal.account.asks import offered
from amate.web.portal.account.documents import documents_of
from amate.web.portal.account.opened import opened
from amate.web.portal.account.pay import NAMES
from amate.web.portal.language import in_full
from amate.web.portal.page import page
from amate.web.portal.shop import shop_of

SHOWN = 6


@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The page; posted to when its link has expired, the same mail gets another (`opened`)."""
    now = clock.now()
    link = opened(request, token, now=now)
    if isinstance(link, HttpResponse):
        return link
    if request.method == "POST":
        return redirect(request.path)
    today = day_of(now)
    told = look_at_account(customer=link.customer, fecha_corte=today, today=today, now=now)
    others = [
        look_at_account(customer=link.customer, fecha_corte=today, today=today, now=now, moneda=moneda)
        for moneda in currencies_of(link.customer)[1:]
    ]
    documents = documents_of(link.customer_id, most=SHOWN + 1)
    return page(
        request,
        "account/home",
        shop=shop_of(request),
        token=token,
        customer=link.customer,
        told=told,
        others=[one for one in others if one.closing],
        call=call_of(told),
        notices=notices_of(told),
        documents=documents[:SHOWN],
        more=len(documents) > SHOWN,
        reported=_reported(link),
        presses=[(one.pk, NAMES.get(one.code, one.name)) for one in pages_offered()] if told.items else [],
        offered=offered(told, today=today),
        today=today.isoformat(),
        until=in_full(link.expires_at.astimezone(zone_of_company())).partition(",")[0],
    )


def _reported(link: AccountLink) -> list[ReportedPayment]:
    rows = ReportedPayment.objects.defer("proof").filter(customer_id=link.customer_id, state=ReportedPayment.State.OPEN)
    return list(rows.order_by("-id")[:5])
