"""How many days of billing wait to be paid (DSO): what is owed, over what was billed in ninety days, times ninety."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection

from amate.ledger.queries import ageing
from amate.reports.recurring import ends_of_months

WINDOW = 90
TENTH = Decimal("0.1")
# A void receivable never was; what was written off was billed.
_BILLED = """
SELECT coalesce(sum(r.total) FILTER (WHERE r.issued_on > %(since)s), 0),
  coalesce(sum(r.total) FILTER (WHERE r.issued_on >= %(month)s), 0)
FROM ledger_receivable r
WHERE r.issued_on BETWEEN least(%(since)s, %(month)s) AND %(day)s AND r.moneda = %(moneda)s AND r.kind <> 'opening'
  AND (r.state <> 'void' OR r.state_on > %(day)s)
"""


@dataclass(frozen=True, slots=True)
class CollectRow:
    """As it stood at the end of `day`, the last of its month or the last that was asked. `in_month`: billed in it; `billed`: in
    the ninety days up to it."""

    day: date
    owed: Decimal
    in_month: Decimal
    billed: Decimal

    @property
    def days(self) -> Decimal | None:
        """To a tenth; None where nothing was billed."""
        return (self.owed / self.billed * WINDOW).quantize(TENTH, ROUND_HALF_UP) if self.billed else None


def days_to_collect(*, first: date, last: date, moneda: str = "MXN") -> list[CollectRow]:
    """A row a month; none before anything was billed."""
    rows = [_row(day, moneda) for day in ends_of_months(first, last)]
    while rows and not rows[0].owed and not rows[0].billed:
        rows.pop(0)
    return rows


def _row(day: date, moneda: str) -> CollectRow:
    values: dict[str, Any] = {
        "day": day,
        "since": day - timedelta(days=WINDOW),
        "month": day.replace(day=1),
        "moneda": moneda,
    }
    with connection.cursor() as c:
        c.execute(_BILLED, values)
        billed, in_month = c.fetchone()
    return CollectRow(day, ageing(as_of=day, moneda=moneda).total, in_month, billed)
