"""What every payment adapter keeps, told to its provider's wire over HTTP (OUTSIDE FAKE-2)."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from amate.adapters.payments import (
    LASTING,
    BadSignature,
    Can,
    Charge,
    InboundRequest,
    Kind,
    NotUnderstood,
    PaymentEvent,
    PaymentHint,
    PaymentProvider,
    ProviderAccount,
    ProviderRejected,
    ProviderUnavailable,
    UnknownPayment,
    Way,
    conekta_wire,
    mercado_pago,
    newest_first,
    open_provider,
)
from amate.adapters.payments.conekta import Conekta
from amate.sandbox.payments import mercado_shapes
from amate.sandbox.payments.app import create_app
from amate.sandbox.payments.desk import Desk
from tests.payment_server import ANA, NOON, Listener, PaymentServer, listen, request_of, serve_payments

WAYS = {
    "conekta": (Way.SPEI, Way.CASH),
    "digital_femsa": (Way.CASH,),
    "stripe": (Way.CASH,),
    "mercado_pago": (Way.SPEI, Way.CASH),
}
CODES = tuple(WAYS)
TOLD = dict.fromkeys(CODES, ("order.pending_payment", "order.paid")) | {
    "stripe": ("payment_intent.requires_action", "payment_intent.succeeded"),
    "mercado_pago": ("order.action_required", "order.processed"),
}
SIGNED_IN = dict.fromkeys(CODES, "digest") | {"stripe": "stripe-signature", "mercado_pago": "x-signature"}
NOBODYS = dict.fromkeys(CODES, "ord_1/ch1") | {"stripe": "pi_1", "mercado_pago": "ORD1"}
ITS_OWN_WIRE = dict.fromkeys(CODES, "conekta") | {"stripe": "stripe", "mercado_pago": "mercado_pago"}
KEY_IN = dict.fromkeys(CODES, "idempotency-key") | {"mercado_pago": "x-idempotency-key"}
OF_THE_FAMILY = pytest.mark.parametrize("code", ["conekta", "digital_femsa"], indirect=True)
BY_TRANSFER = pytest.mark.parametrize("code", ["conekta"], indirect=True)


@pytest.fixture(scope="module")
def _served() -> Iterator[PaymentServer]:
    with serve_payments() as server:
        yield server


@pytest.fixture
def provider(_served: PaymentServer) -> PaymentServer:
    _served.admin("POST", "reset")
    _served.heads.clear()
    return _served


@pytest.fixture(params=CODES)
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ask(provider: PaymentServer, code: str) -> "Ask":
    return Ask(provider, code)


@pytest.fixture
def heard(provider: PaymentServer, code: str) -> Iterator[Listener]:
    with listen() as listener:
        provider.tells(listener, wire=ITS_OWN_WIRE[code])
        yield listener


class Ask:
    """Open the adapter, run one thing with it and close it. `way`: the one that its provider surely offers."""

    def __init__(self, provider: PaymentServer, code: str) -> None:
        self._provider = provider
        self._code = code
        self.way = WAYS[code][0]

    def __call__(self, what: Callable[[PaymentProvider], Coroutine[Any, Any, Any]]) -> Any:
        async def run() -> Any:
            client = open_provider(self._provider.account(code=self._code))
            try:
                return await what(client)
            finally:
                await client.aclose()

        return asyncio.run(run())


def charged(ask: Ask, **facts: Any) -> Charge:
    facts.setdefault("way", ask.way)
    found: Charge = ask(
        lambda p: p.create_charge(request_of(**facts), idempotency_key="k-" + repr(sorted(facts.items())))
    )
    return found


def fetched(ask: Ask, payment_id: str) -> PaymentEvent:
    found: PaymentEvent = ask(lambda p: p.fetch(payment_id))
    return found


def order_id(charge: Charge) -> str:
    """As the simulator's own strings name it."""
    if charge.charge_id.startswith("ORD"):
        return mercado_shapes.book_id(charge.charge_id)
    return charge.charge_id.replace("pi_", "ord_", 1)


def offline(provider: PaymentServer, code: str) -> PaymentProvider:
    return open_provider(provider.account(code=code))


# ------------------------------------------------------------ the whole way


