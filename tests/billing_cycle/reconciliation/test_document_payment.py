"""What a payment owes in documents, by itself, as soon as it is in the ledger."""

from datetime import timedelta
from decimal import Decimal

import pytest

from amate.billing_cycle.reconciliation.document_payment import document_payments
from amate.companies.day import day_of
from amate.fiscal.xml import parse
from amate.invoices.models import AwaitedPayment, Stamp, State
from amate.ledger.apply_credit import apply_credit
from amate.ledger.identify import identify_payment
from amate.ledger.models import FiscalMode
from amate.ledger.unallocate import Frozen
from tests.billing_cycle.reconciliation.payer import Payer
from tests.ledger.hands import charged
from tests.people import FISICA, MORAL
from tests.world import World


@pytest.fixture
def payer(world: World) -> Payer:
    return Payer(world)


def test_mode_a_gives_one_rep_a_payment_the_next_day_and_freezes_what_it_tells(payer: Payer) -> None:
    who, _ = payer.billed("ppd")
    first = payer.paid(who, "200.00", "p-1")
    payer.paid(who, "399.00", "p-2", forma="01")
    assert payer.reps() == []  # until the day is over it is moved without cancelling anything
    payer.world.time_passes(days=1)
    payer.world.settle()
    assert [one.state for one in payer.reps()] == [State.STAMPED] * 2
    assert {amount for amount, _ in payer.told()} == {Decimal("200.00"), Decimal("399.00")}
    assert [number for _, number in payer.told()] == [1, 2]
    assert payer.frozen() == [True, True]
    [rep] = [one.pk for one in payer.reps() if one.lines[0]["forma_pago"] == "01"]
    root = parse(payer.look(lambda: bytes(Stamp.objects.get(invoice_id=rep).xml)))
    [pago] = root.iterfind(".//{*}Pago")
    assert (pago.get("FormaDePagoP"), pago.get("Monto")) == ("01", "399.00")
    with pytest.raises(Frozen):
        payer.takes_back(first)


def test_a_rep_at_once_and_looked_at_again_is_one_rep(payer: Payer) -> None:
    payer.policy(rep_when="at_once")
    who, _ = payer.billed("ppd")
    payment = payer.paid(who, "599.00")
    payer.asks(payment)
    payer.asks(payment)
    assert [one.state for one in payer.reps()] == [State.STAMPED]
    assert payer.told() == [(Decimal("599.00"), 1)]


def test_monthly_is_one_rep_a_receiver_on_its_day(payer: Payer) -> None:
    payer.policy(rep_when="monthly", rep_day=3)
    who, _ = payer.billed("ppd")
    payer.paid(who, "100.00", "p-1")
    payer.paid(who, "499.00", "p-2")
    first_of_next = (payer.today.replace(day=1) + timedelta(days=32)).replace(day=1)
    payer.world.time_passes(days=(first_of_next - payer.today).days + 1)  # the second of the month
    payer.world.settle()
    assert payer.reps() == []
    payer.world.time_passes(days=1)
    payer.world.settle()
    [rep] = payer.reps()
    assert (rep.state, len(rep.lines)) == (State.STAMPED, 2)


def test_mode_b_owes_nothing_and_the_awaited_payment_ends(payer: Payer) -> None:
    who, _ = payer.billed("pue_mes")
    assert payer.look(lambda: AwaitedPayment.objects.open().count()) == 1
    payer.paid(who, "599.00")
    assert payer.look(lambda: AwaitedPayment.objects.open().count()) == 0
    assert [one.metodo_pago for one in payer.documents()] == ["PUE"]


def test_mode_c_gives_one_pue_with_the_way_most_was_paid_when_it_is_whole(payer: Payer) -> None:
    who, debt = payer.billed("aviso")
    assert payer.documents() == []
    payer.paid(who, "598.00", "p-1", forma="01")  # a peso less: the rest is waited for
    assert payer.documents() == []
    payer.paid(who, "2.00", "p-2")  # and a peso more: it stays in his favour
    [one] = payer.documents()
    assert (one.state, one.metodo_pago, one.forma_pago) == (State.STAMPED, "PUE", "01")
    assert (one.receivable_id, one.total, one.rfc) == (debt.pk, Decimal("599.00"), "XOJI740919U48")
    assert payer.frozen() == [False, False]


def test_split_gives_each_part_its_own_pue(payer: Payer) -> None:
    payer.policy(partial_payment="split")
    who, _ = payer.billed("aviso")
    payer.paid(who, "100.01", "p-1", forma="01")
    payer.paid(who, "498.99", "p-2")
    assert [(one.total, one.forma_pago, one.state) for one in payer.documents()] == [
        (Decimal("100.01"), "01", State.STAMPED),
        (Decimal("498.99"), "03", State.STAMPED),
    ]


def test_ppd_on_partial_invoices_the_whole_and_tells_each_payment(payer: Payer) -> None:
    payer.policy(partial_payment="ppd", rep_when="at_once")
    who, _ = payer.billed("aviso")
    payer.paid(who, "100.00", "p-1")
    payer.paid(who, "499.00", "p-2")
    assert [(one.kind, one.metodo_pago) for one in payer.documents()] == [
        ("ingreso", "PPD"),
        ("pago", ""),
        ("pago", ""),
    ]
    assert payer.told() == [(Decimal("100.00"), 1), (Decimal("499.00"), 2)]


