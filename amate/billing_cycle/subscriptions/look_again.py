"""After a change, the day of the next work is worked out anew; the worker is told if that day has come."""

from datetime import date, datetime

from amate.billing_cycle.subscriptions.agreed import agreed_with, tariff_of
from amate.billing_cycle.subscriptions.bill_soon import bill_soon
from amate.billing_cycle.subscriptions.due import work_of
from amate.billing_cycle.subscriptions.models import Subscription
from amate.companies.billing_policy import billing_policy_on
from amate.tenancy.writes import rewrite


def look_again(subscription: Subscription, *, today: date, now: datetime) -> None:
    """Whoever calls holds the payer's lock and has written his change."""
    [agreed] = agreed_with([subscription])
    tariff = tariff_of([agreed])
    work = work_of(agreed.contract(tariff.plans, billing_policy_on(today)), today=date.min)
    extras = [one.on for one in agreed.one_offs if not one.is_credit]
    days = [*extras, *([work.next_on] if work.next_on is not None else [])]
    rewrite(subscription, next_on=min(days, default=None))
    if subscription.next_on is not None and subscription.next_on <= today:
        bill_soon(payer_id=subscription.payer_id, now=now)
