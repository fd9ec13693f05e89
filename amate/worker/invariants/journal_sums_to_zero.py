"""I1: every journal entry sums to zero in each currency, has its lines, and was reversed once at most.

The ids are the entries'.
"""

from collections.abc import Sequence

from django.db import connection

from amate.ledger.models import JournalEntry
from amate.worker.invariants.look import Look, walk

BROKEN = """
SELECT e.id FROM ledger_journalentry e WHERE e.id = ANY(%s::bigint[]) AND (
  NOT EXISTS (SELECT 1 FROM ledger_journalline l WHERE l.entry_id = e.id)
  OR EXISTS (SELECT 1 FROM ledger_journalline l WHERE l.entry_id = e.id GROUP BY l.moneda HAVING sum(l.amount) <> 0)
  OR EXISTS (SELECT 1 FROM ledger_journalline l WHERE l.entry_id = e.id AND l.day <> e.day)
  OR (SELECT count(*) FROM ledger_journalentry r WHERE r.reverses_id = e.id) > 1
) ORDER BY e.id
"""


def look(*, known: Sequence[int], after: int, at_most: int) -> Look:
    return walk(JournalEntry.objects, _broken, known=known, after=after, at_most=at_most)


def _broken(ids: list[int]) -> list[int]:
    with connection.cursor() as c:
        c.execute(BROKEN, [ids])
        return [pk for (pk,) in c.fetchall()]
