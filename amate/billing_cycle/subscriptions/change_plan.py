"""What a plan says changes, from the next charge on; the calendars of whoever has it stay as they were agreed."""

from datetime import date, datetime

from django.db.models import Q

from amate.audit.record import record
from amate.billing_cycle.subscriptions.models import Plan, SubscriptionState, Term
from amate.billing_cycle.subscriptions.plan_facts import PlanFacts, PlanRefused, check_plan, columns_of
from amate.fiscal.catalogs import Catalogs

# What every subscription of it was agreed by: its price is of such a period, and its next day of work is written down.
AGREED = ("unit", "every", "in_advance", "lead_days")


def change_plan(*, plan_id: int, facts: PlanFacts, catalogs: Catalogs, today: date, now: datetime) -> Plan:
    """Cut, trial and set-up hold for new subscriptions; words, keys, terms and fiscal mode for the next charge of every one.
    How often and when it is charged stays once somebody has it. Raises PlanRefused, Plan.DoesNotExist."""
    plan: Plan = Plan.locked(plan_id)
    check_plan(facts, catalogs=catalogs, today=today)
    after = columns_of(facts)
    changed = {name: value for name, value in after.items() if getattr(plan, name) != value}
    if not changed:
        return plan
    errors: dict[str, str] = {}
    agreed = [name for name in AGREED if name in changed]
    if agreed and has_subscriptions(plan, today=today):
        errors[agreed[0]] = "Hay suscripciones con este plan, acordadas así: haz otro plan y cámbialas a él"
    if "objeto_imp" in changed:
        errors["taxes"] = "Con otro objeto de impuesto es otro plan: agrégalo y cambia a él a tus suscripciones"
    if errors:
        raise PlanRefused(errors)
    for name, value in changed.items():
        setattr(plan, name, value)
    plan.changed_at = now
    plan.save(update_fields=[*changed, "changed_at"])
    record("plan.changed", about=f"plan:{plan.pk}", now=now, nombre=plan.nombre, fields=sorted(changed))
    return plan


def has_subscriptions(plan: Plan, *, today: date) -> bool:
    """Whether somebody has it today or will."""
    terms = Term.objects.filter(Q(to_on=None) | Q(to_on__gt=today), plan=plan)
    return bool(terms.filter(subscription__state__in=[SubscriptionState.DRAFT, SubscriptionState.ACTIVE]).exists())