@pytest.mark.parametrize(("code", "way"), [(code, way) for code in CODES for way in WAYS[code]], indirect=["code"])
def test_a_charge_is_paid_told_verified_and_fetched(
    provider: PaymentServer, ask: Ask, heard: Listener, code: str, way: Way
) -> None:
    charge = charged(ask, way=way, reference="AMT-148-7")
    provider.pays(charge.pay_at[0].reference)
    provider.deliver()
    client = offline(provider, code)
    deliveries = [client.verify(request) for request in heard.heard]
    assert tuple(one.told for one in deliveries) == TOLD[code]
    (hint,) = client.hints(deliveries[-1])
    # a notice of Mercado Pago's is not signed but for what it is about
    assert hint == PaymentHint(charge.payment_id, None if code == "mercado_pago" else Kind.PAID)
    event = fetched(ask, hint.payment_id)
    assert (event.kind, event.amount, event.returned, event.our_reference) == (
        Kind.PAID,
        Decimal("349.00"),
        Decimal("0.00"),
        "AMT-148-7",
    )
    assert (event.provider, event.paid_at, event.currency) == (code, NOON, "MXN")


def test_a_card_is_taken_on_a_page_of_the_providers(
    provider: PaymentServer, ask: Ask, heard: Listener, code: str
) -> None:
    if code not in ("conekta", "mercado_pago"):
        with pytest.raises(ProviderRejected, match="usa otro"):
            charged(ask, way=Way.CARD)
        return
    assert Can.CARD_LINK in offline(provider, code).can
    charge = charged(ask, way=Way.CARD, reference="AMT-148-9")
    assert charge.pay_at[0].url.startswith("https://")
    if code == "conekta":
        assert (charge.payment_id, charge.expires_at) == ("", NOON + timedelta(days=5))
        page = charge.pay_at[0].reference
    else:
        assert (charge.payment_id, charge.expires_at) == (charge.charge_id, NOON + timedelta(days=29))
        (page,) = [one["checkout"]["id"] for one in provider.admin("GET", "orders")]
    provider.pays(page)
    provider.deliver()
    client = offline(provider, code)
    (hint,) = client.hints(client.verify(heard.heard[-1]))
    event = fetched(ask, hint.payment_id)
    assert (event.kind, event.amount, event.forma_pago) == (Kind.PAID, Decimal("349.00"), "04")
    assert (event.our_reference, event.provider_reference) == ("AMT-148-9", "")
    with pytest.raises(ProviderRejected):
        ask(lambda p: p.cancel(charge))


@BY_TRANSFER
def test_what_a_rep_needs_comes_with_a_transfer(provider: PaymentServer, ask: Ask) -> None:
    charge = charged(ask)
    provider.pays(
        charge.pay_at[0].reference,
        payer={
            "holder_name": "ANA NUNEZ",
            "tax_id": "NUAA800101AB1",
            "number": "012180001234567899",
            "bank": "BBVA MEXICO",
        },
    )
    event = fetched(ask, charge.payment_id)
    assert (event.forma_pago, event.method, event.paid_at) == ("03", "spei", NOON)
    assert event.num_operacion == event.clave_rastreo != ""
    assert event.clabe_destino == event.provider_reference == charge.pay_at[0].reference
    assert (event.payer.name, event.payer.rfc, event.payer.account, event.payer.bank) == (
        "ANA NUNEZ",
        "NUAA800101AB1",
        "012180001234567899",
        "BBVA MEXICO",
    )


def test_what_a_rep_needs_comes_with_cash(provider: PaymentServer, ask: Ask, code: str) -> None:
    charge = charged(ask, way=Way.CASH)
    provider.pays(charge.pay_at[0].reference)
    event = fetched(ask, charge.payment_id)
    assert (event.forma_pago, event.method, event.clabe_destino) == ("01", "cash", "")
    assert event.num_operacion.removeprefix("ch" if code == "stripe" else "").isalnum()
    assert event.fee == Decimal("13.61")
    assert event.net == Decimal("335.39")
    assert event.provider_reference == charge.pay_at[0].reference


# ------------------------------------------------------------ a notice is a hint


def signed_notice(provider: PaymentServer, ask: Ask, heard: Listener) -> InboundRequest:
    provider.pays(charged(ask).pay_at[0].reference)
    provider.deliver()
    return heard.heard[-1]


