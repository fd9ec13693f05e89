"""An invoice that was stamped, cancelled since or not, has its stamp and its UUID; the stamp is of what we sealed, and both
XML are still those bytes.

The ids are the invoices'. The digests are made where the bytes lie: none of them leaves the database.
"""

from collections.abc import Sequence

from django.db import connection

from amate.invoices.models import Invoice
from amate.worker.invariants.look import Look, walk

# A UUID is written in small letters by some PACs and in capitals by others.
BROKEN = """
SELECT i.id FROM invoices_invoice i
LEFT JOIN invoices_stamp t ON t.invoice_id = i.id LEFT JOIN invoices_sealing s ON s.id = t.sealing_id
WHERE i.id = ANY(%s::bigint[]) AND (
  (i.state IN ('stamped', 'cancel_requested', 'in_process', 'cancelled')) <> (t.id IS NOT NULL)
  OR i.uuid IS DISTINCT FROM t.uuid
  OR (t.id IS NOT NULL AND (s.id IS NULL OR s.invoice_id <> i.id OR s.superseded_at IS NOT NULL))
  OR sha256(t.xml) <> t.xml_sha256
  OR (position(convert_to(t.uuid::text, 'UTF8') IN t.xml) = 0
      AND position(convert_to(upper(t.uuid::text), 'UTF8') IN t.xml) = 0)
  OR EXISTS (SELECT FROM invoices_sealing k WHERE k.invoice_id = i.id AND sha256(k.xml) <> k.sha256)
) ORDER BY i.id
"""


def look(*, known: Sequence[int], after: int, at_most: int) -> Look:
    return walk(Invoice.objects, _broken, known=known, after=after, at_most=at_most)


def _broken(ids: list[int]) -> list[int]:
    with connection.cursor() as c:
        c.execute(BROKEN, [ids])
        return [pk for (pk,) in c.fetchall()]
