"""I8: what the journal says of a customer is what he was charged, less what was given up, less what he paid or was credited.

The ids are the customers'.
"""

from collections.abc import Sequence

from django.db import connection

from amate.customers.models import Customer
from amate.worker.invariants.look import Look, walk

# Of what was written off only what is paid all the same counts.
BROKEN = """
WITH told AS (
  SELECT customer_id, moneda, sum(amount) AS amount FROM (
    SELECT r.customer_id, r.moneda, CASE WHEN r.state = 'open' THEN r.total ELSE coalesce((
        SELECT sum(a.amount) FROM ledger_allocation a
        WHERE a.company_id = r.company_id AND a.receivable_id = r.id AND a.reversed_on IS NULL), 0) END AS amount
    FROM ledger_receivable r WHERE r.customer_id = ANY(%(ids)s::bigint[]) AND r.state <> 'void'
    UNION ALL
    SELECT p.customer_id, p.moneda, -p.amount FROM ledger_payment p
    WHERE p.customer_id = ANY(%(ids)s::bigint[]) AND p.reversed_on IS NULL
  ) AS every GROUP BY customer_id, moneda
), booked AS (
  SELECT customer_id, moneda, sum(amount) AS amount FROM ledger_journalline
  WHERE customer_id = ANY(%(ids)s::bigint[]) AND account IN ('clientes', 'avisos', 'saldo_a_favor')
  GROUP BY customer_id, moneda
)
SELECT DISTINCT customer_id FROM told FULL JOIN booked USING (customer_id, moneda)
WHERE coalesce(told.amount, 0) <> coalesce(booked.amount, 0) ORDER BY customer_id
"""


def look(*, known: Sequence[int], after: int, at_most: int) -> Look:
    return walk(Customer.objects, _broken, known=known, after=after, at_most=at_most)


def _broken(ids: list[int]) -> list[int]:
    with connection.cursor() as c:
        c.execute(BROKEN, {"ids": ids})
        return [pk for (pk,) in c.fetchall()]
