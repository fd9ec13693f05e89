"""What Mercado Pago's bytes mean: its signature by recipes that are not ours, what an order says of its money, and its own
SDK against the provider that we play."""

import asyncio
import json
import subprocess
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from mercadopago import SDK
from mercadopago.config import RequestOptions
from mercadopago.http import HttpClient
from mercadopago.webhook import InvalidWebhookSignatureError, WebhookSignatureValidator

from amate.adapters.payments import (
    BadSignature,
    InboundRequest,
    Kind,
    NotUnderstood,
    PaymentEvent,
    PaymentHint,
    PaymentProvider,
    ProviderAccount,
    ProviderRejected,
    ProviderUnavailable,
    Stale,
    UnknownPayment,
    Way,
    open_provider,
)
from amate.adapters.payments.mercado_pago_wire import hints, read_order, verify
from tests.payment_server import API_KEY, PaymentServer, listen, request_of, serve_payments

T = 1_763_755_200
AT = datetime.fromtimestamp(T, UTC)
BODY = b'{"type":"order","action":"order.processed","data":{"id":"1234567890"}}'
# SIG-2: secret s3, id 1234567890, req-1, T
V1 = "bfb62f5ef301a723bda60bfaa7da03ea4eab6d26d8884fc381f1224d4497af8e"


def told(
    *, ts: object = T, v1: str = V1, about: str = "1234567890", request_id: str = "req-1", body: bytes = BODY,
    at: datetime = AT,
) -> InboundRequest:  # fmt: skip
    head = {"x-signature": f"ts={ts},v1={v1}", "x-request-id": request_id}
    return InboundRequest(body, {name: value for name, value in head.items() if value}, at, {"data.id": about})


def by_openssl(text: str, *, secret: bytes) -> str:
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{secret.hex()}", "-r"]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout.decode().split()[0]


def about_order(name: str) -> bytes:
    return json.dumps({"type": "order", "data": {"id": name}}).encode()


def test_the_known_signature_is_right_for_openssl_for_the_vendor_and_for_us() -> None:
    assert by_openssl(f"id:1234567890;request-id:req-1;ts:{T};", secret=b"s3") == V1
    WebhookSignatureValidator.validate(f"ts={T},v1={V1}", "req-1", "1234567890", "s3")
    assert verify(told(), ("another", "s3")).told == "order.processed"
    assert verify(told(), ("s3",)).delivery_id == f"1234567890 req-1 {T}"


@pytest.mark.parametrize(
    "changes",
    [
        {"ts": T + 1},
        {"v1": V1.upper()},
        {"v1": V1[:-1]},
        {"v1": ""},
        {"about": "1234567891", "body": about_order("1234567891")},
        {"request_id": "req-2"},
        {"request_id": ""},
    ],
)
def test_what_the_vendors_library_refuses_we_refuse(changes: dict[str, Any]) -> None:
    request = told(**changes)
    with pytest.raises(InvalidWebhookSignatureError):
        WebhookSignatureValidator.validate(
            request.headers.get("x-signature"), request.headers.get("x-request-id"), request.query["data.id"], "s3"
        )
    with pytest.raises(BadSignature):
        verify(request, ("s3",))


def test_absent_parts_are_left_out_of_what_is_signed() -> None:
    alone = by_openssl(f"id:1234567890;ts:{T};", secret=b"s3")
    assert verify(told(v1=alone, request_id=""), ("s3",)).body == BODY
    poke = by_openssl(f"request-id:req-1;ts:{T};", secret=b"s3")
    unsaid = verify(told(v1=poke, about="", body=b'{"type":"order","data":{}}'), ("s3",))
    assert hints(unsaid) == []


def test_an_id_with_letters_is_signed_as_it_came_or_in_small_letters() -> None:
    body = about_order("ORD01AB")
    for signed in ("ORD01AB", "ord01ab"):
        mac = by_openssl(f"id:{signed};request-id:req-1;ts:{T};", secret=b"s3")
        delivery = verify(told(v1=mac, about="ORD01AB", body=body), ("s3",))
        assert hints(delivery) == [PaymentHint("ORD01AB", None)]
    other = by_openssl(f"id:ORD01ac;request-id:req-1;ts:{T};", secret=b"s3")
    with pytest.raises(BadSignature):
        verify(told(v1=other, about="ORD01AB", body=body), ("s3",))


