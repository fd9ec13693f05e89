"""What customers are charged."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amate.audit.models import Entry
from amate.ledger.charge import charge_customers
from amate.ledger.models import Charge, FiscalMode, Receivable
from tests.ledger.hands import DAY, accounts, again, at, balance, charged, customer, d, order, pays, with_iva
from tests.world import World


def test_an_invoice_is_owed_as_income_and_iva_not_collected_yet(world: World) -> None:
    def story() -> None:
        who = customer()
        debt = charged(who, "p:1", "694.85")
        assert (debt.total, debt.iva, debt.base) == (d("694.85"), d("95.84"), d("599.01"))
        assert accounts() == {"clientes": d("694.85"), "ingresos": d("-599.01"), "iva_no_cobrado": d("-95.84")}
        assert balance(who) == d("694.85")
        assert balance(who, DAY - timedelta(days=1)) == 0

    world.scoped(story)


def test_an_aviso_is_owed_in_the_memo_pair_alone(world: World) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", "116.00", mode=FiscalMode.AVISO)
        assert accounts() == {"avisos": d(116), "avisos_contra": d(-116)}
        assert balance(who) == d(116)

    world.scoped(story)


def test_several_charges_make_one_receivable_that_is_their_sum(world: World) -> None:
    def story() -> None:
        who = customer()
        [debt] = charge_customers([order(who, with_iva("a", 116), with_iva("b", 58))], today=DAY, now=at(DAY))
        assert debt.total == d(174)
        assert [one.source_key for one in debt.made_of] == ["a", "b"]
        assert Charge.objects.filter(receivable=debt).count() == 2

    world.scoped(story)


def test_what_is_charged_already_is_left_out(world: World) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", 116)
        orders = [order(who, with_iva("p:1", 116)), order(who, with_iva("p:2", 58), with_iva("p:1", 116))]
        [debt] = charge_customers(orders, today=DAY, now=at(DAY))
        assert (debt.total, Receivable.objects.count()) == (d(58), 2)
        assert charge_customers(orders, today=DAY, now=at(DAY)) == []

    world.scoped(story)


def test_a_hundred_take_as_many_statements_as_two(world: World) -> None:
    def count(sources: range) -> int:
        orders = [order(one, with_iva(f"n:{n}", 116)) for n, one in zip(sources, people, strict=False)]
        with CaptureQueriesContext(connection) as said:
            assert len(charge_customers(orders, today=DAY, now=at(DAY))) == len(orders)
        return len(said)

    def story() -> None:
        people.extend(customer(f"Cliente {n}") for n in range(100))
        few = count(range(2))
        assert count(range(100, 200)) == few
        assert few <= 9

    people: list = []
    world.scoped(story)


def test_more_than_a_hundred_at_once_are_refused(world: World) -> None:
    def story() -> None:
        who = customer()
        orders = [order(who, with_iva(f"n:{n}", 116)) for n in range(101)]
        with pytest.raises(ValueError, match="at most 100"):
            charge_customers(orders, today=DAY, now=at(DAY))

    world.scoped(story)


def test_what_stood_in_favour_pays_the_next_charge_unless_told_otherwise(world: World) -> None:
    def story() -> None:
        who = customer()
        pays(who, "ox-1", 100)
        first = charged(who, "p:1", 60)
        kept = charged(who, "p:2", 30, uses_credit=False)
        assert again(first).settled_on == DAY
        assert again(kept).settled_on is None
        assert balance(who) == d(-10)

    world.scoped(story)


def test_a_run_is_noted_once(world: World) -> None:
    def story() -> None:
        one, two = customer("Uno"), customer("Dos")
        charge_customers([order(one, with_iva("a", 116)), order(two, with_iva("b", 58))], today=DAY, now=at(DAY))
        noted = Entry.objects.get(act="receivable.charged")
        assert (noted.detail["count"], noted.detail["total"], noted.about) == (2, "174.00", "")

    world.scoped(story)
