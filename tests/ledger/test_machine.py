"""Any order of charges, payments, mistakes and their mending, on the real tables, against an oracle that shares no code.

I1, I6 to I10, I12 and I21 are looked at after each step; the nightly invariants find nothing at the end.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from psycopg.pq import TransactionStatus

from amate.ledger.charge import ChargeOf, charge_customers
from amate.ledger.credit import CreditOf, credit_customer
from amate.ledger.freeze import freeze_allocations, unfreeze_allocations
from amate.ledger.identify import NotUnidentified, identify_payment
from amate.ledger.models import Allocation, FiscalMode, JournalEntry, JournalLine, Payment, PaymentKind, Receivable
from amate.ledger.queries import account_of, ageing, balance_of, open_items, owed_in_books
from amate.ledger.receive import Arrival, receive_payments
from amate.ledger.reverse import NotReversible, Why, reverse_payment
from amate.ledger.unallocate import Frozen
from amate.ledger.void import void_receivable
from amate.ledger.write_off import NotOpen, write_off
from amate.tenancy.scope import company_scope
from tests.ledger.hands import accounts, at, customer, incoming, order
from tests.ledger.oracle import Bill, Money, Oracle
from tests.world import World

START = date(2026, 1, 1)
CENTS = st.integers(1, 40_000)
# Few round amounts, so that exact matches and twins happen.
AMOUNTS = CENTS | st.sampled_from([5_000, 11_600, 23_200])


def pesos(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


class Undo(Exception):
    """The end of a run: nothing of it is committed."""


class Wheel(RuleBasedStateMachine):
    world: World
    bills = Bundle("bills")
    moneys = Bundle("moneys")
    lost = Bundle("lost")

    def __init__(self) -> None:
        super().__init__()
        self.scope = company_scope(self.world.shop.company.pk)
        self.scope.__enter__()
        self.oracle = Oracle()
        self.people = [customer(f"Cliente {n}") for n in range(2)]
        self.day = 0
        self.count = 0

    def teardown(self) -> None:
        try:
            if connection.connection.info.transaction_status != TransactionStatus.INERROR:  # else a step has told why
                with connection.cursor() as c:
                    c.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the end of the transaction is asked now
                self.nothing_is_found_at_night()
        finally:
            assert not self.scope.__exit__(Undo, Undo(), None)

    @property
    def today(self) -> date:
        return START + timedelta(days=self.day)

    def when(self) -> dict[str, Any]:
        return {"today": self.today, "now": at(self.today)}

    def key(self) -> str:
        self.count += 1
        return f"k{self.count}"

    # ------------------------------------------------------------ what happens

    @rule(days=st.integers(1, 45))
    def time_passes(self, days: int) -> None:
        self.day += days

    @rule(
        target=bills,
        who=st.integers(0, 1),
        amounts=st.lists(AMOUNTS, min_size=1, max_size=3),
        mode=st.sampled_from([FiscalMode.PPD, FiscalMode.AVISO]),
        terms=st.integers(0, 30),
        again=st.booleans(),
    )
    def charge(self, who: int, amounts: list[int], mode: FiscalMode, terms: int, again: bool) -> Any:
        person, due = self.people[who], self.day + terms
        orders, wanted = [], []
        for total in amounts:
            iva = total - round(total / 1.16)
            one = ChargeOf(self.key(), "Servicio", pesos(total), iva=pesos(iva))
            orders.append(order(person, one, mode=mode, due_on=START + timedelta(days=due)))
            wanted.append(Bill(person.pk, total, iva, due, self.day, mode == FiscalMode.AVISO))
        made = charge_customers(orders, **self.when())
        if again:
            assert charge_customers(orders, **self.when()) == []
        self.oracle.bills.update({debt.pk: bill for debt, bill in zip(made, wanted, strict=True)})
        self.oracle.use_credit(person.pk, self.day)
        return multiple(*[debt.pk for debt in made])

    @rule(
        target=moneys,
        who=st.integers(0, 1),
        amount=AMOUNTS,
        ago=st.integers(0, 20),
        named=st.lists(bills, max_size=2),
        bound=st.booleans(),
        twice=st.booleans(),
    )
    def pay(self, who: int, amount: int, ago: int, named: list[int], bound: bool, twice: bool) -> Any:
        person, on = self.people[who], max(self.day - ago, 0)
        return self._comes_in(person.pk, amount, on, named, bound, twice)

    @rule(target=moneys, bill=bills, more=st.sampled_from([-1, 0, 0, 1]), bound=st.booleans())
    def pay_what_is_left(self, bill: int, more: int, bound: bool) -> Any:
        """To the peso, a cent less, a cent more."""
        amount = self.oracle.left(bill) + more
        if amount <= 0:
            return multiple()
        return self._comes_in(self.oracle.bills[bill].of, amount, self.day, [bill] if bound else [], bound, False)

    @rule(target=lost, amount=AMOUNTS)
    def nobody_knows_whose(self, amount: int) -> Any:
        return self._comes_in(None, amount, self.day, [], False, False)

    def _comes_in(self, of: int | None, amount: int, on: int, named: list[int], bound: bool, twice: bool) -> Any:
        first = named[0] if bound and named else None
        money = incoming(self.key(), pesos(amount), day=START + timedelta(days=on), bound=first)
        arrival = Arrival(money, of, named[1:] if first else named)
        [received, *more] = receive_payments([arrival] * (2 if twice else 1), **self.when())
        assert received.fresh
        again = receive_payments([arrival], **self.when())[0]
        assert not again.fresh
        assert all(not one.fresh for one in more)
        pk = received.payment.pk
        self.oracle.moneys[pk] = Money(of, amount, on)
        if of is not None:
            self.oracle.pay(pk, self.day, first=named, backdated=True)
        return pk

    @rule(target=moneys, money=consumes(lost), who=st.integers(0, 1), named=st.lists(bills, max_size=1))
    def identify(self, money: int, who: int, named: list[int]) -> Any:
        of = self.people[who].pk
        if self.oracle.moneys[money].back is not None:  # given back while nobody knew whose it was
            with pytest.raises(NotUnidentified):
                identify_payment(payment_id=money, customer_id=of, chosen=named, **self.when())
            return multiple()
        identify_payment(payment_id=money, customer_id=of, chosen=named, **self.when())
        self.oracle.moneys[money].of = of
        self.oracle.pay(money, self.day, first=named, backdated=False)
        return money

    @rule(target=moneys, who=st.integers(0, 1), amount=AMOUNTS, note=st.booleans(), named=st.lists(bills, max_size=1))
    def credit(self, who: int, amount: int, note: bool, named: list[int]) -> Any:
        of, iva = self.people[who].pk, amount - round(amount / 1.16) if note else 0
        kind = PaymentKind.CREDIT_NOTE if note else PaymentKind.COURTESY
        bill = named[0] if named else None
        one = CreditOf(of, kind, self.key(), pesos(amount), iva=pesos(iva), receivable_id=bill)
        pk = credit_customer(credit=one, **self.when()).payment.pk
        self.oracle.moneys[pk] = Money(of, amount, self.day, iva, is_note=True)
        self.oracle.pay(pk, self.day, first=named, backdated=True)
        return pk

    @rule(money=moneys, why=st.sampled_from([Why.REFUND, Why.CHARGEBACK]))
    def give_back(self, money: int, why: Why) -> None:
        self._reverse(money, Why.CANCELLED if self.oracle.moneys[money].is_note else why)

    @rule(target=lost, money=moneys)
    def not_his(self, money: int) -> Any:
        one = self.oracle.moneys[money]
        if one.is_note or one.of is None or not self._reverse(money, Why.MISAPPLIED):
            return multiple()
        return money

    def _reverse(self, money: int, why: Why) -> bool:
        one = self.oracle.moneys[money]
        parts = [part for part in self.oracle.live() if part.money == money]
        act = {"payment_id": money, "why": why, "note": "", **self.when()}
        if one.back is not None or (one.of is None and why is Why.MISAPPLIED):
            with pytest.raises(NotReversible):
                reverse_payment(**act)
            return False
        if any(part.frozen for part in parts):
            with pytest.raises(Frozen):
                reverse_payment(**act)
            return False
        reverse_payment(**act)
        self.oracle.take_back(parts, self.day)
        of = one.of
        if why is Why.MISAPPLIED:
            one.of = None
        else:
            one.back = self.day
        if of is not None and parts:
            self.oracle.use_credit(of, self.day)
        return True

    @rule(bill=bills)
    def give_up(self, bill: int) -> None:
        one = self.oracle.bills[bill]
        if one.gone or not self.oracle.left(bill):
            with pytest.raises(NotOpen):
                write_off(receivable_id=bill, why="", **self.when())
            return
        write_off(receivable_id=bill, why="", **self.when())
        one.gone, one.gone_when = "written_off", self.day

    @rule(bill=bills)
    def void(self, bill: int) -> None:
        one = self.oracle.bills[bill]
        parts = [part for part in self.oracle.live() if part.bill == bill]
        refusal = NotOpen if one.gone else Frozen if any(part.frozen for part in parts) else None
        if refusal:
            with pytest.raises(refusal):
                void_receivable(receivable_id=bill, why="", **self.when())
            return
        void_receivable(receivable_id=bill, why="", **self.when())
        self.oracle.take_back(parts, self.day)
        one.gone, one.gone_when = "void", self.day
        if parts:
            self.oracle.use_credit(one.of, self.day)

    @precondition(lambda self: self.oracle.live())
    @rule(pick=st.integers(0, 50), freezes=st.booleans())
    def a_rep_is_stamped_or_cancelled(self, pick: int, freezes: bool) -> None:
        live = self.oracle.live()
        one = live[pick % len(live)]
        ids = (
            Allocation.objects.live().filter(payment_id=one.money, receivable_id=one.bill).values_list("pk", flat=True)
        )
        if freezes:
            freeze_allocations(allocation_ids=list(ids), now=at(self.today))
        else:
            unfreeze_allocations(allocation_ids=list(ids))
        for part in live:
            if (part.money, part.bill) == (one.money, one.bill):
                part.frozen = freezes

    # ------------------------------------------------------------ what holds

    @invariant()
    def every_entry_sums_to_zero(self) -> None:
        """I1; and I21: nothing is reversed twice."""
        sums: dict[tuple[int, str], Decimal] = {}
        for entry, moneda, amount in JournalLine.objects.values_list("entry_id", "moneda", "amount"):
            sums[entry, moneda] = sums.get((entry, moneda), Decimal(0)) + amount
        assert set(sums.values()) <= {Decimal(0)}
        reversed_ = [pk for pk in JournalEntry.objects.values_list("reverses_id", flat=True) if pk is not None]
        assert len(reversed_) == len(set(reversed_))

    @invariant()
    def every_debt_and_payment_is_as_it_was_told(self) -> None:
        """I6, and the caches."""
        live = sorted((one.money, one.bill, one.amount, one.when) for one in self.oracle.live())
        found = Allocation.objects.live().values_list("payment_id", "receivable_id", "amount", "day")
        assert (
            sorted((money, bill, int(amount * 100), (day - START).days) for money, bill, amount, day in found) == live
        )
        for one in Receivable.objects.all():
            left = self.oracle.left(one.pk)
            assert 0 <= left <= self.oracle.bills[one.pk].total
            assert (one.settled_on is not None) == (left == 0)
            assert one.state == (self.oracle.bills[one.pk].gone or "open")
        for payment in Payment.objects.all():
            assert (payment.used_up_on is not None) == (self.oracle.free(payment.pk) == 0)
            assert (payment.reversed_on is not None) == (self.oracle.moneys[payment.pk].back is not None)

    @invariant()
    def nobody_owes_what_his_credit_could_pay(self) -> None:
        """I7."""
        for person in self.people:
            credit = sum(
                self.oracle.free(name)
                for name, one in self.oracle.moneys.items()
                if one.of == person.pk and one.back is None
            )
            assert not (credit and [b for b in self.oracle.owed(self.day) if self.oracle.bills[b].of == person.pk])

    @invariant()
    def balances_are_what_was_billed_less_what_was_paid(self) -> None:
        """I8, and I9: every day's closing is the next day's opening."""
        for person in self.people:
            wanted = pesos(self.oracle.balance(person.pk))
            assert balance_of(person.pk, as_of=self.today) == wanted
            cut = START + timedelta(days=self.day // 2)
            before = account_of(person.pk, first=START, last=cut)
            after = account_of(person.pk, first=cut + timedelta(days=1), last=self.today)
            assert (before.opening, before.closing, after.closing) == (0, after.opening, wanted)
        books = accounts()
        assert -books.get("por_identificar", 0) == pesos(self.oracle.unknown())
        assert books.get("puente:conekta", 0) == pesos(self.oracle.bridge())

    @invariant()
    def any_day_is_as_it_was(self) -> None:
        """I10, today and on days of the past."""
        for day in {self.day, self.day // 2, self.day // 3, max(self.day - 5, 0)}:
            as_of = START + timedelta(days=day)
            owed = self.oracle.owed(day)
            assert {one.receivable_id: int(one.left * 100) for one in open_items(as_of=as_of)} == owed
            assert ageing(as_of=as_of).total == owed_in_books(as_of=as_of) == pesos(sum(owed.values()))

    @invariant()
    def iva_is_due_as_it_is_paid(self) -> None:
        """I12: within a cent a payment; to the cent when all is paid."""
        due = -int(accounts().get("iva_cobrado", Decimal(0)) * 100)
        assert abs(due - self.oracle.exact_iva_paid()) <= len(self.oracle.parts)
        for one in Receivable.objects.filter(settled_on__isnull=False):
            parts = Allocation.objects.live().filter(receivable=one).values_list("iva", flat=True)
            assert sum(parts) == one.iva

    def nothing_is_found_at_night(self) -> None:
        from amate.worker.inspect import EVERY

        for name, look in EVERY.items():
            assert look(known=(), after=0, at_most=10_000).broken == [], name


def test_whatever_happens_the_ledger_says_what_happened(world: World) -> None:
    def story() -> None:
        class Here(Wheel):
            pass

        Here.world = world
        run_state_machine_as_test(
            Here,
            settings=settings(
                max_examples=25,
                stateful_step_count=25,
                deadline=None,
                database=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )

    world.inside(story)
