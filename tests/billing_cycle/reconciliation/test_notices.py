"""A provider's notice becomes money in the ledger: once, whatever happens to the notice."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import httpx
import pytest
from django.test import Client

from amate.adapters.payments import InboundRequest, Kind, Payer, PaymentEvent, Way
from amate.billing_cycle.reconciliation.accounts import keep_account
from amate.billing_cycle.reconciliation.apply import Applied, Became, apply_event
from amate.billing_cycle.reconciliation.models import InboxEvent, PaymentReference, ProviderAccount, ReferenceKind
from amate.billing_cycle.reconciliation.reconcile import _for_a_person
from amate.billing_cycle.reconciliation.settle_notice import (
    NotWaiting,
    ask_again,
    let_notice_be,
    look_at_notices_of,
)
from amate.companies.day import day_of
from amate.customers.models import Customer
from amate.ledger.identify import identify_payment
from amate.ledger.models import Payment, Receivable
from amate.ledger.queries import balance_of
from amate.promises.promise import promise
from amate.worker.of_a_day import OF_A_DAY
from tests.ledger.hands import charged, customer
from tests.payment_server import API_KEY, Listener, PaymentServer, listen, serve_payments
from tests.world import World

CONNECTED = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def _served() -> Iterator[PaymentServer]:
    with serve_payments() as server:
        yield server


class Till:
    """A customer who owes 349.00 and may pay by his own CLABE; and the provider's notices, delivered by hand."""

    def __init__(self, world: World, provider: PaymentServer, heard: Listener) -> None:
        self.world, self.provider, self.heard = world, provider, heard
        self.account: ProviderAccount = world.scoped(self._account)
        self.who, self.debt, self.clabe = world.scoped(self._debtor)

    def _account(self) -> ProviderAccount:
        return keep_account(
            code="conekta",
            name="Conekta",
            private_key=API_KEY,
            webhook_keys=self.provider.admin("GET", "account")["public_key"],
            api_url=self.provider.url,
            now=CONNECTED,
        )

    def _debtor(self) -> tuple[Customer, Receivable, str]:
        who = customer()
        debt = charged(who, "p:1", "349.00", day=date(2026, 3, 1))
        self.order, clabe = self.pay_at()
        PaymentReference.objects.create(
            kind=ReferenceKind.CLABE, value=clabe, customer=who, account=self.account, created_at=self.world.now()
        )
        return who, debt, clabe

    def pay_at(self) -> tuple[str, str]:
        """An order of the provider's, and the CLABE that pays it."""
        said = {
            "currency": "MXN",
            "customer_info": {"name": "Rosa"},
            "line_items": [{"name": "Internet", "unit_price": 34_900, "quantity": 1}],
            "charges": [{"payment_method": {"type": Way.SPEI.value}}],
        }
        head = {"Authorization": f"Bearer {API_KEY}"}
        order = httpx.post(f"{self.provider.url}/orders", json=said, headers=head, trust_env=False).json()
        return str(order["id"]), str(order["charges"]["data"][0]["payment_method"]["clabe"])

    def notices(self) -> list[InboundRequest]:
        self.provider.deliver()
        return list(self.heard.heard)

    def tell(self, notice: InboundRequest, *, body: bytes | None = None) -> int:
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in notice.headers.items()}
        path = f"/avisos/{self.world.shop.slug}/pagos/{self.account.pk}/"
        said = notice.body if body is None else body
        return int(
            self.world.inside(
                lambda: Client().post(path, said, content_type="application/json", **headers).status_code  # type: ignore[arg-type]
            )
        )

    def balance(self) -> Decimal:
        world = self.world
        return world.scoped(lambda: balance_of(self.who.pk, as_of=day_of(world.now())))

    def sweep(self) -> None:
        def owe() -> None:
            promise("sweep_payments", key="sweep", now=self.world.now(), priority=10, account_id=self.account.pk)

        self.world.scoped(owe)
        self.world.settle()


@pytest.fixture
def till(world: World, _served: PaymentServer) -> Iterator[Till]:
    _served.admin("POST", "reset")
    with listen() as heard:
        _served.tells(heard)
        yield Till(world, _served, heard)


