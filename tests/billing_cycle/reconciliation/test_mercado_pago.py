"""Mercado Pago from its switch in the back office to a settled debt: vouchers, CLABEs and pages, told as badly as can be."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from amate.adapters.payments import InboundRequest, Way
from amate.billing_cycle.reconciliation.accounts import BadAccount, keep_account, open_account, to_verify
from amate.billing_cycle.reconciliation.choose_formas import choose_formas
from amate.billing_cycle.reconciliation.close_account import change_keys
from amate.billing_cycle.reconciliation.make_vouchers import plan_vouchers
from amate.billing_cycle.reconciliation.models import InboxEvent, PaymentReference, ProviderAccount
from amate.billing_cycle.reconciliation.offer_vouchers import offer_vouchers
from amate.companies.day import day_of
from amate.customers.contacts import Said, add_contact
from amate.ledger.fee import fee_of
from amate.ledger.models import Payment
from amate.ledger.queries import balance_of
from amate.promises.promise import promise
from amate.sandbox.payments.mercado_shapes import book_id
from tests.ledger.hands import accounts, charged, customer
from tests.payment_server import API_KEY, Listener, PaymentServer, listen, serve_payments
from tests.world import World

TOKEN = f"APP_USR-{API_KEY}"


@pytest.fixture(scope="module")
def _served() -> Iterator[PaymentServer]:
    with serve_payments() as server:
        yield server


class Desk:
    """Rosa owes 349.00 and 12,000.00, and her company takes Mercado Pago in every way that it has."""

    def __init__(self, world: World, provider: PaymentServer, heard: Listener) -> None:
        self.world, self.provider, self.heard = world, provider, heard
        self.clock()
        self.secret = provider.admin("GET", "account")["signing_secret"]
        world.scoped(self._begin)

    def _begin(self) -> None:
        now = self.world.now()
        self.account = keep_account(
            code="mercado_pago", name="Mercado Pago", private_key=TOKEN, webhook_keys=f" {self.secret}\n",
            api_url=self.provider.url, now=now - timedelta(days=1),
        )  # fmt: skip
        self.who = customer()
        for n, total in enumerate(("349.00", "12000.00")):
            charged(self.who, f"p:{n}", total, day=day_of(now) - timedelta(days=n))
        said = Said(
            nombre="Rosa Luz Pérez", correo="rosa@example.com", telefono="442 123 4567", receives_invoices=False,
            handles_payments=True,
        )  # fmt: skip
        add_contact(customer_id=self.who.pk, said=said, now=now)
        offer_vouchers(account_id=self.account.pk, ways=[Way.CASH, Way.SPEI, Way.CARD], now=now)

    def clock(self) -> None:
        self.provider.admin("POST", "clock", {"set": self.world.now().isoformat()})

    def days_pass(self, days: int) -> None:
        self.world.time_passes(days=days)
        self.clock()

    def turn(self) -> dict[tuple[str, str], PaymentReference]:
        """The vouchers that stand, by kind and amount."""
        self.world.scoped(lambda: plan_vouchers(now=self.world.now()))
        self.world.settle()
        rows = self.world.scoped(lambda: list(PaymentReference.objects.filter(ended_at__isnull=True)))
        return {(one.kind, str(one.amount)): one for one in rows}

    def pays(self, voucher: PaymentReference, **more: Any) -> None:
        page = self.provider.admin("GET", "orders")
        (order,) = [one for one in page if one["id"] == book_id(voucher.payment_id)]
        reference = order["checkout"]["id"] if "checkout" in order else voucher.value
        self.provider.pays(reference, **more)

    def tell(self, notice: InboundRequest, *, body: bytes | None = None, about: str = "") -> int:
        head = {
            f"HTTP_{name.upper().replace('-', '_')}": notice.headers[name] for name in ("x-signature", "x-request-id")
        }
        query = {**notice.query, **({"data.id": about} if about else {})}
        path = f"/avisos/{self.world.shop.slug}/pagos/{self.account.pk}/?{urlencode(query)}"
        said = notice.body if body is None else body
        return int(
            self.world.inside(
                lambda: Client().post(path, said, content_type="application/json", **head).status_code  # type: ignore[arg-type]
            )
        )

    def sweep(self) -> None:
        self.world.scoped(
            lambda: promise(
                "sweep_payments", key="sweep", now=self.world.now(), priority=10, account_id=self.account.pk
            )
        )
        self.world.settle()

    def balance(self) -> Decimal:
        return self.world.scoped(lambda: balance_of(self.who.pk, as_of=day_of(self.world.now())))

    def paid(self) -> list[Payment]:
        return self.world.scoped(lambda: list(Payment.objects.filter(reversed_on__isnull=True).order_by("id")))


@pytest.fixture
def desk(world: World, _served: PaymentServer) -> Iterator[Desk]:
    _served.admin("POST", "reset")
    with listen() as heard:
        _served.tells(heard, wire="mercado_pago")
        yield Desk(world, _served, heard)


def test_a_debt_has_its_vouchers_and_what_is_paid_at_one_settles_it_once(desk: Desk) -> None:
    world, provider = desk.world, desk.provider
    provider.fault("drop_after", count=1)  # made, and nobody heard
    desk.turn()
    world.time_passes(minutes=5)
    desk.clock()
    vouchers = desk.turn()
    # OXXO takes 10,000 at most
    assert sorted(vouchers) == [
        ("cash", "349.00"), ("clabe", "12000.00"), ("clabe", "349.00"), ("order", "12000.00"), ("order", "349.00"),
    ]  # fmt: skip
    assert len(provider.admin("GET", "orders")) == 5
    cash = vouchers["cash", "349.00"]
    assert cash.expires_at is not None
    assert timedelta(days=28) < cash.expires_at - world.now() < timedelta(days=30)
    assert cash.facts["shops"] == ["OXXO"]
    assert str(vouchers["order", "349.00"].facts["url"]).startswith("https://www.mercadopago.invalid/checkout/")

    # told twice, out of order; about another order, by the body or by the address; forged
    desk.pays(cash, manner={"twice": 1})
    provider.deliver()
    notices = list(desk.heard.heard)
    other = vouchers["clabe", "12000.00"].payment_id
    assert desk.tell(notices[-1], body=notices[-1].body.replace(cash.payment_id.encode(), other.encode())) == 400
    assert desk.tell(notices[-1], about=other) == 400
    assert world.scoped(InboxEvent.objects.count) == 0
    assert [desk.tell(one) for one in notices[::-1]] == [200] * len(notices)
    assert world.scoped(InboxEvent.objects.count) == len(notices) - 1, "the same twice is one"
    assert desk.balance() == Decimal("12349.00")  # nothing is believed of a notice
    world.settle()
    assert desk.balance() == Decimal("12000.00")
    [paid] = desk.paid()
    assert (paid.customer_id, paid.amount, paid.forma_pago, paid.account) == (
        desk.who.pk, Decimal("349.00"), "01", "puente:mercado_pago",
    )  # fmt: skip
    desk.sweep()
    assert len(desk.paid()) == 1
    assert world.scoped(lambda: fee_of(paid.pk)) == Decimal("13.61")
    assert world.scoped(accounts)["puente:mercado_pago"] == Decimal("335.39")

    # what nobody can pay any more is ended with its debt, and cancelled there
    assert set(desk.turn()) == {("clabe", "12000.00"), ("order", "12000.00")}
    states = [one["payment_status"] for one in provider.admin("GET", "orders")]
    assert sorted(states) == ["canceled", "canceled", "paid", "pending_payment", "pending_payment"]
    world.time_passes(days=2)
    assert desk.tell(notices[-1]) == 400  # well signed, and played again


def test_what_was_never_told_is_found_by_the_sweep_and_what_went_back_too(desk: Desk) -> None:
    world, provider = desk.world, desk.provider
    world.scoped(lambda: choose_formas(account_id=desk.account.pk, formas={"credit": "31"}, now=world.now()))
    vouchers = desk.turn()
    page = vouchers["order", "349.00"]
    desk.pays(page, manner={"lose": 1})
    desk.sweep()
    assert desk.balance() == Decimal("12000.00")
    assert [one.forma_pago for one in desk.paid()] == ["31"], "what the company said of a card of this account"
    order = book_id(page.payment_id)
    provider.admin("POST", "refund", {"order": order, "amount": "100.00", "manner": {"lose": 1}})
    desk.sweep()
    desk.sweep()
    assert desk.balance() == Decimal("12100.00")
    provider.deliver()
    before = len(desk.heard.heard)
    provider.admin("POST", "charge_back", {"order": order})
    provider.deliver()
    assert desk.tell(desk.heard.heard[before]) == 200  # it names a payment, by a number of the older part
    world.settle()
    assert desk.balance() == Decimal("12349.00")
    assert world.scoped(lambda: InboxEvent.objects.for_people().count()) == 0


def test_a_transfer_settles_its_debt_with_what_its_receipt_needs(desk: Desk) -> None:
    voucher = desk.turn()["clabe", "12000.00"]
    assert len(voucher.value) == 18
    desk.pays(voucher)
    desk.sweep()
    [paid] = desk.paid()
    assert (paid.forma_pago, paid.amount, desk.balance()) == ("03", Decimal("12000.00"), Decimal("349.00"))
    assert paid.num_operacion.isdecimal()


def test_a_voucher_that_expired_is_made_anew_and_what_is_no_more_offered_is_cancelled(desk: Desk) -> None:
    before = {one.payment_id for one in desk.turn().values()}
    desk.days_pass(30)
    after = {one.payment_id for one in desk.turn().values()}
    assert len(after) == 5
    assert not before & after
    desk.world.scoped(lambda: offer_vouchers(account_id=desk.account.pk, ways=[], now=desk.world.now()))
    assert desk.turn() == {}
    states = [one["payment_status"] for one in desk.provider.admin("GET", "orders")]
    assert sorted(states) == ["canceled"] * 5 + ["expired"] * 5


def test_its_token_and_its_secret_have_their_form_and_the_secret_is_sealed(desk: Desk) -> None:
    def look() -> None:
        now = desk.world.now()
        row = ProviderAccount.objects.get()
        assert (row.webhook_keys, row.proves_notices) == ("", True)
        assert desk.secret.encode() not in bytes(row.sealed_notice_secrets)
        assert to_verify(row).webhook_keys == open_account(row).webhook_keys == (desk.secret,)
        two = f"{'a1' * 32}\n{'b2' * 32}"
        kept = change_keys(account_id=row.pk, private_key="TEST-1234567890-cd", webhook_keys=two, now=now)
        assert to_verify(kept).webhook_keys == tuple(two.split())
        for token, secret, said in (
            ("llave-cualquiera", "", "Access Token"),
            ("APP_USR-", "", "Access Token"),
            ("", "-----BEGIN PUBLIC KEY-----", "clave secreta"),
            ("", "corta", "clave secreta"),
        ):
            with pytest.raises(BadAccount, match=said):
                change_keys(account_id=row.pk, private_key=token, webhook_keys=secret, now=now)

    desk.world.scoped(look)
