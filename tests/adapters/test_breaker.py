"""The breaker against a clock of its own."""

import pytest

from amate.adapters.pac.breaker import Breaker, BreakerOpen


class Outage(Exception):
    pass


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(Outage), breaker.guard(counts=lambda e: isinstance(e, Outage)):
            raise Outage


def ok(breaker: Breaker) -> None:
    with breaker.guard(counts=lambda e: isinstance(e, Outage)):
        pass


def rest_of(breaker: Breaker) -> float:
    with pytest.raises(BreakerOpen) as rested:
        ok(breaker)
    return rested.value.retry_after


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock=clock)


def test_four_failures_are_bad_luck(breaker: Breaker) -> None:
    fail(breaker, 4)
    ok(breaker)


def test_the_fifth_within_a_minute_opens_it_for_thirty_seconds(breaker: Breaker) -> None:
    fail(breaker, 4)
    ok(breaker)  # a success between them does not hide a sick PAC
    fail(breaker)
    assert rest_of(breaker) == 30


def test_failures_far_apart_do_not_add_up(breaker: Breaker, clock: Clock) -> None:
    for _ in range(12):
        fail(breaker)
        clock.now += 20
    ok(breaker)


def test_one_probe_goes_and_the_rest_wait(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    clock.now += 30
    with breaker.guard(counts=lambda e: isinstance(e, Outage)):
        assert rest_of(breaker) == 1
    ok(breaker)
    ok(breaker)


def test_a_failed_probe_doubles_the_rest_up_to_ten_minutes(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    rests = []
    for _ in range(6):
        clock.now += rest_of(breaker)
        fail(breaker)
        rests.append(rest_of(breaker))
    assert rests == [60, 120, 240, 480, 600, 600]


def test_a_good_probe_forgets_the_past(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    clock.now += 30
    fail(breaker)
    clock.now += 60
    ok(breaker)
    fail(breaker, 5)
    assert rest_of(breaker) == 30


def test_a_probe_that_was_answered_no_closes_it(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    clock.now += 30
    with pytest.raises(ValueError), breaker.guard(counts=lambda e: isinstance(e, Outage)):
        raise ValueError("a definite no")
    ok(breaker)


def test_a_cancelled_probe_leaves_room_for_the_next(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, 5)
    clock.now += 30
    with pytest.raises(KeyboardInterrupt), breaker.guard(counts=lambda e: isinstance(e, Outage)):
        raise KeyboardInterrupt
    ok(breaker)
