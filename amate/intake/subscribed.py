"""The subscriptions of a file: each begins once, with the periods before its next one billed elsewhere, and is taken back
while nothing of it was billed."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from amate.billing_cycle.subscriptions.begin import grid_of
from amate.billing_cycle.subscriptions.calendar import BadGrid, boundary, k_of
from amate.billing_cycle.subscriptions.models import Period, Plan, Subscription, SubscriptionState
from amate.billing_cycle.subscriptions.stop import stop
from amate.billing_cycle.subscriptions.subscribe import NewSubscription, SubscriptionRefused, foretell, subscribe
from amate.companies.day import day_of
from amate.companies.models import Branch
from amate.customers.models import Customer
from amate.intake.columns import LABELS
from amate.intake.found import Good
from amate.intake.models import Batch
from amate.intake.options import Options
from amate.intake.owners import NOBODY, owners_of
from amate.intake.subscription_rows import Subscribed
from amate.intake.told import Told
from amate.tenancy.writes import rewrite

NO_PLAN = "No tienes un plan “{}” a la venta: créalo en Planes, o escribe su clave o su nombre como está ahí"
NOT_A_START = "Ningún periodo de este plan empieza el {:%d/%m/%Y}: el de esa fecha empieza el {:%d/%m/%Y}"
UNDONE = "Se deshizo la importación"
_LABELS = LABELS["subscribed"]
_COLUMN = {
    "customer_id": "cliente",
    "plan_id": "plan",
    "starts_on": "inicio",
    "first_k": "siguiente",
    "quantity": "cantidad",
    "price": "precio",
    "ends_on": "fin",
}


def look_at_subscribed(batch: Batch, chunk: list[Good[Subscribed]], told: Told, now: datetime) -> None:
    for _ in _sort(batch, chunk, told, now):
        pass


def keep_subscribed(batch: Batch, chunk: list[Good[Subscribed]], told: Told, now: datetime) -> None:
    for asked in list(_sort(batch, chunk, told, now)):
        subscribe(asked=asked, today=day_of(now), now=now)


def take_back_subscribed(batch: Batch, now: datetime) -> tuple[int, int]:
    """How many were cancelled, and how many stay: something of them was billed, or they had ended."""
    today, undone, kept = day_of(now), 0, 0
    rows = Subscription.objects.filter(wish__startswith=f"{_wish(batch)}:").order_by("payer_id", "id")
    for one in rows:
        if one.state != SubscriptionState.ACTIVE or Period.objects.filter(subscription=one).exists():
            kept += 1
            continue
        ended = stop(subscription_id=one.pk, on=max(today, one.starts_on), reason=UNDONE, today=today, now=now)
        rewrite(ended, external_id="")  # the mended file may bring the same key again
        undone += 1
    return undone, kept


def _wish(batch: Batch) -> str:
    return f"import:{batch.pk}"


def _sort(batch: Batch, chunk: Sequence[Good[Subscribed]], told: Told, now: datetime) -> Iterator[NewSubscription]:
    """Count them, and what is to begin of them; what could not begin is told of its row."""
    owners = owners_of({one.thing.owner for one in chunk})
    plans: dict[str, Plan] = {}
    for plan in Plan.objects.filter(is_active=True).order_by("-id"):
        plans[plan.nombre.lower()] = plan
    plans |= {plan.key.lower(): plan for plan in Plan.objects.filter(is_active=True)}
    branch = _branch(batch)
    for one in chunk:
        said = one.thing
        customer, found = owners.get(said.owner), plans.get(said.plan.lower())
        if customer is None:
            told.turned_bad(one, _LABELS["cliente"], NOBODY.format(said.owner))
        elif found is None:
            told.turned_bad(one, _LABELS["plan"], NO_PLAN.format(said.plan))
        elif branch is None:
            told.turned_bad(one, "", "Abre una sucursal en Ajustes: cada suscripción es de una")
        elif _is_there(said, customer, found):
            told.counts.repeated += 1
        elif (asked := _asked(one, customer, found, branch, told, wish=f"{_wish(batch)}:{one.row}")) is not None:
            try:
                foretell(asked=asked, today=day_of(now))
            except SubscriptionRefused as refused:
                field, sentence = next(iter(refused.errors.items()))
                told.turned_bad(one, _LABELS.get(_COLUMN.get(field, ""), ""), sentence)
                continue
            told.counts.new += 1
            yield asked


def _is_there(said: Subscribed, customer: Customer, plan: Plan) -> bool:
    if said.reference:
        return bool(Subscription.objects.filter(external_id=said.reference).exists())
    rows = Subscription.objects.filter(customer=customer, state=SubscriptionState.ACTIVE, starts_on=said.starts_on)
    return bool(rows.filter(label=said.label, terms__plan=plan).exists())


def _asked(
    one: Good[Subscribed], customer: Customer, plan: Plan, branch: Branch, told: Told, *, wish: str
) -> NewSubscription | None:
    said = one.thing
    try:
        grid = grid_of(plan, said.starts_on)
    except BadGrid as wrong:
        told.turned_bad(one, _LABELS["inicio"], str(wrong))
        return None
    first_k = k_of(grid, said.next_on)
    if (begins := max(boundary(grid, first_k), said.starts_on)) != said.next_on:
        told.turned_bad(one, _LABELS["siguiente"], NOT_A_START.format(said.next_on, begins))
        return None
    return NewSubscription(
        customer_id=customer.pk,
        branch_id=branch.pk,
        plan_id=plan.pk,
        starts_on=said.starts_on,
        price=said.price,
        quantity=said.quantity,
        ends_on=said.ends_on,
        first_k=first_k,
        label=said.label,
        external_id=said.reference,
        wish=wish,
        charges_setup=False,
    )


def _branch(batch: Batch) -> Branch | None:
    """The one that was chosen for the source, or the first that is open."""
    rows = Branch.objects.open()
    return rows.filter(code=Options.of(batch.source.options).branch).first() or rows.first()
