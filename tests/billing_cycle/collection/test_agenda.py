"""What a collector does today, and what the rules charge to whoever is late."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from amate.billing_cycle.collection.agenda import NotNoted, agenda_of, call_made, finish_note, note_on
from amate.billing_cycle.collection.cuts import who_would_be_cut
from amate.billing_cycle.collection.fees import charge_late_fees
from amate.billing_cycle.collection.models import Notice
from amate.billing_cycle.collection.reassess import reassess_customers
from amate.companies.billing_policy import billing_policy_on
from amate.customers.models import Customer
from amate.ledger.models import Charge, Receivable
from amate.ledger.queries import balance_of
from amate.ledger.receive import receive_payment
from amate.promises.models import Promise
from tests.billing_cycle.collection.evening import DUE, Evening
from tests.ledger.hands import charged, customer, incoming
from tests.world import World

TOLD = date(2026, 3, 17)


@pytest.fixture
def evening(world: World) -> Evening:
    return Evening(world)


def tasks(evening: Evening, day: date) -> list[tuple[str, bool, bool, bool]]:
    found = evening.scoped(lambda: agenda_of(today=day))
    return [(one.customer.nombre, one.call is not None, one.note is not None, one.leave) for one in found]


def test_a_call_that_reached_him_warns_like_a_letter(evening: Evening) -> None:
    who = evening.debtor(correo="")
    evening.until(TOLD)
    assert tasks(evening, TOLD) == [(who.nombre, True, False, False)]

    def call(reached: bool, next_on: date | None) -> None:
        notice = Notice.objects.get(channel="call")
        facts: dict[str, Any] = {"by": "ana", "today": TOLD, "now": evening.world.now()}
        call_made(notice_id=notice.pk, reached=reached, text="No contestó", next_on=next_on, **facts)

    evening.scoped(lambda: call(False, date(2026, 3, 18)))
    assert tasks(evening, TOLD) == []  # left alone until tomorrow
    assert tasks(evening, date(2026, 3, 18)) == [(who.nombre, True, True, False)]
    assert evening.scoped(lambda: who_would_be_cut(on=date(2026, 3, 19))) == []
    evening.scoped(lambda: call(True, None))
    assert [one.customer_id for one in evening.scoped(lambda: who_would_be_cut(on=date(2026, 3, 19)))] == [who.pk]
    with pytest.raises(NotNoted):
        evening.scoped(lambda: call(True, None))
    evening.pays(who)
    assert tasks(evening, date(2026, 3, 18)) == []


def test_the_heaviest_debt_comes_first_and_a_leave_is_proposed_after_sixty_days(evening: Evening) -> None:
    def make() -> tuple[Customer, Customer]:
        one, other = customer("Uno"), customer("Dos")
        charged(one, "p:1", "100.00")
        charged(other, "p:2", "900.00")
        return one, other

    evening.scoped(make)
    day = DUE + timedelta(days=60)
    assert tasks(evening, day - timedelta(days=1)) == []
    assert tasks(evening, day) == [("Dos", False, False, True), ("Uno", False, False, True)]


def test_a_note_says_something_and_is_for_a_day_to_come(evening: Evening) -> None:
    who = evening.debtor()
    facts: dict[str, Any] = {"customer_id": who.pk, "by": "ana", "today": TOLD, "now": evening.world.now()}
    for text, next_on in (("", None), ("Paga mañana", TOLD)):
        with pytest.raises(NotNoted):
            evening.scoped(lambda text=text, next_on=next_on: note_on(text=text, next_on=next_on, **facts))
    note = evening.scoped(lambda: note_on(text="Paga el viernes", next_on=date(2026, 3, 20), **facts))
    assert tasks(evening, date(2026, 3, 20)) == [(who.nombre, False, True, False)]
    assert evening.scoped(lambda: finish_note(note_id=note.pk, now=evening.world.now()))
    assert tasks(evening, date(2026, 3, 20)) == []


def test_a_late_fee_is_charged_once_and_after_the_days_that_are_borne(evening: Evening) -> None:
    evening.policy(late_fee_amount=Decimal("50"), late_fee_percent=Decimal("10"), late_fee_after_days=3)
    who = evening.debtor("600.00")

    def fees(day: date) -> list[tuple[Decimal, str]]:
        now = evening.world.now()
        facts: dict[str, Any] = {"policy": billing_policy_on(day), "today": day, "now": now}
        charge_late_fees(customer_ids=[who.pk], **facts)
        rows = Receivable.objects.filter(kind="fee").order_by("id")
        return list(rows.values_list("total", "fiscal_mode"))

    assert evening.scoped(lambda: fees(DUE + timedelta(days=3))) == []
    assert evening.scoped(lambda: fees(DUE + timedelta(days=4))) == [(Decimal("110.00"), "aviso")]
    assert len(evening.scoped(lambda: fees(DUE + timedelta(days=40)))) == 1


def test_who_comes_back_by_paying_owes_the_reconnection_once(evening: Evening) -> None:
    evening.policy(reconnect_fee=Decimal("100"))
    who = evening.debtor()
    evening.beat(TOLD)
    evening.beat(date(2026, 3, 19))
    assert evening.desired(who) == "suspended"
    evening.pays(who)

    def look() -> list[tuple[str, Decimal]]:
        reassess_customers(customer_ids=[who.pk], today=evening.day, now=evening.world.now())
        return list(Receivable.objects.unpaid().values_list("kind", "total"))

    assert evening.scoped(look) == [("fee", Decimal("100.00"))]
    assert evening.scoped(look) == [("fee", Decimal("100.00"))]
    assert evening.desired(who) == "active"


@pytest.mark.parametrize(
    ("paid_on", "account", "amount", "fees"),
    [
        (date(2026, 3, 18), "banco:bbva", "599.00", 0),
        (date(2026, 3, 19), "banco:bbva", "599.00", 0),  # the bank tells no hour
        (date(2026, 3, 18), "puente:conekta", "595.00", 0),  # what was left is below the least amount
        (date(2026, 3, 19), "puente:conekta", "599.00", 1),  # at noon, two hours after the cut
    ],
)
def test_who_had_paid_before_he_was_cut_comes_back_for_nothing(
    evening: Evening, paid_on: date, account: str, amount: str, fees: int
) -> None:
    evening.policy(reconnect_fee=Decimal("100"))
    who = evening.debtor()
    evening.beat(TOLD)
    evening.beat(date(2026, 3, 19))
    assert evening.desired(who) == "suspended"
    evening.be(date(2026, 3, 20))

    def look() -> int:
        now = evening.world.now()
        told = incoming("late-news", amount, day=paid_on, account=account)
        receive_payment(incoming=told, customer_id=who.pk, chosen=(), today=evening.day, now=now)
        reassess_customers(customer_ids=[who.pk], today=evening.day, now=now)
        return Receivable.objects.filter(kind="fee").count()

    assert evening.scoped(look) == fees
    assert evening.desired(who) == "active"


def test_a_reconnection_charged_before_an_earlier_payment_was_read_is_taken_back(evening: Evening) -> None:
    evening.policy(reconnect_fee=Decimal("100"))
    who = evening.debtor()
    evening.beat(TOLD)
    evening.beat(date(2026, 3, 19))
    evening.be(date(2026, 3, 20))
    evening.pays(who, "599.00")  # a day after the cut, as far as we knew

    def comes_back() -> None:
        reassess_customers(customer_ids=[who.pk], today=evening.day, now=evening.world.now())

    evening.scoped(comes_back)
    assert evening.desired(who) == "active"

    def comes(reference: str, amount: str, day: date) -> None:
        now = evening.world.now()
        told = incoming(reference, amount, day=day, account="puente:conekta")
        receive_payment(incoming=told, customer_id=who.pk, chosen=(), today=evening.day, now=now)
        reassess_customers(customer_ids=[who.pk], today=evening.day, now=now)

    def fees() -> tuple[str, Decimal]:
        fee = Receivable.objects.get(kind="fee")
        return fee.state, balance_of(who.pk, as_of=evening.day)

    assert evening.scoped(fees) == ("open", Decimal("100.00"))
    evening.scoped(lambda: comes("late-news", "50.00", date(2026, 3, 18)))
    evening.world.settle()
    assert evening.scoped(fees) == ("open", Decimal("50.00")), "fifty pesos would not have kept him from the cut"
    evening.scoped(lambda: comes("later-news", "549.00", date(2026, 3, 18)))
    evening.world.settle()
    assert evening.scoped(fees) == ("void", Decimal("-599.00"))
    assert evening.scoped(lambda: Charge.objects.filter(source_key__startswith="reconnect:").count()) == 1


def test_of_a_reconnection_that_has_its_document_a_person_is_told_what_to_credit(evening: Evening) -> None:
    evening.policy(reconnect_fee=Decimal("100"))
    who = evening.debtor()
    evening.beat(TOLD)
    evening.beat(date(2026, 3, 19))
    evening.be(date(2026, 3, 20))

    def comes(reference: str, amount: str, day: date) -> None:
        now = evening.world.now()
        told = incoming(reference, amount, day=day, account="puente:conekta")
        receive_payment(incoming=told, customer_id=who.pk, chosen=(), today=evening.day, now=now)
        reassess_customers(customer_ids=[who.pk], today=evening.day, now=now)

    for reference, amount in (("whole", "599.00"), ("fee", "100.00")):
        evening.scoped(partial(comes, reference, amount, evening.day))
        evening.world.settle()
    evening.scoped(lambda: comes("late-news", "599.00", date(2026, 3, 18)))
    evening.world.settle()

    def told() -> tuple[str, list[str]]:
        errors = Promise.objects.given_up().filter(kind="document_payments").values_list("last_error", flat=True)
        return Receivable.objects.get(kind="fee").state, list(errors)

    state, errors = evening.scoped(told)
    assert state == "open", "its document stands"
    assert any("Acredítale $100.00 de su nota" in one for one in errors), errors
