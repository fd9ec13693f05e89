"""From what is due to what is charged: amounts, concepts, and which charges go together. Reads nothing, writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from amate.billing_cycle.subscriptions.agreed import Agreed, Tariff
from amate.billing_cycle.subscriptions.calendar import due_on
from amate.billing_cycle.subscriptions.due import CAP, Due, Fate, Work, work_of
from amate.billing_cycle.subscriptions.models import AddOn, OneOff, PeriodState, Plan, Term
from amate.billing_cycle.subscriptions.prices import (
    Keys,
    Price,
    amounts_of,
    gross,
    line_json,
    price_on,
    priced_line,
)
from amate.billing_cycle.subscriptions.proration import prorate
from amate.billing_cycle.subscriptions.words import fill, in_words
from amate.companies.billing_policy import BillingPolicy, FiscalMode
from amate.fiscal.money import q2
from amate.ledger.charge import ChargeOf

ZERO = Decimal("0.00")
INVOICED_FIRST = frozenset({FiscalMode.PPD, FiscalMode.PUE_MES})


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for all that is billed on a day. `closed`: days without banks; `most`: periods of one subscription."""

    policy: BillingPolicy
    closed: frozenset[date]
    today: date
    most: int = CAP


@dataclass(frozen=True, slots=True)
class Group:
    """What must be the same for two charges to be owed together: the nth of each subscription goes with the nth of the
    others, so that what was missed is owed month by month."""

    payer_id: int
    customer_id: int
    branch_id: int
    mode: str
    moneda: str
    due_on: date
    forma_pago: str
    apart: int
    nth: int


@dataclass(frozen=True, slots=True)
class Done:
    """What becomes of one period. `source_key`: of its charge, empty if it has none."""

    due: Due
    state: PeriodState
    source_key: str = ""
    why: str = ""


@dataclass(slots=True)
class Bill:
    """Everything of one subscription that a day brings. `used`: how much of which credit; `settled`: the extras with the
    keys of their charges."""

    agreed: Agreed
    work: Work
    periods: list[Done] = field(default_factory=list)
    charges: list[tuple[Group, ChargeOf]] = field(default_factory=list)
    used: dict[int, Decimal] = field(default_factory=dict)
    settled: dict[int, str] = field(default_factory=dict)

    @property
    def next_on(self) -> date | None:
        """When to look again: the next period, or an extra that is due before it."""
        if self.work.over:
            return None
        later = [one.on for one in self.agreed.one_offs if not one.is_credit and one.pk not in self.settled]
        return min([*later, *([self.work.next_on] if self.work.next_on else [])], default=None)


def bill_of(agreed: Agreed, tariff: Tariff, rules: Rules) -> Bill:
    """Raises NoPrice, TooMuchBacklog, MoneyRefused, BadGrid: then a person looks, and nothing of this is billed."""
    work = work_of(agreed.contract(tariff.plans, rules.policy), today=rules.today, cap=rules.most)
    bill = Bill(agreed, work)
    credits_ = {one.pk: one.amount - one.used for one in agreed.one_offs if one.is_credit and one.on <= rules.today}
    for nth, due in enumerate(work.due):
        _add_period(bill, due, nth, tariff=tariff, rules=rules, credits_=credits_)
    for one in agreed.one_offs:
        if not one.is_credit and one.on <= rules.today:
            _add_one_off(bill, one, tariff=tariff, rules=rules)
    return bill


def _add_period(bill: Bill, due: Due, nth: int, *, tariff: Tariff, rules: Rules, credits_: dict[int, Decimal]) -> None:
    if due.fate != Fate.CHARGE:
        state = PeriodState.SKIPPED if due.fate == Fate.SKIP else PeriodState.WAIVED
        bill.periods.append(Done(due, state, why=due.why))
        return
    agreed = bill.agreed
    term = agreed.terms[due.place]
    plan = tariff.plans[term.plan_id]
    price = _price(agreed, term, plan, tariff, due.span.start)
    whole = gross(price, term.quantity)
    amount = whole if due.is_whole else prorate(whole, days=due.days, of=due.span.whole_days)
    discount = discount_of(agreed.add_ons, amount, day=due.span.start)
    discount += _use(credits_, bill.used, amount - discount)
    group = _group(agreed, plan, rules, start=due.span.start, nth=nth)
    for extra in _extras(agreed, plan, price, due, group):
        bill.charges.append(extra)
    if amount - discount <= ZERO:
        bill.periods.append(Done(due, PeriodState.WAIVED, why="Lo cubre un descuento o saldo a favor"))
        return
    concept = fill(plan.concept, start=due.span.start, end=due.span.end)
    if agreed.subscription.label:
        concept = f"{concept} · {agreed.subscription.label}"
    if not due.is_whole:
        concept = f"{concept} ({due.days} de {due.span.whole_days} días)"
    line = priced_line(price, quantity=term.quantity, amount=amount, discount=discount, objeto_imp=plan.objeto_imp)
    key = f"period:{agreed.subscription.pk}:{due.span.k}"
    charge = _charge(key, _named(concept, plan, due), line, plan, due.span.start, due.span.end)
    bill.charges.append((group, charge))
    bill.periods.append(Done(due, PeriodState.CHARGED, source_key=key))


def _named(concept: str, plan: Plan, due: Due) -> str:
    """The concept always names its days: whoever reads it years later asks for which month it was (FEATURES 75)."""
    if "{periodo}" in plan.concept.replace("{ ", "{").replace(" }", "}"):
        return concept
    return f"{concept}, {in_words(due.span.start, due.span.end)}"


