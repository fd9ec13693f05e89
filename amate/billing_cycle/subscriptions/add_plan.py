"""A plan begins to be sold: what every subscription of it takes over."""

from datetime import date, datetime

from django.utils.text import slugify

from amate.audit.record import record
from amate.billing_cycle.subscriptions.models import Plan, PlanPrice
from amate.billing_cycle.subscriptions.plan_facts import (
    PlanFacts,
    PlanRefused,
    PriceOf,
    check_plan,
    check_price,
    columns_of,
    facts_of,
    taxes_json,
)
from amate.fiscal.catalogs import Catalogs
from amate.tenancy.writes import insert, insert_unless_there


def add_plan(*, facts: PlanFacts, price: PriceOf, key: str, catalogs: Catalogs, today: date, now: datetime) -> Plan:
    """`key`: the business's own; "" makes one of the name. The same plan sent twice is the one that is there. Raises
    PlanRefused."""
    check_plan(facts, catalogs=catalogs, today=today)
    check_price(price, objeto_imp=facts.objeto_imp, catalogs=catalogs, today=today)
    plan = Plan(key=key or slugify(facts.nombre)[:80] or "plan", changed_at=now, **columns_of(facts))
    if not insert_unless_there(plan):
        known: Plan = Plan.objects.get(key=plan.key)
        if facts_of(known) == facts and known.is_active:
            return known
        field = "key" if key else "nombre"
        raise PlanRefused({field: "Ya tienes un plan que se llama así: ábrelo en la lista, o ponle otro nombre"})
    insert(
        PlanPrice(
            plan=plan,
            valid_from=price.valid_from,
            amount=price.amount,
            includes_tax=price.includes_tax,
            taxes=taxes_json(price.taxes, objeto_imp=facts.objeto_imp),
        )
    )
    record("plan.added", about=f"plan:{plan.pk}", now=now, nombre=plan.nombre, amount=str(price.amount))
    return plan
