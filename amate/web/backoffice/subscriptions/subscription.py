"""One subscription: what was agreed in a sentence, what is to come, what was billed, and what can be done."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.access.may import MAY_KEEP_SUBSCRIPTIONS
from amate.audit.models import Entry
from amate.billing_cycle.subscriptions.agreed import tariff_of
from amate.billing_cycle.subscriptions.forecast import forecast
from amate.billing_cycle.subscriptions.models import (
    AddOn,
    OneOff,
    Parking,
    PauseKind,
    Period,
    PeriodState,
    PlannedChange,
    SubscriptionState,
    Term,
)
from amate.billing_cycle.subscriptions.prices import NoPrice, gross, price_on
from amate.billing_cycle.subscriptions.words import in_words as days_in_words
from amate.companies.billing_policy import billing_policy_on
from amate.desk.act_words import in_words as act_in_words
from amate.invoices.models import Invoice
from amate.ledger.models import Charge
from amate.papers.dates import short
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may
from amate.web.backoffice.rows import Pill, invoice_pill
from amate.web.backoffice.subscriptions.act import charges_shown
from amate.web.backoffice.subscriptions.one_subscription import (
    ROOM,
    Here,
    agreed_in_words,
    open_subscription,
    parked_payers,
    pill_of,
    term_today,
)
from amate.web.backoffice.subscriptions.words import mode_named, mode_says

MOST = 60
SHOWN = 24
_YEAR = timedelta(days=365)
PERIOD_TONES = {PeriodState.CHARGED: "ok", PeriodState.SKIPPED: "warn", PeriodState.WAIVED: ""}


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """`document` is the invoice of its debt, if there is one; `url` leads to it."""

    days: str
    pill: Pill
    why: str
    total: Decimal | None
    document: str
    document_pill: Pill | None
    url: str


@require_safe
def subscription(request: HttpRequest, slug: str, subscription_id: int) -> HttpResponse:
    here = open_subscription(request, subscription_id)
    one, agreed = here.subscription, here.agreed
    parking = Parking.objects.open().filter(customer_id=one.payer_id).first()
    told = forecast([agreed], today=here.today, until=here.today + _YEAR) if one.next_on else []
    term = term_today(agreed, here.today)
    return show(
        request,
        "office/subscriptions/subscription.html",
        room=ROOM,
        one=one,
        pill=pill_of(one, pauses=agreed.pauses, parked=one.payer_id in parked_payers([one.payer_id]), today=here.today),
        parking=parking,
        sentence=agreed_in_words(agreed, term),
        later=[(short(t.from_on), agreed_in_words(agreed, t)) for t in agreed.terms if t.from_on > here.today],
        facts=_facts(here, term),
        charges=charges_shown(told, most=SHOWN),
        year=sum((each.total for each in told), Decimal("0.00")),
        never=one.state == SubscriptionState.ACTIVE and one.next_on is None,
        pauses=[_away(away) for away in agreed.pauses if away.to_on is None or away.to_on > here.today],
        may_resume=any(
            away.kind == PauseKind.PAUSE and (away.to_on is None or away.to_on > here.today) for away in agreed.pauses
        ),
        add_ons=[_add_on(extra) for extra in agreed.add_ons if extra.to_on is None or extra.to_on > here.today],
        one_offs=[_one_off(extra) for extra in agreed.one_offs],
        periods=_periods(request, one.pk),
        changes=PlannedChange.objects.filter(subscription=one, withdrawn_at=None).order_by("-pk")[:SHOWN],
        history=_history(one.pk),
        is_active=one.state == SubscriptionState.ACTIVE,
        may_keep=may(request, MAY_KEEP_SUBSCRIPTIONS),
    )


def _facts(here: Here, term: Term) -> list[tuple[str, str]]:
    one = here.subscription
    tariff = tariff_of([here.agreed])
    plan = tariff.plans[term.plan_id]
    policy = billing_policy_on(here.today)
    mode = one.fiscal_mode or plan.fiscal_mode or policy.fiscal_mode
    terms = one.terms_days if one.terms_days is not None else plan.terms_days
    try:
        day = max(here.today, term.from_on)
        price = price_on(tariff.prices.get(plan.pk, []), day, own=term.price, rfc=one.customer.rfc, plan=plan.nombre)
        costs = f"${gross(price, term.quantity):,.2f}{'' if price.includes_tax else ' más IVA'}"
        costs += "" if term.price is None else " (precio especial)"
    except NoPrice as missing:
        costs = str(missing)
    found = [("Plan", plan.nombre), ("Cada periodo", costs)]
    if term.quantity != 1:
        found.append(("Cantidad", f"{term.quantity.normalize():f}"))
    if one.payer_id != one.customer_id:
        found.append(("Paga", one.payer.nombre))
    found += [
        ("Se cobra", "Por adelantado" if plan.in_advance else "A periodo vencido"),
        ("Días para pagar", str(policy.terms_days if terms is None else terms)),
        ("Factura", f"{mode_named(mode)}. {mode_says(mode)}"),
        ("Sus facturas", "Siempre aparte" if one.on_its_own else "Junto con lo demás que paga"),
        ("Sucursal", one.branch.nombre),
    ]
    if one.external_id:
        found.append(("Clave en tu sistema", one.external_id))
    return found


def _away(away: Any) -> str:
    until = f" al {short(away.to_on - timedelta(days=1))}" if away.to_on is not None else ", hasta que se reanude"
    kind = "Suspendida por falta de pago" if away.kind == PauseKind.HELD else "En pausa"
    why = f": {away.reason}" if away.reason else ""
    return f"{kind} del {short(away.from_on)}{until}{why}"


def _add_on(extra: AddOn) -> tuple[str, str]:
    much = f"{extra.percent.normalize():f} %" if extra.percent is not None else f"${extra.amount:,.2f}"
    sign = "−" if extra.is_discount else ""
    until = f", hasta el {short(extra.to_on - timedelta(days=1))}" if extra.to_on is not None else ""
    return extra.concept, f"{sign}{much} cada periodo{until}"


def _one_off(extra: OneOff) -> tuple[str, str]:
    if extra.is_credit:
        return extra.concept, f"−${extra.amount - extra.used:,.2f} en lo que sigue"
    return extra.concept, f"${extra.amount:,.2f}, sale el {short(extra.on)}"


def _periods(request: HttpRequest, subscription_id: int) -> list[PeriodRow]:
    """Newest first, each with the document of its debt."""
    rows = list(Period.objects.filter(subscription_id=subscription_id).select_related("charge").order_by("-k")[:MOST])
    debts = {one.charge.receivable_id for one in rows if one.charge is not None}
    documents: dict[int | None, Invoice] = {}
    for invoice in Invoice.objects.filter(receivable_id__in=debts).order_by("pk"):
        documents[invoice.receivable_id] = invoice
    return [_period(request, one, one.charge, documents) for one in rows]


def _period(
    request: HttpRequest, one: Period, charge: Charge | None, documents: dict[int | None, Invoice]
) -> PeriodRow:
    document = documents.get(charge.receivable_id) if charge is not None else None
    return PeriodRow(
        days=days_in_words(one.starts_on, one.ends_on),
        pill=Pill(PeriodState(one.state).label, PERIOD_TONES[PeriodState(one.state)]),
        why=one.why,
        total=charge.total if charge is not None else None,
        document=(document.number or "Factura sin folio aún") if document else "",
        document_pill=invoice_pill(document) if document else None,
        url=address(request, "invoice", document.pk) if document else "",
    )


def _history(subscription_id: int) -> list[tuple[Any, str, str]]:
    """(when, what, who), newest first."""
    rows = Entry.objects.filter(about=f"subscription:{subscription_id}").order_by("-id")[:SHOWN]
    return [(one.at, act_in_words(one.act, one.detail), one.actor or "El sistema") for one in rows]
