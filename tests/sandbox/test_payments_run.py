"""`amate sandbox-payments` as the process it is: it tells by itself, and the same seed plays the same."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from amate.sandbox.payments.run import main
from tests.payment_server import Listener, listen

ORDER = {
    "currency": "MXN",
    "customer_info": {"name": "Ana", "email": "ana@example.mx", "phone": "5555550148"},
    "line_items": [{"name": "Internet", "unit_price": 34_900, "quantity": 1}],
    "charges": [{"payment_method": {"type": "spei"}}],
    "metadata": {"reference": "R-1"},
}


@contextmanager
def running(*said: str) -> Iterator[tuple[str, httpx.Client]]:
    command = [sys.executable, "-m", "amate.cli", "sandbox-payments", "--port", "0", "--api-key", "key_1", *said]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = process.stdout.readline().split()[-1]
    try:
        with httpx.Client(base_url=url, trust_env=False, headers={"Authorization": "Bearer key_1"}) as client:
            yield url, client
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def wait_for(listener: Listener, count: int) -> list[str]:
    until = time.monotonic() + 20
    while len(listener.heard) < count and time.monotonic() < until:
        time.sleep(0.05)
    return [one.body.decode() for one in listener.heard]


def test_it_tells_by_itself_what_a_customer_did_on_its_page() -> None:
    with listen() as listener, running("--webhook", listener.url) as (_, client):
        order = client.post("/orders", json=ORDER).json()
        reference = order["charges"]["data"][0]["payment_method"]["clabe"]
        assert reference in client.get("/_sim/").text
        answer = client.post("/_sim/page/pay", data={"reference": reference, "amount": "348.00", "twice": "1"})
        assert answer.status_code == 303
        told = wait_for(listener, 3)
        assert [one.count("partially_paid") > 0 for one in told] == [False, True, False]
        assert "entraron $696.00" in client.get("/_sim/").text


def test_the_same_seed_and_the_same_acts_are_the_same_world() -> None:
    def play() -> tuple[str, object]:
        with running("--seed", "7", "--at", "2026-01-01T12:00:00-06:00", "--only-when-told") as (_, client):
            order = client.post("/orders", json=ORDER).json()
            clabe = order["charges"]["data"][0]["payment_method"]["clabe"]
            client.post("/_sim/pay", json={"reference": clabe})
            client.post("/_sim/clock", json={"advance": 86_400})
            return order["id"], client.get("/_sim/truth").json()

    first = play()
    assert first == play()
    assert first[1][0]["paid_at"] == 1_767_290_400  # type: ignore[index]


def test_a_clock_without_a_zone_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--at", "2026-01-01T12:00:00"])
    assert "zona horaria" in capsys.readouterr().err
