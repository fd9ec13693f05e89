"""What Stripe's bytes mean: its signature by a recipe that is not ours, and what an intent says of its money."""

import asyncio
import json
import subprocess
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from amate.adapters.payments import (
    BadSignature,
    InboundRequest,
    Kind,
    NotUnderstood,
    ProviderAccount,
    ProviderUnavailable,
    Stale,
    Way,
    open_provider,
)
from amate.adapters.payments.stripe_wire import read_intent, verify
from tests.payment_server import request_of

BODY = b'{"type":"service.suspend"}'
T = 1_763_755_200
AT = datetime.fromtimestamp(T, UTC)
# of the vendor's own library (SIG-3)
V1 = "e7a8111a3b5f8467cb02d3fb85609d5d6e61b1b9ae710f148b3eff32044667e2"


def told(header: str, *, body: bytes = BODY, at: datetime = AT) -> InboundRequest:
    return InboundRequest(body, {"stripe-signature": header}, at)


def by_openssl(body: bytes, *, secret: bytes, at: object = T) -> str:
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{secret.hex()}", "-r"]
    said = subprocess.run(command, input=f"{at}.".encode() + body, capture_output=True, check=True)
    return said.stdout.decode().split()[0]


def test_a_signature_of_the_vendors_library_is_right() -> None:
    for header in (f"t={T},v1={V1}", f"t={T},v1={'0' * 64},v1={V1},v0=abc", f"v1={V1}, t={T}"):
        assert verify(told(header), ("whsec_t",)).told == "service.suspend"
    assert verify(told(f"t={T},v1={V1}"), ("whsec_new", "whsec_t")).body == BODY


def test_a_signature_of_openssl_is_right() -> None:
    body = '{"id":"evt_1","type":"charge.refunded","name":"Núñez"}'.encode()
    signed = by_openssl(body, secret=b"whsec_otra")
    assert verify(told(f"t={T},v1={signed}", body=body), ("whsec_otra",)).delivery_id == "evt_1"


@pytest.mark.parametrize(
    "header",
    [
        f"t={T + 1},v1={V1}",
        f"t={T},v0={V1}",
        f"t={T},v1={V1.upper()}",
        f"t={T},v1={V1[:-1]}",
        f"v1={V1}",
        f"t={T}",
        "t=,v1=",
    ],
)
def test_a_header_that_proves_nothing_is_refused(header: str) -> None:
    with pytest.raises(BadSignature):
        verify(told(header), ("whsec_t",))


def test_without_a_secret_nothing_is_proved() -> None:
    empty = by_openssl(BODY, secret=b"\0")  # an HMAC of no key is one of zeros
    for secrets in ((), ("",)):
        with pytest.raises(BadSignature):
            verify(told(f"t={T},v1={empty}"), secrets)