def test_a_notice_is_fetched_and_settles_the_debt(till: Till) -> None:
    till.provider.pays(till.clabe)
    assert [till.tell(one) for one in till.notices()] == [200] * len(till.heard.heard)
    assert till.balance() == Decimal("349.00")  # nothing is believed of a notice
    till.world.settle()
    assert till.balance() == 0
    [paid] = till.world.scoped(lambda: list(Payment.objects.all()))
    assert (paid.customer_id, paid.amount, paid.forma_pago) == (till.who.pk, Decimal("349.00"), "03")


def test_told_twice_and_in_any_order_it_is_one_payment(till: Till) -> None:
    till.provider.pays(till.clabe)
    for one in [*till.notices(), *till.notices()][::-1]:
        assert till.tell(one) == 200
    till.world.settle()
    till.sweep()
    assert till.world.scoped(Payment.objects.count) == 1
    assert till.balance() == 0


def test_a_lost_notice_is_found_by_the_sweep(till: Till) -> None:
    till.provider.pays(till.clabe)
    till.sweep()
    assert till.balance() == 0
    till.sweep()
    assert till.world.scoped(Payment.objects.count) == 1


def test_a_tampered_notice_is_refused_and_nothing_of_it_is_kept(till: Till) -> None:
    till.provider.pays(till.clabe)
    notice = till.notices()[-1]
    assert till.tell(notice, body=notice.body.replace(b"34900", b"99900")) == 400
    assert till.world.scoped(InboxEvent.objects.count) == 0


def test_money_of_nobody_waits_for_a_person_and_is_in_the_ledger(till: Till) -> None:
    _, stranger = till.pay_at()
    till.provider.pays(stranger)
    for one in till.notices():
        till.tell(one)
    till.world.settle()
    [paid] = till.world.scoped(lambda: list(Payment.objects.all()))
    assert paid.customer_id is None
    waiting = till.world.scoped(lambda: list(InboxEvent.objects.for_people()))
    assert waiting
    assert "identifícalo" in waiting[0].why
    assert till.balance() == Decimal("349.00")


def test_a_provider_that_is_down_is_asked_again(till: Till) -> None:
    till.provider.pays(till.clabe)
    for one in till.notices():
        till.tell(one)
    till.provider.fault("down", count=1)
    till.world.settle()
    till.world.time_passes(minutes=5)
    till.world.settle()
    assert till.balance() == 0


def test_what_went_back_is_owed_again_however_it_is_told(till: Till) -> None:
    till.provider.pays(till.clabe)
    till.sweep()
    assert till.balance() == 0
    till.provider.admin("POST", "charge_back", {"order": till.order})
    for one in till.notices():
        till.tell(one)
    till.world.settle()
    assert till.balance() == Decimal("349.00")
    till.sweep()
    assert till.balance() == Decimal("349.00")


def test_what_the_provider_kept_after_all_is_for_a_person_and_never_silence(till: Till) -> None:
    till.provider.pays(till.clabe)
    till.sweep()

    def said(returned: str, kind: Kind) -> Applied:
        paid = Payment.objects.earliest("id")
        told = PaymentEvent(
            provider="conekta", payment_id=paid.provider_ref, kind=kind, amount=paid.amount, returned=Decimal(returned),
            currency=paid.moneda, fee=None, net=None, paid_at=paid.paid_at, method="spei", forma_pago=paid.forma_pago,
            num_operacion=paid.num_operacion, our_reference="", provider_reference=till.clabe, clabe_destino="",
            clave_rastreo="", payer=Payer(), raw_sha256="",
        )  # fmt: skip
        return apply_event(event=told, account=till.account, now=till.world.now())

    assert till.world.scoped(lambda: said("349.00", Kind.CHARGED_BACK)).became == Became.REVERSED
    assert till.world.scoped(lambda: said("349.00", Kind.CHARGED_BACK)).became == Became.KNOWN
    won = till.world.scoped(lambda: said("0.00", Kind.PAID))
    assert (won.became, "$349.00" in won.why) == (Became.FOR_A_PERSON, True)


def test_another_trouble_of_a_payment_is_told_of_though_the_first_was_settled(till: Till) -> None:
    till.provider.pays(till.clabe)
    till.sweep()

    def told(facts: str) -> int:
        _for_a_person(till.account, "p-1", "No se puede.", facts=facts, now=till.world.now())
        return int(InboxEvent.objects.for_people().count())

    def settled() -> None:
        InboxEvent.objects.for_people().get().move_to(InboxEvent.State.DONE)

    assert till.world.scoped(lambda: told("paid:0.00")) == 1
    till.world.scoped(settled)
    assert till.world.scoped(lambda: told("paid:0.00")) == 0
    assert till.world.scoped(lambda: told("refunded:100.00")) == 1


