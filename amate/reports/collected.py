"""How much of what fell due was paid: by its day, fifteen and thirty days later, and so far."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

ZERO = Decimal("0.00")
# Void receivables never were; what was written off was due, and is not paid.
_BY_MONTH = """
SELECT date_trunc('month', r.due_on)::date, count(*), sum(r.total), coalesce(sum(a.by_due), 0), coalesce(sum(a.by_15), 0),
  coalesce(sum(a.by_30), 0), coalesce(sum(a.so_far), 0)
FROM ledger_receivable r LEFT JOIN LATERAL (
  SELECT sum(amount) FILTER (WHERE day <= r.due_on) AS by_due, sum(amount) FILTER (WHERE day <= r.due_on + 15) AS by_15,
    sum(amount) FILTER (WHERE day <= r.due_on + 30) AS by_30, sum(amount) AS so_far
  FROM ledger_allocation a WHERE a.receivable_id = r.id AND a.company_id = r.company_id AND a.day <= %(as_of)s
    AND (a.reversed_on IS NULL OR a.reversed_on > %(as_of)s)
) AS a ON true
WHERE r.due_on BETWEEN %(first)s AND %(as_of)s AND r.issued_on <= %(as_of)s AND r.moneda = %(moneda)s
  AND (r.state <> 'void' OR r.state_on > %(as_of)s)
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class CollectedRow:
    """What was due in one month, and what of it was paid by when."""

    month: date
    items: int
    due: Decimal
    by_due: Decimal
    by_15: Decimal
    by_30: Decimal
    so_far: Decimal

    @property
    def rate(self) -> Decimal:
        """Of the whole, so far: 0 to 1."""
        return self.so_far / self.due if self.due else ZERO


def collected_by_month(*, first: date, as_of: date, moneda: str = "MXN") -> list[CollectedRow]:
    """Of what fell due from `first` to `as_of`, as it stood on that day."""
    with connection.cursor() as c:
        c.execute(_BY_MONTH, {"first": first, "as_of": as_of, "moneda": moneda})
        return [CollectedRow(*row) for row in c.fetchall()]