def test_a_tampered_notice_is_refused(provider: PaymentServer, ask: Ask, heard: Listener, code: str) -> None:
    request = signed_notice(provider, ask, heard)
    client = offline(provider, code)
    # of Mercado Pago's only the id is signed: the rest of a body is nothing that is believed
    spoilt = (b'"ORD', b'"ORE') if code == "mercado_pago" else (b"34900", b"34901")
    longer = b"" if code == "mercado_pago" else request.body + b" "
    for body in (request.body.replace(*spoilt), longer, b""):
        assert body != request.body
        with pytest.raises(BadSignature):
            client.verify(replace(request, body=body))


@pytest.mark.parametrize("digest", [None, "", "nada", "AAAA", "sha-256=", "t=1,v1=", "v1=ñ"])
def test_a_notice_without_a_signature_is_refused(
    provider: PaymentServer, ask: Ask, heard: Listener, code: str, digest: str | None
) -> None:
    request = signed_notice(provider, ask, heard)
    headers = {} if digest is None else {SIGNED_IN[code]: digest}
    with pytest.raises(BadSignature):
        offline(provider, code).verify(replace(request, headers=headers))


def test_a_notice_of_another_account_is_refused(provider: PaymentServer, ask: Ask, heard: Listener, code: str) -> None:
    request = signed_notice(provider, ask, heard)
    with serve_payments() as other:
        stranger = other.account(code=code)
    for keys in (stranger.webhook_keys, (), ("no es una llave",)):
        with pytest.raises(BadSignature):
            open_provider(provider.account(code=code, webhook_keys=keys)).verify(request)
    both = (*stranger.webhook_keys, *provider.account(code=code).webhook_keys)
    assert open_provider(provider.account(code=code, webhook_keys=both)).verify(request).told == TOLD[code][1]


def test_the_same_notice_twice_has_one_name(provider: PaymentServer, ask: Ask, heard: Listener, code: str) -> None:
    charge = charged(ask)
    provider.pays(charge.pay_at[0].reference, manner={"twice": 1})
    provider.deliver()
    names = {offline(provider, code).verify(request).delivery_id for request in heard.heard[1:]}
    assert len(heard.heard) == 3
    assert len(names) == 1


def test_a_wrong_amount_in_a_notice_harms_nobody(provider: PaymentServer, ask: Ask, heard: Listener, code: str) -> None:
    charge = charged(ask)
    provider.pays(charge.pay_at[0].reference, manner={"wrong_amount": 1})
    provider.deliver()
    client = offline(provider, code)
    delivery = client.verify(heard.heard[-1])
    told = json.loads(delivery.body)["data"]
    assert (told["total_amount"] == "449.00") if code == "mercado_pago" else (told["object"]["amount"] == 44_900)
    (hint,) = client.hints(delivery)
    assert fetched(ask, hint.payment_id).amount == Decimal("349.00")


def test_a_well_signed_notice_of_something_else_hints_at_nothing(
    provider: PaymentServer, ask: Ask, heard: Listener, code: str
) -> None:
    signed_notice(provider, ask, heard)
    client = offline(provider, code)
    delivery = client.verify(heard.heard[-1])
    for body in (b"[]", b"{}", b"no es JSON", b'{"type": "webhook_ping", "data": {"action": "ping"}}', b"[" * 100_000):
        assert list(client.hints(replace(delivery, body=body))) == []


# ------------------------------------------------------------ once


def test_the_same_key_gives_the_same_charge(provider: PaymentServer, ask: Ask, code: str) -> None:
    first = charged(ask)
    assert charged(ask) == first
    assert len(provider.admin("GET", "orders")) == 1
    assert charged(ask, reference="R-2").charge_id != first.charge_id
    keys = [head.get(KEY_IN[code]) for head in provider.heads if head[":method"] == "POST"]
    assert None not in keys
    assert len(set(keys)) == 2


@pytest.mark.parametrize("fault", ["500_after", "drop_after"])
def test_a_charge_whose_answer_was_lost_is_not_made_twice(provider: PaymentServer, ask: Ask, fault: str) -> None:
    provider.fault(fault, count=1)
    with pytest.raises(ProviderUnavailable):
        charged(ask)
    charge = charged(ask)
    (order,) = provider.admin("GET", "orders")
    assert order["id"] == order_id(charge)