def test_a_body_of_something_else_than_what_is_signed_is_refused() -> None:
    for body in (about_order("1234567891"), b"", b"[]", b"[" * 100_000, b'{"type":"order"}'):
        with pytest.raises(BadSignature):
            verify(told(body=body), ("s3",))


def test_without_a_secret_nothing_is_proved() -> None:
    empty = by_openssl(f"id:1234567890;request-id:req-1;ts:{T};", secret=b"\0")  # an HMAC of no key is one of zeros
    for secrets in ((), ("",)):
        with pytest.raises(BadSignature):
            verify(told(v1=empty), secrets)


@pytest.mark.parametrize("unit", [1, 1000])
@pytest.mark.parametrize(("late", "good"), [(-86_401, False), (-86_400, True), (86_400, True), (86_401, False)])
def test_seconds_and_thousandths_are_read_and_what_is_older_than_a_day_is_stale(
    unit: int, late: int, good: bool
) -> None:
    ts = T * unit
    mac = by_openssl(f"id:1234567890;request-id:req-1;ts:{ts};", secret=b"s3")
    request = told(ts=ts, v1=mac, at=AT + timedelta(seconds=late))
    if good:
        assert verify(request, ("s3",)).body == BODY
        return
    with pytest.raises(Stale):
        verify(request, ("s3",))


def test_a_time_that_is_no_number_is_refused_though_it_is_signed() -> None:
    for odd in ("ayer", "١٢", "9" * 30):
        mac = by_openssl(f"id:1234567890;request-id:req-1;ts:{odd};", secret=b"s3")
        with pytest.raises(BadSignature, match="cuándo"):
            verify(told(ts=odd, v1=mac), ("s3",))


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"type": "order", "data": {"id": "ORD1", "external_reference": "amate-R-1"}}, ["ORD1"]),
        ({"type": "order", "data": {"id": "ORD1", "external_reference": "mostrador-7"}}, []),
        ({"type": "payment", "data": {"id": "105292425055"}}, ["payment/105292425055"]),
        (
            {"type": "topic_chargebacks_wh", "data": {"id": 217000061307271000, "payment_id": 81034165129}},
            ["payment/81034165129"],
        ),
        ({"type": "topic_chargebacks_wh", "data": {"id": 217000061307271000}}, []),
        ({"type": "mp-connect", "data": {"id": "1"}}, []),
    ],
)
def test_a_notice_says_what_to_look_at_and_nothing_of_money(said: dict[str, Any], wanted: list[str]) -> None:
    name = str(said["data"]["id"])
    mac = by_openssl(f"id:{name};request-id:req-1;ts:{T};", secret=b"s3")
    delivery = verify(told(v1=mac, about=name, body=json.dumps(said).encode()), ("s3",))
    assert hints(delivery) == [PaymentHint(one, None) for one in wanted]


PAID: dict[str, Any] = {
    "id": "ORD1",
    "external_reference": "amate-R-1",
    "currency": "MXN",
    "status": "processed",
    "status_detail": "accredited",
    "total_amount": "349.00",
    "created_date": "2026-03-01T18:00:00.880469123Z",
    "last_updated_date": "2026-03-09T18:00:00Z",
    "transactions": {
        "payments": [
            {
                "id": "PAY1",
                "amount": "349.00",
                "paid_amount": "349.00",
                "status": "processed",
                "status_detail": "accredited",
                "payment_method": {"id": "oxxo", "type": "ticket", "reference": "93001"},
            }
        ]
    },
}
BESIDE: dict[str, Any] = {
    "id": 105292425055,
    "date_approved": "2026-03-02T12:00:00.000-06:00",
    "currency_id": "MXN",
    "transaction_amount": "349",
    "fee_details": [
        {"type": "mercadopago_fee", "amount": "15.56", "fee_payer": "collector"},
        {"type": "financing_fee", "amount": "9.99", "fee_payer": "payer"},
    ],
    "payer": {"first_name": "Ana", "last_name": None},
}


