"""What a statement of account tells: it adds up, and what was told stays told."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from amate.billing_cycle.collection.join import join_customers
from amate.billing_cycle.statements.compose import NotYet, compose_statements, look_at_account
from amate.billing_cycle.statements.currencies import currencies_of
from amate.billing_cycle.statements.models import Statement
from amate.billing_cycle.statements.paper import call_of, name_of_file, pdf_of
from amate.billing_cycle.statements.told import digest_of, told_of
from amate.customers.merge import plan_merge
from amate.customers.models import Customer
from amate.ledger.charge import ChargeOf, charge_customers
from amate.ledger.credit import CreditOf, credit_customer
from amate.ledger.models import PaymentKind
from amate.ledger.queries import balance_of
from amate.ledger.receive import receive_payment
from amate.ledger.reverse import Why, reverse_payment
from amate.ledger.void import void_receivable
from tests.ledger.hands import at, charged, customer, d, incoming, order, pays
from tests.world import World

JAN, FEB, MAR = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)
LATER = date(2026, 5, 1)


def told_on(who: Customer, day: date, *, today: date = LATER) -> Statement:
    [one] = compose_statements(customer_ids=[who.pk], fecha_corte=day, today=today, now=at(today))
    return one


def sums(one: Statement) -> tuple[Decimal, ...]:
    return one.opening, one.charges, one.payments, one.adjustments, one.closing


@pytest.fixture
def scoped(world: World) -> Any:
    return world.scoped


def test_it_adds_up_and_opens_with_what_the_last_one_closed_with(scoped: Any) -> None:
    def story() -> None:
        who = customer()
        debt = charged(who, "p:1", "599.00", day=date(2026, 1, 5))
        pays(who, "ox-1", "200.00", day=date(2026, 1, 20), num_operacion="OP-7")
        charged(who, "p:2", "599.00", day=date(2026, 2, 5))
        credit = CreditOf(who.pk, PaymentKind.COURTESY, "c:1", d(50))
        credit_customer(credit=credit, today=date(2026, 2, 6), now=at(date(2026, 2, 6)))
        first, second = told_on(who, JAN), told_on(who, FEB)
        assert sums(first) == (0, d(599), d(200), 0, d(399))
        assert sums(second) == (d(399), d(599), 0, d(-50), d(948))
        assert (second.previous_id, second.since) == (first.pk, date(2026, 2, 1))
        told = told_of(second.facts)
        assert [(row.amount, row.balance) for row in told.rows] == [(d(599), d(998)), (d(-50), d(948))]
        assert (told.items[0].receivable_id, told.items[0].left, told.items[0].late) == (debt.pk, d(349), 44)
        assert told.ageing == (0, d(599), d(349), 0, 0)
        assert (sum(told.ageing), told.overdue, told.pay_before) == (told.closing, d(948), None)
        assert told_of(first.facts).rows[1].document == "OP-7"

    scoped(story)


def test_a_concept_that_says_its_period_does_not_say_it_twice(scoped: Any) -> None:
    def story() -> None:
        who, day, served = (
            customer(),
            date(2026, 1, 5),
            {"service_from": date(2026, 1, 1), "service_to": date(2026, 2, 1)},
        )
        said = "Internet del 1 al 31 de enero de 2026"
        for n, nombre in enumerate((said, "Internet")):
            one = ChargeOf(f"p:{n}", nombre, d(100), **served)
            charge_customers([order(who, one)], today=day, now=at(day))
        told = told_of(told_on(who, JAN).facts)
        assert [row.concept for row in told.rows] == [said, "Internet, del 1 al 31 de enero de 2026"]

    scoped(story)


def test_what_was_told_never_changes_and_what_came_late_is_told_next_as_an_adjustment(scoped: Any) -> None:
    def story() -> None:
        who = customer()
        debt = charged(who, "p:1", "599.00", day=date(2026, 1, 5))
        first = told_on(who, JAN, today=date(2026, 2, 1))
        kept = dict(Statement.objects.values().get(pk=first.pk))
        late = incoming("late", "100.00", day=date(2026, 1, 30))
        day = date(2026, 2, 10)
        receive_payment(incoming=late, customer_id=who.pk, chosen=(), today=day, now=at(day))
        void_receivable(receivable_id=debt.pk, why="", today=date(2026, 2, 11), now=at(date(2026, 2, 11)))
        assert balance_of(who.pk, as_of=JAN) == d(499)
        assert told_on(who, JAN).pk == first.pk
        assert dict(Statement.objects.values().get(pk=first.pk)) == kept
        assert digest_of(kept["facts"]) == kept["sha256"]
        second = told_on(who, FEB)
        assert sums(second) == (d(599), 0, 0, d(-699), d(-100))
        assert [(row.late, row.amount) for row in told_of(second.facts).rows] == [(True, d(-100)), (False, d(-599))]

    scoped(story)


def test_the_database_refuses_to_change_or_erase_what_was_told(scoped: Any) -> None:
    def story() -> None:
        one = told_on(customer(), JAN)
        with pytest.raises(IntegrityError), transaction.atomic():
            Statement.objects.filter(pk=one.pk).update(closing=1, opening=1)
        with pytest.raises(IntegrityError), transaction.atomic():
            Statement.objects.filter(pk=one.pk).delete()

    scoped(story)


def test_a_payment_of_the_same_day_that_came_after_it_is_a_payment_of_the_next(scoped: Any) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", "599.00", day=JAN)
        first = told_on(who, JAN, today=JAN)
        pays(who, "ox-1", "599.00", day=JAN)
        assert first.closing == d(599)
        assert sums(told_on(who, FEB)) == (d(599), 0, d(599), 0, 0)

    scoped(story)


def test_a_chargeback_and_credit_are_told(scoped: Any) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", "100.00", day=date(2026, 1, 5))
        paid = pays(who, "ox-1", "130.00", day=date(2026, 1, 6)).payment
        told = told_of(told_on(who, JAN).facts)
        assert (told.closing, told.credit, told.to_pay) == (d(-30), d(30), 0)
        when = {"today": date(2026, 2, 3), "now": at(date(2026, 2, 3))}
        reverse_payment(payment_id=paid.pk, why=Why.CHARGEBACK, note="", **when)
        second = told_on(who, FEB)
        assert sums(second) == (d(-30), 0, 0, d(130), d(100))
        assert told_of(second.facts).rows[0].concept == "Contracargo de tu banco"

    scoped(story)


def test_two_accounts_that_become_one_keep_the_statements_of_both_and_go_on(scoped: Any) -> None:
    def story() -> None:
        kept, merged = customer("Rosa Pérez"), customer("Rosa P")
        charged(kept, "p:1", "100.00", day=date(2026, 1, 5))
        charged(merged, "p:2", "40.00", day=date(2026, 1, 5))
        told_on(kept, JAN), told_on(merged, JAN)
        seen = plan_merge(kept=kept, merged=merged, sat_changed_rfc=False).seen
        join_customers(kept_id=kept.pk, merged_id=merged.pk, sat_changed_rfc=False, seen=seen, now=at(FEB))
        assert Statement.objects.filter(customer=kept, fecha_corte=JAN).count() == 2
        second = told_on(kept, FEB)
        assert sums(second) == (d(100), 0, 0, d(40), d(140))

    scoped(story)


def test_it_is_not_told_before_its_day_and_looking_keeps_nothing(scoped: Any) -> None:
    def story() -> None:
        who = customer()
        with pytest.raises(NotYet):
            told_on(who, MAR, today=FEB)
        charged(who, "p:1", "100.00", day=date(2026, 1, 5))
        seen = look_at_account(customer=who, fecha_corte=JAN, today=FEB, now=at(FEB))
        assert (seen.closing, Statement.objects.count()) == (d(100), 0)

    scoped(story)


def test_a_hundred_cost_as_many_statements_as_one(scoped: Any) -> None:
    def story() -> None:
        counts = []
        for name, size in (("uno", 1), ("cien", 20)):
            people = [customer(f"{name} {n}") for n in range(size)]
            for n, who in enumerate(people):
                charged(who, f"{name}:{n}", 100 + n, day=date(2026, 1, 5))
                pays(who, f"{name}-{n}", 30, day=date(2026, 1, 9))
            ids = [who.pk for who in people]
            with CaptureQueriesContext(connection) as asked:
                made = compose_statements(customer_ids=ids, fecha_corte=JAN, today=FEB, now=at(FEB))
            assert [one.customer_id for one in made] == ids
            counts.append(len(asked))
        assert counts[0] == counts[1] <= 22

    scoped(story)


def test_each_currency_has_a_statement_whose_rows_add_up(scoped: Any) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", "599.00", day=date(2026, 1, 5))
        charged(who, "p:2", "100.03", day=date(2026, 1, 6), moneda="USD")
        charged(who, "p:3", "33.33", day=date(2026, 2, 6), moneda="USD")
        pays(who, "wire-1", "40.01", day=date(2026, 1, 20), moneda="USD")
        assert currencies_of(who) == ["MXN", "USD"]
        assert currencies_of(customer("Luis")) == ["MXN"]
        assert sums(told_on(who, JAN)) == (0, d(599), 0, 0, d(599))
        first, second = (
            compose_statements(customer_ids=[who.pk], fecha_corte=day, today=LATER, now=at(LATER), moneda="USD")[0]
            for day in (JAN, FEB)
        )
        assert sums(first) == (0, d("100.03"), d("40.01"), 0, d("60.02"))
        assert sums(second) == (d("60.02"), d("33.33"), 0, 0, d("93.35"))
        assert second.previous_id == first.pk
        told = told_of(second.facts)
        assert told.rows[-1].balance == told.closing == sum(one.left for one in told.items) == sum(told.ageing)
        assert (told.ways, told.vouchers) == ((), ())
        assert name_of_file(told).endswith("2026-02-28-usd")
        assert call_of(told) == "Vencido: $93.35 USD"
        assert pdf_of(told).startswith(b"%PDF")

    scoped(story)
