"""A customer is merged at the very moment in which his money comes in, or goes back: who remains has it."""

import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from amate.adapters.payments import Kind, Payer, PaymentEvent
from amate.billing_cycle.collection.join import join_customers
from amate.billing_cycle.reconciliation import apply
from amate.billing_cycle.reconciliation.apply import Applied, apply_event
from amate.billing_cycle.reconciliation.models import PaymentReference, ProviderAccount
from amate.customers.merge import plan_merge
from amate.customers.models import Customer
from amate.ledger.identify import identify_payment
from amate.ledger.lock import lock_customers
from amate.ledger.models import Payment
from amate.ledger.receive import Received, receive_payment
from amate.ledger.reverse import Why, reverse_payment
from tests.customers.hands import Hand, two_hands
from tests.ledger.hands import DAY, at, balance, charged, customer
from tests.world import World

LATER = DAY + timedelta(days=2)


def event(kind: Kind, *, returned: str = "0.00", clabe: str = "") -> PaymentEvent:
    return PaymentEvent(
        provider="conekta", payment_id="ord_1", kind=kind, amount=Decimal("116.00"), returned=Decimal(returned),
        currency="MXN", fee=None, net=None, paid_at=at(DAY), method="spei", forma_pago="03", num_operacion="",
        our_reference="", provider_reference="", clabe_destino=clabe, clave_rastreo="", payer=Payer(), raw_sha256="",
    )  # fmt: skip


class Story:
    """Rosa, twice: the second owes 116.00 and pays by her own CLABE."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.kept, self.merged, self.account = world.scoped(self._make)

    def _make(self) -> tuple[Customer, Customer, ProviderAccount]:
        kept, merged = customer("Rosa"), customer("Rosa P")
        charged(merged, "p:1", 116)
        account = ProviderAccount.objects.create(code="conekta", name="C", sealed_key=b"x", created_at=at(DAY))
        PaymentReference.objects.create(kind="clabe", value="646180", customer=merged, created_at=at(DAY))
        return kept, merged, account

    def tells(self, told: PaymentEvent) -> Applied:
        return apply_event(event=told, account=self.account, now=at(LATER))

    def merge(self) -> Any:
        kept, merged = self.kept.pk, self.merged.pk
        seen = plan_merge(kept=self.kept, merged=self.merged, sat_changed_rfc=False).seen
        return join_customers(kept_id=kept, merged_id=merged, sat_changed_rfc=False, seen=seen, now=at(LATER))

    def while_merging(self, act: Callable[[], Any]) -> Any:
        with two_hands(self.world) as (staff, worker):
            merging = staff.does(self.merge, waits=True)
            telling = worker.does(act)
            with pytest.raises(TimeoutError):
                telling.result(timeout=0.5)
            staff.commits()
            merging.result(20)
            return telling.result(20)

    def balances(self) -> list[Decimal]:
        return self.world.scoped(lambda: [balance(one, LATER) for one in (self.kept, self.merged)])


def test_money_that_comes_in_while_two_are_merged_is_of_who_remains(world: World) -> None:
    story = Story(world)
    applied = story.while_merging(lambda: story.tells(event(Kind.PAID, clabe="646180")))
    assert applied.became == "applied"
    assert world.scoped(lambda: Payment.objects.get().customer_id) == story.kept.pk
    assert story.balances() == [0, 0]


def identified(story: Story) -> int:
    """The payment, that the second Rosa's reference did not tell."""
    received = story.tells(event(Kind.PAID)).received
    assert received is not None
    identify_payment(payment_id=received.payment.pk, customer_id=story.merged.pk, chosen=(), today=DAY, now=at(DAY))
    return received.payment.pk


def test_money_that_goes_back_while_two_are_merged_is_owed_by_who_remains(world: World) -> None:
    story = Story(world)
    pk = world.scoped(lambda: identified(story))
    story.while_merging(lambda: reverse_payment(payment_id=pk, why=Why.REFUND, note="", today=LATER, now=at(LATER)))
    assert story.balances() == [Decimal(116), 0]


def test_who_was_merged_after_his_payment_was_read_is_looked_at_as_who_remains(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = Story(world)
    world.scoped(lambda: identified(story))

    def merged_at_once(**said: Any) -> Received:
        received = receive_payment(**said)
        story.merge()
        return received

    monkeypatch.setattr(apply, "receive_payment", merged_at_once)
    assert world.scoped(lambda: story.tells(event(Kind.REFUNDED, returned="116.00"))).became == "reversed"
    assert story.balances() == [Decimal(116), 0]


def test_who_waits_for_a_customer_holds_no_payment_of_his(world: World) -> None:
    """Identified while it is given back: the payment is let go before its new owner is waited for (C6)."""
    story = Story(world)
    received = world.scoped(lambda: story.tells(event(Kind.PAID)).received)
    assert received is not None
    pk = received.payment.pk
    third = Hand(world)

    def wants_both() -> bool:
        lock_customers([story.merged.pk])
        time.sleep(0.5)  # by then the other one waits for the customer
        return Payment.locked(pk).customer_id == story.merged.pk

    with two_hands(world) as (staff, worker):
        try:
            identifying = staff.does(
                lambda: identify_payment(payment_id=pk, customer_id=story.merged.pk, chosen=(), today=DAY, now=at(DAY)),
                waits=True,
            )
            reversing = worker.does(
                lambda: reverse_payment(payment_id=pk, why=Why.REFUND, note="", today=LATER, now=at(LATER))
            )
            wanting = third.does(wants_both)
            with pytest.raises(TimeoutError):
                wanting.result(timeout=0.5)
            staff.commits()
            identifying.result(20)
            assert wanting.result(20)
            reversing.result(20)
        finally:
            third.leaves()
    assert story.balances() == [0, Decimal(116)]
