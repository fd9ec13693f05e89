"""How stamping goes, over all companies: numbers for whoever watches the installation. Needs no company's scope."""

from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import Literal

from django.db import connection

Answer = Literal["stamped", "recovered", "rejected", "unavailable", "unknown"]
ANSWERS: tuple[Answer, ...] = ("stamped", "recovered", "rejected", "unavailable", "unknown")
ADD = """
INSERT INTO pac_answers AS a (pac, answer, total) VALUES (%s, %s, %s)
ON CONFLICT (pac, answer) DO UPDATE SET total = a.total + excluded.total
"""

# Counted here and added now and then: a row that every stamp wrote to would make them wait for each other.
_counted: Counter[tuple[str, str]] = Counter()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """Invoices in one state before the stamp. `oldest_seconds`: since the oldest of them was sealed."""

    state: str
    waiting: int
    oldest_seconds: float


def note_answer(pac: str, answer: Answer) -> None:
    """A PAC was asked for a stamp. Kept by the next `keep_answers` of this process; what it had not kept when it died is
    forgotten."""
    with _lock:
        _counted[pac, answer] += 1


def keep_answers() -> None:
    """Add what this process counted since the last time. Outside a transaction: the rows are everybody's."""
    assert not connection.in_atomic_block, "these rows are never held"
    with _lock:
        counted = sorted(_counted.items())
    for (pac, answer), count in counted:
        with connection.cursor() as c:
            c.execute(ADD, [pac, answer, count])
        with _lock:
            _counted[pac, answer] -= count
            if not _counted[pac, answer]:
                del _counted[pac, answer]


def answers() -> dict[tuple[str, str], int]:
    """{(PAC, one of ANSWERS): how often}, since this database was made."""
    with connection.cursor() as c:
        c.execute("SELECT pac, answer, total FROM pac_answers")
        return {(pac, answer): total for pac, answer, total in c.fetchall()}


def on_the_way_everywhere() -> list[OnTheWay]:
    """Of `sealed`, `sending` and `unknown`, those that there are."""
    with connection.cursor() as c:
        c.execute("SELECT state, waiting, oldest_seconds FROM invoices_figures() ORDER BY state")
        return [OnTheWay(*row) for row in c.fetchall()]


def days_of_seals() -> list[tuple[str, float]]:
    """(slug, days that its newest CSD is still valid), negative when it has expired; companies without one are left out."""
    with connection.cursor() as c:
        c.execute("SELECT slug, days FROM invoices_days_of_seals() ORDER BY slug")
        return [(slug, days) for slug, days in c.fetchall()]
