"""A kept notice is settled by what its provider answers now."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from amate.adapters.payments import PaymentEvent
from amate.billing_cycle.reconciliation.apply import Applied, Became, apply_event
from amate.billing_cycle.reconciliation.models import InboxEvent, ProviderAccount

TO_READ = (InboxEvent.State.NEW, InboxEvent.State.WAITING)


def event_to_read(*, event_id: int) -> InboxEvent | None:
    """The notice, with its account; None: it was settled meanwhile. One that waits for a person is read again when he asks."""
    return InboxEvent.objects.filter(pk=event_id, state__in=TO_READ).select_related("account").first()


def apply_told(*, account_id: int, told: PaymentEvent, now: datetime) -> Applied:
    """What the provider said of one payment. A transaction of its own: whoever locked the payers of several would do it in
    the provider's order, and not in ours (C6)."""
    return apply_event(event=told, account=ProviderAccount.objects.get(pk=account_id), now=now)


def settle_event(*, event_id: int, done: Sequence[Applied], unknown: Sequence[str], now: datetime) -> None:
    """`done`: what became of each payment of the notice; `unknown`: those that its provider does not know.

    Nothing is dropped: what nobody can place waits for a person with the reason.
    """
    event = InboxEvent.locked(event_id)
    if event.state not in TO_READ:
        return
    trouble = [one.why for one in done if one.became == Became.FOR_A_PERSON]
    trouble += [f"El proveedor no conoce el pago {one}." for one in unknown]
    if trouble:
        event.move_to(InboxEvent.State.WAITING, why=" ".join(trouble)[:300], settled_at=now)
    elif all(one.became == Became.NOTHING for one in done):
        event.move_to(InboxEvent.State.IGNORED, settled_at=now)
    else:
        event.move_to(InboxEvent.State.DONE, settled_at=now)


def apply_swept(*, account_id: int, told: PaymentEvent, now: datetime) -> bool:
    """One payment of a page that a sweep found, in a transaction of its own, as `apply_told`. Answers whether it was news: its
    notice was lost. What was paid before the account was connected is in no book of ours."""
    account = ProviderAccount.objects.get(pk=account_id)
    if told.paid_at is not None and told.paid_at < account.created_at:
        return False
    applied = apply_event(event=told, account=account, now=now)
    if applied.became == Became.FOR_A_PERSON:
        _for_a_person(account, told.payment_id, applied.why, facts=f"{told.kind}:{told.returned}", now=now)
    return applied.received is not None and applied.received.fresh


def note_swept(*, account_id: int, unread: Sequence[str], cursor: str, now: datetime) -> None:
    """How far a page came, after everything in it was applied: cut short, it is read again. `unread` is for a person."""
    account = ProviderAccount.locked(account_id)
    for payment_id in unread:
        _for_a_person(account, payment_id, f"No se pudo leer el pago {payment_id} del proveedor.", facts="", now=now)
    ProviderAccount.objects.filter(pk=account.pk).update(cursor=cursor, swept_at=now, away_since=None)


def note_away(*, account_id: int, now: datetime) -> None:
    """The provider does not answer: who asks it before a cut does not cut (CYCLE R4)."""
    ProviderAccount.objects.filter(pk=account_id, away_since__isnull=True).update(away_since=now)


def _for_a_person(account: ProviderAccount, payment_id: str, why: str, *, facts: str, now: datetime) -> None:
    """Once a trouble, however many sweeps meet it: the same payment in another one (`facts`: what the provider says of it) is
    told of again, whatever became of the first."""
    trouble = f"{payment_id}|{facts}|{why}"
    event, fresh = InboxEvent.objects.get_or_create(
        account=account,
        event_key="sweep:" + sha256(trouble.encode()).hexdigest(),
        defaults={"told": "sweep", "body": b"", "payment_ids": [payment_id], "received_at": now},
    )
    if fresh:
        event.move_to(InboxEvent.State.WAITING, why=why[:300], settled_at=now)
