"""Stripe from its switch in the back office to a settled debt: vouchers of OXXO, told as badly as can be."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from amate.adapters.payments import InboundRequest, Way
from amate.billing_cycle.reconciliation.accounts import BadAccount, keep_account, open_account, to_verify
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
from tests.ledger.hands import accounts, charged, customer
from tests.payment_server import API_KEY, Listener, PaymentServer, listen, serve_payments
from tests.world import World


@pytest.fixture(scope="module")
def _served() -> Iterator[PaymentServer]:
    with serve_payments() as server:
        yield server


class Oxxo:
    """Rosa owes 349.00, 599.00 and 12,000.00, and pays at OXXO."""

    def __init__(self, world: World, provider: PaymentServer, heard: Listener) -> None:
        self.world, self.provider, self.heard = world, provider, heard
        provider.admin("POST", "clock", {"set": world.now().isoformat()})
        self.secret = provider.admin("GET", "account")["signing_secret"]
        world.scoped(self._begin)

    def _begin(self) -> None:
        now = self.world.now()
        self.account = keep_account(
            code="stripe", name="Stripe", private_key=API_KEY, webhook_keys=f" {self.secret}\n",
            api_url=self.provider.url, now=now - timedelta(days=1),
        )  # fmt: skip
        self.who = customer()
        for n, total in enumerate(("349.00", "599.00", "12000.00")):
            charged(self.who, f"p:{n}", total, day=day_of(now) - timedelta(days=n))
        said = Said(
            nombre="Rosa", correo="rosa@example.com", telefono="442 123 4567", receives_invoices=False,
            handles_payments=True,
        )  # fmt: skip
        add_contact(customer_id=self.who.pk, said=said, now=now)
        offer_vouchers(account_id=self.account.pk, ways=[Way.CASH, Way.SPEI], now=now)

    def turn(self) -> list[PaymentReference]:
        self.world.scoped(lambda: plan_vouchers(now=self.world.now()))
        self.world.settle()
        return self.world.scoped(
            lambda: list(PaymentReference.objects.filter(ended_at__isnull=True).order_by("amount"))
        )

    def tell(self, notice: InboundRequest, *, body: bytes | None = None) -> int:
        head = {"HTTP_STRIPE_SIGNATURE": notice.headers["stripe-signature"]}
        path = f"/avisos/{self.world.shop.slug}/pagos/{self.account.pk}/"
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

    def kept(self) -> int:
        return self.world.scoped(lambda: Payment.objects.count())


@pytest.fixture
def oxxo(world: World, _served: PaymentServer) -> Iterator[Oxxo]:
    _served.admin("POST", "reset")
    with listen() as heard:
        _served.tells(heard, wire="stripe")
        yield Oxxo(world, _served, heard)


def test_a_debt_has_its_voucher_and_what_is_paid_at_it_settles_it_once(oxxo: Oxxo) -> None:
    world, provider = oxxo.world, oxxo.provider
    provider.fault("drop_after", count=1)  # made, and nobody heard
    oxxo.turn()
    world.time_passes(minutes=5)
    provider.admin("POST", "clock", {"set": world.now().isoformat()})
    first, second = oxxo.turn()  # OXXO takes 10,000 at most, and Stripe makes no CLABE of a debt
    assert [one.amount for one in (first, second)] == [Decimal("349.00"), Decimal("599.00")]
    assert len(provider.admin("GET", "orders")) == 2
    assert first.expires_at is not None
    assert timedelta(days=6) < first.expires_at - world.now() < timedelta(days=8)

    # told twice, out of order, with a wrong amount; forged; and old
    provider.pays(second.value, manner={"twice": 1, "wrong_amount": 1})
    provider.deliver()
    notices = list(oxxo.heard.heard)
    forged = notices[-1].body.replace(second.payment_id.encode(), first.payment_id.encode())
    assert oxxo.tell(notices[-1], body=forged) == 400
    assert world.scoped(InboxEvent.objects.count) == 0
    assert [oxxo.tell(one) for one in notices[::-1]] == [200] * len(notices)
    assert oxxo.balance() == Decimal("12948.00")  # nothing is believed of a notice
    world.settle()
    assert oxxo.balance() == Decimal("12349.00")
    [paid] = world.scoped(lambda: list(Payment.objects.all()))
    assert (paid.customer_id, paid.amount, paid.forma_pago, paid.account) == (
        oxxo.who.pk, Decimal("599.00"), "01", "puente:stripe",
    )  # fmt: skip
    oxxo.sweep()
    assert oxxo.kept() == 1
    # what it cost is booked once, and the provider owes us the rest
    assert world.scoped(lambda: fee_of(paid.pk)) == Decimal("23.36")
    assert world.scoped(accounts)["puente:stripe"] == Decimal("575.64")
    world.time_passes(minutes=6)
    assert oxxo.tell(notices[-1]) == 400  # well signed, and played again

    # never told: the sweep finds it; then its staff give a part back
    provider.pays(first.value, manner={"lose": 1})
    oxxo.sweep()
    assert (oxxo.kept(), oxxo.balance()) == (2, Decimal("12000.00"))
    order = first.payment_id.replace("pi_", "ord_", 1)
    provider.admin("POST", "refund", {"order": order, "amount": "100.00", "manner": {"lose": 1}})
    oxxo.sweep()
    assert oxxo.balance() == Decimal("12100.00")


def test_a_voucher_that_expired_is_made_anew_and_one_that_is_paid_otherwise_is_cancelled(oxxo: Oxxo) -> None:
    before = {one.value for one in oxxo.turn()}
    oxxo.world.time_passes(days=8)
    oxxo.provider.admin("POST", "clock", {"set": oxxo.world.now().isoformat()})
    after = oxxo.turn()
    assert len(after) == 2
    assert not before & {one.value for one in after}
    oxxo.world.scoped(lambda: offer_vouchers(account_id=oxxo.account.pk, ways=[], now=oxxo.world.now()))
    assert oxxo.turn() == []
    states = [one["payment_status"] for one in oxxo.provider.admin("GET", "orders")]
    assert sorted(states) == ["canceled", "canceled", "expired", "expired"]


def test_its_secret_is_sealed_and_left_empty_it_stays(oxxo: Oxxo) -> None:
    def look() -> None:
        row = ProviderAccount.objects.get()
        assert (row.webhook_keys, row.proves_notices) == ("", True)
        assert oxxo.secret.encode() not in bytes(row.sealed_notice_secrets)
        assert to_verify(row).webhook_keys == open_account(row).webhook_keys == (oxxo.secret,)
        now = oxxo.world.now()
        kept = change_keys(account_id=row.pk, private_key="rk_otra", webhook_keys="", now=now)
        assert to_verify(kept).webhook_keys == (oxxo.secret,)
        kept = change_keys(account_id=row.pk, private_key="", webhook_keys="whsec_a\nwhsec_b", now=now)
        assert to_verify(kept).webhook_keys == ("whsec_a", "whsec_b")
        with pytest.raises(BadAccount, match="whsec_"):
            change_keys(account_id=row.pk, private_key="", webhook_keys="-----BEGIN PUBLIC KEY-----", now=now)

    oxxo.world.scoped(look)
