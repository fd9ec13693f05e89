"""How far the clock of the company that is being served is ahead: nothing for a real one, days for a sandbox's (0021).

The edges that find out whose turn it is set it, and their own clocks add it; acts get `now` by the door and know of nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

_ahead: ContextVar[timedelta] = ContextVar("ahead", default=timedelta())


@contextmanager
def running_ahead(by: timedelta) -> Iterator[None]:
    """What clocks of this context say meanwhile is `by` later."""
    token = _ahead.set(by)
    try:
        yield
    finally:
        _ahead.reset(token)


def ahead() -> timedelta:
    return _ahead.get()


def clock_of_who_is_served(clock: Callable[[], datetime]) -> Callable[[], datetime]:
    """`clock`, with what `running_ahead` adds at the moment it is asked."""
    return lambda: clock() + _ahead.get()
