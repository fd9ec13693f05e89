"""Plans, customers and days for tests of billing."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from amate.billing_cycle.subscriptions.bill import Billed, bill_customers
from amate.billing_cycle.subscriptions.models import Plan, PlanPrice, Subscription
from amate.billing_cycle.subscriptions.subscribe import NewSubscription, subscribe
from amate.companies.models import BillingPolicy, Branch
from amate.customers.add import add_customer
from amate.customers.models import Customer
from amate.fiscal.money import Impuesto, Line
from amate.invoices.lines import line_to_json
from tests.people import FISICA, MORAL, receptor_of
from tests.world import World

IVA = Impuesto("002", "Tasa", Decimal("0.160000"))


def taxes(*said: Impuesto) -> Any:
    return line_to_json(Line(Decimal(1), Decimal(1), said))["impuestos"]


class Wheel:
    """One company's billing, by days. Every act opens its scope."""

    def __init__(self, world: World) -> None:
        self.world = world

    def now(self) -> datetime:
        return self.world.now()

    def plan(
        self, key: str = "internet", *, price: str = "599.00", includes_tax: bool = True, valid_from: str = "2020-01-01",
        **said: Any,
    ) -> Plan:  # fmt: skip
        def make() -> Plan:
            facts = {"nombre": key.title(), "concept": "Internet de {mes}", "clave_prod_serv": "81112100"}
            plan = Plan.objects.create(key=key, changed_at=self.now(), **(facts | said))
            PlanPrice.objects.create(
                plan=plan, valid_from=valid_from, amount=price, includes_tax=includes_tax, taxes=taxes(IVA)
            )
            return plan

        return self.world.scoped(make)

    def policy(self, **said: Any) -> None:
        self.world.scoped(lambda: BillingPolicy.objects.create(effective_from=date(2020, 1, 1), **said))

    def customer(self, nombre: str = "Rosa Tapia", *, fiscal: dict[str, str] | None = None) -> Customer:
        def make() -> Customer:
            receptor = None if fiscal is None else receptor_of(fiscal)
            return add_customer(nombre=nombre, receptor=receptor, correo="rosa@example.com", now=self.now())

        return self.world.scoped(make)

    def subscribe(
        self, customer: Customer, plan: Plan, starts_on: str, *, today: str = "", **said: Any
    ) -> Subscription:
        asked = NewSubscription(
            customer_id=customer.pk,
            branch_id=self.world.shop.branch.pk,
            plan_id=plan.pk,
            starts_on=date.fromisoformat(starts_on),
        )
        day = date.fromisoformat(today or starts_on)
        return self.world.scoped(lambda: subscribe(asked=replace(asked, **said), today=day, now=self.now()))

    def bill(self, today: str, *payers: Customer, reviewed: bool | None = None) -> Billed:
        day = date.fromisoformat(today)

        def act() -> Billed:
            ids = [one.pk for one in payers] or list(Subscription.objects.values_list("payer_id", flat=True).distinct())
            return bill_customers(payer_ids=ids, reviewed=reviewed, today=day, now=self.now())

        return self.world.scoped(act)

    def look(self, act: Any) -> Any:
        return self.world.scoped(act)


__all__ = ["FISICA", "MORAL", "Branch", "Wheel"]
