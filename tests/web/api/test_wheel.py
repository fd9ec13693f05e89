"""The wheel by the API: subscribe, charge, pay, pause, stop, each told twice and done once."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from amate.billing_cycle.reconciliation.models import BankAccount
from amate.billing_cycle.subscriptions.models import OneOff, Pause, Subscription
from amate.companies.day import day_of
from amate.ledger.models import Payment, Receivable
from tests.billing_cycle.subscriptions.wheel import Wheel
from tests.web.api.wheel import SURCO, pointers, told
from tests.world import World


@pytest.fixture
def today(world: World) -> date:
    Wheel(world).plan(includes_tax=True, price="599.00")
    told(world, "PUT", "/customers/rosa", {"nombre": "SURCO DISEÑO", "fiscal": SURCO}, status=201)
    return world.scoped(lambda: day_of(world.now()))


def subscription(today: date, **said: Any) -> dict[str, Any]:
    return {"customer": "rosa", "plan": "internet", "starts_on": today.isoformat()} | said


def test_from_the_first_day_to_the_payment_without_anybody(world: World, today: date) -> None:
    begun = told(world, "PUT", "/subscriptions/casa-1", subscription(today, label="Casa"), status=201)
    assert (begun["state"], begun["plan"], begun["price"], begun["label"]) == ("active", "internet", None, "Casa")
    again = subscription(today, label="Casa", quantity="1.0")
    assert told(world, "PUT", "/subscriptions/casa-1", again)["starts_on"] == today.isoformat()
    other = told(world, "PUT", "/subscriptions/casa-1", subscription(today, label="Casa", quantity="2"), status=409)
    assert "otra clave" in other["detail"]
    world.settle()
    assert told(world, "GET", "/subscriptions/casa-1")["periods_billed"] == 1
    [owed] = told(world, "GET", "/receivables")["items"]
    assert (owed["total"], owed["left"], owed["overdue"]) == ("599.00", "599.00", False)
    assert owed["customer"] == begun["customer"]

    body = {"customer": "rosa", "amount": "600.00", "forma_pago": "03", "reference": "MBAN0123"}
    paid = told(world, "PUT", "/payments/banco/777", body, status=201)
    assert (paid["applied"], paid["in_favour"]) == ("599.00", "1.00")
    assert paid["pays"] == [{"receivable": owed["id"], "amount": "599.00"}]
    assert told(world, "PUT", "/payments/banco/777", body) == paid
    assert told(world, "GET", "/payments/banco/777") == paid
    assert told(world, "GET", "/receivables")["items"] == []
    assert told(world, "GET", "/standing?external_id=rosa")["items"][0]["balance"] == "-1.00"
    assert world.scoped(lambda: (Subscription.objects.count(), Payment.objects.count())) == (1, 1)


def test_a_payment_that_looks_known_or_differs_is_asked_about(world: World, today: date) -> None:
    body = {"customer": "rosa", "amount": "100.00", "forma_pago": "01", "paid_on": today.isoformat()}
    told(world, "PUT", "/payments/caja/1", body, status=201)
    like = told(world, "PUT", "/payments/caja/2", body, status=409)
    assert "Si es otro" in like["detail"]
    told(world, "PUT", "/payments/caja/2", body | {"another": True}, status=201)
    assert "100.00" in told(world, "PUT", "/payments/caja/1", body | {"amount": "90.00"}, status=409)["detail"]
    told(world, "PUT", "/payments/caja/1", body | {"forma_pago": "03"}, status=409)
    late = (today + timedelta(days=1)).isoformat()
    wrong = told(world, "PUT", "/payments/caja/3", body | {"paid_on": late, "forma_pago": "99"}, status=422)
    assert pointers(wrong).keys() <= {"/paid_on", "/forma_pago"}
    lost = told(world, "PUT", "/payments/caja/3", body | {"account": "BBVA", "receivables": [1]}, status=422)
    assert pointers(lost).keys() == {"/account", "/receivables/0"}
    assert pointers(told(world, "PUT", "/payments/caja/3", body | {"customer": "luis"}, status=422)).keys() == {
        "/customer"
    }
    assert world.scoped(lambda: Payment.objects.count()) == 2


def test_a_payment_of_a_bank_is_taken_back_once(world: World, today: date) -> None:
    world.scoped(lambda: BankAccount.objects.create(name="BBVA", bank="bbva", created_at=world.now()))
    told(world, "PUT", "/subscriptions/casa-1", subscription(today), status=201)
    world.settle()
    body = {"customer": "rosa", "amount": "599.00", "forma_pago": "03", "account": "BBVA"}
    told(world, "PUT", "/payments/banco/1", body, status=201)
    assert told(world, "GET", "/receivables")["items"] == []
    back = {"why": "chargeback", "reason": "Su banco lo reclamó"}
    for _ in range(2):
        taken = told(world, "POST", "/payments/banco/1/reverse", back)
        assert (taken["reversed_as"], taken["in_favour"], taken["pays"]) == ("chargeback", "0.00", [])
    assert told(world, "GET", "/receivables")["items"][0]["left"] == "599.00"
    told(world, "POST", "/payments/banco/1/reverse", back | {"why": "refund"}, status=409)
    nonsense = told(world, "POST", "/payments/banco/1/reverse", back | {"why": "x"}, status=422)
    assert "chargeback" in pointers(nonsense)["/why"]
    told(world, "POST", "/payments/banco/2/reverse", back, status=404)


def test_a_consumption_is_charged_once_and_a_credit_taken_off(world: World, today: date) -> None:
    told(world, "PUT", "/subscriptions/casa-1", subscription(today), status=201)
    world.settle()
    gb = {"concept": "12 GB adicionales", "amount": "84.00"}
    made = told(world, "PUT", "/subscriptions/casa-1/charges/nov-gb", gb, status=201)
    assert (made["amount"], made["on"], made["credit"]) == ("84.00", today.isoformat(), False)
    assert told(world, "PUT", "/subscriptions/casa-1/charges/nov-gb", gb)["charge_id"] == "nov-gb"
    told(world, "PUT", "/subscriptions/casa-1/charges/nov-gb", gb | {"amount": "85.00"}, status=409)
    told(
        world,
        "PUT",
        "/subscriptions/casa-1/charges/falla",
        {"concept": "Falla", "amount": "10", "credit": True},
        status=201,
    )
    rows = world.scoped(lambda: list(OneOff.objects.order_by("id").values_list("amount", "is_credit")))
    assert rows == [(Decimal("84.00"), False), (Decimal("10.00"), True)]
    zero = told(world, "PUT", "/subscriptions/casa-1/charges/cero", gb | {"amount": "0"}, status=422)
    assert pointers(zero).keys() == {"/amount"}


def test_pauses_and_stops_are_told_twice_and_taken_back(world: World, today: date) -> None:
    told(world, "PUT", "/subscriptions/casa-1", subscription(today), status=201)
    world.settle()
    away = {"from_on": (today + timedelta(days=3)).isoformat(), "to_on": (today + timedelta(days=9)).isoformat()}
    for _ in range(2):
        assert told(world, "PUT", "/subscriptions/casa-1/pause", away)["paused"] is False
    assert world.scoped(lambda: Pause.objects.count()) == 1
    wrong = told(
        world, "PUT", "/subscriptions/casa-1/pause", {"from_on": away["to_on"], "to_on": away["from_on"]}, status=422
    )
    assert wrong["errors"]
    for _ in range(2):
        told(world, "DELETE", "/subscriptions/casa-1/pause")
    assert world.scoped(lambda: Pause.objects.exclude(ended_at=None).count()) == 1

    leaves = {"on": (today + timedelta(days=20)).isoformat(), "reason": "Se muda"}
    for _ in range(2):
        assert told(world, "PUT", "/subscriptions/casa-1/stop", leaves)["ends_on"] == leaves["on"]
    for _ in range(2):
        assert told(world, "DELETE", "/subscriptions/casa-1/stop")["ends_on"] is None
    yesterday = (today - timedelta(days=1)).isoformat()
    assert pointers(
        told(world, "PUT", "/subscriptions/casa-1/stop", leaves | {"on": yesterday}, status=422)
    ).keys() == {"/on"}
    gone = told(world, "PUT", "/subscriptions/casa-1/stop", leaves | {"on": today.isoformat()})
    assert gone["state"] == "cancelled"
    assert told(world, "PUT", "/subscriptions/casa-1/stop", leaves)["state"] == "cancelled"
    told(world, "DELETE", "/subscriptions/casa-1/stop", status=409)
    assert world.scoped(lambda: Receivable.objects.count()) == 1


def test_what_is_wrong_with_a_subscription_is_named(world: World, today: date) -> None:
    bad = {"customer": "rosa", "customer_number": 1, "plan": "fibra", "starts_on": "mañana"}
    assert pointers(told(world, "PUT", "/subscriptions/x", bad, status=422)).keys() == {"/starts_on"}
    both = bad | {"starts_on": "2026-02-30"}
    assert "Es un día" in pointers(told(world, "PUT", "/subscriptions/x", both, status=422))["/starts_on"]
    both["starts_on"] = today.isoformat()
    assert pointers(told(world, "PUT", "/subscriptions/x", both, status=422)).keys() == {"/customer"}
    several = subscription(today, plan="fibra", branch="NADA", fiscal_mode="x", quantity="1.2345")
    said = pointers(told(world, "PUT", "/subscriptions/x", several, status=422))
    assert said.keys() == {"/plan", "/branch", "/fiscal_mode", "/quantity"}
    assert "internet" in said["/plan"]
    ends = subscription(today, ends_on=today.isoformat(), price="0")
    assert pointers(told(world, "PUT", "/subscriptions/x", ends, status=422)).keys() == {"/ends_on", "/price"}
    assert world.scoped(lambda: Subscription.objects.count()) == 0
    numbered = subscription(today) | {"customer": None, "customer_number": 10**9}
    assert pointers(told(world, "PUT", "/subscriptions/x", numbered, status=422)).keys() == {"/customer_number"}


def test_lists_of_one_customer_and_of_all(world: World, today: date) -> None:
    number = told(world, "GET", "/customers/rosa")["number"]
    for place in range(3):
        told(world, "PUT", f"/subscriptions/s{place}", subscription(today), status=201)
    page = told(world, "GET", f"/subscriptions?limit=2&customer={number}")
    assert [one["external_id"] for one in page["items"]] == ["s0", "s1"]
    assert [one["external_id"] for one in told(world, "GET", f"/subscriptions?after={page['next']}")["items"]] == ["s2"]
    told(world, "GET", "/subscriptions?customer=999999", status=404)
    told(world, "GET", "/receivables?customer=999999", status=404)
    told(world, "GET", "/subscriptions/nada", status=404)
