"""PayPal from a press on a customer's own page to a settled debt, told as badly as can be."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from amate.adapters.payments import InboundRequest, Way
from amate.billing_cycle.reconciliation.accounts import BadAccount, keep_account, to_verify
from amate.billing_cycle.reconciliation.close_account import change_keys
from amate.billing_cycle.reconciliation.make_vouchers import plan_vouchers
from amate.billing_cycle.reconciliation.models import InboxEvent, PaymentReference, UnprovedNotice
from amate.billing_cycle.reconciliation.offer_vouchers import offer_vouchers
from amate.billing_cycle.reconciliation.unproved import BELIEVED, MOST, forget_unproved
from amate.companies.day import day_of
from amate.ledger.fee import fee_of
from amate.ledger.models import Payment
from amate.ledger.queries import balance_of
from amate.promises.models import Promise
from amate.promises.promise import promise
from tests.ledger.hands import charged
from tests.payment_server import API_KEY, Listener, PaymentServer, listen, serve_payments
from tests.web.portal.buyer import words
from tests.web.portal.test_account import Account
from tests.world import World

KEYS = f"cliente:{API_KEY}"


@pytest.fixture(scope="module")
def _served() -> Iterator[PaymentServer]:
    with serve_payments() as server:
        yield server


class Desk:
    """Rosa owes 399.00, and her company takes PayPal."""

    def __init__(self, world: World, provider: PaymentServer, heard: Listener) -> None:
        self.world, self.provider, self.heard = world, provider, heard
        self.rosa = Account(world)
        provider.admin("POST", "clock", {"set": world.now().isoformat()})
        self.webhook_id = provider.admin("GET", "account")["webhook_id"]
        world.scoped(self._begin)
        self.path = f"pagar/{self.account.pk}/{self.rosa.debt.pk}/"

    def _begin(self) -> None:
        now = self.world.now()
        self.account = keep_account(
            code="paypal", name="PayPal", private_key=KEYS, webhook_keys=f" {self.webhook_id}\n",
            api_url=self.provider.url, now=now - timedelta(days=1),
        )  # fmt: skip
        offer_vouchers(account_id=self.account.pk, ways=[Way.CARD], now=now)

    def presses(self) -> PaymentReference:
        """Until there is the way to PayPal; the page that stands."""
        assert self.rosa.post(self.rosa.path + self.path).status_code == 302
        self.world.settle()
        return self.world.scoped(lambda: PaymentReference.objects.filter(ended_at__isnull=True).latest("id"))

    def agrees(self, page: PaymentReference, **manner: float) -> None:
        self.provider.admin("POST", "approve", {"order": self.order(page), "manner": manner})

    @staticmethod
    def order(page: PaymentReference) -> str:
        return page.payment_id.replace("-", "_")

    def comes_back(self, page: PaymentReference) -> Any:
        (there,) = [one for one in self.provider.admin("GET", "orders") if one["id"] == self.order(page)]
        path = re.sub(r"^https?://[^/]+", "", there["metadata"]["back"])
        return self.world.inside(lambda: Client().get(path))

    def tell(self, notice: InboundRequest, *, body: bytes | None = None) -> int:
        head = {f"HTTP_{name.upper().replace('-', '_')}": value
                for name, value in notice.headers.items() if name.startswith("paypal-")}  # fmt: skip
        path = f"/avisos/{self.world.shop.slug}/pagos/{self.account.pk}/"
        said = notice.body if body is None else body
        return int(
            self.world.inside(
                lambda: Client().post(path, said, content_type="application/json", **head).status_code  # type: ignore[arg-type]
            )
        )

    def plans(self) -> None:
        self.world.scoped(lambda: plan_vouchers(now=self.world.now()))
        self.world.settle()

    def balance(self) -> Decimal:
        return self.world.scoped(lambda: balance_of(self.rosa.who.pk, as_of=day_of(self.world.now())))

    def paid(self) -> list[Payment]:
        return self.world.scoped(lambda: list(Payment.objects.filter(provider__startswith="paypal").order_by("id")))

    def count(self, model: Any) -> int:
        return int(self.world.scoped(model.objects.count))


@pytest.fixture
def desk(world: World, _served: PaymentServer) -> Iterator[Desk]:
    _served.admin("POST", "reset")
    with listen() as heard:
        _served.tells(heard, wire="paypal")
        yield Desk(world, _served, heard)


def test_who_presses_pays_on_its_page_and_is_settled_when_he_comes_back(desk: Desk) -> None:
    world, rosa, provider = desk.world, desk.rosa, desk.provider
    home = words(rosa.get())
    assert "Pagar $399.00 con PayPal" in home
    assert "Pregúntanos cómo" not in home
    desk.plans()
    assert provider.admin("GET", "orders") == [], "nobody pressed yet"
    assert "Pagar con PayPal" in words(rosa.get(desk.path))

    provider.fault("down", count=1)
    assert rosa.post(rosa.path + desk.path).status_code == 302
    assert "Preparamos tu pago" in words(rosa.get(desk.path))
    world.settle()
    assert "Prueba en unos minutos" in words(rosa.get(desk.path))
    world.time_passes(minutes=5)
    world.settle()
    shown = rosa.get(desk.path).content.decode()
    page = desk.presses()  # again: it is the same
    assert f'href="https://www.paypal.invalid/checkoutnow?token={page.payment_id}"' in shown
    assert len(provider.admin("GET", "orders")) == 1
    assert "paypal.invalid" not in rosa.get().content.decode()

    assert desk.comes_back(page).status_code == 200  # he looked, and did not pay
    world.settle()
    assert desk.balance() == Decimal("399.00")
    desk.agrees(page, lose=1)
    back = desk.comes_back(page)
    assert "Buscamos tu pago" in words(back)
    desk.comes_back(page)
    world.settle()
    assert desk.balance() == Decimal("0.00")
    (paid,) = desk.paid()
    assert (paid.amount, paid.forma_pago, paid.account, paid.customer_id) == (
        Decimal("399.00"), "31", "puente:paypal", rosa.who.pk,
    )  # fmt: skip
    assert world.scoped(lambda: fee_of(paid.pk)) == Decimal("13.96")
    assert rosa.get(desk.path).status_code == 404
    assert rosa.post(rosa.path + desk.path).status_code == 404

    forged = world.inside(lambda: Client().get(f"{world.shop.portal}cuenta/de-regreso/{page.value}/nadie/"))
    assert forged.status_code == 404


def test_a_notice_is_believed_once_paypal_says_that_it_is_its_own(desk: Desk) -> None:
    world, provider = desk.world, desk.provider
    page = desk.presses()
    desk.agrees(page, twice=1)
    provider.deliver()
    notices = list(desk.heard.heard)
    forged = notices[-1].body.replace(b"CHECKOUT.ORDER.APPROVED", b"CHECKOUT.ORDER.COMPLETED")
    assert desk.tell(notices[-1], body=forged) == 200
    assert desk.tell(notices[-1], body=b"{}") == 400
    assert (desk.count(UnprovedNotice), desk.count(InboxEvent)) == (1, 0)
    provider.fault("down", count=1)
    world.settle()
    assert desk.count(UnprovedNotice) == 1  # PayPal was away
    world.time_passes(minutes=5)
    world.settle()
    assert (desk.count(UnprovedNotice), desk.count(InboxEvent)) == (0, 0), "nothing is kept of what it denies"
    assert desk.balance() == Decimal("399.00")

    assert [desk.tell(one) for one in notices[::-1]] == [200] * len(notices)
    world.settle()
    assert desk.balance() == Decimal("0.00")
    assert desk.count(UnprovedNotice) == 0
    told = world.scoped(lambda: list(InboxEvent.objects.values_list("told", "state")))
    assert sorted(told) == [("CHECKOUT.ORDER.APPROVED", "done"), ("PING", "ignored")]
    assert len(desk.paid()) == 1


def test_what_was_never_told_is_found_by_the_sweep_and_what_went_back_too(desk: Desk) -> None:
    world, provider = desk.world, desk.provider
    page = desk.presses()
    desk.agrees(page, lose=1)

    def sweep() -> None:
        world.scoped(
            lambda: promise("sweep_payments", key="sweep", now=world.now(), priority=10, account_id=desk.account.pk)
        )
        world.settle()

    sweep()
    assert desk.balance() == Decimal("0.00")
    provider.admin("POST", "refund", {"order": desk.order(page), "amount": "100.00", "manner": {"lose": 1}})
    sweep()
    sweep()
    assert desk.balance() == Decimal("100.00")
    provider.admin("POST", "charge_back", {"order": desk.order(page), "manner": {"lose": 1}})
    sweep()
    assert desk.balance() == Decimal("399.00")


def test_a_page_ends_with_its_debt_or_its_hours_and_nobody_is_charged_at_it(desk: Desk) -> None:
    world, provider = desk.world, desk.provider
    page = desk.presses()
    world.scoped(lambda: charged(desk.rosa.who, "p:more", "50.00", day=day_of(world.now())))
    desk.plans()
    assert len(provider.admin("GET", "orders")) == 1, "no page is made by itself"
    world.scoped(lambda: offer_vouchers(account_id=desk.account.pk, ways=[], now=world.now()))
    desk.plans()
    world.scoped(page.refresh_from_db)
    assert page.ended_at is not None
    desk.agrees(page)
    desk.comes_back(page)
    world.settle()
    assert desk.paid() == [], "who agrees to a page that was ended is not charged"
    assert rosa_sees(desk).status_code == 404

    world.scoped(lambda: offer_vouchers(account_id=desk.account.pk, ways=[Way.CARD], now=world.now()))
    second = desk.presses()
    assert second.value != page.value
    world.time_passes(minutes=165)
    provider.admin("POST", "clock", {"set": world.now().isoformat()})
    assert "Pagar con PayPal" in words(rosa_sees(desk)), "a page that ends in a moment is given to nobody"
    third = desk.presses()
    assert third.payment_id != second.payment_id
    world.time_passes(minutes=30)
    provider.admin("POST", "clock", {"set": world.now().isoformat()})
    desk.plans()
    world.scoped(second.refresh_from_db)
    assert second.ended_at is not None


def rosa_sees(desk: Desk) -> Any:
    return desk.rosa.get(desk.path)


def test_who_floods_its_address_fills_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST <= 1000
    monkeypatch.setattr("amate.billing_cycle.reconciliation.unproved.MOST", 3)
    page = desk.presses()
    desk.agrees(page)
    desk.provider.deliver()
    notice = desk.heard.heard[-1]
    odd = [notice.body.replace(b"WH-", b"WH-%d" % n) for n in range(5)]
    assert [desk.tell(notice, body=one) for one in odd] == [200, 200, 200, 503, 503]
    assert desk.tell(notice, body=odd[0]) == 503
    assert desk.world.scoped(lambda: forget_unproved(now=desk.world.now() + BELIEVED - timedelta(minutes=1))) == 0
    assert desk.world.scoped(lambda: forget_unproved(now=desk.world.now() + BELIEVED + timedelta(minutes=1))) == 3
    desk.world.settle()
    assert desk.world.scoped(lambda: Promise.objects.open().filter(kind="prove_notice").count()) == 0


def test_its_keys_have_their_form(desk: Desk) -> None:
    def look() -> None:
        now = desk.world.now()
        assert to_verify(desk.account).webhook_keys == (desk.webhook_id,)
        kept = change_keys(
            account_id=desk.account.pk, private_key="", webhook_keys="WHAAAAAAAAAA\nWHBBBBBBBBBB", now=now
        )
        assert to_verify(kept).webhook_keys == ("WHAAAAAAAAAA", "WHBBBBBBBBBB")
        for private, hook, said in (("solo-uno", "", "Client ID"), ("a:b:c", "", "Client ID"), ("", "wh-1", "webhook")):
            with pytest.raises(BadAccount, match=said):
                change_keys(account_id=desk.account.pk, private_key=private, webhook_keys=hook, now=now)
        with pytest.raises(BadAccount, match="Client ID"):
            keep_account(code="paypal", name="Otra", private_key="uno", webhook_keys="", api_url="", now=now)

    desk.world.scoped(look)
