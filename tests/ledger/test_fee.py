"""What a provider keeps is an expense once, and its bridge holds what it still owes us."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from amate.ledger.deposit import Deposit, DepositRefused, record_deposit
from amate.ledger.fee import book_fee, fee_of
from amate.ledger.models import Payment
from amate.ledger.reverse import Why, reverse_payment
from tests.ledger.hands import DAY, accounts, at, customer, d, incoming, pays
from tests.world import World

LATER = DAY + timedelta(days=3)


def fee(payment: Payment, amount: str) -> bool:
    return book_fee(payment_id=payment.pk, fee=Decimal(amount), today=LATER, now=at(LATER))


def deposited(deposit: Deposit) -> Decimal:
    return record_deposit(deposit=deposit, today=LATER, now=at(LATER))


def test_it_is_booked_once_and_a_deposit_brings_the_rest(world: World) -> None:
    def story() -> None:
        who = customer()
        one, two = pays(who, "ox-1", 116).payment, pays(who, "ox-2", 50).payment
        assert [fee(one, "4.52"), fee(one, "4.52"), fee(one, "9.00"), fee(two, "0.00")] == [True, False, False, False]
        assert (fee_of(one.pk), fee_of(two.pk)) == (d("4.52"), 0)
        assert accounts() == {"puente:conekta": d("161.48"), "comisiones": d("4.52"), "saldo_a_favor": d(-166)}
        whole = Deposit("conekta", "bbva", "dep-1", [one.pk, two.pk], d(2), d("0.32"), d("161.68"), LATER)
        with pytest.raises(DepositRefused, match=r"161\.68 .*159\.16"):
            deposited(whole)
        right = replace(whole, received=d("159.16"))
        assert (deposited(right), deposited(right)) == (d("159.16"), 0)
        assert accounts() == {
            "banco:bbva": d("159.16"), "comisiones": d("6.52"), "iva_acreditable": d("0.32"),
            "saldo_a_favor": d(-166),
        }  # fmt: skip
        with pytest.raises(DepositRefused, match="ya se registró"):
            deposited(replace(right, payments=[one.pk]))
        two.refresh_from_db()
        assert not fee(two, "2.00"), "its deposit said what it cost"

    world.scoped(story)


def test_what_went_back_cost_its_fee_all_the_same(world: World) -> None:
    def story() -> None:
        who = customer()
        gone, back, next_ = (pays(who, f"ox-{n}", 116).payment for n in range(3))
        fee(gone, "5.00")
        fee(back, "3.00")
        deposited(Deposit("conekta", "bbva", "dep-1", [back.pk], d(0), d(0), d(113), LATER))
        for one in (gone, back):
            reverse_payment(payment_id=one.pk, why=Why.REFUND, note="", today=LATER, now=at(LATER))
        assert accounts()["puente:conekta"] == d(116) - d(116) - d(5)
        short = Deposit(
            "conekta", "bbva", "dep-2", [next_.pk], d(0), d(0), d(-5), LATER, returned=[gone.pk, back.pk]
        )  # fmt: skip
        with pytest.raises(ValueError, match="whole cents"):  # no bank gets less than nothing
            deposited(short)
        assert deposited(replace(short, returned=[back.pk], received=d(0))) == 0
        assert deposited(replace(short, reference="dep-3", payments=[pays(who, "ox-4", 50).payment.pk],
                                 returned=[gone.pk], received=d(45))) == d(45)  # fmt: skip
        assert "puente:conekta" not in accounts()
        assert accounts()["comisiones"] == d(8)

    world.scoped(story)


def test_it_is_of_a_bridge_and_no_more_than_the_payment(world: World) -> None:
    def story() -> None:
        who = customer()
        one = pays(who, "ox-1", 116).payment
        for wrong in ("-0.01", "116.01", "1.001"):
            with pytest.raises(ValueError, match=r"fee|cents"):
                fee(one, wrong)
        typed = pays(who, "typed", 50, account="caja:mostrador").payment
        assert not fee(typed, "1.00")
        assert "comisiones" not in accounts()
        assert incoming("x", 1).account == "puente:conekta"

    world.scoped(story)
