"""Money that comes in."""

from datetime import timedelta

import pytest

from amate.ledger.models import FiscalMode, Payment
from amate.ledger.queries import ageing, owed_in_books
from amate.ledger.receive import Arrival, PaymentDiffers, receive_payments
from amate.ledger.reverse import Why, reverse_payment
from tests.ledger.hands import DAY, accounts, again, at, balance, charged, customer, d, incoming, pays
from tests.world import World

LATER = DAY + timedelta(days=3)


def test_a_payment_settles_the_debt_and_its_iva_becomes_due(world: World) -> None:
    def story() -> None:
        who = customer()
        debt = charged(who, "p:1", "694.85")
        received = pays(who, "ox-1", "694.85", day=LATER)
        assert received.fresh
        assert [(one.amount, one.iva) for one in received.allocations] == [(d("694.85"), d("95.84"))]
        assert again(debt).settled_on == LATER
        assert accounts() == {
            "puente:conekta": d("694.85"),
            "ingresos": d("-599.01"),
            "iva_cobrado": d("-95.84"),
        }
        assert (balance(who), balance(who, LATER)) == (d("694.85"), 0)

    world.scoped(story)


def test_an_aviso_becomes_income_as_it_is_paid(world: World) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", 116, mode=FiscalMode.AVISO)
        pays(who, "ox-1", 58)
        assert accounts() == {
            "puente:conekta": d(58),
            "ingresos": d(-50),
            "iva_cobrado": d(-8),
            "avisos": d(58),
            "avisos_contra": d(-58),
        }

    world.scoped(story)


def test_the_same_reference_is_money_once(world: World) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", 116)
        first, second = pays(who, "ox-1", 116), pays(who, "ox-1", 116)
        assert (first.fresh, second.fresh, second.payment.pk) == (True, False, first.payment.pk)
        assert (Payment.objects.count(), balance(who)) == (1, 0)

    world.scoped(story)


def test_the_same_reference_with_another_amount_is_refused(world: World) -> None:
    def story() -> None:
        who = customer()
        pays(who, "ox-1", 116)
        with pytest.raises(PaymentDiffers, match=r"116\.00 MXN"):
            pays(who, "ox-1", 117)

    world.scoped(story)


def test_one_that_differs_takes_back_the_others_of_its_call(world: World) -> None:
    def story() -> None:
        who = customer()
        debt = charged(who, "p:1", 100)
        pays(None, "ox-1", 116)
        for other in (incoming("ox-1", 117), incoming("ox-2", 99)):
            with pytest.raises(PaymentDiffers):
                receive_payments([Arrival(incoming("ox-2", 100), who.pk), Arrival(other, None)], today=DAY, now=at(DAY))
            assert (Payment.objects.count(), balance(who), again(debt).settled_on) == (1, 100, None)

    world.scoped(story)


def test_a_reference_twice_in_one_file_is_money_once(world: World) -> None:
    def story() -> None:
        who = customer()
        first, second = receive_payments([Arrival(incoming("ox-1", 50), who.pk)] * 2, today=DAY, now=at(DAY))
        assert (first.fresh, second.fresh) == (True, False)
        assert balance(who) == d(-50)

    world.scoped(story)


def test_money_of_nobody_waits_to_be_identified(world: World) -> None:
    def story() -> None:
        received = pays(None, "spei-1", 250)
        assert received.payment.customer_id is None
        assert accounts() == {"puente:conekta": d(250), "por_identificar": d(-250)}

    world.scoped(story)


def test_a_peso_more_stays_in_favour_and_a_peso_less_stays_owed(world: World) -> None:
    def story() -> None:
        more, less = customer("Más"), customer("Menos")
        charged(more, "p:1", 116)
        debt = charged(less, "p:2", 116)
        pays(more, "ox-1", 117)
        pays(less, "ox-2", 115)
        assert (balance(more), balance(less)) == (d(-1), d(1))
        assert again(debt).settled_on is None

    world.scoped(story)


def test_money_from_the_future_or_into_no_account_is_refused(world: World) -> None:
    def story() -> None:
        who = customer()
        with pytest.raises(ValueError, match="after"):
            receive_payments([Arrival(incoming("a", 1, day=LATER), who.pk)], today=DAY, now=at(DAY))
        with pytest.raises(ValueError, match="puente"):
            pays(who, "b", 1, account="clientes")

    world.scoped(story)


def test_money_of_a_day_before_the_debt_pays_it_from_the_day_the_debt_stands(world: World) -> None:
    def story() -> None:
        who = customer()
        debt = charged(who, "p:1", 116, day=LATER)
        early = Arrival(incoming("ox-1", 116, day=DAY), who.pk)
        [received] = receive_payments([early], today=LATER, now=at(LATER))
        assert [one.day for one in received.allocations] == [LATER]
        assert again(debt).settled_on == LATER
        assert (balance(who, DAY), balance(who, LATER)) == (d(-116), 0)

    world.scoped(story)


def test_late_news_of_money_never_change_a_day_on_which_the_debt_was_paid_otherwise(world: World) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", 116)
        first = pays(who, "ox-1", 116, day=LATER)
        back, told = LATER + timedelta(days=10), LATER + timedelta(days=12)
        reverse_payment(payment_id=first.payment.pk, why=Why.CHARGEBACK, note="", today=back, now=at(back))
        early = Arrival(incoming("ox-2", 116, day=LATER), who.pk)
        [received] = receive_payments([early], today=told, now=at(told))
        assert [one.day for one in received.allocations] == [back]
        for day in (DAY, LATER, back, told):
            assert ageing(as_of=day).total == owed_in_books(as_of=day) == (116 if day == DAY else 0)

    world.scoped(story)
