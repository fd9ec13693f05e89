"""What Mercado Pago's bytes mean: its signature by a recipe that is not ours, and what an order says of its money."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from amate.adapters.payments import BadSignature, InboundRequest, Kind, NotUnderstood, Stale
from amate.adapters.payments.mercado_pago_wire import hints, read_order, verify

T = 1_763_755_200
AT = datetime.fromtimestamp(T, UTC)
# the vendor's recipe, computed apart (SIG-2)
V1 = "bfb62f5ef301a723bda60bfaa7da03ea4eab6d26d8884fc381f1224d4497af8e"


def told(
    header: str, *, about: str = "1234567890", at: datetime = AT, request_id: str = "req-1", body: Any = None
) -> InboundRequest:
    said = {"type": "order", "action": "order.processed", "data": {"id": about}} if body is None else body
    headers = {"x-signature": header, "x-request-id": request_id}
    return InboundRequest(json.dumps(said).encode(), headers, at, {"data.id": about})


def by_openssl(text: str, *, secret: str) -> str:
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{secret.encode().hex()}", "-r"]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout.decode().split()[0]


def test_the_recipes_own_vector_is_right_whatever_stands_beside_it() -> None:
    for header in (f"ts={T},v1={V1}", f"v1={V1}, ts={T}", f"ts={T},v1={'0' * 64},v1={V1},v2=x"):
        assert verify(told(header), ("s3",)).told == "order.processed"
    assert verify(told(f"ts={T},v1={V1}"), ("new", "s3")).delivery_id == f"1234567890 req-1 {T}"


@pytest.mark.parametrize("about", ["ORD01JV", "ord01jv"])
def test_an_id_with_letters_is_right_as_it_is_and_in_lower_case(about: str) -> None:
    signed = by_openssl(f"id:ord01jv;request-id:r;ts:{T};", secret="otra")
    assert verify(told(f"ts={T},v1={signed}", about=about, request_id="r"), ("otra",)).told
    as_it_is = by_openssl(f"id:{about};request-id:r;ts:{T};", secret="otra")
    assert verify(told(f"ts={T},v1={as_it_is}", about=about, request_id="r"), ("otra",)).told


def test_the_moment_may_be_told_in_milliseconds() -> None:
    signed = by_openssl(f"id:9;request-id:r;ts:{T}123;", secret="s")
    request = told(f"ts={T}123,v1={signed}", about="9", request_id="r", at=AT + timedelta(hours=23))
    assert verify(request, ("s",)).told
    with pytest.raises(Stale):
        verify(told(f"ts={T}123,v1={signed}", about="9", request_id="r", at=AT + timedelta(days=2)), ("s",))


@pytest.mark.parametrize(
    "request_",
    [
        told(f"ts={T + 1},v1={V1}"),
        told(f"ts={T},v1={V1}", about="1234567891"),
        told(f"ts={T},v1={V1}", request_id="req-2"),
        told(f"ts={T},v0={V1}"),
        told(f"v1={V1}"),
        told(""),
        told(f"ts={T},v1={V1[:-1]}0"),
        told(f"ts={T},v1={V1}", body={"type": "order", "data": {"id": "77"}}),
        told(f"ts={T},v1={V1}", body=["1234567890"]),
    ],
)
def test_whatever_was_changed_is_refused(request_: InboundRequest) -> None:
    with pytest.raises(BadSignature):
        verify(request_, ("s3",))
    with pytest.raises(BadSignature):
        verify(request_, ("", "s4"))


def test_a_notice_points_at_what_is_fetched_and_anothers_at_nothing() -> None:
    def pointed(**said: Any) -> list[str]:
        about = str(said["data"]["id"])
        text = f"id:{about.lower()};request-id:r;ts:{T};"
        request = told(f"ts={T},v1={by_openssl(text, secret='s')}", about=about, request_id="r", body=said)
        return [one.payment_id for one in hints(verify(request, ("s",)))]

    assert pointed(type="order", data={"id": "ORD1"}) == ["ORD1"]
    assert pointed(type="order", data={"id": "ORD1", "external_reference": "de otro"}) == []
    assert pointed(type="payment", data={"id": 71}) == ["payment/71"]
    assert pointed(type="topic_chargebacks_wh", data={"id": "C1", "payment_id": 71}) == ["payment/71"]
    assert pointed(type="merchant_order", data={"id": "5"}) == []


def order(*payments: dict[str, Any], refunds: tuple[dict[str, Any], ...] = (), **other: Any) -> bytes:
    said = {
        "id": "ORD1",
        "status": "processed",
        "external_reference": "amate-AMT-1",
        "total_amount": "349.00",
        "country_code": "MEX",
        "last_updated_date": "2026-03-02T18:00:00.000Z",
        "transactions": {"payments": list(payments), "refunds": list(refunds)},
    }
    return json.dumps({**said, **other}).encode()


PAID = {"id": "PAY1", "status": "processed", "amount": "349.00", "payment_method": {"id": "oxxo", "type": "ticket"}}
BESIDE = {
    "id": 71,
    "transaction_amount": "349.00",
    "currency_id": "MXN",
    "date_approved": "2026-03-02T11:59:58.000-06:00",
    "fee_details": [{"amount": "12.18", "fee_payer": "collector"}, {"amount": "3.00", "fee_payer": "payer"}],
}


def test_what_came_is_read_with_its_fee_and_its_moment() -> None:
    event = read_order(order(PAID), payments=[BESIDE])
    assert (event.kind, event.amount, event.fee, event.net) == (
        Kind.PAID, Decimal("349.00"), Decimal("12.18"), Decimal("336.82"),
    )  # fmt: skip
    assert (event.our_reference, event.method, event.forma_pago, event.num_operacion) == ("AMT-1", "cash", "01", "71")
    assert event.paid_at == datetime(2026, 3, 2, 17, 59, 58, tzinfo=UTC)
    twice = read_order(order(PAID), payments=[BESIDE, BESIDE])
    assert (twice.kind, twice.fee) == (Kind.PAID, None), "of two that it could be, none is believed"


@pytest.mark.parametrize(
    ("body", "kind", "amount", "returned"),
    [
        (order(), Kind.PENDING, "349.00", "0.00"),
        (order(status="expired"), Kind.EXPIRED, "349.00", "0.00"),
        (order(status="canceled"), Kind.EXPIRED, "349.00", "0.00"),
        (order({**PAID, "status": "failed"}, status="failed"), Kind.FAILED, "349.00", "0.00"),
        (order({**PAID, "paid_amount": "300.00"}), Kind.PARTIALLY_PAID, "300.00", "0.00"),
        (order(PAID, refunds=({"transaction_id": "PAY1", "amount": "49.00"},)), Kind.REFUNDED, "349.00", "49.00"),
        (order({**PAID, "status": "refunded"}), Kind.REFUNDED, "349.00", "349.00"),
        (order({**PAID, "status": "charged_back"}), Kind.CHARGED_BACK, "349.00", "349.00"),
        (
            order({**PAID, "status": "charged_back", "status_detail": "reimbursed"}),
            Kind.PAID, "349.00", "0.00",
        ),
        (order(PAID, external_reference="de otro"), Kind.PENDING, "349.00", "0.00"),
    ],
    ids=["waits", "expired", "cancelled", "failed", "in part", "some back", "all back", "charged back", "won", "another's"],
)  # fmt: skip
def test_an_order_says_what_became_of_its_money(body: bytes, kind: Kind, amount: str, returned: str) -> None:
    event = read_order(body)
    assert (event.kind, event.amount, event.returned) == (kind, Decimal(amount), Decimal(returned))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        order(PAID, id="../x"),
        order(PAID, total_amount="mucho"),
        order(PAID, country_code="BRA"),
        order(PAID, last_updated_date="ayer"),
    ],
)
def test_nonsense_is_said_to_be_nonsense(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        read_order(body)
