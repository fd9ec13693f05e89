"""FEATURES 38: the parts of a divided note add up to it, and it is nobody's; a whole note has no parts.

The ids are the notes that were divided.
"""

from collections.abc import Sequence

from django.db import connection

from amate.self_invoicing.models import Ticket
from amate.worker.invariants.look import Look, walk

BROKEN = """
SELECT t.id FROM self_invoicing_ticket t CROSS JOIN LATERAL (
  SELECT count(*) AS parts, coalesce(sum(p.total_cents), 0) AS cents,
    coalesce(bool_or(p.total * 100 <> p.total_cents OR p.moneda <> t.moneda), false) AS odd
  FROM self_invoicing_ticket p WHERE p.company_id = t.company_id AND p.split_of_id = t.id AND p.rejoined_at IS NULL
) AS own
WHERE t.id = ANY(%s::bigint[]) AND (own.odd OR CASE t.state WHEN 'split' THEN own.parts < 2 OR own.cents <> t.total_cents
    OR EXISTS (SELECT FROM self_invoicing_claim c
      WHERE c.company_id = t.company_id AND c.ticket_id = t.id AND c.released_at IS NULL)
  ELSE own.parts > 0 END)
ORDER BY t.id
"""


def look(*, known: Sequence[int], after: int, at_most: int) -> Look:
    parts = Ticket.objects.filter(split_of__isnull=False)
    divided = Ticket.objects.filter(state=Ticket.State.SPLIT) | Ticket.objects.filter(
        pk__in=parts.values("split_of_id")
    )
    return walk(divided, _broken, known=known, after=after, at_most=at_most)


def _broken(ids: list[int]) -> list[int]:
    with connection.cursor() as c:
        c.execute(BROKEN, [ids])
        return [pk for (pk,) in c.fetchall()]
