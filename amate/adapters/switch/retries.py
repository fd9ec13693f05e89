"""How long to wait before telling again (OUTSIDE SRV-2)."""

WAITS = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)  # seconds before each try
JITTER = 0.2  # of the wait, at most: so that a hundred services do not come back at once
LONGEST = 86_400.0


def wait_before(attempt: int, *, chance: float, asked: float | None = None) -> float | None:
    """Seconds before try number `attempt` (the first is 0); None when there is none left. `chance`: 0 to 1, drawn by
    the caller; `asked`: what Retry-After said, which is kept up to a day.

    >>> [wait_before(n, chance=0.0) for n in (0, 1, 2, 9, 10)], wait_before(1, chance=1.0), wait_before(1, chance=0, asked=90)
    ([0.0, 5.0, 300.0, 86400.0, None], 6.0, 90.0)
    """
    if attempt >= len(WAITS):
        return None
    wait = WAITS[attempt] * (1 + JITTER * chance)
    return float(max(wait, min(asked or 0.0, LONGEST)))
