"""How one account may be called: not while its breaker is open or it asked for time, so many at once, so many a second."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from statistics import median

from amate.adapters.pac import Limits, PacAmbiguous, PacError, PacUnavailable, Trouble
from amate.adapters.pac.breaker import Breaker, BreakerOpen

MEASURED = 100  # calls that its latency is told from
LONGEST_ASKED = 900.0  # seconds: whatever a Retry-After says, somebody waits


class Gate:
    """Of one account in one process. Share it: every call of the account goes through it."""

    def __init__(self, limits: Limits, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._breaker = Breaker(clock=clock)
        self.in_flight = limits.in_flight
        self._places = asyncio.Semaphore(limits.in_flight)
        self._pause = 1 / limits.per_second if limits.per_second else 0.0
        self._next_start = 0.0
        self._asked_to_rest_until = 0.0
        self._seconds: deque[float] = deque(maxlen=MEASURED)
        self._troubles: dict[Trouble, str] = {}
        self._date: tuple[datetime, float] | None = None

    @property
    def rest(self) -> float:
        """Seconds until a call may pass; 0 now. A call that would be the breaker's probe may pass."""
        return max(self._asked_to_rest_until - self._clock(), self._breaker.rest, 0.0)

    @property
    def latency(self) -> float | None:
        """Median seconds of the last answered calls; None before the first."""
        return median(self._seconds) if self._seconds else None

    @property
    def their_now(self) -> datetime | None:
        """By the PAC's own clock, to the second; None before it answered."""
        return self._date[0] + timedelta(seconds=self._clock() - self._date[1]) if self._date else None

    @property
    def troubles(self) -> Mapping[Trouble, str]:
        """What waiting will not mend, each with its sentence; empty when the last answers were good."""
        return dict(self._troubles)

    def note_date(self, told: datetime) -> None:
        self._date = (told, self._clock())

    def note_trouble(self, kind: Trouble, why: str) -> None:
        self._troubles[kind] = why

    def note_good(self, *, stamp: bool) -> None:
        """A believed stamp ends every trouble; any other good answer only says that the account is known."""
        self._troubles.pop("credentials", None)
        if stamp:
            self._troubles.clear()

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """Around one call. Raises `PacUnavailable` instead of letting it pass; waits for its turn, never for a rest."""
        self._refuse_while_resting()
        async with self._places:
            await self._turn()
            self._refuse_while_resting()  # the others may have learnt meanwhile that it is down
            started = self._clock()
            try:
                with self._breaker.guard(counts=is_outage):
                    yield
            except BreakerOpen as rest:
                raise PacUnavailable(
                    "breaker", "El PAC está fallando; lo dejamos descansar.", retry_after=rest.retry_after
                ) from rest
            except PacUnavailable as away:
                if away.cause == "busy":
                    asked = min(away.retry_after or 0.0, LONGEST_ASKED)
                    self._asked_to_rest_until = max(self._asked_to_rest_until, self._clock() + asked)
                raise
            except PacError as answered:
                if not is_outage(answered):
                    self._seconds.append(self._clock() - started)
                raise
            else:
                self._seconds.append(self._clock() - started)

    def _refuse_while_resting(self) -> None:
        left = self._asked_to_rest_until - self._clock()
        if left > 0:
            raise PacUnavailable("busy", "El PAC pidió que esperemos.", retry_after=left)

    async def _turn(self) -> None:
        """Starts stand `1 / per_second` apart, also those that come together."""
        now = self._clock()
        mine = max(now, self._next_start)
        self._next_start = mine + self._pause
        if mine > now:
            await asyncio.sleep(mine - now)


def is_outage(failure: BaseException) -> bool:
    """Whether the PAC itself fails, and not what we asked or who we are."""
    if isinstance(failure, PacUnavailable):
        return failure.cause in ("network", "busy")
    return isinstance(failure, PacAmbiguous)