def order(payment: Mapping[str, Any] | None = None, **changes: Any) -> bytes:
    said = deepcopy(PAID) | changes
    said["transactions"]["payments"][0] |= payment or {}
    return json.dumps(said).encode()


def refunds(*amounts: str) -> dict[str, Any]:
    rows = [{"transaction_id": "PAY1", "status": "processed", "amount": one} for one in amounts]
    return {"transactions": {**deepcopy(PAID["transactions"]), "refunds": rows}}


@pytest.mark.parametrize(
    ("body", "kind", "kept"),
    [
        (order(), Kind.PAID, "349.00"),
        (order({"paid_amount": "348.00"}), Kind.PARTIALLY_PAID, "348.00"),
        (order({"paid_amount": "350.00"}), Kind.PAID, "350.00"),
        (order({"status_detail": "partially_refunded"}, **refunds("100.00")), Kind.REFUNDED, "249.00"),
        (order({"status": "refunded"}, **refunds("100.00", "249.00")), Kind.REFUNDED, "0.00"),
        (order({"status": "refunded", "status_detail": "refunded"}), Kind.REFUNDED, "0.00"),
        (order({"status_detail": "refunded"}), Kind.REFUNDED, "0.00"),
        (order({"status": "charged_back", "status_detail": "in_process"}), Kind.CHARGED_BACK, "0.00"),
        (order({"status": "charged_back", "status_detail": "reimbursed"}), Kind.PAID, "349.00"),
        (order({"status": "action_required"}, status="action_required"), Kind.PENDING, "0.00"),
        (order({"status": "in_review"}, status="in_review"), Kind.PENDING, "0.00"),
        (order({"status": "something_new"}, status="something_new"), Kind.PENDING, "0.00"),
        (order({"status": "expired"}, status="expired"), Kind.EXPIRED, "0.00"),
        (order({"status": "canceled"}, status="canceled"), Kind.EXPIRED, "0.00"),
        (order({"status": "failed"}, status="failed"), Kind.FAILED, "0.00"),
    ],
)
def test_an_order_says_what_of_it_is_ours(body: bytes, kind: Kind, kept: str) -> None:
    event = read_order(body)
    assert (event.kind, event.kept, event.our_reference) == (kind, Decimal(kept), "R-1")
    assert (event.paid_at is None) == (kind in (Kind.PENDING, Kind.EXPIRED, Kind.FAILED))


def test_a_refund_that_did_not_go_through_gave_nothing_back() -> None:
    said = refunds("100.00")
    said["transactions"]["refunds"][0]["status"] = "failed"
    assert read_order(order(**said)).kept == Decimal("349.00")


def test_a_sale_that_is_not_of_this_product_is_no_money_here() -> None:
    for named in ("mostrador-7", "", None):
        event = read_order(order(external_reference=named))
        assert (event.kind, event.kept, event.our_reference) == (Kind.PENDING, Decimal("0.00"), "")


def test_when_it_came_and_what_it_cost_is_told_beside_it() -> None:
    event = read_order(order(), payments=[BESIDE])
    assert (event.paid_at, event.fee, event.net) == (
        datetime(2026, 3, 2, 18, tzinfo=UTC), Decimal("15.56"), Decimal("333.44"),
    )  # fmt: skip
    assert (event.num_operacion, event.payer.name, event.provider_reference) == ("105292425055", "Ana", "93001")
    # not listed there yet, or two that it could be: when it last moved, and no fee rather than a wrong one
    for beside in ([], [BESIDE, BESIDE], [BESIDE | {"transaction_amount": "1"}], [BESIDE | {"date_approved": None}]):
        event = read_order(order(), payments=beside)
        assert (event.paid_at, event.fee, event.num_operacion) == (
            datetime(2026, 3, 9, 18, tzinfo=UTC), None, "PAY1",
        )  # fmt: skip
    dear = read_order(order(), payments=[BESIDE | {"currency_id": "USD"}])
    assert dear.fee is None


