"""A statement of a bank goes into the ledger: what is sure by itself, the rest by a person's word."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amate.adapters.bank import UnknownLayout
from amate.adapters.bank.mapping import Named
from amate.billing_cycle.reconciliation.bank_accounts import keep_bank_account
from amate.billing_cycle.reconciliation.bank_file import (
    ask_booking,
    end_booking,
    look_through,
    name_columns,
    rows_to_book,
    take_bank_file,
)
from amate.billing_cycle.reconciliation.book_lines import book_lines
from amate.billing_cycle.reconciliation.confirm import (
    NotWaiting,
    Share,
    confirm_line,
    leave_line,
    link_line,
    take_back_line,
)
from amate.billing_cycle.reconciliation.how_paid import BadPayment
from amate.billing_cycle.reconciliation.models import (
    BankAccount,
    BankFile,
    BankLine,
    LearnedOrigin,
    PaymentHint,
    PaymentReference,
    ReportedPayment,
)
from amate.billing_cycle.reconciliation.report_payment import report_payment
from amate.billing_cycle.reconciliation.type_payment import Typed, type_payment
from amate.billing_cycle.reconciliation.undo_bank_file import ask_undo
from amate.invoices.models import AwaitedPayment
from amate.ledger.models import Payment
from amate.ledger.references import clabe_digit, customer_reference
from tests.billing_cycle.reconciliation.payer import Payer
from tests.billing_cycle.reconciliation.statements import Line, bbva
from tests.ledger.hands import DAY, accounts, at, balance, charged, customer, d
from tests.world import World

NEXT = DAY + timedelta(days=1)
FROM = "01418000000000001"
FROM += clabe_digit(FROM)


def bank(name: str = "BBVA") -> BankAccount:
    return keep_bank_account(account=None, name=name, bank="bbva", clabe="", now=at(DAY))


def book(account: BankAccount, lines: Sequence[Line], *, name: str = "marzo.txt") -> BankFile:
    """As the worker does it, in one scope."""
    file = take_bank_file(account=account, name=name, content=bbva(lines), by="ana", now=at(NEXT))
    ask_booking(file_id=file.pk, now=at(NEXT))
    rows = rows_to_book(file_id=file.pk)
    for start in range(0, len(rows), 100):
        book_lines(file_id=file.pk, rows=rows[start : start + 100], now=at(NEXT))
    end_booking(file_id=file.pk, now=at(NEXT))
    return BankFile.objects.get(pk=file.pk)


def states() -> Counter[str]:
    return Counter(BankLine.objects.values_list("state", flat=True))


def test_a_statement_of_which_the_answer_is_known_is_booked_to_the_cent(world: World) -> None:
    def story() -> None:
        account = bank()
        by_reference, by_clabe, by_origin, by_word, twice, nobody = (customer(f"Persona {n}") for n in range(6))
        for n, who in enumerate((by_reference, by_clabe, by_origin, by_word, twice, nobody)):
            charged(who, f"p:{n}", 349)
        clabe = "64618001230000042" + clabe_digit("64618001230000042")
        PaymentReference.objects.create(kind="clabe", value=clabe, customer=by_clabe, created_at=at(DAY))
        LearnedOrigin.objects.create(origin=FROM, customer=by_origin, by="ana", learned_at=at(DAY))
        report_payment(
            customer_id=by_word.pk, amount=d(349), paid_on=DAY, how="03", reference="MBAN0101", proof=None, told_by="él", now=at(DAY)
        )  # fmt: skip
        ours = customer_reference(by_reference.number)
        his = customer_reference(twice.number)
        file = book(
            account,
            [
                (DAY, f"SPEI RECIBIDO {ours} INTERNET", 349),
                (DAY, f"SPEI RECIBIDO {clabe}", 100),
                (DAY, "COMISION", -11),
                (DAY, f"SPEI DE {FROM}", 349),
                (DAY, "SPEI MBAN0101", 349),
                (DAY, f"DEPOSITO EFECTIVO {his}", 349),
                (DAY, f"DEPOSITO EFECTIVO {his}", 349),
                (DAY, "TRASPASO", 349),
            ],
        )
        assert (file.state, file.deposits, file.fresh, file.content) == ("booked", 7, 7, None)
        got = dict(BankLine.objects.filter(state="matched").values_list("payment__customer_id", "by_rule"))
        assert got == {
            by_reference.pk: "reference",
            by_clabe.pk: "ours",
            by_origin.pk: "origin",
            by_word.pk: "told",
            twice.pk: "reference",
        }
        owed = [balance(who, NEXT) for who in (by_reference, by_clabe, by_origin, by_word, twice, nobody)]
        assert owed == [0, 249, 0, 0, 0, 349]
        # The second of two equal deposits owes nobody anything: a person looks.
        assert states() == {"matched": 5, "waiting": 2}
        assert accounts()[account.ledger_account] == d(4 * 349 + 100)
        assert ReportedPayment.objects.get().state == "confirmed"
        assert PaymentHint.objects.get().ended_at is not None
        assert Payment.objects.get(customer=twice).forma_pago == "01"

    world.scoped(story)


def test_an_overlapping_file_adds_what_is_new_and_equal_deposits_both_live(world: World) -> None:
    def story() -> None:
        account = bank()
        who = customer()
        charged(who, "p:1", 1000)
        ours = customer_reference(who.number)
        first: list[Line] = [(DAY, f"SPEI {ours}", 10), (DAY, "X", 5)]
        book(account, first)
        second = book(account, [*first, (NEXT, f"SPEI {ours}", 10)], name="abril.txt")
        assert (second.deposits, second.fresh, balance(who, NEXT)) == (3, 1, 980)
        again = take_bank_file(account=account, name="otra", content=bbva(first), by="ana", now=at(NEXT))
        assert (ask_booking(file_id=again.pk, now=at(NEXT)).state, balance(who, NEXT)) == ("booked", 980)
        other = book(bank("Otra cuenta"), first)
        assert (other.fresh, balance(who, NEXT)) == (2, 970)

    world.scoped(story)


def test_a_look_says_what_booking_would_do_and_writes_nothing(world: World) -> None:
    def story() -> None:
        account = bank()
        who = customer()
        charged(who, "p:1", 349)
        lines: list[Line] = [(DAY, f"SPEI {customer_reference(who.number)}", 349), (DAY, "TRASPASO", 50)]
        content = bbva(lines) + b"\r\n31-02-2026\tSPEI\t\t10.00\t1.00"
        file = take_bank_file(account=account, name="m.txt", content=content, by="ana", now=at(DAY))
        look = look_through(file)
        assert (look.sure, len(look.fresh), look.total, look.known) == (1, 2, d(399), 0)
        assert [(one.line, "31/02/2026" in one.why) for one in look.bad] == [(4, True)]
        assert (BankLine.objects.count(), Payment.objects.count(), file.bad) == (0, 0, 1)

    world.scoped(story)


def test_a_person_confirms_and_the_house_learns_where_he_pays_from(world: World) -> None:
    def story() -> None:
        account = bank()
        who = customer()
        charged(who, "p:1", 349)
        book(account, [(DAY, f"SPEI DE {FROM}", 349)])
        line = BankLine.objects.get()
        confirm_line(line_id=line.pk, shares=[Share(who.pk, d(349))], by="ana", now=at(NEXT))
        with pytest.raises(NotWaiting, match="Aplicado"):
            confirm_line(line_id=line.pk, shares=[Share(who.pk, d(349))], by="ana", now=at(NEXT))
        assert (balance(who, NEXT), LearnedOrigin.objects.get().origin) == (0, FROM)
        charged(who, "p:2", 200, day=NEXT)
        book(account, [(NEXT, f"SPEI DE {FROM}", 200)], name="otro")
        assert (balance(who, NEXT), states()) == (0, {"matched": 2})

    world.scoped(story)


def test_one_deposit_may_be_several_customers_and_nothing_is_learned_of_it(world: World) -> None:
    def story() -> None:
        first, second = customer("Uno"), customer("Dos")
        charged(first, "p:1", 100)
        charged(second, "p:2", 249)
        book(bank(), [(DAY, f"SPEI DE {FROM}", 349)])
        line = BankLine.objects.get()
        for shares, why in (
            ([Share(first.pk, d(100))], "suman"),
            ([Share(first.pk, d(100)), Share(first.pk, d(249))], "dos veces"),
            ([], "de quién"),
        ):
            with pytest.raises(BadPayment, match=why):
                confirm_line(line_id=line.pk, shares=shares, by="ana", now=at(NEXT))
        confirm_line(
            line_id=line.pk, shares=[Share(first.pk, d(100)), Share(second.pk, d(249))], by="ana", now=at(NEXT)
        )
        assert (balance(first, NEXT), balance(second, NEXT), LearnedOrigin.objects.count()) == (0, 0, 0)
        assert Payment.objects.count() == 2

    world.scoped(story)


def test_what_is_no_payment_of_a_customer_is_left_and_may_come_back(world: World) -> None:
    def story() -> None:
        book(bank(), [(DAY, "DEPOSITO DE CONEKTA", 349)])
        line = BankLine.objects.get()
        leave_line(line_id=line.pk, why="Es del proveedor", by="ana", now=at(NEXT))
        assert states() == {"left": 1}
        take_back_line(line_id=line.pk, now=at(NEXT))
        assert states() == {"waiting": 1}

    world.scoped(story)


def test_what_was_typed_before_the_file_came_is_not_booked_twice(world: World) -> None:
    def story() -> None:
        account = bank()
        who, other = customer("Uno"), customer("Dos")
        charged(who, "p:1", 349)
        for press, whose in (("a", who), ("b", other)):
            typed = Typed(whose.pk, d(349), DAY, "03", bank_account_id=account.pk)
            type_payment(typed=typed, press=press, by="ana", today=DAY, now=at(DAY))
        book(account, [(DAY, f"SPEI {customer_reference(who.number)}", 349), (DAY, "SPEI", 349)])
        assert Payment.objects.count() == 2
        assert states() == {"matched": 1, "waiting": 1}
        left = Payment.objects.get(customer=other)
        link_line(line_id=BankLine.objects.get(state="waiting").pk, payment_id=left.pk, by="ana", now=at(NEXT))
        assert (states(), Payment.objects.count()) == ({"matched": 2}, 2)

    world.scoped(story)


def test_an_unknown_table_is_read_once_its_columns_are_named(world: World) -> None:
    def story() -> None:
        account = keep_bank_account(account=None, name="Caja", bank="otro", clabe="", now=at(DAY))
        content = "Cuándo,Qué,Entró\n01/03/2026,SPEI 1,349.00\n".encode()
        file = take_bank_file(account=account, name="x.csv", content=content, by="ana", now=at(DAY))
        assert (file.state, file.deposits) == ("asking", 0)
        named = Named(day="Cuándo", day_format="DD/MM/YYYY", texts=("Nada",), deposit="Entró")
        with pytest.raises(UnknownLayout):
            name_columns(file_id=file.pk, named=named, now=at(DAY))
        named = Named(day="Cuándo", day_format="DD/MM/YYYY", texts=("Qué",), deposit="Entró")
        assert name_columns(file_id=file.pk, named=named, now=at(DAY)).deposits == 1
        account = BankAccount.objects.get()
        file = take_bank_file(account=account, name="x.csv", content=content, by="ana", now=at(DAY))
        assert file.deposits == 1

    world.scoped(story)


def test_the_worker_books_a_file_and_takes_it_back_so_that_it_may_come_again(world: World) -> None:
    account = world.scoped(bank)

    def begin() -> tuple[Any, int]:
        who = customer()
        charged(who, "p:1", 349, day=DAY)
        lines = [(DAY, f"SPEI {customer_reference(who.number)}", 349), (DAY, "TRASPASO", 5)]
        file = take_bank_file(account=account, name="m.txt", content=bbva(lines), by="ana", now=world.now())
        ask_booking(file_id=file.pk, now=world.now())
        return who, file.pk

    def look(act: Callable[[], Any]) -> Any:
        return world.scoped(act)

    who, file_id = world.scoped(begin)
    world.settle()
    today = world.today()
    assert look(lambda: balance(who, today)) == 0
    assert look(lambda: BankFile.objects.get().state) == "booked"
    look(lambda: ask_undo(file_id=file_id, now=world.now()))
    world.settle()
    assert look(lambda: (balance(who, today + timedelta(days=1)), BankFile.objects.get().state)) == (349, "undone")
    assert look(states) == {"undone": 2}
    assert look(lambda: Payment.objects.get().reversed_as) == "cancelled"
    look(lambda: book_again(account, who, world))
    assert look(lambda: balance(who, today + timedelta(days=1))) == 0


def test_a_pue_invoice_whose_deposit_was_undone_is_watched_again(world: World) -> None:
    payer = Payer(world)
    who, _ = payer.billed("aviso")

    def begin() -> int:
        lines = [(payer.today, f"SPEI {customer_reference(who.number)}", 599)]
        file = take_bank_file(account=bank(), name="m.txt", content=bbva(lines), by="ana", now=payer.now())
        ask_booking(file_id=file.pk, now=payer.now())
        return int(file.pk)

    file_id = world.scoped(begin)
    world.settle()
    [invoice] = payer.documents(kind="ingreso")
    assert (invoice.metodo_pago, invoice.state) == ("PUE", "stamped")
    watched = lambda: list(AwaitedPayment.objects.values_list("invoice_id", flat=True))  # noqa: E731
    assert world.scoped(watched) == []
    world.scoped(lambda: ask_undo(file_id=file_id, now=payer.now()))
    world.settle()
    assert world.scoped(watched) == [invoice.pk]


def book_again(account: BankAccount, who: Any, world: World) -> None:
    lines = [(DAY, f"SPEI {customer_reference(who.number)}", 349), (DAY, "TRASPASO", 5)]
    file = take_bank_file(account=account, name="m.txt", content=bbva(lines), by="ana", now=world.now())
    ask_booking(file_id=file.pk, now=world.now())
    book_lines(file_id=file.pk, rows=rows_to_book(file_id=file.pk), now=world.now())


def test_a_hundred_lines_cost_as_many_statements_as_ten(world: World) -> None:
    def cost(many: int, day: date) -> int:
        people = [customer(f"Persona {day} {n}") for n in range(many)]
        for n, who in enumerate(people):
            charged(who, f"{day}:{n}", 349)
        lines = [(day, f"SPEI {customer_reference(who.number)}", 349) for who in people]
        account = bank(f"Cuenta {day}")
        file = take_bank_file(account=account, name="m", content=bbva(lines), by="ana", now=at(NEXT))
        ask_booking(file_id=file.pk, now=at(NEXT))
        rows = rows_to_book(file_id=file.pk)
        with CaptureQueriesContext(connection) as seen:
            book_lines(file_id=file.pk, rows=rows, now=at(NEXT))
        assert BankLine.objects.filter(account=account, state="matched").count() == many
        return len(seen)

    def story() -> None:
        assert cost(10, DAY) == cost(40, NEXT) <= 40

    world.scoped(story)