@pytest.mark.parametrize(("mode", "fiscal"), [("publico", MORAL), ("aviso", None), ("cargo", None)])
def test_without_fiscal_data_it_is_a_note_with_its_code_once(
    payer: Payer, mode: str, fiscal: dict[str, str] | None
) -> None:
    who, debt = payer.billed(mode, fiscal=fiscal)
    payment = payer.paid(who, "599.00", forma="01")
    payer.asks(payment)
    [ticket] = payer.tickets()
    assert (ticket.total, ticket.forma_pago, ticket.external_id) == (Decimal("599.00"), "01", str(debt.pk))
    assert payer.documents() == []


def test_credit_that_pays_the_next_debt_is_documented_then(payer: Payer) -> None:
    payer.policy(applies_credit=False)
    who = payer.customer(fiscal=None)
    payer.paid(who, "599.00")
    payer.subscribe(who, payer.plan(fiscal_mode="aviso"), payer.today.isoformat())
    payer.bill(payer.today.isoformat(), who)
    payer.world.settle()
    assert payer.tickets() == []
    payer.act(lambda today, now: apply_credit(customer_ids=[who.pk], chosen=(), today=today, now=now))
    payer.world.settle()
    assert len(payer.tickets()) == 1


def test_money_of_nobody_is_documented_once_somebody_says_whose_it_is(payer: Payer) -> None:
    who, _ = payer.billed("aviso")
    payment = payer.paid(None, "599.00")
    assert payer.documents() == []
    payer.act(
        lambda today, now: identify_payment(payment_id=payment.pk, customer_id=who.pk, chosen=(), today=today, now=now)
    )
    payer.world.settle()
    assert [one.state for one in payer.documents()] == [State.STAMPED]


def test_a_rep_whose_payment_went_back_before_its_seal_is_given_up(payer: Payer) -> None:
    payer.policy(rep_when="at_once")
    who, _ = payer.billed("ppd")
    payment = payer.pays(who, "599.00").payment

    payer.act(lambda today, now: document_payments(payment_ids=[payment.pk], today=today, now=now))
    payer.takes_back(payment)
    payer.world.settle()
    [rep] = payer.reps()
    assert (rep.state, rep.refused_by, rep.folio) == (State.REFUSED, "nobody", None)
    assert payer.told() == []


def test_what_nobody_can_invoice_waits_for_a_person_and_keeps_nobody_else_waiting(payer: Payer) -> None:
    one = payer.customer("Uno", fiscal=FISICA)
    payer.look(lambda: charged(one, "a mano", "599.00", day=day_of(payer.now()), mode=FiscalMode.AVISO))
    two, _ = payer.billed("aviso", "Dos", fiscal=MORAL)
    first, second = payer.pays(one, "599.00", "p-1").payment, payer.pays(two, "599.00", "p-2").payment
    payer.asks(first, second)
    assert [doc.rfc for doc in payer.documents()] == [MORAL["rfc"]]
    assert [said for said in payer.given_up() if "claves" in said]


def test_what_has_a_note_in_parts_goes_on_in_parts(payer: Payer) -> None:
    payer.policy(partial_payment="split")
    who, debt = payer.billed("aviso", fiscal=None)
    payer.paid(who, "400.00", "p-1", forma="01")
    payer.asks(payer.paid(who, "199.00", "p-2"))
    assert [(one.total, one.forma_pago) for one in payer.tickets()] == [
        (Decimal("400.00"), "01"),
        (Decimal("199.00"), "03"),
    ]
    assert all(one.external_id.startswith(f"{debt.pk}-") for one in payer.tickets())
    assert payer.documents() == []


def test_a_part_with_a_note_and_his_data_later_leave_the_rest_to_be_invoiced(payer: Payer) -> None:
    payer.policy(partial_payment="split")
    who, _ = payer.billed("aviso", fiscal=None)
    payer.paid(who, "400.00", "p-1")
    payer.tells_his_data(who)
    payer.asks(payer.paid(who, "199.00", "p-2"))
    assert [one.total for one in payer.tickets()] == [Decimal("400.00")]
    assert [(one.metodo_pago, one.total) for one in payer.documents()] == [("PUE", Decimal("199.00"))]


def test_a_debt_with_a_note_is_not_invoiced_when_he_tells_his_data(payer: Payer) -> None:
    who, debt = payer.billed("aviso", fiscal=None)
    payment = payer.paid(who, "1198.00")  # as much again stays in his favour
    [note] = payer.tickets()
    payer.tells_his_data(who)
    payer.asks(payment)
    second = payer.owes_more(who, "aviso")  # which the favour pays, so that the payment is looked at again
    payer.asks(payment)
    assert [(one.receivable_id, one.metodo_pago) for one in payer.documents()] == [(second.pk, "PUE")]
    assert [one.pk for one in payer.tickets()] == [note.pk]
    assert second.pk != debt.pk


def test_a_note_that_money_left_before_it_was_registered_comes_with_the_next_money(payer: Payer) -> None:
    who, debt = payer.billed("aviso", fiscal=None)
    payment = payer.pays(who, "599.00", "p-1").payment
    payer.act(lambda today, now: document_payments(payment_ids=[payment.pk], today=today, now=now))
    payer.takes_back(payment)
    payer.world.settle()
    assert payer.tickets() == []
    payer.paid(who, "599.00", "p-2", forma="01")
    assert [(one.external_id, one.forma_pago) for one in payer.tickets()] == [(str(debt.pk), "01")]


def test_a_part_with_a_note_whose_money_went_back_waits_for_a_person(payer: Payer) -> None:
    payer.policy(partial_payment="split")
    who, _ = payer.billed("aviso", fiscal=None)
    payment = payer.paid(who, "400.00", "p-1")
    payer.takes_back(payment)
    payer.paid(who, "599.00", "p-2")
    assert [one.total for one in payer.tickets()] == [Decimal("400.00")]
    assert [said for said in payer.given_up() if "ya tiene nota" in said]
