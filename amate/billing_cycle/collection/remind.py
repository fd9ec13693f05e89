"""Each day every debt is told at most one step of the ladder, and each customer gets at most one letter (CYCLE 5.5)."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain

from amate.billing_cycle.collection.models import Channel, Notice
from amate.billing_cycle.collection.reach import Reach, reach_of
from amate.billing_cycle.collection.reassess import agreed_with, ladder_of
from amate.billing_cycle.collection.rules import Agreed, Debt, Step, rung_of
from amate.companies.billing_policy import BillingPolicy, billing_policy_on
from amate.ledger.debts import owed_now
from amate.ledger.models import ReceivableKind
from amate.messages.set_texts import texts_leave
from amate.promises.kinds import MAIL
from amate.promises.promise import promise_all
from amate.tenancy.writes import insert_all

A_WEEK = timedelta(days=7)
# A debt that no CFDI brings is told as soon as it is there, if nothing else is told first: its bill.
BILL = Step("bill", -1_000)
BILL_FOR = 5  # days after its issue
BILLS = frozenset({ReceivableKind.AVISO, ReceivableKind.FEE})
# A word that did not arrive, or of which nobody knows: it is no warning.
NOT_TOLD = frozenset({Notice.State.FAILED, Notice.State.UNKNOWN, Notice.State.SKIPPED})
LETTERS = (Channel.MAIL, Channel.SMS)


@dataclass(slots=True)
class Reminded:
    """How many notices were claimed, of how many letters, texts and calls."""

    notices: int = 0
    mails: int = 0
    texts: int = 0
    calls: int = 0


@dataclass(slots=True)
class Told:
    """What one debt was told in its present round, by any channel."""

    steps: set[tuple[str, str]] = field(default_factory=set)
    warned_on: date | None = None
    warning_lost: bool = False
    reminders: int = 0


def days_ahead(policy: BillingPolicy) -> int:
    """How long before its day a debt is first told."""
    return max((-step.offset for step in ladder_of(policy)), default=0)


def remind_customers(
    *, customer_ids: Collection[int], money_coming: Collection[int], today: date, now: datetime
) -> Reminded:
    """Claim what these customers are to be told today, and owe the letters. A fixed number of statements; whoever asks
    twice, or beside another, claims nothing more. Silent to whoever promised, is exempt, or whose money is on its way.

    No lock is taken: a payment that comes meanwhile is seen when the letter is written.
    """
    policy = billing_policy_on(today)
    agreed = agreed_with(customer_ids)
    silent = {pk for pk in customer_ids if pk in money_coming or _is_silent(agreed.get(pk), today)}
    debts = _debts([pk for pk in customer_ids if pk not in silent])
    told = _told(debts)
    due = _due(debts, told, ladder=ladder_of(policy), today=today)
    if not due:
        return Reminded()
    reach = reach_of(due)
    tired = _tired(due, most=policy.max_messages_a_week, today=today)
    texts = texts_leave(now=now)
    wanted = [
        _notice(customer_id, debt, step, channel, today=today, now=now)
        for customer_id, steps in due.items()
        for debt, step in steps
        if step.last_warning
        or step.call
        or step is BILL
        or (customer_id not in tired and told[debt.id].reminders < policy.max_reminders)
        for channel in _channels(step, reach[customer_id], told[debt.id], texts=texts)
        if (step.code, channel) not in told[debt.id].steps
    ]
    return _claim(wanted, now=now)


def _is_silent(agreed: Agreed | None, today: date) -> bool:
    days = () if agreed is None else (agreed.promised_until, agreed.exempt_until)
    return any(day is not None and today <= day for day in days)


def _debts(customer_ids: Collection[int]) -> dict[int, list[Debt]]:
    found: dict[int, list[Debt]] = defaultdict(list)
    for one in owed_now(customer_ids):
        billed_on = one.issued_on if one.kind in BILLS else None
        found[one.customer_id].append(Debt(one.receivable_id, one.due_on, one.left, one.reopened_on, billed_on))
    return found


def _told(debts: dict[int, list[Debt]]) -> dict[int, Told]:
    """By debt. What was told before it was paid and owed again counts no more."""
    rounds = {debt.id: debt.reopened_on for debt in chain.from_iterable(debts.values())}
    found = {pk: Told() for pk in rounds}
    rows = Notice.objects.filter(receivable_id__in=list(rounds)).values_list(
        "receivable_id", "reopened_on", "step", "channel", "last_warning", "state", "day"
    )
    for pk, reopened_on, step, channel, last, state, day in rows:
        if reopened_on != rounds[pk]:
            continue
        one = found[pk]
        one.steps.add((step, channel))
        if not last:
            one.reminders += channel in LETTERS and step != BILL.code
        elif state in NOT_TOLD:
            one.warning_lost = True
        elif one.warned_on is None or day < one.warned_on:
            one.warned_on = day
    return found


def _due(
    debts: dict[int, list[Debt]], told: dict[int, Told], *, ladder: tuple[Step, ...], today: date
) -> dict[int, list[tuple[Debt, Step]]]:
    """Whose debts reached a rung that they were not told by all of its ways."""
    found: dict[int, list[tuple[Debt, Step]]] = {}
    for customer_id, some in debts.items():
        steps = [
            (debt, step)
            for debt in some
            if (step := _step(debt, told[debt.id], ladder, today=today)) is not None and _is_news(step, told[debt.id])
        ]
        if steps:
            found[customer_id] = steps
    return found


def _step(debt: Debt, told: Told, ladder: tuple[Step, ...], *, today: date) -> Step | None:
    reached = rung_of(debt, ladder, warned_on=told.warned_on, today=today)
    fresh = debt.billed_on is not None and (today - debt.billed_on).days <= BILL_FOR
    return BILL if reached is None and fresh and not told.steps else reached


def _is_news(step: Step, told: Told) -> bool:
    """Once by one way is enough; but a last warning that did not arrive is told by another."""
    known = any(code == step.code for code, _ in told.steps)
    return not known or (step.last_warning and told.warned_on is None and told.warning_lost)


def _channels(step: Step, reach: Reach, told: Told, *, texts: bool) -> list[Channel]:
    """By mail; a last warning by SMS too, if the company has a way for them. Who can be reached by neither, or whose last
    warning did not arrive, is called by a person.

    No reminder comes by a channel that he silenced. A bill and a last warning are no reminders: the first comes by mail, and
    where he left no way for the second, it comes by mail too, since without it nobody may be cut."""
    if step.last_warning and told.warning_lost:
        return [Channel.CALL]
    if step.call:
        return [one for one in (Channel.CALL,) if one not in reach.silenced]
    found = [Channel.MAIL] if reach.mail and (step is BILL or Channel.MAIL not in reach.silenced) else []
    texted = texts and bool(reach.phone) and Channel.SMS not in reach.silenced
    if texted and (step.last_warning or (not found and not reach.mail and step.offset >= 0)):
        found.append(Channel.SMS)
    if found or not step.last_warning:
        return found
    return [Channel.MAIL if reach.mail else Channel.CALL]


def _tired(customer_ids: Iterable[int], *, most: int, today: date) -> set[int]:
    """Who had as many days with a letter as a week may have; a last warning comes all the same."""
    recent = Notice.objects.filter(
        customer_id__in=list(customer_ids), day__gt=today - A_WEEK, day__lt=today, channel__in=LETTERS
    )
    reminders = recent.exclude(step=BILL.code)
    days = Counter(pk for pk, _ in set(reminders.values_list("customer_id", "day")))
    return {pk for pk, count in days.items() if count >= most}


def _notice(customer_id: int, debt: Debt, step: Step, channel: Channel, *, today: date, now: datetime) -> Notice:
    return Notice(
        customer_id=customer_id,
        receivable_id=debt.id,
        step=step.code,
        channel=channel.value,
        last_warning=step.last_warning,
        reopened_on=debt.reopened_on,
        day=today,
        claimed_at=now,
    )


def _claim(wanted: list[Notice], *, now: datetime) -> Reminded:
    """Claimed before anything is sent (I18); what another run claimed is its own."""
    insert_all(wanted, once=("receivable_id", "channel", "step"))
    claimed = [one for one in wanted if one.pk is not None]
    done = Reminded(notices=len(claimed))
    for channel, kind in ((Channel.MAIL, "remind_by_mail"), (Channel.SMS, "remind_by_text")):
        letters = {
            f"{kind}:{one.customer_id}:{one.day}": {"customer_id": one.customer_id, "day": one.day.isoformat()}
            for one in claimed
            if one.channel == channel
        }
        promise_all(kind=kind, wanted=letters, now=now, priority=MAIL)
        if channel == Channel.MAIL:
            done.mails = len(letters)
        else:
            done.texts = len(letters)
    done.calls = sum(one.channel == Channel.CALL for one in claimed)
    return done
