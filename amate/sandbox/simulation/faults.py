"""What goes wrong, drawn from a seed: processes that die, calls that fail before or after, places that are away for days."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from django.db.backends.base.base import BaseDatabaseWrapper

WAYS = ("dies_before", "away", "silent", "dies_after")
LOST_NOTICES = 0.1
OUTAGE_A_DAY = 0.03  # of each place, and of our own worker
LONGEST_OUTAGE = 4  # days


class Crash(BaseException):
    """The process is gone in the middle of what it did. No `except Exception` of ours may see it."""


class Faults:
    """`probability` at every outside call and every commit point (DECISIONS D). The same seed draws the same."""

    def __init__(self, *, seed: int, probability: float) -> None:
        self.dice = random.Random(seed)  # noqa: S311 a play, and the same each time
        self.probability = probability
        self.armed = False
        self.crashes = 0
        self.notices_lost = 0
        self.outage_days = 0
        self.away: dict[str, int] = {}  # until which day of the run

    def strikes(self) -> bool:
        return self.armed and self.dice.random() < self.probability

    def two_planners(self) -> bool:
        """Somebody started a second one by mistake."""
        return self.probability > 0 and self.dice.random() < 0.1

    def of_a_call(self, place: str) -> str:
        """One of WAYS, or nothing."""
        if place in self.away:
            return "away"
        return self.dice.choice(WAYS) if self.strikes() else ""

    def dies(self) -> None:
        if self.strikes():
            self.crash()

    def crash(self) -> None:
        self.crashes += 1
        raise Crash

    def day_begins(self, day: int, places: tuple[str, ...]) -> None:
        """Places that were away come back, others go."""
        self.away = {place: until for place, until in self.away.items() if until > day}
        if self.probability:
            for place in places:
                if place not in self.away and self.dice.random() < OUTAGE_A_DAY:
                    self.away[place] = day + self.dice.randint(1, LONGEST_OUTAGE)
        self.outage_days += len(self.away)


class Wire(httpx.AsyncBaseTransport):
    """A simulator in this process, asked over its own wire, under the faults of the day."""

    def __init__(self, place: str, inner: httpx.AsyncBaseTransport, faults: Faults) -> None:
        self._place, self._inner, self._faults = place, inner, faults

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        how = self._faults.of_a_call(self._place)
        if how == "dies_before":
            self._faults.crash()
        if how == "away":
            raise httpx.ConnectError(f"{self._place} is away", request=request)
        answer = await self._inner.handle_async_request(request)
        if how == "silent":
            raise httpx.ReadTimeout(f"{self._place} never answered", request=request)
        if how == "dies_after":
            self._faults.crash()
        return answer


@contextmanager
def dying_at_commits(faults: Faults) -> Iterator[None]:
    """The process may die just before or just after each commit, while the faults are armed."""
    commit = BaseDatabaseWrapper.commit

    def perilous(line: BaseDatabaseWrapper) -> None:
        if faults.strikes():
            if faults.dice.random() < 0.5:
                line.rollback()
            else:
                commit(line)
            faults.crash()
        commit(line)

    BaseDatabaseWrapper.commit = perilous  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        BaseDatabaseWrapper.commit = commit  # type: ignore[method-assign]
