"""What the database itself refuses, whoever asks: no act can forget these."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from amate.ledger.accounts import AGRUPADOR, agrupador_of
from amate.ledger.freeze import freeze_allocations
from amate.ledger.models import Allocation, Charge, JournalEntry, JournalLine, Payment, Receivable
from amate.tenancy.writes import insert
from tests.database import as_owner
from tests.ledger.hands import DAY, at, charged, customer, d, pays
from tests.world import World


def refused(act: Callable[[], Any], why: str) -> None:
    with pytest.raises(IntegrityError, match=why):
        _to_the_end(act)


@transaction.atomic
def _to_the_end(act: Callable[[], Any]) -> None:
    act()
    with connection.cursor() as c:
        c.execute("SET CONSTRAINTS ALL IMMEDIATE")


def run(statement: str, *values: Any) -> Callable[[], None]:
    def act() -> None:
        with connection.cursor() as c:
            c.execute(statement, values)

    return act


def entry(key: str, *lines: tuple[str, int], moneda: str = "MXN") -> None:
    one = JournalEntry(source_key=key, day=DAY, booked_on=DAY, created_at=at(DAY))
    insert(one)
    for account, amount in lines:
        JournalLine.objects.bulk_create(
            [JournalLine(entry=one, day=DAY, account=account, moneda=moneda, amount=amount)] if amount else []
        )


def allocation(received: Any, debt: Receivable, amount: Any, **more: Any) -> Callable[[], None]:
    facts = {"iva": 0, "ieps": 0, "withheld": 0, "day": DAY, "created_at": at(DAY), **more}
    return lambda: insert(Allocation(payment=received.payment, receivable=debt, amount=d(amount), **facts))


@pytest.mark.parametrize("table", ["receivable", "charge", "journalentry", "journalline", "payment", "allocation"])
def test_nothing_is_deleted(world: World, table: str) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", 116)
        pays(who, "ox-1", 116)
        refused(run(f"DELETE FROM ledger_{table}"), "written once")

    world.scoped(story)


@pytest.mark.parametrize(
    "change",
    [
        "receivable SET total = 1",
        "receivable SET due_on = due_on + 30",
        "receivable SET moneda = 'USD'",
        "charge SET total = 1",
        "charge SET source_key = 'x'",
        "journalentry SET day = day + 1",
        "journalline SET amount = -amount",
        "journalline SET account = 'x'",
        "payment SET amount = 1",
        "payment SET paid_on = paid_on - 9",
        "payment SET provider_ref = 'x'",
        "allocation SET amount = 1",
        "allocation SET day = day + 1",
    ],
    ids=lambda change: change.replace(" ", "_"),
)
def test_facts_never_change(world: World, change: str) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", 116)
        pays(who, "ox-1", 100)
        refused(run(f"UPDATE ledger_{change}"), "written once")

    world.scoped(story)


def test_an_entry_that_does_not_sum_to_zero_is_refused(world: World) -> None:
    def story() -> None:
        refused(
            lambda: entry("x", ("caja:1", 5), ("ingresos", -5)), "sums to zero"
        )  # line by line: not even for a moment
        refused(lambda: entry("x"), "does not sum to zero")

    world.scoped(story)


def test_currencies_do_not_balance_each_other_and_no_line_is_added_later(world: World) -> None:
    def story() -> None:
        charged(customer(), "p:1", 116)
        one = JournalEntry.objects.get()
        line = {"entry": one, "day": one.day, "account": "x"}
        two = [JournalLine(amount=5, moneda="MXN", **line), JournalLine(amount=-5, moneda="USD", **line)]
        refused(lambda: JournalLine.objects.bulk_create(two), "sums to zero")
        stray = [JournalLine(amount=sign, moneda="MXN", **{**line, "day": DAY + timedelta(days=1)}) for sign in (5, -5)]
        refused(lambda: JournalLine.objects.bulk_create(stray), "day of its entry")

    world.scoped(story)


def test_an_event_is_booked_once_and_reversed_once(world: World) -> None:
    def story() -> None:
        charged(customer(), "p:1", 116)
        one = JournalEntry.objects.get()
        refused(lambda: entry(one.source_key), "journal_once_a_source")
        for key in ("a", "b"):
            twice = JournalEntry(source_key=key, day=DAY, booked_on=DAY, created_at=at(DAY), reverses=one)
            act = insert if key == "a" else (lambda row: refused(lambda: insert(row), "reverses"))
            act(twice)
        transaction.set_rollback(False)

    with pytest.raises(IntegrityError, match="does not sum to zero"):  # the first one has no lines
        world.scoped(story)


def test_allocations_stay_within_payment_and_debt(world: World) -> None:
    def story() -> None:
        who = customer()
        received = pays(who, "ox-1", 100)
        small = charged(who, "p:1", 60, uses_credit=False)
        large = charged(who, "p:2", 300, uses_credit=False)
        refused(allocation(received, small, 61), "never pass")
        refused(allocation(received, large, 101), "never pass")
        refused(allocation(received, large, 10, iva=d("41.39")), "never pass")
        refused(allocation(received, small, 0), "allocation_positive")
        allocation(received, large, 100)()
        refused(allocation(received, small, 1), "never pass")

    world.scoped(story)


def test_a_payment_pays_only_what_its_customer_owes_in_its_currency(world: World) -> None:
    def story() -> None:
        who, other = customer("Uno"), customer("Dos")
        received, nobodys = pays(who, "ox-1", 100), pays(None, "ox-2", 100)
        theirs = charged(other, "p:1", 60)
        dollars = charged(who, "p:2", 60, moneda="USD", uses_credit=False)
        late = charged(who, "p:3", 60, day=DAY + timedelta(days=1), uses_credit=False)
        for payment, debt in ((received, theirs), (nobodys, theirs), (received, dollars), (received, late)):
            refused(allocation(payment, debt, 10), "same customer and currency")

    world.scoped(story)


def test_the_caches_cannot_lie(world: World) -> None:
    def story() -> None:
        who = customer()
        debt = charged(who, "p:1", 116)
        received = pays(who, "ox-1", 100)
        refused(run("UPDATE ledger_receivable SET settled_on = now()"), "settled when")
        refused(run("UPDATE ledger_payment SET used_up_on = NULL"), "used up when")
        allocation(pays(who, "ox-2", 16, chosen=[10**9]), debt, 1)  # it paid by itself
        refused(run("UPDATE ledger_receivable SET settled_on = NULL"), "settled when")
        assert received.fresh

    world.scoped(story)


def test_a_frozen_allocation_is_not_reversed_and_a_reversed_one_not_revived(world: World) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", 116)
        [part] = pays(who, "ox-1", 100).allocations
        freeze_allocations(allocation_ids=[part.pk], now=at(DAY))
        back = "UPDATE ledger_allocation SET reversed_on = day, reversed_at = now()"
        refused(run(back), "cancel its REP")
        refused(run(f"{back}, frozen_at = NULL"), "cancel its REP")
        run("UPDATE ledger_allocation SET frozen_at = NULL")()
        run(back)()
        refused(run("UPDATE ledger_allocation SET reversed_on = NULL, reversed_at = NULL"), "stays as it is")

    world.scoped(story)


def test_a_debt_leaves_the_state_open_once_and_lawfully(world: World) -> None:
    def story() -> None:
        who = customer()
        paid, part_paid = charged(who, "p:1", 100), charged(who, "p:2", 116)
        pays(who, "ox-1", 150)
        void = "UPDATE ledger_receivable SET state = 'void', state_on = issued_on WHERE id = %s"
        off = void.replace("'void'", "'written_off'")
        refused(run(void, paid.pk), "goes from open")
        refused(run(off, paid.pk), "goes from open")
        refused(run(void, part_paid.pk), "goes from open")
        run(off, part_paid.pk)()
        refused(run("UPDATE ledger_receivable SET state = 'open', state_on = NULL"), "goes from open")
        refused(run("UPDATE ledger_receivable SET state = 'void' WHERE id = %s", part_paid.pk), "goes from open")

    world.scoped(story)


def test_a_payment_is_given_back_once_and_only_when_it_pays_nothing(world: World) -> None:
    def story() -> None:
        who = customer()
        charged(who, "p:1", 116)
        pays(who, "ox-1", 100)
        back = "UPDATE ledger_payment SET reversed_on = paid_on, reversed_as = 'refund'"
        refused(run(back), "given back")
        refused(run("UPDATE ledger_payment SET customer_id = NULL"), "given back")
        run("UPDATE ledger_allocation SET reversed_on = day, reversed_at = now()")()
        run(back)()
        refused(run("UPDATE ledger_payment SET reversed_on = NULL, reversed_as = ''"), "written once")
        run("UPDATE ledger_payment SET deposited_on = paid_on")()
        refused(run("UPDATE ledger_payment SET deposited_on = paid_on + 1"), "written once")

    world.scoped(story)


def test_a_debt_is_the_sum_of_its_charges(world: World) -> None:
    def story() -> None:
        debt = charged(customer(), "p:1", 116)
        more = Charge(
            customer_id=debt.customer_id, receivable=debt, source_key="x", concept="x", total=1, iva=0, ieps=0, withheld=0,
            created_at=at(DAY),
        )  # fmt: skip
        refused(lambda: insert(more), "sum of its charges")

    world.scoped(story)


def test_rows_begin_at_their_beginning(world: World) -> None:
    def story() -> None:
        who = customer()
        debt = charged(who, "p:1", 116)
        for field in ("state_on", "settled_on", "reopened_on"):
            copy = Receivable.objects.get(pk=debt.pk)
            setattr(copy, field, DAY)
            if field == "state_on":
                copy.state = "void"
            refused(lambda row=copy: insert(row), "begins open")
        copy = pays(who, "ox-1", 1).payment
        copy.provider_ref, copy.used_up_on = "ox-2", DAY
        refused(lambda: insert(copy), "begins unused")

    world.scoped(story)


def test_the_owner_cannot_unbalance_the_journal_either(world: World) -> None:
    def story() -> tuple[int, int]:
        debt = charged(customer(), "p:1", 116)
        one = JournalEntry.objects.get()
        return debt.company_id, one.pk

    company, one = world.scoped(story)
    with as_owner(connection.settings_dict["NAME"]) as c, pytest.raises(Exception, match="sums to zero"):
        c.execute(
            "INSERT INTO ledger_journalline (company_id, entry_id, day, account, moneda, amount) "
            "VALUES (%s, %s, %s, 'x', 'MXN', 5)",
            [company, one, DAY],
        )
    assert world.scoped(lambda: Payment.objects.count()) == 0


def test_every_account_has_the_sats_key() -> None:
    assert agrupador_of("banco:bbva-1234") == "102.01"
    assert all(len(key) == 6 and key[3] == "." for key in AGRUPADOR.values())