@OF_THE_FAMILY
def test_a_customer_keeps_his_reference_for_life(provider: PaymentServer, ask: Ask, code: str) -> None:
    for way in WAYS[code]:
        first = ask(lambda p, way=way: p.customer_reference(ANA, way=way))
        assert ask(lambda p, way=way: p.customer_reference(ANA, way=way)) == first
        provider.pays(first.reference, amount="120.50")
        provider.pays(first.reference, amount="120.50")
    page = ask(lambda p: p.list_since(None))
    came = [event for event in page.items if event.kind is Kind.PAID]
    assert len({event.payment_id for event in came}) == 2 * len(WAYS[code])
    assert {event.amount for event in came} == {Decimal("120.50")}
    assert {event.our_reference for event in came} == {""}
    assert len({event.provider_reference for event in came}) == len(WAYS[code])


# ------------------------------------------------------------ what customers do


@pytest.mark.parametrize(
    ("paid", "kind"), [("348.00", Kind.PARTIALLY_PAID), ("350.00", Kind.PAID), ("0.01", Kind.PARTIALLY_PAID)]
)
def test_a_peso_less_or_more_is_told_to_the_cent(provider: PaymentServer, ask: Ask, paid: str, kind: Kind) -> None:
    charge = charged(ask)
    provider.pays(charge.pay_at[0].reference, amount=paid)
    event = fetched(ask, charge.payment_id)
    assert (event.kind, event.amount, event.kept) == (kind, Decimal(paid), Decimal(paid))


@OF_THE_FAMILY
def test_who_pays_twice_made_two_payments(provider: PaymentServer, ask: Ask, heard: Listener, code: str) -> None:
    charge = charged(ask)
    for _ in range(2):
        provider.pays(charge.pay_at[0].reference)
    provider.deliver()
    client = offline(provider, code)
    last = [hint.payment_id for hint in client.hints(client.verify(heard.heard[-1]))]
    assert len(set(last)) == 2
    assert [fetched(ask, one).amount for one in last] == [Decimal("349.00")] * 2


def test_an_unpaid_charge_expires(provider: PaymentServer, ask: Ask, heard: Listener, code: str) -> None:
    charge = charged(ask, days=3)
    # Stripe counts whole days of Mexico City, seven at most
    days = {
        "stripe": timedelta(days=7, hours=11, minutes=59, seconds=59),
        "mercado_pago": timedelta(days=29),
    }.get(code, timedelta(days=3))
    assert charge.expires_at == NOON + days
    provider.days_pass(days / timedelta(days=1))
    provider.deliver()
    client = offline(provider, code)
    (hint,) = client.hints(client.verify(replace(heard.heard[-1], at=NOON + days)))
    assert hint == PaymentHint(charge.payment_id, None if code == "mercado_pago" else Kind.EXPIRED)
    event = fetched(ask, charge.payment_id)
    assert (event.kind, event.paid_at, event.kept) == (Kind.EXPIRED, None, Decimal("0.00"))


def test_what_staff_of_the_provider_gave_back_is_told(
    provider: PaymentServer, ask: Ask, heard: Listener, code: str
) -> None:
    charge = charged(ask, way=Way.CASH)
    provider.pays(charge.pay_at[0].reference)
    provider.admin("POST", "refund", {"order": order_id(charge), "amount": "100.00"})
    provider.deliver()
    client = offline(provider, code)
    (hint,) = client.hints(client.verify(heard.heard[-1]))
    event = fetched(ask, hint.payment_id)
    assert (event.payment_id, event.kind, event.kept) == (charge.payment_id, Kind.REFUNDED, Decimal("249.00"))


@BY_TRANSFER
def test_money_that_goes_back_is_told_beside_what_came(provider: PaymentServer, ask: Ask) -> None:
    charge = charged(ask)
    provider.pays(charge.pay_at[0].reference)
    half = ask(lambda p: p.refund(charge.payment_id, Decimal("100.00"), idempotency_key="r-1"))
    again = ask(lambda p: p.refund(charge.payment_id, Decimal("100.00"), idempotency_key="r-1"))
    assert half == again
    assert half.returned == Decimal("100.00")
    event = fetched(ask, charge.payment_id)
    assert (event.kind, event.amount, event.returned, event.kept) == (
        Kind.REFUNDED,
        Decimal("349.00"),
        Decimal("100.00"),
        Decimal("249.00"),
    )
    assert ask(lambda p: p.refund(charge.payment_id, None, idempotency_key="r-2")).returned == Decimal("349.00")
    assert fetched(ask, charge.payment_id).kept == Decimal("0.00")


