"""A plan is no longer sold, or again. Whoever has it keeps it."""

from datetime import datetime

from amate.audit.record import record
from amate.billing_cycle.subscriptions.models import Plan


def retire_plan(*, plan_id: int, now: datetime) -> Plan:
    """Raises Plan.DoesNotExist."""
    return _set(plan_id, is_active=False, act="plan.retired", now=now)


def sell_plan_again(*, plan_id: int, now: datetime) -> Plan:
    """Raises Plan.DoesNotExist."""
    return _set(plan_id, is_active=True, act="plan.sold_again", now=now)


def _set(plan_id: int, *, is_active: bool, act: str, now: datetime) -> Plan:
    plan: Plan = Plan.locked(plan_id)
    if plan.is_active != is_active:
        plan.is_active, plan.changed_at = is_active, now
        plan.save(update_fields=["is_active", "changed_at"])
        record(act, about=f"plan:{plan.pk}", now=now, nombre=plan.nombre)
    return plan
