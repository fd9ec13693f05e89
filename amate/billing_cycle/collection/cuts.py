"""Who would be cut on a day and why, before anybody is (FEATURES 128)."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from amate.billing_cycle.collection.cut_deeper import slower_due
from amate.billing_cycle.collection.reassess import stands_of, terms_of
from amate.billing_cycle.collection.rules import Standing, is_day_of_cuts
from amate.billing_cycle.collection.warned import day_of_cut, services_to_cut, warning_for, warnings_of
from amate.billing_cycle.subscriptions.agreed import closed_around
from amate.companies.billing_policy import billing_policy_on
from amate.ledger.debts import who_owes

AT_ONCE = 500
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WouldCut:
    """`debts`: the receivables that justify it; `warned_on`: the day his last warning left."""

    customer_id: int
    overdue: Decimal
    oldest_due: date
    debts: tuple[int, ...]
    warned_on: date
    services: tuple[int, ...]


def next_day_of_cuts(*, after: date) -> date | None:
    """None: the company cuts nobody."""
    policy = billing_policy_on(after)
    weekdays, holidays = frozenset(policy.cut_weekdays), closed_around(after)
    if not policy.suspends:
        return None
    days = (after + n * A_DAY for n in range(1, 30))
    return next((day for day in days if is_day_of_cuts(day, weekdays=weekdays, holidays=holidays)), None)


def who_would_be_cut(*, on: date) -> list[WouldCut]:
    """If nothing is paid, promised or exempted until then, by the rules of that day; whom the last look at the providers
    spares is not known before. Longest overdue first. Reads only."""
    policy = billing_policy_on(on)
    terms, holidays = terms_of(policy), closed_around(on)
    if not is_day_of_cuts(on, weekdays=terms.cut_weekdays, holidays=holidays):
        return []
    found: list[WouldCut] = []
    owing = who_owes(due_by=on - A_DAY) if policy.suspends else []
    for at in range(0, len(owing), AT_ONCE):
        stands = {
            pk: stand
            for pk, stand in stands_of(owing[at : at + AT_ONCE], terms=terms, today=on).items()
            if stand.standing == Standing.SUSPENDABLE
        }
        warned, services = warnings_of(stands.values()), services_to_cut(stands, scope=policy.suspend_scope)
        for pk, stand in stands.items():
            warning = warning_for(stand, warned)
            if warning is None or not services[pk]:
                continue
            if day_of_cut(stand, warning, terms=terms, today=on, holidays=holidays) != on:
                continue
            found.append(
                WouldCut(
                    customer_id=pk,
                    overdue=sum((debt.open_amount for debt in stand.cuttable), Decimal(0)),
                    oldest_due=min(debt.due_on for debt in stand.cuttable),
                    debts=tuple(debt.id for debt in stand.cuttable),
                    warned_on=warning.told_on,
                    services=tuple(one.pk for one in services[pk]),
                )
            )
    found += _deeper(on=on) if policy.suspends else []
    return sorted(found, key=lambda one: (one.oldest_due, one.customer_id))


def _deeper(*, on: date) -> list[WouldCut]:
    """Those whose slower service is over, and who may stay cut."""
    slowed = slower_due(on=on)
    if not slowed:
        return []
    stands = stands_of(slowed, terms=terms_of(billing_policy_on(on)), today=on)
    return [
        WouldCut(
            customer_id=pk,
            overdue=sum((debt.open_amount for debt in stand.cuttable), Decimal(0)),
            oldest_due=min(debt.due_on for debt in stand.cuttable),
            debts=tuple(debt.id for debt in stand.cuttable),
            warned_on=min(hold.decision.warned_on for hold in slowed[pk] if hold.decision is not None),
            services=tuple(hold.service_id for hold in slowed[pk]),
        )
        for pk, stand in stands.items()
        if stand.standing == Standing.SUSPENDED
    ]
