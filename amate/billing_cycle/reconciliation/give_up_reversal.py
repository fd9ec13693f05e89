"""A REP whose receiver never accepts its end keeps its payment: a person says that it stays paid, and nobody waits for it."""

from datetime import datetime

from amate.audit.record import record
from amate.billing_cycle.reconciliation.models import InboxEvent
from amate.billing_cycle.reconciliation.owed_reversal import OwedReversal
from amate.billing_cycle.reconciliation.settle_notice import let_notice_be
from amate.billing_cycle.reconciliation.take_back import who_keeps
from amate.ledger.models import Payment
from amate.promises.lease import withdraw
from amate.tenancy.writes import rewrite


class NothingToGiveUp(Exception):
    """Nothing was written. The message (Spanish) says why."""

    def __init__(self) -> None:
        super().__init__(
            "Ese pago no espera a nadie que haya dicho que no: ya se revirtió, o su cancelación sigue en camino."
        )


def give_up_reversal(*, payment_id: int, why: str, now: datetime) -> None:
    """The payment stays, here as at the SAT; the notices of the provider that waited for its end are let be with the same
    words. What he took of our money is settled outside. Raises NothingToGiveUp, Payment.DoesNotExist."""
    owed = (
        OwedReversal.objects.select_for_update(no_key=True).filter(payment_id=payment_id, done_at__isnull=True).first()
    )
    payment = Payment.objects.get(pk=payment_id)
    rep = None if owed is None else who_keeps(payment)
    if owed is None or rep is None:
        raise NothingToGiveUp
    rewrite(owed, done_at=now, given_up_because=why[:300])
    withdraw([f"take_back:{payment_id}"], now=now)
    waiting = InboxEvent.objects.for_people().filter(payment_ids__contains=[payment.provider_ref])
    for one in waiting.select_related("account").order_by("id"):
        if one.account.source == payment.provider:
            let_notice_be(event_id=one.pk, why=why, now=now)
    record("payment.reversal_given_up", about=f"payment:{payment_id}", now=now, rep=str(rep), why=why[:300])
