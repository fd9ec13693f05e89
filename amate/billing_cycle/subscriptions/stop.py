"""A customer leaves: today, on a day, or when what he has paid is over. What was billed stays."""

from datetime import date, datetime

from amate.audit.record import record
from amate.billing_cycle.subscriptions.agreed import Agreed, locked_agreement, tariff_of
from amate.billing_cycle.subscriptions.due import Fate, TooMuchBacklog, work_of
from amate.billing_cycle.subscriptions.look_again import look_again
from amate.billing_cycle.subscriptions.models import OneOff, Period, PlannedChange, Subscription, SubscriptionState
from amate.companies.billing_policy import billing_policy_on
from amate.companies.fields import FieldsRefused
from amate.tenancy.writes import insert, rewrite


class StopRefused(FieldsRefused):
    """`errors`: a sentence for each wrong field. Nothing was written."""


def stop(*, subscription_id: int, on: date | None, reason: str, today: date, now: datetime) -> Subscription:
    """`on`: the first day without service, None for the end of what is billed. Until then it is served, and billed where a
    period begins before it. Raises StopRefused.

    What was billed past that day is not given back by itself: a credit or a credit note is a person's to decide.
    """
    agreed = locked_agreement(subscription_id)
    one = agreed.subscription
    if one.state != SubscriptionState.ACTIVE:
        raise StopRefused({"subscription": "Esta suscripción ya terminó"})
    if not reason.strip():
        raise StopRefused({"reason": "Escribe por qué se va: ayuda a que otros se queden"})
    last = on if on is not None else _paid_until(agreed, today=today)
    if last < today:
        raise StopRefused({"on": "Elige hoy o un día que venga"})
    insert(
        PlannedChange(
            subscription=one, kind="stop", effective_on=last, said={"says": f"Baja el {last:%d/%m/%Y}"},
            why=reason, decided_at=now,
        )
    )  # fmt: skip
    record("subscription.stopped", about=f"subscription:{one.pk}", now=now, on=str(last), reason=reason)
    OneOff.objects.filter(subscription=one, settled_at=None, on__gt=max(last, today)).update(settled_at=now)
    if last > one.starts_on:
        rewrite(one, ends_on=last)
    if last <= one.starts_on or (last <= today and not _owes(agreed, today=today)):
        ends_on = one.ends_on if last > one.starts_on else None
        facts = {"state_since": now, "state_reason": reason[:300], "next_on": None, "ends_on": ends_on}
        one.move_to(SubscriptionState.CANCELLED, **facts)
        return one
    rewrite(one, state_reason=reason[:300])  # what he owes today is billed first
    look_again(one, today=today, now=now)
    return one


def stay(*, subscription_id: int, today: date, now: datetime) -> Subscription:
    """He stays after all: the end that was set is taken back in time. Raises StopRefused."""
    one = locked_agreement(subscription_id).subscription
    if one.state != SubscriptionState.ACTIVE or one.ends_on is None:
        raise StopRefused({"subscription": "Ya terminó, o nadie la dio de baja: para volver empieza otra"})
    PlannedChange.objects.filter(subscription=one, kind="stop", withdrawn_at=None).update(withdrawn_at=now)
    rewrite(one, ends_on=None, state_reason="")
    record("subscription.stays", about=f"subscription:{one.pk}", now=now)
    look_again(one, today=today, now=now)
    return one


def _owes(agreed: Agreed, *, today: date) -> bool:
    """Whether something that he had is not charged yet: an extra, or days that were served and not billed."""
    if any(not extra.is_credit and extra.on <= today for extra in agreed.one_offs):
        return True
    contract = agreed.contract(tariff_of([agreed]).plans, billing_policy_on(today))
    try:
        return any(due.fate == Fate.CHARGE for due in work_of(contract, today=today).due)
    except TooMuchBacklog:  # a person looks at it when it is billed
        return True


def _paid_until(agreed: Agreed, *, today: date) -> date:
    """The end of what is billed; of what is not billed yet, today."""
    last: date | None = (
        Period.objects.filter(subscription=agreed.subscription).order_by("-k").values_list("ends_on", flat=True).first()
    )
    return max(last or today, today)
