"""Suscripciones: the list, by plan, state, next charge or whoever has it."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.access.may import MAY_KEEP_SUBSCRIPTIONS
from amate.billing_cycle.subscriptions.models import Plan
from amate.desk.subscription_list import SUBSCRIPTIONS, price_of, term_on
from amate.papers.dates import short
from amate.web.backoffice.lists import around, page_of, read
from amate.web.backoffice.page import show
from amate.web.backoffice.roles import may
from amate.web.backoffice.rows import Pill
from amate.web.backoffice.subscriptions.one_subscription import ROOM, parked_payers, pill_of


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """`payer` is empty where the customer pays himself."""

    id: int
    customer: str
    label: str
    payer: str
    plan: str
    price: Decimal | None
    quantity: Decimal
    next_on: str
    pill: Pill


@require_safe
def subscriptions(request: HttpRequest, slug: str) -> HttpResponse:
    asked = read(request, SUBSCRIPTIONS)
    page = page_of(asked, request)
    parked = parked_payers(one.payer_id for one in page.rows)
    rows = []
    for one in page.rows:
        term = term_on(one, asked.at.today)
        rows.append(
            SubscriptionRow(
                id=one.pk,
                customer=one.customer.nombre,
                label=one.label,
                payer="" if one.payer_id == one.customer_id else one.payer.nombre,
                plan=term.plan.nombre if term else "",
                price=price_of(one, asked.at),
                quantity=term.quantity if term else Decimal(1),
                next_on=short(one.next_on) if one.next_on else "",
                pill=pill_of(one, pauses=one.pauses.all(), parked=one.payer_id in parked, today=asked.at.today),
            )
        )
    return show(
        request,
        "office/subscriptions/list.html",
        room=ROOM,
        rows=rows,
        page=page,
        list=around(request, asked),
        may_keep=may(request, MAY_KEEP_SUBSCRIPTIONS),
        has_plans=bool(rows) or Plan.objects.filter(is_active=True).exists(),
    )
