"""The simulated payment provider: it tells badly when it is asked to, and its doors are of this machine only."""

from collections.abc import Iterator

import httpx
import pytest

from tests.payment_server import API_KEY, Listener, PaymentServer, listen, serve_payments

AS = {"Authorization": f"Bearer {API_KEY}"}


@pytest.fixture(scope="module")
def _served() -> Iterator[PaymentServer]:
    with serve_payments() as server:
        yield server


@pytest.fixture
def provider(_served: PaymentServer) -> PaymentServer:
    _served.admin("POST", "reset")
    return _served


@pytest.fixture
def heard(provider: PaymentServer) -> Iterator[Listener]:
    with listen() as listener:
        provider.tells(listener)
        yield listener


def made(provider: PaymentServer, *, way: str = "spei", cents: int = 34_900) -> dict[str, str]:
    said = {
        "currency": "MXN",
        "customer_info": {"name": "Ana"},
        "line_items": [{"name": "Internet", "unit_price": cents, "quantity": 1}],
        "charges": [{"payment_method": {"type": way}}],
    }
    order = httpx.post(f"{provider.url}/orders", json=said, headers=AS, trust_env=False).raise_for_status().json()
    pay = order["charges"]["data"][0]["payment_method"]
    return {"order": order["id"], "reference": pay.get("clabe") or pay["reference"]}


def told(listener: Listener) -> list[str]:
    return [one.body.decode().split('"type": "')[1].split('"')[0] for one in listener.heard]


def test_a_late_notice_waits_for_the_clock(provider: PaymentServer, heard: Listener) -> None:
    provider.admin("PUT", "manner", {"late": 3_600})
    provider.pays(made(provider)["reference"])
    assert provider.deliver() == []
    provider.admin("POST", "clock", {"advance": 3_601})
    provider.deliver()
    assert told(heard) == ["order.pending_payment", "order.paid"]


def test_notices_overtake_each_other(provider: PaymentServer, heard: Listener) -> None:
    provider.admin("PUT", "manner", {"jitter": 3_600})
    for _ in range(8):
        provider.pays(made(provider)["reference"])
    provider.admin("POST", "clock", {"advance": 3_601})
    provider.deliver()
    names = told(heard)
    assert sorted(names) == ["order.paid"] * 8 + ["order.pending_payment"] * 8
    assert names != ["order.pending_payment", "order.paid"] * 8


def test_a_notice_that_nobody_takes_comes_again(provider: PaymentServer, heard: Listener) -> None:
    heard.status = 500
    made(provider)
    assert [one["delivered"] for one in provider.deliver()] == [False]
    assert provider.deliver() == []
    heard.status = 200
    provider.admin("POST", "clock", {"advance": 61})
    assert [one["delivered"] for one in provider.deliver()] == [True]
    assert len({one.body for one in heard.heard}) == 1


def test_a_lost_notice_is_never_told_and_the_event_is_listed(provider: PaymentServer, heard: Listener) -> None:
    provider.pays(made(provider)["reference"], manner={"lose": 1})
    provider.days_pass(40)
    provider.deliver()
    assert told(heard) == ["order.pending_payment"]
    listed = httpx.get(f"{provider.url}/events", headers=AS, trust_env=False).json()["data"]
    assert [one["type"] for one in listed] == ["order.paid", "order.pending_payment"]


def test_nobody_pays_what_expired_or_never_was(provider: PaymentServer) -> None:
    charge = made(provider)
    provider.days_pass(31)
    for reference, status in ((charge["reference"], 422), ("646180000000000000", 404)):
        answer = httpx.post(f"{provider.url}/_sim/pay", json={"reference": reference}, trust_env=False)
        assert answer.status_code == status
    assert provider.admin("GET", "truth") == []


def test_its_truth_holds_every_payment_to_the_cent(provider: PaymentServer) -> None:
    one, other = made(provider), made(provider, way="cash", cents=120_000)
    provider.pays(one["reference"], amount="348.99")
    provider.pays(one["reference"])
    provider.pays(other["reference"])
    provider.admin("POST", "refund", {"order": other["order"], "amount": "200.00"})
    provider.admin("POST", "charge_back", {"order": one["order"]})
    truth = provider.admin("GET", "truth")
    assert [(row["cents"], row["returned"]) for row in truth] == [(34_899, 34_899), (34_900, 0), (120_000, 20_000)]


@pytest.mark.parametrize("manner", [{"lose": 2}, {"late": -1}, {"nada": 1}])
def test_a_manner_that_cannot_be_is_refused(provider: PaymentServer, manner: dict[str, float]) -> None:
    answer = httpx.put(f"{provider.url}/_sim/manner", json=manner, trust_env=False)
    assert answer.status_code == 422


def test_a_page_of_another_site_cannot_pull_its_strings(provider: PaymentServer) -> None:
    answer = httpx.post(f"{provider.url}/_sim/reset", headers={"Sec-Fetch-Site": "cross-site"}, trust_env=False)
    assert answer.status_code == 403


@pytest.mark.parametrize("clabe_of", range(5))
def test_its_clabes_have_their_control_digit(provider: PaymentServer, clabe_of: int) -> None:
    clabe = [made(provider)["reference"] for _ in range(clabe_of + 1)][-1]
    total = sum(int(digit) * weight % 10 for digit, weight in zip(clabe[:17], (3, 7, 1) * 6, strict=False))
    assert (len(clabe), clabe[:6], int(clabe[17])) == (18, "646180", -total % 10)