def _price(agreed: Agreed, term: Term, plan: Plan, tariff: Tariff, day: date) -> Price:
    prices = tariff.prices.get(plan.pk, [])
    return price_on(prices, day, own=term.price, rfc=agreed.subscription.customer.rfc, plan=plan.nombre)


def discount_of(add_ons: Iterable[AddOn], amount: Decimal, *, day: date) -> Decimal:
    """What is taken off a period that begins on that day and costs `amount`."""
    taken = ZERO
    for one in add_ons:
        if one.is_discount and _in_force(one, day):
            said = amount * one.percent / 100 if one.percent is not None else (one.amount or ZERO) * one.quantity
            taken += q2(said)
    return min(taken, amount)


def _use(credits_: dict[int, Decimal], used: dict[int, Decimal], left: Decimal) -> Decimal:
    """Takes what it can of each credit, oldest first."""
    taken = ZERO
    for pk, has in credits_.items():
        part = min(has, left - taken)
        if part > ZERO:
            credits_[pk] = has - part
            used[pk] = used.get(pk, ZERO) + part
            taken += part
    return taken


def _extras(agreed: Agreed, plan: Plan, price: Price, due: Due, group: Group) -> Iterable[tuple[Group, ChargeOf]]:
    for one in agreed.add_ons:
        if one.is_discount or not _in_force(one, due.span.start) or one.amount is None:
            continue
        own = Price(one.amount, price.includes_tax, price.taxes)
        amount = gross(own, one.quantity)
        concept = fill(one.concept, start=due.span.start, end=due.span.end)
        if due.span.is_stub and not due.is_whole:  # of its days, as the plan is; a pause takes nothing off an extra
            amount = prorate(amount, days=due.span.days, of=due.span.whole_days)
            concept = f"{concept} ({due.span.days} de {due.span.whole_days} días)"
        line = priced_line(
            own,
            quantity=one.quantity,
            amount=amount,
            discount=ZERO,
            objeto_imp=plan.objeto_imp,
        )
        key = f"addon:{one.pk}:{due.span.k}"
        yield group, _charge(key, concept, line, plan, due.span.start, due.span.end, of=one)


def _in_force(one: AddOn, day: date) -> bool:
    return one.from_on <= day and (one.to_on is None or day < one.to_on)


def _add_one_off(bill: Bill, one: OneOff, *, tariff: Tariff, rules: Rules) -> None:
    agreed = bill.agreed
    term = agreed.next_term
    plan = tariff.plans[term.plan_id]
    price = _price(agreed, term, plan, tariff, max(one.on, agreed.subscription.starts_on))
    own = Price(one.amount, price.includes_tax, price.taxes)
    line = priced_line(own, quantity=Decimal(1), amount=one.amount, discount=ZERO, objeto_imp=plan.objeto_imp)
    key = f"oneoff:{one.pk}"
    charge = _charge(key, one.concept, line, plan, one.starts_on, one.ends_on, of=one)
    bill.charges.append((_group(agreed, plan, rules, start=rules.today, nth=0), charge))
    bill.settled[one.pk] = key


def _charge(
    key: str,
    concept: str,
    line: Any,
    plan: Plan,
    start: date | None,
    end: date | None,
    *,
    of: AddOn | OneOff | None = None,
) -> ChargeOf:
    found = amounts_of(line, plan.moneda)
    keys = Keys(
        clave_prod_serv=(of.clave_prod_serv if of else "") or plan.clave_prod_serv,
        clave_unidad=(of.clave_unidad if of else "") or plan.clave_unidad,
        unidad=plan.unidad,
        objeto_imp=plan.objeto_imp,
    )
    return ChargeOf(
        source_key=key,
        concept=concept,
        total=found.total,
        iva=found.iva,
        ieps=found.ieps,
        withheld=found.withheld,
        line=line_json(line, keys=keys, concept=concept),
        service_from=start,
        service_to=end,
    )


def _group(agreed: Agreed, plan: Plan, rules: Rules, *, start: date, nth: int) -> Group:
    one = agreed.subscription
    mode = one.fiscal_mode or plan.fiscal_mode or rules.policy.fiscal_mode
    terms = one.terms_days if one.terms_days is not None else plan.terms_days
    due = due_on(
        start=start,
        issued_on=rules.today,
        terms_days=rules.policy.terms_days if terms is None else terms,
        closed=rules.closed if rules.policy.due_on_bank_days else None,
    )
    if mode == FiscalMode.PUE_MES:  # RMF 2.7.1.39: paid in full by the last day of the month in which it is issued
        due = min(due, _month_end(rules.today))
    alone = one.on_its_own or not rules.policy.one_invoice_a_customer
    return Group(
        payer_id=one.payer_id,
        customer_id=one.customer_id,
        branch_id=one.branch_id,
        mode=mode,
        moneda=plan.moneda,
        due_on=due,
        forma_pago=plan.forma_pago if mode == FiscalMode.PUE_MES else "",
        apart=one.pk if alone else 0,
        nth=nth,
    )


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def grouped(bills: Sequence[Bill]) -> dict[Group, list[ChargeOf]]:
    """Oldest first."""
    found: dict[Group, list[ChargeOf]] = {}
    for bill in bills:
        for group, charge in bill.charges:
            found.setdefault(group, []).append(charge)
    return dict(sorted(found.items(), key=lambda one: one[0].nth))
