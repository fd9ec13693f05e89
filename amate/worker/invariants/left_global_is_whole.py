"""AFT-B: a note that left its factura global is told once. Its buyer's own invoice and the egreso that takes it out go
together: an invoice that the SAT has, an egreso that it has or that is owed; one that was refused, neither.

The ids are those of the departures. What was cancelled after is no fault: a global takes its egresos with it, and the
note of an own invoice that is cancelled is free, while the global does not take it back.
"""

from collections.abc import Sequence

from django.db import connection

from amate.self_invoicing.models import LeftGlobal
from amate.worker.invariants.look import Look, walk

BROKEN = """
SELECT l.id FROM self_invoicing_leftglobal l
JOIN invoices_invoice g ON g.id = l.global_invoice_id JOIN invoices_invoice i ON i.id = l.invoice_id
JOIN invoices_invoice e ON e.id = l.egreso_id
WHERE l.id = ANY(%s::bigint[]) AND (
  g.kind <> 'global' OR i.kind <> 'ingreso' OR e.kind <> 'egreso'
  OR NOT EXISTS (SELECT FROM invoices_relation r
    WHERE r.company_id = l.company_id AND r.invoice_id = e.id AND r.related_id = g.id)
  OR (l.returned_at IS NOT NULL AND (e.state <> 'refused' OR e.uuid IS NOT NULL OR i.state <> 'refused'))
  OR (l.returned_at IS NULL AND (
    e.total < i.total + i.withheld
    OR EXISTS (SELECT FROM self_invoicing_claim c WHERE c.company_id = l.company_id AND c.ticket_id = l.ticket_id
      AND c.global_invoice_id = g.id AND c.released_at IS NULL)
    OR (i.state IN ('stamped', 'cancel_requested', 'in_process') AND (
      (e.state = 'refused' AND e.refused_by IN ('nobody', 'receiver'))
      OR (e.state = 'cancelled' AND e.replaced_by_id IS NULL AND g.state = 'stamped' AND NOT EXISTS (
        SELECT FROM promises_promise p WHERE p.company_id = l.company_id AND p.done_at IS NULL
        AND p.args ->> 'invoice_id' = g.id::text))
      OR (e.state = 'draft' AND NOT EXISTS (SELECT FROM promises_promise p
        WHERE p.company_id = l.company_id AND p.key = 'stamp:' || e.id AND p.done_at IS NULL))))
    OR (i.state = 'refused' AND i.refused_by = 'receiver' AND i.uuid IS NULL AND e.state = 'draft'
      AND NOT EXISTS (SELECT FROM promises_promise p
        WHERE p.company_id = l.company_id AND p.key = 'release:' || i.id AND p.done_at IS NULL))))
) ORDER BY l.id
"""


def look(*, known: Sequence[int], after: int, at_most: int) -> Look:
    return walk(LeftGlobal.objects, _broken, known=known, after=after, at_most=at_most)


def _broken(ids: list[int]) -> list[int]:
    with connection.cursor() as c:
        c.execute(BROKEN, [ids])
        return [pk for (pk,) in c.fetchall()]
