"""A plan in words: what it costs, and what would happen to a customer who started today."""

from dataclasses import dataclass, replace
from datetime import date

from amate.billing_cycle.subscriptions.begin import grid_of
from amate.billing_cycle.subscriptions.calendar import BadGrid, Span, due_on, period, work_on
from amate.billing_cycle.subscriptions.models import Plan, PlanPrice
from amate.billing_cycle.subscriptions.plan_facts import PlanFacts, PriceOf, columns_of
from amate.billing_cycle.subscriptions.sentence import sentence
from amate.billing_cycle.subscriptions.words import UnknownWord, preview
from amate.companies.billing_policy import billing_policy_on
from amate.papers.dates import short
from amate.web.backoffice.subscriptions.words import mode_says

SHOWN = 3
EVERY = {"day": ("día", "días"), "week": ("semana", "semanas"), "semimonth": ("quincena", "quincenas"),
         "month": ("mes", "meses"), "year": ("año", "años")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PriceRow:
    """`state`: "now", "next" or "past"."""

    price: PlanPrice
    since: str
    state: str
    rise: bool


def priced_words(plan: Plan, *, today: date) -> str:
    """`plan` with its prices read.

    The price of today, or the first that will hold.
    """
    prices = sorted(plan.prices.all(), key=lambda one: one.valid_from)
    held = [one for one in prices if one.valid_from <= today]
    if not prices:
        return "Sin precio"
    price = held[-1] if held else prices[0]
    said = f"${price.amount:,.2f}{'' if price.includes_tax else ' más IVA'} {often(plan.unit, plan.every)}"
    return said if held else f"{said}, desde el {short(price.valid_from)}"


def often(unit: str, every: int) -> str:
    """
    >>> often("month", 1), often("day", 10), often("month", 6)
    ('cada mes', 'cada 10 días', 'cada 6 meses')
    """
    one, many = EVERY[unit]
    return f"cada {one}" if every == 1 else f"cada {every} {many}"


def price_rows(plan: Plan, *, today: date) -> list[PriceRow]:
    """Newest first."""
    prices = list(PlanPrice.objects.filter(plan=plan).order_by("-valid_from"))
    current = next((one for one in prices if one.valid_from <= today), None)
    return [
        PriceRow(
            price=one,
            since=short(one.valid_from),
            state="now" if one is current else "next" if one.valid_from > today else "past",
            rise=one.rise_id is not None,
        )
        for one in prices
    ]


def plan_says(facts: PlanFacts, *, price: PriceOf | None, today: date) -> list[str]:
    """What a customer who starts today would live through, one sentence a line."""
    try:
        grid = grid_of(Plan(**columns_of(facts)), today)
        spans = _spans(facts, today)
        concepts = preview(facts.concept, [(one.start, one.end) for one in spans])
    except (BadGrid, UnknownWord) as wrong:
        return [str(wrong)]
    policy = billing_policy_on(today)
    first = spans[0]
    issued = max(work_on(first, in_advance=facts.in_advance, lead_days=facts.lead_days), today)
    terms = policy.terms_days if facts.terms_days is None else facts.terms_days
    due = due_on(start=first.start, issued_on=issued, terms_days=terms, closed=None)
    said = [f"Quien empiece hoy: {_lower(sentence(replace(grid, ends=None)))}."]
    if facts.trial_every:
        said.append(f"Los primeros días son de prueba: se cobra desde el {short(first.start)}.")
    amount = f" de ${price.amount:,.2f}{'' if price.includes_tax else ' más IVA'}" if price else ""
    part = (
        f", solo por {first.days} de {first.whole_days} días" if first.is_stub and facts.first_stub == "prorate" else ""
    )
    part = ", sin costo" if first.is_stub and facts.first_stub == "free" else part
    said.append(f"El primer cobro{amount} sale el {short(issued)}{part}, y vence el {short(due)}.")
    said.append("Las primeras facturas dirán: " + " · ".join(f"«{one}»" for one in concepts) + ".")
    said.append(mode_says(facts.fiscal_mode or policy.fiscal_mode))
    if facts.reviewed:
        said.append("Nada sale hasta que alguien lo apruebe en Corridas.")
    return said


def _spans(facts: PlanFacts, today: date) -> list[Span]:
    grid = grid_of(Plan(**columns_of(facts)), today)
    return [period(grid, k) for k in range(SHOWN)]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
