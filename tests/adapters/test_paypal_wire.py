"""What PayPal's bytes mean, and what its client does with them over HTTP: an order is a page, agreed to and then taken."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from amate.adapters.payments import (
    BadSignature,
    Can,
    Charge,
    InboundRequest,
    Kind,
    NotUnderstood,
    PaymentProvider,
    ProviderAccount,
    ProviderRejected,
    ProviderUnavailable,
    UnknownPayment,
    VerifiedDelivery,
    Way,
    newest_first,
    open_provider,
)
from amate.adapters.payments.paypal_wire import hints_of, question_of, read_order, verify
from tests.payment_server import ANA, NOON, Listener, PaymentServer, listen, request_of, serve_payments

BACK = "https://amate.test/f/tienda/cuenta/de-regreso/R-1/x/"


@pytest.fixture(scope="module")
def _served() -> Iterator[PaymentServer]:
    with serve_payments() as server:
        yield server


@pytest.fixture
def provider(_served: PaymentServer) -> PaymentServer:
    _served.admin("POST", "reset")
    _served.heads.clear()
    return _served


@pytest.fixture
def heard(provider: PaymentServer) -> Iterator[Listener]:
    with listen() as listener:
        provider.tells(listener, wire="paypal")
        yield listener


def ask(provider: PaymentServer, what: Callable[[PaymentProvider], Coroutine[Any, Any, Any]], **account: Any) -> Any:
    async def run() -> Any:
        client = open_provider(provider.account(code="paypal", **account))
        try:
            return await what(client)
        finally:
            await client.aclose()

    return asyncio.run(run())


def charged(provider: PaymentServer, amount: str = "349.00", reference: str = "R-1") -> Charge:
    said = replace(request_of(amount, way=Way.CARD, reference=reference), back_url=BACK)
    made: Charge = ask(provider, lambda p: p.create_charge(said, idempotency_key=f"k-{reference}-{amount}"))
    return made


def agreed(provider: PaymentServer, charge: Charge) -> None:
    provider.admin("POST", "approve", {"order": charge.charge_id.replace("-", "_")})


# ------------------------------------------------------------ the whole way


def test_what_a_payer_agreed_to_is_told_proved_and_taken_once(provider: PaymentServer, heard: Listener) -> None:
    charge = charged(provider)
    assert charged(provider) == charge
    assert charge.pay_at[0].url == f"https://www.paypal.invalid/checkoutnow?token={charge.payment_id}"
    waiting = ask(provider, lambda p: p.fetch(charge.payment_id))
    assert (waiting.kind, waiting.kept, waiting.paid_at) == (Kind.PENDING, Decimal("0.00"), None)

    agreed(provider, charge)
    provider.deliver()
    client = open_provider(provider.account(code="paypal"))
    delivery = client.verify(heard.heard[-1])
    assert (delivery.told, bool(delivery.proof)) == ("CHECKOUT.ORDER.APPROVED", True)
    proved = ask(provider, lambda p: p.prove(delivery))
    assert proved.delivery_id == json.loads(heard.heard[-1].body)["id"]
    assert not proved.proof
    (hint,) = client.hints(proved)
    assert hint.payment_id == charge.payment_id

    first, again = (ask(provider, lambda p: p.fetch(hint.payment_id)) for _ in range(2))
    assert first == again
    assert (first.kind, first.amount, first.currency, first.our_reference) == (
        Kind.PAID, Decimal("349.00"), "MXN", "R-1",
    )  # fmt: skip
    assert (first.fee, first.net) == (Decimal("12.22"), Decimal("336.78"))
    assert (first.paid_at, first.forma_pago, first.method, first.payer.name) == (NOON, "31", "wallet", "Ana Núñez")
    assert first.num_operacion
    truth = provider.admin("GET", "truth")
    assert [one["cents"] for one in truth] == [34_900]
    with pytest.raises(ProviderRejected, match="completed"):
        ask(provider, lambda p: p.cancel(charge))


def test_what_went_back_is_told_by_its_capture_alone(provider: PaymentServer, heard: Listener) -> None:
    charge = charged(provider)
    agreed(provider, charge)
    ask(provider, lambda p: p.fetch(charge.payment_id))
    half = ask(provider, lambda p: p.refund(charge.payment_id, Decimal("100.00"), idempotency_key="r-1"))
    assert ask(provider, lambda p: p.refund(charge.payment_id, Decimal("100.00"), idempotency_key="r-1")) == half
    provider.deliver()
    client = open_provider(provider.account(code="paypal"))
    (hint,) = client.hints(client.verify(heard.heard[-1]))
    assert hint.payment_id.startswith("capture/")
    event = ask(provider, lambda p: p.fetch(hint.payment_id))
    assert (event.payment_id, event.kind, event.returned, event.kept) == (
        charge.payment_id, Kind.REFUNDED, Decimal("100.00"), Decimal("249.00"),
    )  # fmt: skip
    whole = ask(provider, lambda p: p.refund(charge.payment_id, None, idempotency_key="r-2"))
    assert whole.returned == Decimal("349.00")

    other = charged(provider, reference="R-2")
    agreed(provider, other)
    ask(provider, lambda p: p.fetch(other.payment_id))
    provider.admin("POST", "charge_back", {"order": other.charge_id.replace("-", "_")})
    provider.deliver()
    (hint,) = client.hints(client.verify(heard.heard[-1]))
    event = ask(provider, lambda p: p.fetch(hint.payment_id))
    assert (event.payment_id, event.kind, event.kept) == (other.payment_id, Kind.CHARGED_BACK, Decimal("0.00"))
    unpaid = charged(provider, reference="R-3")
    with pytest.raises(ProviderRejected, match="no hay qué devolver"):
        ask(provider, lambda p: p.refund(unpaid.payment_id, None, idempotency_key="r-3"))


def test_nobody_takes_what_was_cancelled_or_is_not_ours(provider: PaymentServer) -> None:
    dropped, strange = charged(provider), charged(provider, reference="R-2")
    ask(provider, lambda p: p.cancel(dropped))
    assert ask(provider, lambda p: p.fetch(dropped.payment_id)).kind is Kind.EXPIRED
    for charge in (dropped, strange):
        agreed(provider, charge)
    order = {"op": "replace", "path": "/purchase_units/@reference_id=='default'/custom_id", "value": "WC-7"}
    httpx.Client(trust_env=False).patch(
        f"{provider.url}/v2/checkout/orders/{strange.charge_id}",
        json=[order],
        headers={"Authorization": provider.heads[-1]["authorization"]},
    ).raise_for_status()
    for charge in (dropped, strange):
        event = ask(provider, lambda p, charge=charge: p.fetch(charge.payment_id))
        assert (event.kind in (Kind.EXPIRED, Kind.PENDING), event.our_reference) == (True, "")
    assert provider.admin("GET", "truth") == []
    assert not [head for head in provider.heads if head[":path"].endswith("/capture")]


def test_a_page_that_nobody_used_is_forgotten(provider: PaymentServer) -> None:
    charge = charged(provider)
    provider.days_pass(timedelta(hours=4) / timedelta(days=1))
    with pytest.raises(UnknownPayment):
        ask(provider, lambda p: p.fetch(charge.payment_id))
    for odd in ("../../v1/identity", "capture/a/b", "capture/", "NOBODY"):
        with pytest.raises(UnknownPayment):
            ask(provider, lambda p, odd=odd: p.fetch(odd))


def test_it_offers_pages_in_pesos_and_nothing_else(provider: PaymentServer) -> None:
    before = len(provider.heads)
    acts: tuple[Callable[[PaymentProvider], Coroutine[Any, Any, Any]], ...] = (
        lambda p: p.create_charge(request_of(way=Way.SPEI), idempotency_key="k"),
        lambda p: p.create_charge(request_of(way=Way.CASH), idempotency_key="k"),
        lambda p: p.customer_reference(ANA, way=Way.SPEI),
        lambda p: p.create_charge(replace(request_of(way=Way.CARD), currency="USD"), idempotency_key="k"),
    )
    for act in acts:
        with pytest.raises(ProviderRejected, match=r"usa otro|en pesos"):
            ask(provider, act)
    assert len(provider.heads) == before
    client = open_provider(provider.account(code="paypal"))
    assert (client.code, Can.LIST in client.can, Can.VOUCHER in client.can) == ("paypal", True, False)


@pytest.mark.parametrize("fault", ["500_after", "drop_after"])
def test_a_taking_whose_answer_was_lost_is_not_done_twice(provider: PaymentServer, fault: str) -> None:
    charge = charged(provider)
    agreed(provider, charge)

    async def taken(client: PaymentProvider) -> Any:
        await client.fetch(charged_before.payment_id)  # a token, so that the fault strikes the taking
        provider.fault(fault, count=1)
        return await client.fetch(charge.payment_id)

    charged_before = charged(provider, reference="R-0")
    with pytest.raises(ProviderUnavailable):  # its answer to the first question is lost
        ask(provider, taken)
    provider.admin("DELETE", "faults")
    assert ask(provider, lambda p: p.fetch(charge.payment_id)).kind is Kind.PAID
    assert len(provider.admin("GET", "truth")) == 1


def test_wrong_keys_are_for_a_person(provider: PaymentServer) -> None:
    with pytest.raises(ProviderUnavailable) as caught:
        ask(provider, lambda p: p.list_since(None), private_key="otra")
    assert caught.value.needs_staff


# ------------------------------------------------------------ a notice is a hint, and nobody's until PayPal says so


def test_a_forged_notice_is_not_proved(provider: PaymentServer, heard: Listener) -> None:
    charge = charged(provider)
    agreed(provider, charge)
    provider.deliver()
    true = heard.heard[-1]
    client = open_provider(provider.account(code="paypal"))
    for forged in (
        replace(true, body=true.body.replace(charge.payment_id.encode(), b"ord-000009")),
        replace(true, body=true.body + b" "),
        replace(true, headers={**true.headers, "paypal-transmission-id": "otro"}),
        replace(true, headers={**true.headers, "paypal-transmission-sig": "AAAA"}),
    ):
        delivery = client.verify(forged)
        assert delivery.delivery_id != client.verify(true).delivery_id or forged.body == true.body
        assert ask(provider, lambda p, delivery=delivery: p.prove(delivery)) is None
    mine = client.verify(true)
    assert ask(provider, lambda p: p.prove(mine), webhook_keys=("WHOTRO0000",)) is None
    right = provider.account(code="paypal").webhook_keys
    assert ask(provider, lambda p: p.prove(mine), webhook_keys=("WHOTRO0000", *right)) is not None


def test_what_has_not_the_form_of_a_notice_is_refused_at_the_door(provider: PaymentServer, heard: Listener) -> None:
    agreed(provider, charged(provider))
    provider.deliver()
    true = heard.heard[-1]
    for name in [one for one in true.headers if one.startswith("paypal-")]:
        for value in (None, "", "x" * 1001, "ñ"):
            headers = {**true.headers, name: value} if value is not None else {
                key: kept for key, kept in true.headers.items() if key != name
            }  # fmt: skip
            with pytest.raises(BadSignature):
                verify(replace(true, headers=headers), ("WH1",))
    for body in (b"", b"[]", b"no es JSON", b'{} , "webhook_id": "mio"', b"[" * 100_000):
        with pytest.raises(BadSignature):
            verify(replace(true, body=body), ("WH1",))
    for keys in ((), ("",)):
        with pytest.raises(BadSignature, match="webhook"):
            verify(true, keys)


def test_it_is_asked_with_the_very_bytes_that_came() -> None:
    body = '{ "id":"WH-1",  "event_type":"X", "name":"Núñez" }'.encode()
    headers = dict.fromkeys(
        ("paypal-transmission-id", "paypal-transmission-time", "paypal-transmission-sig", "paypal-cert-url",
         "paypal-auth-algo"), "a",
    )  # fmt: skip
    delivery = verify(InboundRequest(body, headers, NOON), ("WH1",))
    asked = question_of(delivery, "WH1")
    assert body in asked
    assert json.loads(asked)["webhook_id"] == "WH1"
    assert json.loads(asked)["webhook_event"]["name"] == "Núñez"


# ------------------------------------------------------------ what it lists, and what it writes


def test_a_sweep_finds_what_no_notice_told_page_by_page(
    provider: PaymentServer, heard: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest_first, "LIMIT", 3)
    provider.admin("PUT", "manner", {"lose": 1})
    made = [charged(provider, reference=f"R-{n}") for n in range(5)]
    for charge in made[:4]:
        agreed(provider, charge)
        if charge is made[0]:
            ask(provider, lambda p: p.fetch(made[0].payment_id))  # taken long ago: later it is told no more
        provider.admin("POST", "clock", {"advance": 61})

    async def swept(client: PaymentProvider, cursor: str | None = None) -> tuple[int, dict[str, Any], str]:
        pages, met = 0, dict[str, Any]()
        while True:
            page = await client.list_since(cursor)
            cursor, pages = page.cursor, pages + 1
            assert len(cursor) <= 200
            met |= {event.payment_id: event for event in page.items}
            if not page.more:
                return pages, met, cursor

    pages, met, cursor = ask(provider, swept)
    assert pages > 1
    assert {event.kind for event in met.values()} == {Kind.PAID}
    assert met.keys() == {charge.payment_id for charge in made[:4]}
    provider.admin("POST", "clock", {"advance": 61})
    agreed(provider, made[4])
    _, later, _ = ask(provider, lambda p: swept(p, cursor))
    assert made[4].payment_id in later
    assert made[0].payment_id not in later
    assert heard.heard == []


PAID: dict[str, Any] = {
    "id": "5O190127TN364715T",
    "status": "COMPLETED",
    "purchase_units": [
        {
            "custom_id": "amate:1-7-card-1",
            "amount": {"currency_code": "MXN", "value": "349.00"},
            "payments": {
                "captures": [
                    {
                        "id": "3C679366HH908993F",
                        "status": "COMPLETED",
                        "amount": {"currency_code": "MXN", "value": "349.00"},
                        "create_time": "2026-03-02T18:00:00Z",
                        "seller_receivable_breakdown": {"paypal_fee": {"currency_code": "MXN", "value": "18.11"}},
                    }
                ]
            },
        }
    ],
}


def order(capture: dict[str, Any] | None = None, *, refunds: list[Any] | None = None, **changes: Any) -> bytes:
    said = json.loads(json.dumps(PAID)) | changes
    bought = said["purchase_units"][0]
    bought["payments"]["captures"][0] |= capture or {}
    if refunds is not None:
        bought["payments"]["refunds"] = refunds
    return json.dumps(said).encode()


def back(value: str, status: str = "COMPLETED") -> dict[str, Any]:
    return {"id": "R", "status": status, "amount": {"currency_code": "MXN", "value": value}}


@pytest.mark.parametrize(
    ("said", "kind", "kept"),
    [
        (order(), Kind.PAID, "349.00"),
        (order({"amount": {"currency_code": "MXN", "value": "348.00"}}), Kind.PARTIALLY_PAID, "348.00"),
        (order({"status": "PARTIALLY_REFUNDED"}, refunds=[back("100.00"), back("9.00", "PENDING")]),
         Kind.REFUNDED, "249.00"),
        (order(refunds=[back("1.00")]), Kind.REFUNDED, "348.00"),
        (order({"status": "REFUNDED"}), Kind.REFUNDED, "0.00"),
        (order({"status": "REVERSED"}), Kind.CHARGED_BACK, "0.00"),
        (order({"status": "PENDING"}), Kind.PENDING, "0.00"),
        (order({"status": "SOMETHING_NEW"}), Kind.PENDING, "0.00"),
        (order({"status": "DECLINED"}), Kind.FAILED, "0.00"),
    ],
)  # fmt: skip
def test_an_order_says_what_of_it_is_ours(said: bytes, kind: Kind, kept: str) -> None:
    event = read_order(said)
    assert (event.kind, event.kept, event.our_reference) == (kind, Decimal(kept), "1-7-card-1")
    assert (event.paid_at == NOON) == (event.kept > 0 or kind in (Kind.REFUNDED, Kind.CHARGED_BACK))


def test_its_currency_its_fee_and_how_it_was_paid_are_read() -> None:
    foreign = read_order(order({"amount": {"currency_code": "USD", "value": "349.00"}}))
    assert (foreign.currency, foreign.fee, foreign.net) == ("USD", None, None)
    assert (read_order(order()).fee, read_order(order()).net) == (Decimal("18.11"), Decimal("330.89"))
    for source, forma_pago in (
        ({"paypal": {"name": {"given_name": "Ana"}}}, "31"),
        ({"card": {"type": "CREDIT"}}, "04"),
        ({"card": {"type": "DEBIT"}}, "28"),
    ):
        assert read_order(order(payment_source=source)).forma_pago == forma_pago


@pytest.mark.parametrize(
    "said",
    [
        b"{}",
        b"[]",
        order({"amount": {"currency_code": "MXN", "value": "NaN"}}),
        order({"amount": {"currency_code": "MXN", "value": "1.001"}}),
        order({"amount": {"currency_code": "MXN", "value": 10**30}}),
        order({"create_time": "2026-03-02T18:00:00"}),
        order({"create_time": None}),
    ],
)
def test_an_order_that_is_none_is_not_understood(said: bytes) -> None:
    with pytest.raises(NotUnderstood):
        read_order(said)


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        ({"event_type": "CHECKOUT.PAYMENT-APPROVAL.REVERSED", "resource": {"order_id": "O1"}}, ["O1"]),
        ({"event_type": "PAYMENT.CAPTURE.DENIED", "resource": {"id": "C1"}}, ["capture/C1"]),
        ({"event_type": "INVOICING.INVOICE.PAID", "resource": {"id": "I1"}}, []),
        ({"event_type": "PAYMENT.CAPTURE.REFUNDED", "resource": {}}, []),
        ({"event_type": "CHECKOUT.ORDER.APPROVED", "resource": []}, []),
        ({}, []),
    ],
)
def test_a_notice_hints_at_an_order_or_at_nothing(event: dict[str, Any], wanted: list[str]) -> None:
    assert [one.payment_id for one in hints_of(event)] == wanted


def test_one_odd_order_does_not_stop_a_sweep_and_an_odd_page_is_an_outage() -> None:
    listed: dict[str, Any] = {
        "events": [
            {"id": f"WH-{n}", "create_time": "2026-03-02T18:00:00Z", "event_type": "CHECKOUT.ORDER.APPROVED",
             "resource": {"id": one}}
            for n, one in enumerate(("A", "B", "C"))
        ],
        "links": [],
    }  # fmt: skip
    orders = {"A": PAID | {"id": "A"}, "B": {"id": "B"}}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/oauth2/token":
            return httpx.Response(200, json={"access_token": "t"})
        if request.url.path.endswith("webhooks-events"):
            return httpx.Response(200, json=listed)
        one = orders.get(request.url.path.rpartition("/")[2])
        return httpx.Response(404, json={}) if one is None else httpx.Response(200, json=one)

    def swept() -> Any:
        account = ProviderAccount("paypal", "a:b", api_url="http://pagos.invalid")
        return asyncio.run(open_provider(account, transport=httpx.MockTransport(answer)).list_since(None))

    page = swept()
    assert [event.payment_id for event in page.items] == ["A"]
    assert page.unread == ("B", "C")
    listed["events"][1]["create_time"] = "ayer"
    with pytest.raises(ProviderUnavailable):
        swept()


def test_a_delivery_that_was_proved_elsewhere_needs_no_proof() -> None:
    delivery = VerifiedDelivery("d", "order.paid", b"{}")
    for code in ("conekta", "stripe"):
        client = open_provider(ProviderAccount(code, "k", api_url="http://pagos.invalid"))
        assert asyncio.run(client.prove(delivery)) is delivery
        assert asyncio.run(client.prove(replace(delivery, proof={"a": "b"}))) is None
