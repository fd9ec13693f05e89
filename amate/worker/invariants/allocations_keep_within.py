"""I6: what a payment pays is never more than the payment, nor more than the debt; both are of one customer and currency, and
`settled_on` and `used_up_on` are what the allocations say.

The ids are the allocations'.
"""

from collections.abc import Sequence

from django.db import connection

from amate.ledger.models import Allocation
from amate.worker.invariants.look import Look, walk

BROKEN = """
SELECT a.id FROM ledger_allocation a
JOIN ledger_payment p ON p.id = a.payment_id JOIN ledger_receivable r ON r.id = a.receivable_id
CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS used, max(day) AS day FROM ledger_allocation
  WHERE company_id = a.company_id AND payment_id = p.id AND reversed_on IS NULL) AS of_payment
CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS paid, max(day) AS day FROM ledger_allocation
  WHERE company_id = a.company_id AND receivable_id = r.id AND reversed_on IS NULL) AS of_debt
WHERE a.id = ANY(%s::bigint[]) AND (
  of_payment.used > p.amount OR of_debt.paid > r.total
  OR p.used_up_on IS DISTINCT FROM CASE WHEN of_payment.used = p.amount THEN of_payment.day END
  OR r.settled_on IS DISTINCT FROM CASE WHEN of_debt.paid = r.total THEN of_debt.day END
  OR (a.reversed_on IS NULL AND (p.customer_id IS DISTINCT FROM r.customer_id OR p.moneda <> r.moneda
      OR p.reversed_on IS NOT NULL OR r.state = 'void'))
) ORDER BY a.id
"""


def look(*, known: Sequence[int], after: int, at_most: int) -> Look:
    return walk(Allocation.objects, _broken, known=known, after=after, at_most=at_most)


def _broken(ids: list[int]) -> list[int]:
    with connection.cursor() as c:
        c.execute(BROKEN, [ids])
        return [pk for (pk,) in c.fetchall()]
