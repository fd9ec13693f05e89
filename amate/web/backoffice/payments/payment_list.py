"""Pagos: the list."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.access.may import MAY_RECONCILE, MAY_TYPE_PAYMENTS
from amate.billing_cycle.reconciliation.how_paid import HOW_PAID
from amate.desk.payment_list import PAYMENTS, STATES, state_of, way_of
from amate.ledger.models import Payment
from amate.web.backoffice.lists import around, page_of, read
from amate.web.backoffice.page import show
from amate.web.backoffice.roles import may
from amate.web.backoffice.rows import Pill

TONES = {"unidentified": "warn", "credit": "ok", "applied": "ok", "reversed": "bad"}


@dataclass(frozen=True, slots=True)
class PaymentRow:
    id: int
    day: date
    who: str
    number: int | None
    way: str
    how: str
    reference: str
    amount: Decimal
    moneda: str
    pill: Pill


@require_safe
def payments(request: HttpRequest, slug: str) -> HttpResponse:
    asked = read(request, PAYMENTS)
    page = page_of(asked, request)
    return show(
        request,
        "office/payments/list.html",
        room="payments",
        rows=[payment_row(one) for one in page.rows],
        page=page,
        list=around(request, asked),
        may_type=may(request, MAY_TYPE_PAYMENTS),
        may_reconcile=may(request, MAY_RECONCILE),
    )


def payment_row(one: Payment) -> PaymentRow:
    """With its customer at hand."""
    return PaymentRow(
        id=one.pk,
        day=one.paid_on,
        who=one.customer.nombre if one.customer else "Sin cliente",
        number=one.customer.number if one.customer else None,
        way=way_of(one),
        how=HOW_PAID.get(one.forma_pago, one.get_kind_display()),
        reference=one.num_operacion,
        amount=one.amount,
        moneda=one.moneda,
        pill=payment_pill(one),
    )


def payment_pill(one: Payment) -> Pill:
    state = state_of(one)
    return Pill(one.get_reversed_as_display() if state == "reversed" else STATES[state], TONES[state])
