"""What an account allows: a rest when it asks for one, so many at once, so many a second."""

import asyncio

import pytest

from amate.adapters.pac import Limits, PacAmbiguous, PacRejected, PacUnavailable
from amate.adapters.pac.gate import LONGEST_ASKED, Gate


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def fails(gate: Gate, fault: Exception) -> None:
    with pytest.raises(type(fault)):
        async with gate.passed():
            raise fault


async def test_a_pac_that_asks_for_time_is_left_alone_by_every_document() -> None:
    clock = Clock()
    gate = Gate(Limits(), clock=clock)
    await fails(gate, PacUnavailable("busy", "HTTP 429", retry_after=17))
    assert gate.rest == 17
    with pytest.raises(PacUnavailable) as refused:
        async with gate.passed():
            pytest.fail("it was asked although it had asked for time")
    assert (refused.value.cause, refused.value.retry_after) == ("busy", 17)
    clock.now += 17
    async with gate.passed():
        pass
    assert gate.rest == 0


async def test_nobody_gets_a_week() -> None:
    gate = Gate(Limits(), clock=Clock())
    await fails(gate, PacUnavailable("busy", "HTTP 503", retry_after=7 * 86_400))
    assert gate.rest == LONGEST_ASKED


@pytest.mark.parametrize(
    "fault",
    [PacRejected("CFDI40119", "no"), PacUnavailable("credits", "sin timbres"), PacUnavailable("credentials", "no")],
)
async def test_what_is_not_the_pacs_failing_does_not_make_it_rest(fault: Exception) -> None:
    gate = Gate(Limits(), clock=Clock())
    for _ in range(9):
        await fails(gate, fault)
    assert gate.rest == 0


async def test_five_failures_open_the_breaker_and_one_probe_closes_it() -> None:
    clock = Clock()
    gate = Gate(Limits(), clock=clock)
    for _ in range(5):
        await fails(gate, PacAmbiguous("HTTP 500"))
    assert gate.rest == 30
    clock.now += 30
    assert gate.rest == 0
    async with gate.passed():
        pass
    await fails(gate, PacAmbiguous("HTTP 500"))
    assert gate.rest == 0


async def test_no_more_are_in_flight_than_the_account_allows() -> None:
    gate, inside, most = Gate(Limits(in_flight=3)), 0, 0

    async def call() -> None:
        nonlocal inside, most
        async with gate.passed():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    await asyncio.gather(*(call() for _ in range(12)))
    assert most == 3


async def test_starts_stand_apart_as_the_account_asks() -> None:
    gate, starts = Gate(Limits(in_flight=8, per_second=50)), []

    async def call() -> None:
        async with gate.passed():
            starts.append(asyncio.get_running_loop().time())

    await asyncio.gather(*(call() for _ in range(6)))
    assert starts[-1] - starts[0] >= 5 / 50 - 0.005


async def test_who_waited_for_a_place_learns_that_the_pac_asked_for_time() -> None:
    """Eight callers must not each wait out the same busy answer."""
    gate, asked = Gate(Limits(in_flight=1)), 0

    async def call() -> None:
        nonlocal asked
        async with gate.passed():
            asked += 1
            await asyncio.sleep(0.01)
            raise PacUnavailable("busy", "HTTP 429", retry_after=60)

    done = await asyncio.gather(*(call() for _ in range(5)), return_exceptions=True)
    assert all(isinstance(one, PacUnavailable) for one in done)
    assert asked == 1


async def test_latency_is_the_median_of_what_was_answered() -> None:
    clock = Clock()
    gate = Gate(Limits(), clock=clock)
    assert gate.latency is None
    for seconds in (0.2, 0.4, 3.0):
        async with gate.passed():
            clock.now += seconds
    clock.now += 30
    await fails(gate, PacAmbiguous("read timeout"))
    assert gate.latency == pytest.approx(0.4)