def test_paid_and_taken_back_before_we_heard_of_either_is_owed(till: Till) -> None:
    till.provider.pays(till.clabe)
    till.provider.admin("POST", "refund", {"order": till.order, "amount": "349.00"})
    till.sweep()
    assert till.balance() == Decimal("349.00")
    [kept] = till.world.scoped(lambda: list(Payment.objects.all()))
    assert kept.reversed_as == "refund"


def test_of_a_part_that_went_back_only_that_part_is_owed_again(till: Till) -> None:
    till.provider.pays(till.clabe)
    till.sweep()
    for amount, owed in (("100.00", "100.00"), ("49.00", "149.00"), ("200.00", "349.00")):
        till.provider.admin("POST", "refund", {"order": till.order, "amount": amount})
        till.sweep()
        assert till.balance() == Decimal(owed)
        till.sweep()  # told twice
        assert till.balance() == Decimal(owed)
    assert till.world.scoped(lambda: InboxEvent.objects.for_people().count()) == 0
    kept = till.world.scoped(lambda: list(Payment.objects.order_by("id").values_list("amount", "reversed_as")))
    assert kept == [(Decimal("349.00"), "refund"), (Decimal("249.00"), "refund"), (Decimal("200.00"), "refund")]


def test_a_notice_that_waits_ends_by_itself_once_its_owner_is_said(till: Till) -> None:
    _, stranger = till.pay_at()
    till.provider.pays(stranger)
    till.sweep()
    [waiting] = till.world.scoped(lambda: list(InboxEvent.objects.for_people()))

    def identified() -> None:
        payment = Payment.objects.get()
        now = till.world.now()
        identify_payment(payment_id=payment.pk, customer_id=till.who.pk, chosen=(), today=day_of(now), now=now)
        assert look_at_notices_of(payment=Payment.objects.get(), now=now) == 1

    till.world.scoped(identified)
    till.world.settle()
    assert till.world.scoped(lambda: InboxEvent.objects.get(pk=waiting.pk).state) == InboxEvent.State.DONE
    assert till.balance() == 0


def test_a_person_lets_a_notice_be_once(till: Till) -> None:
    _, stranger = till.pay_at()
    till.provider.pays(stranger)
    till.sweep()

    def let_be() -> str:
        waiting = InboxEvent.objects.for_people().get()
        ask_again(event_id=waiting.pk, now=till.world.now())
        let_notice_be(event_id=waiting.pk, why="era una prueba", now=till.world.now())
        with pytest.raises(NotWaiting, match="Sin efecto"):
            ask_again(event_id=waiting.pk, now=till.world.now())
        return str(InboxEvent.objects.get(pk=waiting.pk).why)

    assert till.world.scoped(let_be) == "era una prueba"
    till.world.settle()  # the question that was on its way finds it settled
    assert till.world.scoped(lambda: InboxEvent.objects.for_people().count()) == 0


def test_what_was_paid_before_the_account_was_connected_is_in_no_book_of_ours(till: Till) -> None:
    till.world.scoped(lambda: ProviderAccount.objects.update(created_at=CONNECTED + timedelta(days=30)))
    till.provider.pays(till.clabe)
    till.sweep()
    assert till.world.scoped(Payment.objects.count) == 0


def test_money_that_came_before_its_reference_was_written_down_finds_its_owner(till: Till) -> None:
    till.world.scoped(lambda: PaymentReference.objects.update(value="646180000000000000"))
    till.provider.pays(till.clabe)
    till.sweep()
    assert till.balance() == Decimal("349.00")
    till.world.scoped(lambda: PaymentReference.objects.update(value=till.clabe))
    for one in till.notices():
        till.tell(one)
    till.world.settle()
    assert till.balance() == 0


def test_a_reference_of_another_kind_with_the_same_digits_is_nobodys(till: Till) -> None:
    till.world.scoped(lambda: PaymentReference.objects.update(kind=ReferenceKind.NUMBER))
    till.provider.pays(till.clabe)
    till.sweep()
    assert till.balance() == Decimal("349.00")


def test_every_open_account_is_swept_by_the_clock(till: Till) -> None:
    till.provider.pays(till.clabe)
    till.world.scoped(lambda: OF_A_DAY["money"](till.world.now()))
    till.world.settle()
    assert till.balance() == 0
