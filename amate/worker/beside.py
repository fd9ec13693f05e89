"""Progress of one long transaction, told where the page sees it: in short ones beside it."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connections

EVERY = 1.0  # seconds


@contextmanager
def told_beside(write: Callable[[int], None]) -> Iterator[Callable[[int], None]]:
    """`tell(number)` has it written at most once a second, on a connection of its own thread."""
    last = time.monotonic()

    def tell(number: int) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            beside.submit(write, number)

    with ThreadPoolExecutor(1, thread_name_prefix="progress") as beside:
        try:
            yield tell
        finally:
            beside.submit(connections.close_all).result()