def test_its_currency_is_never_guessed() -> None:
    assert read_order(order(currency="USD")).currency == "USD"
    assert read_order(order(currency=None, country_code="MEX")).currency == "MXN"
    assert read_order(order(currency=None), payments=[BESIDE]).currency == "MXN"
    for country in ("ARG", None):
        with pytest.raises(NotUnderstood):
            read_order(order(currency=None, country_code=country))


@pytest.mark.parametrize(
    ("kind", "forma_pago"),
    [
        ("ticket", "01"), ("atm", "01"), ("bank_transfer", "03"), ("credit_card", "04"), ("debit_card", "28"),
        ("prepaid_card", "28"), ("account_money", "31"), ("digital_currency", "31"),
    ],
)  # fmt: skip
def test_each_method_has_its_form_of_payment(kind: str, forma_pago: str) -> None:
    event = read_order(order({"payment_method": {"type": kind, "reference": "646010349353743569"}}))
    assert event.forma_pago == forma_pago
    assert event.clabe_destino == ("646010349353743569" if kind == "bank_transfer" else "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"<html>",
        order(id=None),
        order(id="../v1"),
        order(total_amount="NaN"),
        order({"paid_amount": "3.001"}),
        order(last_updated_date="2026-03-09"),
    ],
)
def test_an_order_that_is_none_is_not_understood(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        read_order(body)


# ------------------------------------------------------------ what is asked


def client_of(answer: Any) -> PaymentProvider:
    account = ProviderAccount("mercado_pago", "APP_USR-key", api_url="http://pagos.invalid")
    return open_provider(account, transport=httpx.MockTransport(answer))


def test_a_sweep_passes_over_other_sales_and_one_odd_order_does_not_stop_it() -> None:
    asked: list[str] = []
    orders = {"R-1": PAID, "R-2": PAID | {"id": "ORD2", "external_reference": "amate-R-2", "total_amount": None}}
    rows = [
        BESIDE | {"id": n, "external_reference": name, "status": state, "date_created": BESIDE["date_approved"]}
        | {"date_last_updated": "2026-03-02T12:00:00.000-06:00"}
        for n, (name, state) in enumerate(
            [
                ("amate-R-1", "approved"),
                ("mostrador-7", "approved"),
                (None, "approved"),
                ("amate-R-2", "approved"),
                ("amate-R-3", "refunded"),
                ("amate-R-4", "pending"),
            ]
        )
    ]  # fmt: skip

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if request.url.path == "/v1/payments/search":
            named = request.url.params.get("external_reference")
            found = [one for one in rows if named in (None, one["external_reference"])]
            return httpx.Response(200, json={"results": found, "paging": {"total": len(found)}})
        if request.url.path == "/v1/orders":
            since, until = (datetime.fromisoformat(request.url.params[name]) for name in ("begin_date", "end_date"))
            assert until - since <= timedelta(days=30)
            one = orders.get(request.url.params["external_reference"].removeprefix("amate-"))
            return httpx.Response(200, json={"data": [] if one is None else [one], "paging": {}})
        one = next(one for one in orders.values() if one["id"] == request.url.path.rpartition("/")[2])
        return httpx.Response(200, json=one)

    page = asyncio.run(client_of(answer).list_since(None))
    assert [event.payment_id for event in page.items] == ["ORD1"]
    assert page.unread == ("payment/3", "payment/4")
    assert len([path for path in asked if path == "/v1/orders"]) == 3
    assert (page.more, page.cursor) == (False, str(int(datetime(2026, 3, 2, 18, tzinfo=UTC).timestamp())))


def test_a_quiet_sweep_goes_back_no_further_each_time() -> None:
    begun: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        begun.append(request.url.params["begin_date"])
        return httpx.Response(200, json={"results": [], "paging": {"total": 0}})

    cursor: str | None = str(T)
    for _ in range(3):
        cursor = asyncio.run(client_of(answer).list_since(cursor)).cursor
    assert cursor == str(T)
    assert len(set(begun)) == 1
    assert datetime.fromisoformat(begun[0]) < AT - timedelta(minutes=10)


def test_what_it_would_refuse_says_what_to_do_before_it_is_asked() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    client = client_of(answer)
    for amount in ("9.99", "10000.01"):
        with pytest.raises(ProviderRejected, match="divide el cobro o usa SPEI"):
            asyncio.run(client.create_charge(request_of(amount, way=Way.CASH), idempotency_key="k"))
    for payment_id in ("payment/abc", "payment/", "../v1", ""):
        with pytest.raises(UnknownPayment):
            asyncio.run(client.fetch(payment_id))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"id": "ORD1", "total_amount": "349.00", "created_date": "2026-03-01T18:00:00Z", "transactions": {}},
        PAID | {"created_date": "ayer"},
        PAID | {"total_amount": "x"},
    ],
)
def test_an_order_without_what_a_payer_needs_is_an_outage(said: dict[str, Any]) -> None:
    client = client_of(lambda _: httpx.Response(201, json=said))
    with pytest.raises(ProviderUnavailable):
        asyncio.run(client.create_charge(request_of(way=Way.CASH), idempotency_key="k"))
    with pytest.raises(ProviderUnavailable):
        asyncio.run(client.create_charge(request_of(way=Way.CARD), idempotency_key="k"))


