"""I10: what is left of each debt is what stands in the accounts of debtors for it, so that the sum of the ageing is the books';
what is void or written off stands there no more.

The ids are the receivables'.
"""

from collections.abc import Sequence

from django.db import connection

from amate.ledger.models import Receivable
from amate.worker.invariants.look import Look, walk

BROKEN = """
SELECT r.id FROM ledger_receivable r WHERE r.id = ANY(%s::bigint[]) AND (
  (SELECT coalesce(sum(l.amount), 0) FROM ledger_journalline l
   WHERE l.company_id = r.company_id AND l.receivable_id = r.id AND l.account IN ('clientes', 'avisos'))
  <> CASE WHEN r.state <> 'open' THEN 0 ELSE r.total - (SELECT coalesce(sum(a.amount), 0) FROM ledger_allocation a
     WHERE a.company_id = r.company_id AND a.receivable_id = r.id AND a.reversed_on IS NULL) END
  OR EXISTS (SELECT 1 FROM ledger_journalline l WHERE l.company_id = r.company_id AND l.receivable_id = r.id
     AND l.account IN ('clientes', 'avisos') AND (l.customer_id <> r.customer_id OR l.moneda <> r.moneda))
) ORDER BY r.id
"""


def look(*, known: Sequence[int], after: int, at_most: int) -> Look:
    return walk(Receivable.objects, _broken, known=known, after=after, at_most=at_most)


def _broken(ids: list[int]) -> list[int]:
    with connection.cursor() as c:
        c.execute(BROKEN, [ids])
        return [pk for (pk,) in c.fetchall()]
