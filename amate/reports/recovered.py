"""Which message works: what was paid within fifteen days of each step of the reminders, and before the next one.

Money counts for the last word that was sent before it, and once: of two on the same day, for the later. What went back within those days never came.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

WITHIN = 15  # days
ZERO = Decimal("0.00")
# `owed`: what was left of the debt when the day began on which it was told.
_BY_STEP = """
WITH told AS (
  SELECT n.id, n.receivable_id, n.step, n.channel, n.day FROM collection_notice n
  JOIN ledger_receivable r ON r.id = n.receivable_id
  WHERE n.state = 'sent' AND n.day BETWEEN %(first)s AND %(last)s AND r.moneda = %(moneda)s
), owing AS (
  SELECT t.*, r.total - coalesce((SELECT sum(a.amount) FROM ledger_allocation a
    WHERE a.receivable_id = t.receivable_id AND a.company_id = r.company_id AND a.day < t.day
      AND (a.reversed_on IS NULL OR a.reversed_on >= t.day)), 0) AS owed
  FROM told t JOIN ledger_receivable r ON r.id = t.receivable_id
), came AS (
  SELECT (SELECT t.id FROM told t WHERE t.receivable_id = a.receivable_id AND t.day <= a.day AND a.day <= t.day + %(within)s
    ORDER BY t.day DESC, t.id DESC LIMIT 1) AS notice_id, a.receivable_id, a.amount
  FROM ledger_allocation a WHERE a.day BETWEEN %(first)s AND %(last)s + %(within)s
    AND (a.reversed_on IS NULL OR a.reversed_on > a.day + %(within)s)
    AND a.receivable_id IN (SELECT receivable_id FROM told)
), paid AS (SELECT notice_id, sum(amount) AS amount FROM came WHERE notice_id IS NOT NULL GROUP BY 1)
SELECT o.step, o.channel, count(*), sum(o.owed), count(p.notice_id), coalesce(sum(p.amount), 0)
FROM owing o LEFT JOIN paid p ON p.notice_id = o.id
GROUP BY 1, 2 ORDER BY coalesce(sum(p.amount), 0) DESC, 1, 2
"""


@dataclass(frozen=True, slots=True)
class RecoveredRow:
    """`told`: debts that were told so; `paying` of them brought money within the days, `paid` in all."""

    step: str
    channel: str
    told: int
    owed: Decimal
    paying: int
    paid: Decimal

    @property
    def rate(self) -> Decimal:
        """Of what was owed: 0 to 1."""
        return self.paid / self.owed if self.owed else ZERO


def recovered_by_step(*, first: date, last: date, moneda: str = "MXN") -> list[RecoveredRow]:
    """Of what was sent from `first` to `last`, with what came in the days after."""
    values: dict[str, Any] = {"first": first, "last": last, "within": WITHIN, "moneda": moneda}
    with connection.cursor() as c:
        c.execute(_BY_STEP, values)
        return [RecoveredRow(*row) for row in c.fetchall()]
