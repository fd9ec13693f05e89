"""I12: the IVA and IEPS booked as collected of a debt are those of the parts that were paid, within a cent a part; to the cent
when all of it is paid.

The ids are the receivables'.
"""

from collections.abc import Sequence

from django.db import connection

from amate.ledger.models import Receivable
from amate.worker.invariants.look import Look, walk

BROKEN = """
SELECT r.id FROM ledger_receivable r
CROSS JOIN LATERAL (SELECT coalesce(sum(a.amount) FILTER (WHERE a.reversed_on IS NULL), 0) AS paid,
    coalesce(sum(a.iva) FILTER (WHERE a.reversed_on IS NULL), 0) AS iva,
    coalesce(sum(a.ieps) FILTER (WHERE a.reversed_on IS NULL), 0) AS ieps, count(*) AS parts
  FROM ledger_allocation a WHERE a.company_id = r.company_id AND a.receivable_id = r.id) AS of_it
CROSS JOIN LATERAL (SELECT coalesce(-sum(l.amount) FILTER (WHERE l.account = 'iva_cobrado'), 0) AS iva,
    coalesce(-sum(l.amount) FILTER (WHERE l.account = 'ieps_cobrado'), 0) AS ieps
  FROM ledger_journalline l WHERE l.company_id = r.company_id AND l.receivable_id = r.id) AS booked
WHERE r.id = ANY(%s::bigint[]) AND (
  (booked.iva, booked.ieps) <> (of_it.iva, of_it.ieps)
  OR abs(of_it.iva - r.iva * of_it.paid / r.total) > 0.01 * of_it.parts
  OR abs(of_it.ieps - r.ieps * of_it.paid / r.total) > 0.01 * of_it.parts
  OR (of_it.paid = r.total AND (of_it.iva, of_it.ieps) <> (r.iva, r.ieps))
) ORDER BY r.id
"""


def look(*, known: Sequence[int], after: int, at_most: int) -> Look:
    return walk(Receivable.objects, _broken, known=known, after=after, at_most=at_most)


def _broken(ids: list[int]) -> list[int]:
    with connection.cursor() as c:
        c.execute(BROKEN, [ids])
        return [pk for (pk,) in c.fetchall()]
