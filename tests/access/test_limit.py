"""The limiter is exact, forgets nothing by a rollback, and its window moves on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections, transaction

from amate.access.limit import Limit, forget_old_buckets, hit, seconds_to_wait

NOW = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
FEW = Limit("misses", 3, 600)


def test_it_lets_exactly_as_many_through(committed: str) -> None:
    assert [hit(FEW, "10.0.0.1", now=NOW) for _ in range(5)] == [True, True, True, False, False]
    assert hit(FEW, "10.0.0.2", now=NOW)


def test_it_is_exact_under_eight_connections(committed: str) -> None:
    fifty = Limit("crowd", 50, 600)

    def knock(_: int) -> bool:
        try:
            return hit(fifty, "all", now=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(knock, range(200))) == 50


def test_the_wait_ends_with_the_window(committed: str) -> None:
    for _ in range(3):
        hit(FEW, "10.0.0.1", now=NOW)
    wait = seconds_to_wait(((FEW, "10.0.0.1"),), now=NOW)
    assert 0 < wait <= 600
    assert seconds_to_wait(((FEW, "10.0.0.1"),), now=NOW + timedelta(seconds=wait)) == 0
    assert hit(FEW, "10.0.0.1", now=NOW + timedelta(seconds=wait))


def test_a_lagging_clock_does_not_reset_it(committed: str) -> None:
    for _ in range(3):
        hit(FEW, "10.0.0.1", now=NOW)
    assert not hit(FEW, "10.0.0.1", now=NOW - timedelta(hours=1))


def test_it_refuses_to_count_inside_a_transaction(committed: str) -> None:
    with transaction.atomic(), pytest.raises(AssertionError, match="outside transactions"):
        hit(FEW, "10.0.0.1", now=NOW)


def test_old_buckets_are_forgotten_and_living_ones_kept(committed: str) -> None:
    hit(FEW, "old", now=NOW - timedelta(hours=2))
    hit(Limit("day", 40, 86_400), "living", now=NOW - timedelta(hours=2))
    hit(FEW, "new", now=NOW)
    assert forget_old_buckets(now=NOW) == 1
    with connection.cursor() as c:
        c.execute("SELECT key FROM rate_bucket ORDER BY key")
        assert [key for (key,) in c.fetchall()] == ["day:86400:living", "misses:600:new"]
