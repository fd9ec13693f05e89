"""Money comes by its reference, and what it owes follows by itself: told through the notices, the worker and the portal."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.test import Client

from amate.adapters.payments import Way
from amate.billing_cycle.reconciliation.accounts import keep_account
from amate.billing_cycle.reconciliation.models import InboxEvent, PaymentReference, ProviderAccount, ReferenceKind
from amate.billing_cycle.reconciliation.settle_notice import look_at_notices_of
from amate.billing_cycle.reconciliation.take_back import take_back_payment
from amate.customers.models import Customer
from amate.invoices.models import State
from amate.ledger.identify import identify_payment
from amate.ledger.models import Payment
from amate.ledger.queries import balance_of
from amate.ledger.reverse import Why
from tests.billing_cycle.reconciliation.payer import Payer
from tests.payment_server import API_KEY, NOON, Listener, PaymentServer, listen, serve_payments
from tests.people import FISICA
from tests.world import World


class House(Payer):
    """A company whose customers pay by a CLABE of their own."""

    def __init__(self, world: World, provider: PaymentServer, heard: Listener) -> None:
        super().__init__(world)
        self.provider, self.heard = provider, heard
        self.provider.days_pass((self.now() - NOON).total_seconds() / 86_400 - 1)
        self.account: ProviderAccount = self.look(self._account)

    def _account(self) -> ProviderAccount:
        return keep_account(
            code="conekta", name="Conekta", private_key=API_KEY, api_url=self.provider.url, now=NOON,
            webhook_keys=self.provider.admin("GET", "account")["public_key"],
        )  # fmt: skip

    def clabe(self, who: Customer | None) -> tuple[str, str]:
        """The order, and the CLABE that pays it; known to be his."""
        said = {
            "currency": "MXN",
            "customer_info": {"name": "Rosa"},
            "line_items": [{"name": "Internet", "unit_price": 59_900, "quantity": 1}],
            "charges": [{"payment_method": {"type": Way.SPEI.value}}],
        }
        head = {"Authorization": f"Bearer {API_KEY}"}
        order = httpx.post(f"{self.provider.url}/orders", json=said, headers=head, trust_env=False).json()
        clabe = str(order["charges"]["data"][0]["payment_method"]["clabe"])
        if who is not None:
            facts = {"kind": ReferenceKind.CLABE, "value": clabe, "customer": who, "account": self.account}
            self.look(lambda: PaymentReference.objects.create(created_at=self.now(), **facts))
        return str(order["id"]), clabe

    def transfers(self, clabe: str, amount: str) -> None:
        self.provider.pays(clabe, amount=amount)
        self.hears()

    def hears(self) -> None:
        """Every notice that is told, each of them twice, and then the worker."""
        self.provider.deliver()
        for notice in [*self.heard.heard, *self.heard.heard[::-1]]:
            headers: dict[str, Any] = {
                f"HTTP_{name.upper().replace('-', '_')}": value for name, value in notice.headers.items()
            }
            path = f"/avisos/{self.world.shop.slug}/pagos/{self.account.pk}/"
            self.world.inside(
                lambda: Client().post(path, notice.body, content_type="application/json", **headers)  # noqa: B023
            )
        self.world.settle()

    def owes(self, who: Customer) -> str:
        return str(self.act(lambda today, now: balance_of(who.pk, as_of=today)))

    def waiting(self) -> list[str]:
        return self.look(lambda: list(InboxEvent.objects.for_people().values_list("why", flat=True)))

    def payment(self) -> Payment:
        return self.look(lambda: Payment.objects.latest("id"))


@pytest.fixture(scope="module")
def _served() -> Iterator[PaymentServer]:
    with serve_payments() as server:
        yield server


@pytest.fixture
def house(world: World, _served: PaymentServer) -> Iterator[House]:
    _served.admin("POST", "reset")
    with listen() as heard:
        _served.tells(heard)
        yield House(world, _served, heard)


def test_a_peso_less_then_a_peso_more_is_one_invoice_and_a_peso_in_his_favour(house: House) -> None:
    who, _ = house.billed("aviso")
    _, clabe = house.clabe(who)
    house.transfers(clabe, "598.00")
    assert (house.owes(who), house.documents()) == ("1.00", [])
    house.transfers(clabe, "2.00")
    assert house.owes(who) == "-1.00"
    assert [(one.state, one.metodo_pago) for one in house.documents()] == [(State.STAMPED, "PUE")]


def test_paid_twice_is_one_invoice_and_the_other_is_in_his_favour(house: House) -> None:
    who, _ = house.billed("aviso")
    _, clabe = house.clabe(who)
    house.transfers(clabe, "599.00")
    house.transfers(clabe, "599.00")
    assert house.owes(who) == "-599.00"
    assert len(house.documents()) == 1


def test_by_a_wrong_reference_it_waits_until_somebody_says_whose_it_is(house: House) -> None:
    who, _ = house.billed("aviso")
    _, strange = house.clabe(None)
    house.transfers(strange, "599.00")
    assert (house.owes(who), house.documents()) == ("599.00", [])
    assert "identifícalo" in house.waiting()[0]
    payment = house.payment()

    def said(today: Any, now: Any) -> None:
        identify_payment(payment_id=payment.pk, customer_id=who.pk, chosen=(), today=today, now=now)
        look_at_notices_of(payment=payment, now=now)

    house.act(said)
    house.world.settle()
    assert (house.owes(who), house.waiting()) == ("0.00", [])
    assert [one.state for one in house.documents()] == [State.STAMPED]


def test_a_note_of_what_he_paid_becomes_his_invoice_in_the_portal(house: House) -> None:
    who, _ = house.billed("publico")
    _, clabe = house.clabe(who)
    house.transfers(clabe, "599.00")
    [ticket] = house.tickets()
    invoice = house.world.claim(ticket, FISICA)
    house.world.settle()
    assert house.world.invoice(invoice).state == State.STAMPED
    house.asks(house.payment())
    assert len(house.documents()) == 1


def test_a_chargeback_after_its_rep_ends_in_the_lawful_order(house: House) -> None:
    house.policy(rep_when="at_once")
    who, _ = house.billed("ppd")
    order, clabe = house.clabe(who)
    house.transfers(clabe, "599.00")
    assert [one.state for one in house.reps()] == [State.STAMPED]
    house.provider.admin("POST", "charge_back", {"order": order})
    house.hears()
    assert "cancela primero el complemento" in house.waiting()[0]
    assert house.owes(who) == "0.00"
    payment = house.payment()
    house.act(
        lambda today, now: take_back_payment(
            payment_id=payment.pk, why=Why.CHARGEBACK, note="", asked_by="ana", today=today, now=now
        )
    )
    house.cancelled_by_the_sat(house.reps()[0])
    assert [one.state for one in house.reps()] == [State.CANCELLED]
    assert (house.owes(who), house.waiting()) == ("599.00", [])