@pytest.mark.parametrize(("late", "good"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_what_is_played_again_after_five_minutes_is_stale(late: int, good: bool) -> None:
    request = told(f"t={T},v1={V1}", at=AT + timedelta(seconds=late))
    if good:
        assert verify(request, ("whsec_t",)).body == BODY
        return
    with pytest.raises(Stale):
        verify(request, ("whsec_t",))


def test_a_time_that_is_no_number_is_refused_though_it_is_signed() -> None:
    assert by_openssl(BODY, secret=b"whsec_t") == V1
    for odd in ("ayer", "١٢"):
        mac = by_openssl(BODY, secret=b"whsec_t", at=odd)
        with pytest.raises(BadSignature, match="cuándo"):
            verify(told(f"t={odd},v1={mac}"), ("whsec_t",))


PAID: dict[str, Any] = {
    "object": "payment_intent",
    "id": "pi_1",
    "amount": 34_900,
    "amount_received": 34_900,
    "currency": "mxn",
    "status": "succeeded",
    "metadata": {"reference": "R-1"},
    "latest_charge": {
        "id": "ch_1",
        "created": T,
        "amount_refunded": 0,
        "disputed": False,
        "payment_method_details": {"type": "oxxo", "oxxo": {"number": "123"}},
        "balance_transaction": {"fee": 1_556},
    },
}


def charge(**changes: Any) -> dict[str, Any]:
    return {"latest_charge": PAID["latest_charge"] | changes}


@pytest.mark.parametrize(
    ("changes", "kind", "kept"),
    [
        ({}, Kind.PAID, "349.00"),
        ({"amount_received": 34_800}, Kind.PARTIALLY_PAID, "348.00"),
        (charge(amount_refunded=10_000), Kind.REFUNDED, "249.00"),
        (charge(disputed=True), Kind.CHARGED_BACK, "0.00"),
        ({"status": "requires_action", "latest_charge": None}, Kind.PENDING, "0.00"),
        ({"status": "processing", "latest_charge": None}, Kind.PENDING, "0.00"),
        ({"status": "something_new"}, Kind.PENDING, "0.00"),
        ({"status": "requires_payment_method", "latest_charge": None}, Kind.EXPIRED, "0.00"),
        ({"status": "canceled"}, Kind.EXPIRED, "0.00"),
    ],
)
def test_an_intent_says_what_of_it_is_ours(changes: dict[str, Any], kind: Kind, kept: str) -> None:
    event = read_intent(json.dumps(PAID | changes).encode())
    assert (event.kind, event.kept, event.our_reference) == (kind, Decimal(kept), "R-1")
    assert (event.paid_at == AT) == (kind not in (Kind.PENDING, Kind.EXPIRED))


def test_its_fee_its_currency_and_its_form_of_payment_are_read() -> None:
    event = read_intent(json.dumps(PAID | {"currency": "usd"}).encode())
    assert (event.fee, event.net, event.currency) == (Decimal("15.56"), Decimal("333.44"), "USD")
    assert (event.forma_pago, event.provider_reference, event.num_operacion) == ("01", "123", "ch_1")
    in_dollars = PAID | charge(balance_transaction={"fee": 90, "currency": "usd"})
    assert read_intent(json.dumps(in_dollars).encode()).fee is None
    for pay, forma_pago in (
        ({"type": "card", "card": {"funding": "credit"}}, "04"),
        ({"type": "card", "card": {"funding": "debit"}}, "28"),
        ({"type": "customer_balance"}, "03"),
        ({"type": "link"}, "31"),
    ):
        said = PAID | charge(payment_method_details=pay, balance_transaction=None)
        event = read_intent(json.dumps(said).encode())
        assert (event.forma_pago, event.fee, event.net) == (forma_pago, None, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"object": "charge"},
        {"amount": None},
        {"amount_received": "NaN"},
        charge(created=10**30),
        {"id": None, "status": None, "amount": "x"},
    ],
)
def test_an_intent_that_is_none_is_not_understood(changes: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstood):
        read_intent(json.dumps(PAID | changes).encode())


def test_one_odd_intent_does_not_stop_a_sweep() -> None:
    found = {"pi_1": PAID, "pi_2": PAID | {"id": "pi_2", "amount": None}, "pi_3": PAID | {"id": "pi_3"}}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/events":
            assert request.url.params["types[0]"] == "payment_intent.succeeded"
            rows = [
                {
                    "id": f"evt_{name}",
                    "type": "charge.dispute.created" if name == "pi_3" else "payment_intent.succeeded",
                    "created": T,
                    "data": {
                        "object": {"object": "dispute", "payment_intent": name}
                        if name == "pi_3"
                        else {"object": "payment_intent", "id": name}
                    },
                }
                for name in ("pi_1", "pi_2", "pi_9", "pi_3")
            ]
            return httpx.Response(200, json={"object": "list", "has_more": False, "data": rows})
        one = found.get(request.url.path.rpartition("/")[2])
        return httpx.Response(404, json={}) if one is None else httpx.Response(200, json=one)

    client = open_provider(
        ProviderAccount("stripe", "key", api_url="http://pagos.invalid"), transport=httpx.MockTransport(answer)
    )
    page = asyncio.run(client.list_since(None))
    assert [event.payment_id for event in page.items] == ["pi_1", "pi_3"]
    assert page.unread == ("pi_2", "pi_9")


def test_the_same_key_asked_at_the_same_time_waits_and_odd_vouchers_are_no_vouchers() -> None:
    def client(status: int, said: object) -> Any:
        transport = httpx.MockTransport(lambda _: httpx.Response(status, json=said))
        return open_provider(ProviderAccount("stripe", "key", api_url="http://pagos.invalid"), transport=transport)

    asked = request_of(way=Way.CASH)
    for status, said, cause in ((409, {"error": {"code": "idempotency_key_in_use"}}, "busy"), (200, PAID, "server")):
        with pytest.raises(ProviderUnavailable) as caught:
            asyncio.run(client(status, said).create_charge(asked, idempotency_key="k"))
        assert caught.value.cause == cause
