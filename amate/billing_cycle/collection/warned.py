"""Of what was each customer warned, and which day and services follow from it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from amate.billing_cycle.collection.models import Channel, Notice
from amate.billing_cycle.collection.rules import Stand, Terms, cut_day
from amate.billing_cycle.service.models import Desired, Service
from amate.billing_cycle.subscriptions.models import OneOff, Period
from amate.messages.models import Message

ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Warned:
    """A last warning that reached him: the day it left, and the day of the cut that it names."""

    told_on: date
    names: date


def warnings_of(stands: Iterable[Stand]) -> dict[int, Warned]:
    """Of each debt that could justify a cut, the first last warning that reached its customer. One that bounced told nobody
    anything, nor did one of before the debt was paid and owed again."""
    debts = {debt.id: debt for stand in stands for debt in stand.cuttable}
    rows = Notice.objects.delivered().filter(
        receivable_id__in=list(debts), last_warning=True, settled_on__isnull=False, names_cut_on__isnull=False
    )
    told = [
        one for one in rows.order_by("-settled_on", "-id") if one.reopened_on == debts[one.receivable_id].reopened_on
    ]
    mails = {one.message_id for one in told if one.channel == Channel.MAIL and one.message_id is not None}
    lost = (
        set(Message.objects.filter(pk__in=mails, state__in=Message.DEAD).values_list("pk", flat=True)) if mails else ()
    )
    found: dict[int, Warned] = {}
    for one in told:
        if one.settled_on is not None and one.names_cut_on is not None and not _is_lost(one, lost):
            found[one.receivable_id] = Warned(one.settled_on, one.names_cut_on)
    return found


def _is_lost(one: Notice, lost: Collection[int]) -> bool:
    return one.channel == Channel.MAIL and one.message_id in lost


def warning_for(stand: Stand, warned: Mapping[int, Warned]) -> Warned | None:
    """He was warned of the debts that he is cut for: of one of them is enough, and the earliest such warning counts."""
    told = [warned[debt.id] for debt in stand.cuttable if debt.id in warned]
    return min(told, key=lambda one: (one.told_on, one.names), default=None)


def day_of_cut(stand: Stand, warning: Warned, *, terms: Terms, today: date, holidays: frozenset[date]) -> date | None:
    """The first day, from today on, on which he may be cut; never before the one that he was told, whatever the rules are
    now. None: he may not."""
    return cut_day(stand, terms=terms, warned_on=warning.told_on, today=max(today, warning.names), holidays=holidays)


def services_to_cut(stands: Mapping[int, Stand], *, scope: str) -> dict[int, list[Service]]:
    """The active services of each: all of them if the company cuts by account, else those of the subscriptions that he is
    late with (policy `suspend_scope`)."""
    found: dict[int, list[Service]] = {pk: [] for pk in stands}
    cuttable = [pk for pk, stand in stands.items() if stand.cuttable]
    if not cuttable:
        return found
    rows = Service.objects.live().select_related("switch").filter(customer_id__in=cuttable, desired=Desired.ACTIVE)
    if scope != ACCOUNT:
        rows = rows.filter(subscription_id__in=_late_subscriptions(stands.values()))
    for service in rows.order_by("id"):
        found[service.customer_id].append(service)
    return found


def _late_subscriptions(stands: Iterable[Stand]) -> set[int]:
    ids = [debt.id for stand in stands for debt in stand.cuttable]
    late = set(Period.objects.filter(charge__receivable_id__in=ids).values_list("subscription_id", flat=True))
    return late | set(OneOff.objects.filter(charge__receivable_id__in=ids).values_list("subscription_id", flat=True))
