"""How much is owed and how late, over all companies: numbers for whoever watches the installation."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one kind of promise that is open. `oldest_due_seconds` is negative while all of them lie in the future."""

    kind: str
    open: int
    failing: int
    for_a_person: int
    oldest_due_seconds: float


def figures() -> list[Figures]:
    """Needs no company's scope."""
    with connection.cursor() as c:
        c.execute("SELECT kind, open, failing, for_a_person, oldest_due_seconds FROM promises_figures() ORDER BY kind")
        return [Figures(*row) for row in c.fetchall()]
