"""What of the day is still to be done about debts, at this hour of the company."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from amate.billing_cycle.collection.models import CollectionDay
from amate.billing_cycle.collection.reassess import quiet_of, terms_of
from amate.billing_cycle.collection.rules import is_day_of_cuts
from amate.billing_cycle.subscriptions.agreed import closed_around
from amate.companies.billing_policy import BillingPolicy, billing_policy_on
from amate.companies.day import zone_of_company
from amate.ledger.models import Receivable
from amate.promises.kinds import BATCH
from amate.promises.promise import promise
from amate.tenancy.writes import insert_unless_there

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hour:
    """`tells`: people may be written to; `cuts`: who is to be cut may be cut."""

    day: date
    tells: bool
    cuts: bool


def hour_of(now: datetime) -> Hour:
    local = now.astimezone(zone_of_company())
    today = local.date()
    policy = billing_policy_on(today)
    holidays = closed_around(today)
    return Hour(
        today,
        tells=quiet_of(policy).allows(local, holidays=holidays),
        cuts=_in_hours(policy, local.hour)
        and is_day_of_cuts(today, weekdays=terms_of(policy).cut_weekdays, holidays=holidays),
    )


def plan_day(*, now: datetime) -> None:
    """Owe what is not done yet. Asked again and again it owes nothing twice."""
    if not Receivable.objects.unpaid().exists():
        return
    hour = hour_of(now)
    if not hour.tells and not hour.cuts:
        return
    row = the_day(hour.day)
    said = hour.day.isoformat()
    if hour.tells and row.reminded_at is None:
        promise("remind", key=f"remind:{said}", now=now, priority=BATCH, day=said)
    if hour.cuts and row.cut_at is None and not row.held_because:
        promise("cut", key=f"cut:{said}", now=now, priority=BATCH, day=said)


def cuts_are_held(*, day: date) -> bool:
    return bool(CollectionDay.objects.filter(day=day, cut_at__isnull=True).exclude(held_because="").exists())


def the_day(day: date) -> CollectionDay:
    found = CollectionDay.objects.filter(day=day).first()
    if found is None:
        insert_unless_there(CollectionDay(day=day))
        found = CollectionDay.objects.get(day=day)
    row: CollectionDay = found
    return row


def _in_hours(policy: BillingPolicy, hour: int) -> bool:
    return policy.suspends and policy.cut_from_hour <= hour < policy.cut_to_hour
