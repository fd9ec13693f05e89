"""Notices that only their provider can prove: kept apart for a day at most, and taken for true once it says so (DECISIONS)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from amate.adapters.payments import PaymentHint, VerifiedDelivery
from amate.billing_cycle.reconciliation.models import ProviderAccount, UnprovedNotice
from amate.billing_cycle.reconciliation.take_notice import take_notice
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise
from amate.tenancy.writes import insert_unless_there

KIND = "prove_notice"
BELIEVED = timedelta(days=1)
MOST = 500  # of one account at a time: whoever knows the address can send them


class TooMany(Exception):
    """So many wait to be proved that no more are kept: the provider tells it again later, and a sweep finds it."""


def keep_unproved(*, account: ProviderAccount, delivery: VerifiedDelivery, now: datetime) -> bool:
    """Keep it, and promise to ask. False: it was there. Raises TooMany."""
    if UnprovedNotice.objects.filter(account=account)[:MOST].count() >= MOST:
        raise TooMany
    kept = UnprovedNotice(
        account=account,
        notice_key=delivery.delivery_id,
        body=delivery.body,
        told=delivery.told[:60],
        proof=dict(delivery.proof),
        received_at=now,
    )
    if not insert_unless_there(kept):
        return False
    promise(KIND, key=f"{KIND}:{kept.pk}", now=now, priority=SOMEBODY_WAITS, notice_id=kept.pk)
    return True


def notice_to_prove(*, notice_id: int) -> tuple[ProviderAccount, VerifiedDelivery] | None:
    """None: it was settled, or forgotten."""
    found = UnprovedNotice.objects.filter(pk=notice_id).select_related("account").first()
    if found is None:
        return None
    return found.account, VerifiedDelivery(found.notice_key, found.told, bytes(found.body), found.proof)


def settle_unproved(
    *, notice_id: int, proved: VerifiedDelivery | None, hints: Iterable[PaymentHint], now: datetime
) -> None:
    """It is what its provider told, or nobody's and nothing of it is kept. Settled before: nothing."""
    found = UnprovedNotice.objects.filter(pk=notice_id).select_related("account").first()
    if found is None:
        return
    if proved is not None:
        take_notice(account=found.account, delivery=proved, hints=hints, now=now)
    found.delete()


def forget_unproved(*, now: datetime) -> int:
    """Who could not be asked about for a day is forgotten: what it told of is found by the sweep."""
    count, _ = UnprovedNotice.objects.filter(received_at__lte=now - BELIEVED).delete()
    return int(count)
