"""FEATURES 35, 36: of a sale no more is given back than was sold, and what a document had told before is credited: by a
note of that amount about a document of that sale, or one that is owed.

The ids are the refunds'. A credit note that somebody cancelled is his to make again; and one of an invoice that withheld
gives back what was paid, which is less.
"""

from collections.abc import Sequence

from django.db import connection

from amate.self_invoicing.models import Refund
from amate.worker.invariants.look import Look, walk

BROKEN = """
SELECT r.id FROM self_invoicing_refund r JOIN self_invoicing_ticket t ON t.id = r.ticket_id
LEFT JOIN invoices_invoice k ON k.id = r.credit_note_id
WHERE r.id = ANY(%s::bigint[]) AND (
  r.total_cents <> r.total * 100
  OR t.total_cents < (SELECT sum(o.total_cents) FROM self_invoicing_refund o
    WHERE o.company_id = r.company_id AND o.ticket_id = r.ticket_id)
  OR (k.id IS NOT NULL AND (
    k.kind <> 'egreso' OR k.total > r.total
    OR NOT EXISTS (SELECT FROM invoices_relation n
      JOIN invoices_invoice d ON d.id = n.related_id AND (d.withheld > 0 OR k.total = r.total)
      JOIN self_invoicing_claim c ON c.company_id = r.company_id AND c.ticket_id = r.ticket_id
        AND (c.invoice_id = d.id OR c.global_invoice_id = d.id)
      WHERE n.company_id = r.company_id AND n.invoice_id = k.id)))
  OR (k.id IS NULL AND EXISTS (SELECT FROM self_invoicing_claim c
      JOIN invoices_invoice d ON d.id = coalesce(c.invoice_id, c.global_invoice_id)
      WHERE c.company_id = r.company_id AND c.ticket_id = r.ticket_id AND c.released_at IS NULL
      AND d.state = 'stamped' AND d.id <= r.newest_document_id)
    AND NOT EXISTS (SELECT FROM promises_promise p
      WHERE p.company_id = r.company_id AND p.key = 'refund:' || r.id AND p.done_at IS NULL))
) ORDER BY r.id
"""


def look(*, known: Sequence[int], after: int, at_most: int) -> Look:
    return walk(Refund.objects, _broken, known=known, after=after, at_most=at_most)


def _broken(ids: list[int]) -> list[int]:
    with connection.cursor() as c:
        c.execute(BROKEN, [ids])
        return [pk for (pk,) in c.fetchall()]