def test_a_chargeback_takes_all_of_it(provider: PaymentServer, ask: Ask, heard: Listener, code: str) -> None:
    charge = charged(ask)
    provider.pays(charge.pay_at[0].reference)
    provider.admin("POST", "charge_back", {"order": order_id(charge)})
    provider.deliver()
    client = offline(provider, code)
    (hint,) = client.hints(client.verify(heard.heard[-1]))
    event = fetched(ask, hint.payment_id)
    assert event.payment_id == charge.payment_id
    assert (event.kind, event.returned, event.kept) == (Kind.CHARGED_BACK, Decimal("349.00"), Decimal("0.00"))


def test_a_cancelled_charge_takes_no_money(provider: PaymentServer, ask: Ask) -> None:
    charge = charged(ask)
    ask(lambda p: p.cancel(charge))
    assert fetched(ask, charge.payment_id).kind is Kind.EXPIRED
    paid = charged(ask, reference="R-9")
    provider.pays(paid.pay_at[0].reference)
    with pytest.raises(ProviderRejected, match="canceled"):
        ask(lambda p: p.cancel(paid))


# ------------------------------------------------------------ lost notices


def test_a_sweep_finds_what_no_notice_told(provider: PaymentServer, ask: Ask, heard: Listener) -> None:
    provider.admin("PUT", "manner", {"lose": 1})
    charges = [charged(ask, reference=f"R-{n}") for n in range(3)]
    page = ask(lambda p: p.list_since(None))
    for charge in charges[:2]:
        provider.pays(charge.pay_at[0].reference)
    provider.days_pass(1)
    found = ask(lambda p: p.list_since(page.cursor))
    assert heard.heard == []
    paid = {event.payment_id: event for event in found.items if event.kind is Kind.PAID}
    assert paid.keys() == {charge.payment_id for charge in charges[:2]}
    provider.pays(charges[2].pay_at[0].reference)
    later = ask(lambda p: p.list_since(found.cursor))
    by_id = {event.payment_id: event for event in later.items}
    assert by_id[charges[2].payment_id] == fetched(ask, charges[2].payment_id)
    assert by_id[charges[2].payment_id].kind is Kind.PAID


def test_a_long_sweep_goes_page_by_page_and_loses_nothing(
    provider: PaymentServer, ask: Ask, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest_first, "LIMIT", 5)
    monkeypatch.setattr(mercado_pago, "LAG", 0)
    life = ask(lambda p: p.customer_reference(ANA, way=ask.way)).reference if LASTING[code] else ""
    for turn in range(12):
        provider.pays(life or charged(ask, reference=f"R-{turn}").pay_at[0].reference, amount="10.00")
        provider.admin("POST", "clock", {"advance": 61})

    async def swept(client: PaymentProvider, cursor: str | None = None) -> tuple[int, set[str], str]:
        pages, met = 0, set[str]()
        while True:
            page = await client.list_since(cursor)
            cursor, pages = page.cursor, pages + 1
            met |= {event.payment_id for event in page.items}
            if not page.more:
                return pages, met, cursor

    pages, met, cursor = ask(swept)
    assert (pages, len(met)) == (3, 12)
    provider.pays(life or charged(ask, reference="R-12").pay_at[0].reference, amount="11.00")
    pages, again, _ = ask(lambda p: swept(p, cursor))
    assert pages == 1
    assert len(again - met) == 1


def order_of(*charges: dict[str, Any], **changes: Any) -> bytes:
    facts = {"object": "order", "id": "ord_1", "amount": 34_900, "currency": "MXN", "charges": {"data": list(charges)}}
    return json.dumps({**facts, **changes}).encode()


PAID = {
    "id": "ch1",
    "amount": 34_900,
    "status": "paid",
    "paid_at": 1_772_474_400,
    "payment_method": {"object": "card_payment"},
}


@pytest.mark.parametrize("status", ["under_fraud_review", "pre_authorized", "pending_confirmation", "", "PAID"])
def test_a_status_that_we_do_not_know_is_no_money(status: str) -> None:
    (event,) = conekta_wire.read_order(provider="conekta", body=order_of({**PAID, "status": status}))
    assert (event.kind, event.kept) == (Kind.PENDING, Decimal("0.00"))


