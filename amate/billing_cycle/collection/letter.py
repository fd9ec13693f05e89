"""The letter and the text of a reminder: written as they leave, from what is owed at that moment."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from amate.adapters.messages import Outgoing
from amate.adapters.messages.sms import Text
from amate.billing_cycle.collection.cut_deeper import slower_first
from amate.billing_cycle.collection.models import Channel, Notice
from amate.billing_cycle.collection.reach import Reach, reach_of
from amate.billing_cycle.collection.reassess import agreed_with, quiet_of, terms_of
from amate.billing_cycle.collection.remind import BILL
from amate.billing_cycle.collection.rules import Debt, first_cut_named
from amate.billing_cycle.collection.said import day_in_words, due_in_words
from amate.billing_cycle.subscriptions.agreed import closed_around
from amate.companies.billing_policy import billing_policy_on
from amate.companies.day import day_of, zone_of_company
from amate.customers.models import Customer
from amate.customers.remaining import find_remaining
from amate.ledger.debts import Covered, OwedNow, concepts_of, covered_of, owed_now
from amate.messages.mail import claim_mail, outgoing, render_mail
from amate.messages.models import Message
from amate.messages.texts import claim_text
from amate.messages.way import Way
from amate.promises.lease import TryLater
from amate.tenancy.writes import rewrite

AN_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class PayBy:
    """A way to pay that the customer reads: what it is, and the number or words that he needs; `url` of one that is opened."""

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A debt as the letter tells it. `when`: "vence mañana", "venció hace 3 días". `covered`: what of it is paid already."""

    what: str
    due_on: str
    when: str
    left: Decimal
    moneda: str
    late: bool
    covered: Covered | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Where he looks at his account and how he pays. `link_of(key, to)` opens it, and is kept nowhere: the mail that we keep
    shows `shown`."""

    shown: str
    link_of: Callable[[str, str], str]
    ways: Sequence[PayBy] = ()

    def hand_over(self, message: Message, facts: Mapping[str, object], *, way: Way) -> Outgoing:
        """The mail as it leaves, with the link in it."""
        link = self.link_of(message.key, message.to)
        _, text, html = render_mail(message.kind, {**facts, "link": link}, way=way)
        return replace(outgoing(message, way=way), text=text, html=html)


def prepare_reminder(
    *, customer_id: int, day: date, key: str, page: Page, money_coming: bool, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    """Write the letter and claim it for sending. `money_coming`: a payment of his is announced. None: there is nothing to tell any more, or a worker died over it and nobody
    knows whether it left; then it does not leave twice. Raises TryLater in the hours when nobody is written to."""
    claimed = _claimed(customer_id, day, Channel.MAIL)
    if not claimed:
        return None
    kept = Message.objects.filter(key=key).first()
    if kept is not None and kept.state == Message.State.SENDING:
        settle_notices(claimed, Notice.State.UNKNOWN, why="Se interrumpió al enviarlo.", now=now)
        return None
    written = _written(claimed, money_coming=money_coming, now=now)
    if written is None:
        return None
    reach, facts = written
    if not reach.mail:
        settle_notices(claimed, Notice.State.FAILED, why="No tiene un correo que llegue.", now=now)
        return None
    facts |= {"link": page.shown, "ways": page.ways}
    if (
        kept is not None and kept.state == Message.State.WAITING
    ):  # of an hour or a day ago: what is owed may have changed
        subject, text, html = render_mail("reminder", facts, way=way)
        rewrite(kept, subject=subject, text=text, html=html, to=reach.mail)
    about = f"customer:{customer_id}"
    message = claim_mail(key=key, kind="reminder", about=about, to=reach.mail, facts=facts, way=way, now=now)
    if message is None:  # claimed after the letter of the day had left: told with another day's
        settle_notices(claimed, Notice.State.SKIPPED, why="La carta del día ya había salido.", now=now)
        return None
    _name_the_cut(claimed, facts["cut_on"], message.pk)
    return message.pk, page.hand_over(message, facts, way=way)


def prepare_text(
    *, customer_id: int, day: date, key: str, money_coming: bool, now: datetime
) -> tuple[int, Text] | None:
    """As `prepare_reminder`, of the text. It names neither debt nor amount: anybody may read it (OUTSIDE MSG-4). Raises
    BadAddress too."""
    claimed = _claimed(customer_id, day, Channel.SMS)
    written = _written(claimed, money_coming=money_coming, now=now) if claimed else None
    if written is None:
        return None
    reach, facts = written
    ready = claim_text(
        key=key, kind="reminder", about=f"customer:{customer_id}", phone=reach.phone, facts=facts, now=now
    )
    if ready is None:
        settle_notices(claimed, Notice.State.UNKNOWN, why="Se interrumpió al enviarlo.", now=now)
        return None
    message, text = ready
    _name_the_cut(claimed, facts["cut_on"], message.pk)
    return message.pk, text


def settle_letter(
    *, customer_id: int, day: date, channel: Channel, state: Notice.State, why: str = "", now: datetime
) -> None:
    """What became of the letter of that day is what became of each notice in it."""
    settle_notices(_claimed(customer_id, day, channel), state, why=why, now=now)


def settle_notices(claimed: Sequence[Notice], state: Notice.State, *, why: str, now: datetime) -> None:
    for one in claimed:
        one.move_to(state, why=why[:200], settled_on=day_of(now))


def _claimed(customer_id: int, day: date, channel: Channel) -> list[Notice]:
    """Whoever was merged since is told as who remains."""
    customer = find_remaining(Customer.objects.get(pk=customer_id)).pk
    rows = Notice.objects.filter(customer_id=customer, day=day, channel=channel, state=Notice.State.CLAIMED)
    return list(rows.order_by("id"))


def _written(
    claimed: Sequence[Notice], *, money_coming: bool, now: datetime
) -> "tuple[Reach, dict[str, object]] | None":
    """Who is told, and the facts of the letter: what he owes of it now. None: nothing, or he promised or paid since."""
    customer_id = claimed[0].customer_id
    today = day_of(now)
    policy = billing_policy_on(today)
    holidays = closed_around(today)
    if not quiet_of(policy).allows(now.astimezone(zone_of_company()), holidays=holidays):
        raise TryLater("A esta hora no se le escribe a nadie.", after=AN_HOUR)
    agreed = agreed_with([customer_id]).get(customer_id)
    named = {one.receivable_id for one in claimed}
    owed = [one for one in owed_now([customer_id]) if one.receivable_id in named or one.due_on < today]
    promised = agreed is not None and any(
        until is not None and today <= until for until in (agreed.promised_until, agreed.exempt_until)
    )
    if promised or money_coming or not any(one.receivable_id in named for one in owed):
        why = "Hay un acuerdo con él." if promised else "Avisó que ya pagó." if money_coming else "Ya no lo debe."
        settle_notices(claimed, Notice.State.SKIPPED, why=why, now=now)
        return None
    late = [Debt(o.receivable_id, o.due_on, o.left, o.reopened_on) for o in owed if o.due_on < today]
    warns = any(one.last_warning for one in claimed)
    cut_on = first_cut_named(late, terms=terms_of(policy), warning_on=today, holidays=holidays) if warns else None
    reach = reach_of([customer_id])[customer_id]
    if claimed[0].channel in reach.silenced and not warns and not any(one.step == BILL.code for one in claimed):
        settle_notices(claimed, Notice.State.SKIPPED, why="Pidió que no se le avise por aquí.", now=now)
        return None
    facts: dict[str, object] = {
        "nombre": reach.nombre,
        "items": items_of(owed, today=today),
        "totals": totals_of(owed),
        "one": len(owed) == 1,
        "late": bool(late),
        "bill": all(one.step == BILL.code for one in claimed) and not late,
        "cut_on": cut_on,
        "cut_day": day_in_words(cut_on) if cut_on else "",
        "slower_first": cut_on is not None and slower_first(customer_id, policy=policy, on=cut_on),
    }
    return reach, facts


def items_of(owed: Sequence[OwedNow], *, today: date) -> list[Item]:
    """As a letter tells them."""
    ids = [one.receivable_id for one in owed]
    concepts, covered = concepts_of(ids), covered_of(ids)
    return [
        Item(
            concepts.get(one.receivable_id, "Saldo anterior"),
            day_in_words(one.due_on),
            due_in_words(one.due_on, today),
            one.left,
            one.moneda,
            one.due_on < today,
            covered.get(one.receivable_id),
        )
        for one in owed
    ]


def totals_of(owed: Sequence[OwedNow]) -> dict[str, Decimal]:
    """By currency: no sum mixes two."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for one in owed:
        found[one.moneda] += one.left
    return dict(found)


def _name_the_cut(claimed: Sequence[Notice], cut_on: object, message_id: int) -> None:
    Notice.objects.filter(pk__in=[one.pk for one in claimed]).update(message_id=message_id, names_cut_on=cut_on)