# ------------------------------------------------------------ the vendor's SDK


@pytest.fixture
def server() -> Iterator[PaymentServer]:
    with serve_payments() as server:
        yield server


class Aimed(HttpClient):  # type: ignore[misc]
    """The SDK's own transport, at our provider."""

    def __init__(self, url: str) -> None:
        self._url = url

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
        return super().request(method, url.replace("https://api.mercadopago.com", self._url), *args, **more)


def test_the_vendors_sdk_and_we_read_the_same_of_one_order(server: PaymentServer) -> None:
    sdk = SDK(f"APP_USR-{API_KEY}", http_client=Aimed(server.url))
    ours = server.account(code="mercado_pago")
    server.admin("PUT", "account", {"webhooks": [], "wire": "mercado_pago"})

    async def fetched(order_id: str) -> PaymentEvent:
        client = open_provider(ours)
        try:
            return await client.fetch(order_id)
        finally:
            await client.aclose()

    said = {
        "type": "online",
        "processing_mode": "automatic",
        "external_reference": "amate-R-1",
        "total_amount": "349.00",
        "expiration_time": "P3D",
        "payer": {"email": "ana@example.mx"},
        "transactions": {
            "payments": [{"amount": "349.00", "payment_method": {"id": "clabe", "type": "bank_transfer"}}]
        },
    }
    once = RequestOptions(access_token=f"APP_USR-{API_KEY}", custom_headers={"x-idempotency-key": "una-vez"})
    made = sdk.order().create(said, once)
    assert made["status"] == 201
    assert sdk.order().create(said, once)["response"]["id"] == made["response"]["id"]
    order_id = made["response"]["id"]
    with listen() as heard:
        server.tells(heard, wire="mercado_pago")
        server.pays(made["response"]["transactions"]["payments"][0]["payment_method"]["reference"])
        server.deliver()
    notice = heard.heard[-1]
    (secret,) = ours.webhook_keys
    WebhookSignatureValidator.validate(
        notice.headers["x-signature"], notice.headers["x-request-id"], notice.query["data.id"].lower(), secret
    )
    assert verify(notice, (secret,)).told == "order.processed"

    theirs = sdk.order().get(order_id)["response"]
    event = asyncio.run(fetched(order_id))
    assert (event.kind, str(event.amount)) == (Kind.PAID, theirs["transactions"]["payments"][0]["paid_amount"])
    (beside,) = sdk.payment().search({"external_reference": "amate-R-1"})["response"]["results"]
    assert event.fee == Decimal(str(beside["fee_details"][0]["amount"]))
    part = {"transactions": [{"id": theirs["transactions"]["payments"][0]["id"], "amount": "100.00"}]}
    back = RequestOptions(access_token=f"APP_USR-{API_KEY}", custom_headers={"x-idempotency-key": "devuelve"})
    assert sdk.order().refund_transaction(order_id, part, back)["status"] == 200
    event = asyncio.run(fetched(order_id))
    assert (event.kind, event.kept) == (Kind.REFUNDED, Decimal("249.00"))
