"""What a collector does today: whom to call, whom to ask again, and what was said (FEATURES 107)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from amate.audit.record import record
from amate.billing_cycle.collection.models import Channel, CollectorNote, Notice
from amate.billing_cycle.collection.reassess import terms_of
from amate.billing_cycle.collection.rules import Debt, first_cut_named
from amate.billing_cycle.subscriptions.agreed import closed_around
from amate.companies.billing_policy import billing_policy_on
from amate.customers.models import Customer
from amate.ledger.debts import owed_now, who_owes
from amate.ledger.lock import lock_customers
from amate.tenancy.writes import insert, rewrite


class NotNoted(Exception):
    """Nothing was written. The message (Spanish) says why."""


@dataclass(frozen=True, slots=True)
class Task:
    """`call`: the notice that asks for a call, or None; `note`: the one whose day came, or None. `leave`: so long overdue
    that a leave is proposed. By `weight` (pesos × days late), the heaviest first."""

    customer: Customer
    overdue: Decimal
    oldest_due: date
    call: Notice | None
    note: CollectorNote | None
    leave: bool
    weight: Decimal


def agenda_of(*, today: date) -> list[Task]:
    """Of everybody who owes: calls that the ladder asks for, notes whose day came, and leaves to propose. Who has a note for a
    later day is left alone until then."""
    calls = _calls()
    notes = list(CollectorNote.objects.filter(done_at__isnull=True, next_on__isnull=False).order_by("next_on", "id"))
    due = {one.customer_id: one for one in reversed(notes) if one.next_on is not None and one.next_on <= today}
    later = {one.customer_id for one in notes} - due.keys()
    who = calls.keys() | due.keys() | _long_overdue(today)
    late: dict[int, list[tuple[Decimal, date]]] = {}
    for one in owed_now(who - later):
        if one.due_on < today:
            late.setdefault(one.customer_id, []).append((one.left, one.due_on))
    people = Customer.objects.in_bulk(late)
    after = billing_policy_on(today).terminate_after_days
    found = [
        Task(
            customer=people[pk],
            overdue=sum((left for left, _ in some), Decimal(0)),
            oldest_due=min(day for _, day in some),
            call=calls.get(pk),
            note=due.get(pk),
            leave=after is not None and (today - min(day for _, day in some)).days >= after,
            weight=sum((left * (today - day).days for left, day in some), Decimal(0)),
        )
        for pk, some in late.items()
    ]
    return sorted(found, key=lambda one: (-one.weight, one.customer.pk))


def note_on(*, customer_id: int, text: str, next_on: date | None, by: str, today: date, now: datetime) -> CollectorNote:
    """What was said, and when to ask again; what was noted for an earlier day is done with it. Raises NotNoted."""
    if not text.strip():
        raise NotNoted("Escribe qué pasó.")
    if next_on is not None and next_on <= today:
        raise NotNoted("El siguiente paso es para un día que venga.")
    lock_customers([customer_id])
    CollectorNote.objects.filter(customer_id=customer_id, done_at__isnull=True).update(done_at=now)
    note = CollectorNote(customer_id=customer_id, text=text.strip(), by=by, next_on=next_on, created_at=now)
    insert(note)
    record("customer.noted", about=f"customer:{customer_id}", now=now, note=note.pk)
    return note


def call_made(
    *, notice_id: int, reached: bool, text: str, next_on: date | None, by: str, today: date, now: datetime
) -> CollectorNote:
    """She called. Reached, he was told what the notice tells: a last warning by voice warns like a letter, and names the same
    day. Not reached, the call stays to be made. Raises NotNoted."""
    notice: Notice = Notice.objects.select_related("receivable").get(pk=notice_id)
    if notice.channel != Channel.CALL or notice.state != Notice.State.CLAIMED:
        raise NotNoted("Esa llamada ya se hizo.")
    note = note_on(customer_id=notice.customer_id, text=text, next_on=next_on, by=by, today=today, now=now)
    if reached:
        named = cut_to_name(customer_id=notice.customer_id, today=today) if notice.last_warning else None
        notice.move_to(Notice.State.SENT, settled_on=today, names_cut_on=named, why=f"Llamó {by}."[:200])
    return note


def cut_to_name(*, customer_id: int, today: date) -> date | None:
    """The day of the cut that a last warning names, told today; None: nothing he owes would be cut for."""
    owed = [Debt(o.receivable_id, o.due_on, o.left, o.reopened_on) for o in owed_now([customer_id]) if o.due_on < today]
    terms = terms_of(billing_policy_on(today))
    return first_cut_named(owed, terms=terms, warning_on=today, holidays=closed_around(today))


def finish_note(*, note_id: int, now: datetime) -> bool:
    """Nothing more is to be done about it. False: it was finished before."""
    note = CollectorNote.locked(note_id)
    if note.done_at is not None:
        return False
    rewrite(note, done_at=now)
    record("customer.note_finished", about=f"customer:{note.customer_id}", now=now, note=note.pk)
    return True


def _calls() -> dict[int, Notice]:
    """The oldest call to be made to each who still owes what it is about."""
    rows = Notice.objects.filter(channel=Channel.CALL, state=Notice.State.CLAIMED, receivable__settled_on__isnull=True)
    found: dict[int, Notice] = {}
    for one in rows.filter(receivable__state="open").order_by("id"):
        found.setdefault(one.customer_id, one)
    return found


def _long_overdue(today: date) -> set[int]:
    after = billing_policy_on(today).terminate_after_days
    return set() if after is None else set(who_owes(due_by=today - timedelta(days=after)))
