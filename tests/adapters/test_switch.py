"""Services turned on and off by a signed notice, told to a system that misbehaves (OUTSIDE SRV-1, SRV-2, SIG-5)."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amate.adapters import typed_url
from amate.adapters.switch import (
    Command,
    Observed,
    State,
    SwitchAccount,
    SwitchPermanent,
    SwitchRetryable,
    SwitchUnknown,
    open_switch,
)
from amate.adapters.switch.retries import WAITS, wait_before
from amate.adapters.switch.signing import BadKey, new_key, signature
from amate.sandbox.switch.app import create_app
from amate.sandbox.switch.board import BadNotice, Board, Moods
from tests.outside_servers import NOON, SwitchServer, serve_switch

CUT = Command("svc-148", "C-00148", State.SUSPENDED, 4, "nonpayment", NOON)
KEY = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(scope="module")
def _served() -> Iterator[SwitchServer]:
    with serve_switch() as server:
        yield server


@pytest.fixture
def switch(_served: SwitchServer) -> SwitchServer:
    _served.admin("POST", "reset")
    return _served


def apply(switch: SwitchServer, command: Command = CUT, **changes: Any) -> int:
    return asyncio.run(open_switch(switch.account(**changes)).apply(command, now=NOON)).status


def moods(switch: SwitchServer, **said: Any) -> None:
    switch.admin("PUT", "moods", said)


def test_a_cut_and_a_reactivation_arrive(switch: SwitchServer) -> None:
    assert apply(switch) == 200
    assert switch.services() == {"svc-148": {"state": "suspended", "gen": 4}}
    apply(switch, replace(CUT, state=State.ACTIVE, gen=5, reason="paid"))
    assert switch.services() == {"svc-148": {"state": "active", "gen": 5}}


def test_an_old_command_that_arrives_late_changes_nothing(switch: SwitchServer) -> None:
    apply(switch, replace(CUT, state=State.ACTIVE, gen=5))
    apply(switch, CUT)
    apply(switch, CUT)
    assert switch.services() == {"svc-148": {"state": "active", "gen": 5}}


def test_it_is_observed_and_a_change_by_hand_is_seen(switch: SwitchServer) -> None:
    apply(switch)
    driver = open_switch(switch.account())
    asked = ["svc-148", "svc-nada", *(f"svc-{n}" for n in range(200, 300))]
    assert asyncio.run(driver.observe(asked, now=NOON)) == {"svc-148": Observed(State.SUSPENDED, 4)}
    switch.admin("POST", "by_hand", {"service": "svc-148", "state": "active"})
    assert asyncio.run(driver.observe(asked, now=NOON))["svc-148"] == Observed(State.ACTIVE, 4)


def test_one_that_cannot_be_observed_says_so(switch: SwitchServer) -> None:
    driver = open_switch(switch.account(observe_url=""))
    assert not driver.observes
    with pytest.raises(SwitchPermanent, match="no dice"):
        asyncio.run(driver.observe(["svc-1"], now=NOON))


# ------------------------------------------------------------ signatures


def test_the_signature_is_that_of_the_vendors_library() -> None:
    made = signature(keys=(KEY,), message_id="msg_1", timestamp=1763755200, body=b'{"type":"service.suspend"}')
    assert made == "v1,oI6cijGWuwM0uqYy/SKt0gFmjWj/gYZfKyzCsvsosj4="


def test_while_a_key_rotates_both_sign(switch: SwitchServer) -> None:
    assert apply(switch, keys=(new_key(), switch.key)) == 200
    with pytest.raises(SwitchRetryable, match="401"):
        apply(switch, keys=(new_key(),))


def test_an_hour_that_is_not_ours_is_refused(switch: SwitchServer) -> None:
    with pytest.raises(SwitchRetryable, match="401"):
        asyncio.run(open_switch(switch.account()).apply(CUT, now=NOON + timedelta(hours=1)))


@pytest.mark.parametrize("key", ["whsec_", "whsec_!!!", "whsec_" + "QUJD", ""])
def test_a_key_that_is_none_is_told(switch: SwitchServer, key: str) -> None:
    with pytest.raises(BadKey):
        signature(keys=(key,), message_id="m", timestamp=1, body=b"")
    with pytest.raises(SwitchPermanent, match="llave"):
        apply(switch, keys=(key,))


@given(st.binary(max_size=200), st.integers(0, 199), st.integers(1, 255))
def test_a_changed_body_never_passes(body: bytes, place: int, by: int) -> None:
    key = new_key()
    board = Board(keys=[key], seed=1, clock=lambda: NOON)
    stamp = int(NOON.timestamp())
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(stamp),
        "webhook-signature": signature(keys=(key,), message_id="msg_1", timestamp=stamp, body=body),
    }
    board.check(headers, body)
    changed = bytearray(body + b"\x00")
    changed[place % len(changed)] ^= by
    for other in ({**headers, "webhook-id": "msg_2"}, {**headers, "webhook-timestamp": str(stamp + 1)}):
        with pytest.raises(BadNotice):
            board.check(other, body)
    with pytest.raises(BadNotice):
        board.check(headers, bytes(changed))


# ------------------------------------------------------------ what it answers


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 429, 500, 502, 504])
def test_what_is_no_yes_comes_again_later(switch: SwitchServer, status: int) -> None:
    moods(switch, status=status)
    with pytest.raises(SwitchRetryable, match=str(status)):
        apply(switch)
    assert switch.services() == {}


def test_down_says_when_to_come_back(switch: SwitchServer) -> None:
    moods(switch, down=1)
    with pytest.raises(SwitchRetryable) as caught:
        apply(switch)
    assert caught.value.retry_after == 60.0


def test_gone_is_for_good(switch: SwitchServer) -> None:
    moods(switch, status=410)
    with pytest.raises(SwitchPermanent) as caught:
        apply(switch)
    assert caught.value.gone


def test_silence_means_that_nobody_knows(switch: SwitchServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed_url, "TIMEOUTS", httpx.Timeout(0.4))
    moods(switch, silent=1)
    with pytest.raises(SwitchUnknown):
        apply(switch)
    assert switch.services() == {"svc-148": {"state": "suspended", "gen": 4}}


def test_an_address_inside_is_a_persons_to_mend(switch: SwitchServer) -> None:
    with pytest.raises(SwitchPermanent, match="https"):
        apply(switch, private=frozenset())
    with pytest.raises(SwitchPermanent, match="red privada"):
        apply(switch, private=frozenset(), url="https://127.0.0.1/services")
    with pytest.raises(SwitchRetryable, match="ConnectError"):
        apply(switch, url="http://127.0.0.1:9/services")


def test_an_endless_reason_is_not_sent(switch: SwitchServer) -> None:
    with pytest.raises(SwitchPermanent, match="20 kB"):
        apply(switch, replace(CUT, reason="x" * 20_000))


def test_an_unknown_kind_is_a_lookup_error() -> None:
    with pytest.raises(LookupError, match="humo"):
        open_switch(SwitchAccount("humo", "https://x.mx/", ()))


# ------------------------------------------------------------ badly behaved, and right in the end


@pytest.mark.parametrize("seed", range(5))
def test_what_is_lost_late_and_out_of_order_ends_as_it_should(switch: SwitchServer, seed: int) -> None:
    dice = random.Random(seed)
    moods(switch, lose=0.3, late=0.4, down=0.2, delay=3_600)
    wanted: dict[str, Command] = {}

    async def tell(command: Command) -> None:
        try:
            await open_switch(switch.account()).apply(command, now=NOON)
        except (SwitchRetryable, SwitchUnknown):
            return

    for gen in range(1, 21):
        service = f"svc-{dice.randrange(4)}"
        wanted[service] = replace(CUT, service=service, gen=gen, state=dice.choice(list(State)))
        asyncio.run(tell(wanted[service]))
    switch.admin("POST", "clock", {"advance": 3_700})
    moods(switch)
    later = NOON + timedelta(seconds=3_700)
    driver = open_switch(switch.account())
    seen = asyncio.run(driver.observe(list(wanted), now=later))
    for service, command in wanted.items():
        if seen.get(service) != Observed(command.state, command.gen):
            asyncio.run(driver.apply(command, now=later))
    assert switch.services() == {
        service: {"state": command.state.value, "gen": command.gen} for service, command in wanted.items()
    }


def test_the_same_code_runs_without_a_socket() -> None:
    board = Board(keys=[KEY], seed=1, clock=lambda: NOON)
    account = SwitchAccount("webhook", "https://red.mx/services", (KEY,), observe_url="https://red.mx/observe")
    driver = open_switch(account, transport=httpx.ASGITransport(app=create_app(board)))
    board.moods = Moods(broken=1)
    with pytest.raises(SwitchRetryable, match="500"):
        asyncio.run(driver.apply(CUT, now=NOON))
    board.moods = Moods(lose=1)
    asyncio.run(driver.apply(replace(CUT, state=State.ACTIVE, gen=5), now=NOON))
    assert asyncio.run(driver.observe(["svc-148"], now=NOON)) == {"svc-148": Observed(State.SUSPENDED, 4)}


def test_it_comes_back_ten_times_over_three_days_and_never_all_at_once() -> None:
    waits = [wait_before(n, chance=0) for n in range(len(WAITS))]
    assert waits == [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert wait_before(len(WAITS), chance=0) is None
    assert {wait_before(2, chance=chance) for chance in (0.0, 0.5, 1.0)} == {300.0, 330.0, 360.0}
    assert wait_before(1, chance=0, asked=600) == 600.0
    assert wait_before(1, chance=0, asked=10**9) == 86_400.0
    assert wait_before(3, chance=0, asked=1) == 1_800.0
