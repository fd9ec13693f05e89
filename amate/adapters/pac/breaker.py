"""A circuit breaker: a PAC that fails again and again is left alone for a while (ENGINE HTTP)."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FAILURES = 5
WITHIN = 60.0
FIRST_REST = 30.0
LONGEST_REST = 600.0


class BreakerOpen(Exception):
    """Not now; `retry_after` seconds are left, or another call is already probing."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"{retry_after:.0f} s")
        self.retry_after = retry_after


class Breaker:
    """Five failures within 60 s open it for 30 s; then one call may probe; each failed probe doubles the rest."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._rest = FIRST_REST
        self._open_until: float | None = None
        self._probing = False

    @property
    def rest(self) -> float:
        """Seconds until a call may pass; 0 when it is closed, or when the next call may probe."""
        return 0.0 if self._open_until is None else max(self._open_until - self._clock(), 0.0)

    @contextmanager
    def guard(self, *, counts: Callable[[BaseException], bool]) -> Iterator[None]:
        """Around one call. Raises `BreakerOpen`; `counts` says which exceptions are the PAC failing."""
        probe = self._admit()
        try:
            yield
        except BaseException as failure:
            if counts(failure):
                self._failed(probe=probe)
            elif probe and isinstance(failure, Exception):
                self._close()
            raise
        else:
            if probe:
                self._close()
        finally:
            if probe:
                self._probing = False

    def _admit(self) -> bool:
        if self._open_until is None:
            return False
        left = self._open_until - self._clock()
        if left > 0 or self._probing:
            raise BreakerOpen(max(left, 1.0))
        self._probing = True
        return True

    def _failed(self, *, probe: bool) -> None:
        now = self._clock()
        if probe:
            self._rest = min(self._rest * 2, LONGEST_REST)
            self._open_until = now + self._rest
            return
        self._failures.append(now)
        if len(self._failures) == FAILURES and now - self._failures[0] <= WITHIN and self._open_until is None:
            self._open_until = now + self._rest

    def _close(self) -> None:
        """The probe was answered. Whatever the answer was, the PAC works."""
        self._failures.clear()
        self._rest = FIRST_REST
        self._open_until = None
