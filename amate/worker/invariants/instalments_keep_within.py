"""DB-3, DB-4: the instalments of an invoice stand in one that takes payments and never pay more than it is, less what was
credited when the last of them was made; their numbers are dense from 1; each counts exactly while its REP does.

The ids are the instalments'. A note may credit afterwards what was paid, and gives that money back. The number of an
instalment whose REP was cancelled is free until the next payment takes it, so every instalment there ever was fills a place.
"""

from collections.abc import Sequence

from django.db import connection

from amate.invoices.models import Instalment
from amate.worker.invariants.look import Look, walk

# The REP that waits for staff, refused for what is ours, holds its payment whatever becomes of the invoice meanwhile.
BROKEN = """
SELECT p.id FROM invoices_instalment p
JOIN invoices_invoice i ON i.id = p.invoice_id JOIN invoices_invoice r ON r.id = p.rep_id
CROSS JOIN LATERAL (SELECT sum(q.imp_pagado) AS paid, max(k.created_at) AS last FROM invoices_instalment q
  JOIN invoices_invoice k ON k.id = q.rep_id
  WHERE q.company_id = p.company_id AND q.invoice_id = i.id AND q.reopened_at IS NULL) AS life
CROSS JOIN LATERAL (SELECT coalesce(sum(n.total), 0) AS total FROM invoices_invoice n
  JOIN invoices_stamp t ON t.invoice_id = n.id AND t.recorded_at <= life.last
  WHERE n.kind = 'egreso' AND n.state IN ('stamped', 'cancel_requested', 'in_process') AND n.replaced_by_id IS NULL
  AND n.id IN (SELECT invoice_id FROM invoices_relation
    WHERE company_id = p.company_id AND related_id = i.id AND tipo_relacion IN ('01', '03', '07'))) AS credited
WHERE p.id = ANY(%s::bigint[]) AND (
  r.kind <> 'pago' OR i.kind <> 'ingreso' OR i.metodo_pago <> 'PPD'
  OR (p.reopened_at IS NULL AND r.state = 'cancelled')
  OR (p.reopened_at IS NOT NULL AND r.state IN ('stamped', 'cancel_requested', 'in_process'))
  OR (p.reopened_at IS NULL AND r.state <> 'refused' AND i.state NOT IN ('stamped', 'cancel_requested', 'in_process'))
  OR (p.reopened_at IS NULL AND life.paid > i.total - credited.total)
  OR p.num_parcialidad <> (SELECT count(DISTINCT q.num_parcialidad) FROM invoices_instalment q
    WHERE q.company_id = p.company_id AND q.invoice_id = i.id AND q.num_parcialidad <= p.num_parcialidad)
) ORDER BY p.id
"""


def look(*, known: Sequence[int], after: int, at_most: int) -> Look:
    return walk(Instalment.objects, _broken, known=known, after=after, at_most=at_most)


def _broken(ids: list[int]) -> list[int]:
    with connection.cursor() as c:
        c.execute(BROKEN, [ids])
        return [pk for (pk,) in c.fetchall()]
