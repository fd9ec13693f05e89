"""A customer subscribes: from this day on the wheel turns for him."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from amate.audit.record import record
from amate.billing_cycle.subscriptions.agreed import Agreed
from amate.billing_cycle.subscriptions.begin import grid_of, term_of
from amate.billing_cycle.subscriptions.bill_soon import bill_soon
from amate.billing_cycle.subscriptions.calendar import BadGrid, Grid, boundary
from amate.billing_cycle.subscriptions.due import next_starts, work_of
from amate.billing_cycle.subscriptions.forecast import Foretold as Charged
from amate.billing_cycle.subscriptions.forecast import forecast
from amate.billing_cycle.subscriptions.models import OneOff, Plan, Subscription, SubscriptionState, Term
from amate.billing_cycle.subscriptions.orders import INVOICED_FIRST
from amate.billing_cycle.subscriptions.prices import NoPrice, price_on
from amate.billing_cycle.subscriptions.sentence import sentence
from amate.billing_cycle.subscriptions.words import preview
from amate.companies.billing_policy import BillingPolicy, billing_policy_on
from amate.companies.fields import FieldsRefused
from amate.companies.models import Branch
from amate.customers.models import Customer, FiscalProfile
from amate.ledger.lock import lock_customers
from amate.tenancy.writes import insert

ONE = Decimal(1)
NEVER = datetime.min.replace(tzinfo=UTC)  # of a row that is only looked at


class SubscriptionRefused(FieldsRefused):
    """`errors`: a sentence for each wrong field of NewSubscription. Nothing was written."""


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """`payer_id` None: the customer himself. `price`: his own, of one unit; None is the plan's. `first_k`: periods before
    this one were billed elsewhere. `cycles`: how many there are in all, those included; `ends_on`: the first day without
    service. `fiscal_mode` and `terms_days`: only if they are not the plan's."""

    customer_id: int
    branch_id: int
    plan_id: int
    starts_on: date
    payer_id: int | None = None
    quantity: Decimal = ONE
    price: Decimal | None = None
    cycles: int | None = None
    ends_on: date | None = None
    first_k: int = 0
    label: str = ""
    external_id: str = ""
    wish: str = ""
    fiscal_mode: str = ""
    terms_days: int | None = None
    on_its_own: bool = False
    charges_setup: bool = True


@dataclass(frozen=True, slots=True)
class Foretold:
    """What will happen, before it does: in one sentence, the first day of work, what the next three will say, and the
    charges of a year, the set-up fee with them."""

    sentence: str
    next_on: date | None
    concepts: tuple[str, ...]
    charges: tuple[Charged, ...] = ()


def subscribe(*, asked: NewSubscription, today: date, now: datetime) -> Subscription:
    """Begin it; what is due already is billed at once by the worker. The same `wish` twice is one subscription, the one
    that is there. Raises SubscriptionRefused, and `customers.remaining.Merged`."""
    payer = _locked(asked)
    if asked.wish and (known := Subscription.objects.filter(wish=asked.wish).first()):
        return known
    if asked.external_id and Subscription.objects.filter(external_id=asked.external_id).exists():
        raise SubscriptionRefused({"external_id": "Esa clave ya es de otra suscripción: escribe otra"})
    policy = billing_policy_on(today)
    plan, grid, customer = _checked(asked, policy)
    subscription = _unsaved(asked, customer=customer, payer=payer, now=now)
    term = _term(asked, plan, grid)
    contract = Agreed(subscription, [term]).contract({plan.pk: plan}, policy)
    subscription.next_on = work_of(contract, today=date.min).next_on
    fee = plan.setup_fee if asked.charges_setup and asked.first_k == 0 else 0
    if fee:
        subscription.next_on = min(subscription.next_on or asked.starts_on, asked.starts_on)
    insert(subscription)
    # From here on his data are stamped with nobody looking: whoever types his RFC in the portal changes none of them.
    theirs = Customer.objects.filter(pk__in={customer.pk, payer.pk}, subscriber_since__isnull=True)
    theirs.update(subscriber_since=now)
    term.subscription = subscription
    insert(term)
    if fee:
        insert(_setup(subscription, plan, on=asked.starts_on, now=now))
    record(
        "subscription.begun",
        about=f"subscription:{subscription.pk}",
        now=now,
        customer=customer.pk,
        plan=plan.pk,
        says=sentence(replace(grid, ends=asked.ends_on), first_k=asked.first_k, cycles=asked.cycles),
    )
    if subscription.next_on is not None and subscription.next_on <= today and not plan.reviewed:
        bill_soon(payer_id=payer.pk, now=now)
    return subscription