@pytest.mark.parametrize(
    ("pay", "forma_pago"),
    [({"object": "card_payment"}, "04"), ({"object": "card_payment", "account_type": "debit"}, "28"), ({}, "31")],
)
def test_other_ways_have_their_form_of_payment(pay: dict[str, str], forma_pago: str) -> None:
    (event,) = conekta_wire.read_order(provider="conekta", body=order_of({**PAID, "payment_method": pay}))
    assert (event.forma_pago, event.kind, event.paid_at) == (forma_pago, Kind.PAID, NOON)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"<html>",
        b'{"object": "event"}',
        order_of({**PAID, "amount": None}),
        order_of({**PAID, "amount": "NaN"}),
        order_of({**PAID, "paid_at": 10**30}),
        order_of({"id": "ch1"}),
        order_of({**PAID, "refunds": {"data": [{"amount": "x"}]}}),
    ],
)
def test_an_order_that_is_none_is_not_understood(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        conekta_wire.read_order(provider="conekta", body=body)


@OF_THE_FAMILY
def test_one_odd_order_does_not_stop_a_sweep(code: str) -> None:
    orders = {
        "ord_1": order_of(PAID),
        "ord_2": order_of({**PAID, "amount": None}, id="ord_2"),
        "ord_3": order_of({**PAID, "id": "ch3"}, id="ord_3"),
    }

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/events":
            rows = [
                {"object": "order", "id": name, "charges": {"data": [PAID]}} for name in ("ord_1", "ord_2", "ord_9")
            ]
            rows += [{"object": "order", "id": "ord_3", "charges": {"data": [{**PAID, "id": "ch3"}]}}]
            events = [
                {"id": f"e{n}", "type": "order.paid", "created_at": 9, "data": {"object": o}}
                for n, o in enumerate(rows)
            ]
            return httpx.Response(200, json={"object": "list", "has_more": False, "data": events})
        found = orders.get(request.url.path.rpartition("/")[2])
        return httpx.Response(404, json={}) if found is None else httpx.Response(200, content=found)

    account = ProviderAccount(code=code, private_key="key", api_url="http://pagos.invalid")
    client = open_provider(account, transport=httpx.MockTransport(answer))
    page = asyncio.run(client.list_since(None))
    assert [event.payment_id for event in page.items] == ["ord_1/ch1", "ord_3/ch3"]
    assert page.unread == ("ord_2/ch1", "ord_9/ch1")


def test_a_list_in_another_order_is_not_swept() -> None:
    events = [{"id": "e1", "created_at": 5}, {"id": "e2", "created_at": 9}]
    with pytest.raises(ProviderUnavailable, match="otro orden"):
        newest_first.Sweep().met(events, has_more=True)


# ------------------------------------------------------------ when it is away


@pytest.mark.parametrize(
    ("fault", "cause", "after"),
    [
        ("down", "busy", 30.0),
        ("429", "busy", 30.0),
        ("500_before", "server", None),
        ("drop_before", "network", None),
        ("html", "server", None),
    ],
)
def test_a_provider_away_says_when_to_come_back(
    provider: PaymentServer, ask: Ask, code: str, fault: str, cause: str, after: float | None
) -> None:
    charge = charged(ask)
    provider.fault(fault)
    for act in (
        lambda p: p.fetch(charge.payment_id),
        lambda p: p.list_since(None),
        lambda p: p.create_charge(request_of(reference="R-5", way=ask.way), idempotency_key="k-5"),
        lambda p: p.customer_reference(ANA, way=ask.way) if LASTING[code] else p.cancel(charge),
    ):
        with pytest.raises(ProviderUnavailable) as caught:
            ask(act)
        assert (caught.value.cause, caught.value.retry_after, caught.value.needs_staff) == (cause, after, False)


def test_a_wrong_key_needs_staff(provider: PaymentServer, code: str) -> None:
    async def run() -> None:
        client = open_provider(provider.account(code=code, private_key="key_of_somebody"))
        await client.fetch(NOBODYS[code])

    with pytest.raises(ProviderUnavailable, match="llave") as caught:
        asyncio.run(run())
    assert caught.value.needs_staff


def test_nobody_there_is_unavailable(code: str, provider: PaymentServer) -> None:
    async def run() -> None:
        await open_provider(provider.account(code=code, api_url="http://127.0.0.1:9")).fetch(NOBODYS[code])

    with pytest.raises(ProviderUnavailable, match="ConnectError"):
        asyncio.run(run())


def test_an_unknown_payment_is_no_outage(provider: PaymentServer, ask: Ask) -> None:
    charge = charged(ask)
    for payment_id in ("ord_nada/ch1", f"{charge.charge_id}/ch_otro", "../events", ""):
        with pytest.raises(UnknownPayment):
            fetched(ask, payment_id)


def test_what_the_provider_would_refuse_says_what_to_do(provider: PaymentServer, ask: Ask) -> None:
    before = len(provider.heads)
    for amount in ("9.99", "10000.01"):
        with pytest.raises(ProviderRejected, match="divide el cobro o usa SPEI"):
            charged(ask, amount=amount, way=Way.CASH)
    assert len(provider.heads) == before
    paid = charged(ask, way=Way.CASH)
    provider.pays(paid.pay_at[0].reference)
    with pytest.raises(ProviderRejected, match="Cash charges can not be refunded"):
        ask(lambda p: p.refund(paid.payment_id, None, idempotency_key="r"))


@pytest.mark.parametrize("code", ["digital_femsa"], indirect=True)
def test_a_way_that_it_does_not_offer_is_refused_before_asking(provider: PaymentServer, ask: Ask) -> None:
    before = len(provider.heads)
    for act in (
        lambda p: p.create_charge(request_of(way=Way.SPEI), idempotency_key="k"),
        lambda p: p.customer_reference(ANA, way=Way.SPEI),
    ):
        with pytest.raises(ProviderRejected, match="usa otro"):
            ask(act)
    assert len(provider.heads) == before


def test_it_says_what_it_can(provider: PaymentServer, code: str) -> None:
    client = offline(provider, code)
    assert client.code == code
    assert {Can.VOUCHER, Can.LIST} <= client.can
    assert (Can.PERSISTENT_REF in client.can) == bool(LASTING[code])
    assert (Can.CLABE in client.can) == (Way.SPEI in WAYS[code])
    with pytest.raises(LookupError, match="otro"):
        open_provider(provider.account(code="otro"))


def test_a_secret_is_never_printed(provider: PaymentServer) -> None:
    account = provider.account(code="stripe")
    assert account.private_key not in repr(account)
    assert account.webhook_keys[0] not in repr(account)


# ------------------------------------------------------------ without a network, for a simulation of years


def test_the_same_way_goes_without_a_socket(code: str) -> None:
    desk = Desk(seed=3, clock=lambda: NOON, api_key="key")
    account = ProviderAccount(
        code=code,
        api_url="http://pagos.invalid",
        private_key="APP_USR-key" if code == "mercado_pago" else "key",
        webhook_keys=(desk.teller.public_key, desk.teller.signing_secret),
    )
    heard: list[InboundRequest] = []

    async def send(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        head = {name.lower(): value for name, value in headers.items()}
        heard.append(InboundRequest(body, head, NOON, dict(parse_qsl(urlsplit(url).query))))
        return 200

    async def run() -> list[PaymentEvent]:
        client = open_provider(account, transport=httpx.ASGITransport(app=create_app(desk, by_itself=False)))
        desk.book.webhooks, desk.teller.wire = ["en memoria"], ITS_OWN_WIRE[code]
        charge = await client.create_charge(request_of(way=Way.CASH), idempotency_key="k")
        desk.teller.schedule()
        desk.pays(charge.pay_at[0].reference)
        await desk.teller.deliver(send)
        hints = [hint for request in heard for hint in client.hints(client.verify(request))]
        found = [await client.fetch(hint.payment_id) for hint in hints]
        await client.aclose()
        return found

    assert {event.kind for event in asyncio.run(run())} == {Kind.PAID}


@OF_THE_FAMILY
def test_it_says_where_to_be_told_and_gets_the_key(provider: PaymentServer, code: str) -> None:
    async def run() -> str:
        client = Conekta(provider.account(code=code))
        try:
            return await client.listen("https://amate.test/avisos")
        finally:
            await client.aclose()

    assert (asyncio.run(run()),) == provider.account().webhook_keys
    assert provider.admin("GET", "account")["webhooks"] == ["https://amate.test/avisos"]