def foretell(*, asked: NewSubscription, today: date) -> Foretold:
    """As `subscribe` would say it; nothing is written. Raises SubscriptionRefused."""
    policy = billing_policy_on(today)
    plan, grid, customer = _checked(asked, policy)
    term = _term(asked, plan, grid)
    unsaved = _unsaved(asked, customer=customer, payer=customer, now=NEVER)
    contract = Agreed(unsaved, [term]).contract({plan.pk: plan}, policy)
    fee = plan.setup_fee if asked.charges_setup and asked.first_k == 0 else 0
    extras = [_setup(unsaved, plan, on=asked.starts_on, now=NEVER)] if fee else []
    year = max(today, asked.starts_on) + timedelta(days=365)
    said = replace(grid, ends=asked.ends_on)
    spans = [(one.span.start, one.span.end) for one in next_starts(contract, count=3)]
    return Foretold(
        sentence(said, first_k=asked.first_k, cycles=asked.cycles),
        work_of(contract, today=date.min).next_on,
        tuple(preview(plan.concept, spans)),
        tuple(forecast([Agreed(unsaved, [term], one_offs=extras)], today=today, until=year)),
    )


def _locked(asked: NewSubscription) -> Customer:
    """The payer, and the customer locked beside him: neither is merged into another meanwhile."""
    payer_id = asked.payer_id or asked.customer_id
    try:
        return lock_customers({asked.customer_id, payer_id})[payer_id]
    except Customer.DoesNotExist as missing:
        raise SubscriptionRefused({"customer_id": "Elige un cliente"}) from missing


def _checked(asked: NewSubscription, policy: BillingPolicy) -> tuple[Plan, Grid, Customer]:
    errors: dict[str, str] = {}
    plan = Plan.objects.filter(pk=asked.plan_id, is_active=True).first()
    customer = Customer.objects.live().filter(pk=asked.customer_id).first()
    if plan is None:
        errors["plan_id"] = "Elige un plan que esté a la venta"
    if customer is None:
        errors["customer_id"] = "Elige un cliente"
    if not Branch.objects.open().filter(pk=asked.branch_id).exists():
        errors["branch_id"] = "Elige una sucursal abierta"
    errors |= _wrong_numbers(asked)
    if plan is None or customer is None or errors:
        raise SubscriptionRefused(errors)
    try:
        grid = grid_of(plan, asked.starts_on)
    except BadGrid as wrong:
        raise SubscriptionRefused({"starts_on": str(wrong)}) from wrong
    first_day = boundary(grid, asked.first_k)
    try:
        price_on(plan.prices.all(), max(first_day, asked.starts_on), own=asked.price, rfc="", plan=plan.nombre)
    except NoPrice as missing:
        raise SubscriptionRefused({"plan_id": str(missing)}) from missing
    mode = asked.fiscal_mode or plan.fiscal_mode or policy.fiscal_mode
    if mode in INVOICED_FIRST and not FiscalProfile.objects.current().filter(customer=customer).exists():
        raise SubscriptionRefused(
            {"customer_id": "Faltan sus datos fiscales: captúralos primero, o elige aviso de cobro"}
        )
    return plan, grid, customer


def _wrong_numbers(asked: NewSubscription) -> dict[str, str]:
    errors: dict[str, str] = {}
    if asked.quantity <= 0:
        errors["quantity"] = "Escribe una cantidad mayor que cero"
    if asked.price is not None and asked.price <= 0:
        errors["price"] = "Escribe un precio mayor que cero, o déjalo vacío para usar el del plan"
    if asked.first_k < 0:
        errors["first_k"] = "Escribe cuántos periodos ya se cobraron: 0 o más"
    if asked.cycles is not None and asked.cycles <= asked.first_k:
        errors["cycles"] = "Escribe cuántos cobros son en total, más que los que ya se hicieron"
    if asked.ends_on is not None and asked.ends_on <= asked.starts_on:
        errors["ends_on"] = "Tiene que terminar después de empezar"
    return errors


def _unsaved(asked: NewSubscription, *, customer: Customer, payer: Customer, now: datetime) -> Subscription:
    return Subscription(
        customer=customer,
        payer=payer,
        branch_id=asked.branch_id,
        label=asked.label,
        external_id=asked.external_id,
        wish=asked.wish,
        state=SubscriptionState.ACTIVE,
        state_since=now,
        starts_on=asked.starts_on,
        ends_on=asked.ends_on,
        cycles=asked.cycles,
        next_k=asked.first_k,
        fiscal_mode=asked.fiscal_mode,
        terms_days=asked.terms_days,
        on_its_own=asked.on_its_own,
        created_at=now,
    )


def _term(asked: NewSubscription, plan: Plan, grid: Grid) -> Term:
    term = term_of(plan, grid, seq=1)
    term.quantity, term.price = asked.quantity, asked.price
    return term


def _setup(subscription: Subscription, plan: Plan, *, on: date, now: datetime) -> OneOff:
    return OneOff(
        key=f"setup:{subscription.pk}",
        subscription=subscription,
        concept=plan.setup_concept,
        amount=plan.setup_fee.quantize(Decimal("0.01")),
        on=on,
        made_at=now,
    )
