"""The portal in figures: how many of those who come leave with their invoice, what stops the others, and how long it takes.

Who came is counted (`self_invoicing/tallies.py`); what was stamped is read of the documents themselves.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from amate.companies.day import zone_of_company
from amate.invoices.models import AT_THE_SAT, Origin
from amate.self_invoicing.tallies import ASKED, CAUSES, GIVEN, SCANNED, TYPED

_FUNNEL = """
WITH came AS (
  SELECT branch_id, coalesce(sum(count) FILTER (WHERE what = %(scanned)s), 0) AS scanned,
    coalesce(sum(count) FILTER (WHERE what = %(typed)s), 0) AS typed,
    coalesce(sum(count) FILTER (WHERE what = %(given)s), 0) AS given,
    coalesce(sum(count) FILTER (WHERE what = %(asked)s), 0) AS asked
  FROM self_invoicing_tally WHERE day BETWEEN %(first)s AND %(last)s AND branch_id IS NOT NULL
    AND what IN (%(scanned)s, %(typed)s, %(given)s, %(asked)s) GROUP BY 1
), stamped AS (
  SELECT branch_id, count(*) AS stamped FROM invoices_invoice
  WHERE origin = %(portal)s AND kind = 'ingreso' AND stamped_at >= %(since)s AND stamped_at < %(until)s GROUP BY 1
)
SELECT b.nombre, coalesce(c.scanned, 0)::bigint, coalesce(c.typed, 0)::bigint, coalesce(c.given, 0)::bigint,
  coalesce(c.asked, 0)::bigint, coalesce(s.stamped, 0)
FROM companies_branch b LEFT JOIN came c ON c.branch_id = b.id LEFT JOIN stamped s ON s.branch_id = b.id
WHERE c.branch_id IS NOT NULL OR s.branch_id IS NOT NULL ORDER BY b.id
"""
_STOPS = """
SELECT what, sum(count)::bigint FROM self_invoicing_tally
WHERE day BETWEEN %(first)s AND %(last)s AND what = ANY(%(causes)s) GROUP BY 1 ORDER BY 2 DESC, 1
"""
# Whoever opens the portal again to download was not waiting for his invoice: only visits from before it count.
_BY_MONTH = """
SELECT date_trunc('month', t.sold_at AT TIME ZONE %(zone)s)::date, count(*),
  count(*) FILTER (WHERE i.origin = %(portal)s), count(*) FILTER (WHERE i.origin = %(counter)s),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM i.stamped_at - v.started_at))
    FILTER (WHERE i.origin = %(portal)s),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM i.stamped_at - t.sold_at))
    FILTER (WHERE i.origin = %(portal)s)
FROM self_invoicing_ticket t
LEFT JOIN self_invoicing_claim c ON c.ticket_id = t.id AND c.released_at IS NULL
LEFT JOIN invoices_invoice i ON i.id = c.invoice_id AND i.state = ANY(%(at_the_sat)s)
LEFT JOIN LATERAL (SELECT w.started_at FROM self_invoicing_visit w
  WHERE w.invoice_id = i.id AND w.started_at <= i.created_at ORDER BY w.id LIMIT 1) v ON true
WHERE t.sold_at >= %(since)s AND t.sold_at < %(until)s AND t.state NOT IN ('void', 'split') GROUP BY 1 ORDER BY 1
"""
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """Visits of a branch's notes, by the farthest they came; `stamped` are the portal's invoices of those days."""

    branch: str
    scanned: int
    typed: int
    given: int
    asked: int
    stamped: int

    @property
    def came(self) -> int:
        return self.scanned + self.typed

    @property
    def share(self) -> Decimal:
        """Of those who came: 0 to 1, and above when an invoice was stamped days after it was asked for."""
        return Decimal(self.stamped) / self.came if self.came else ZERO


@dataclass(frozen=True, slots=True)
class StopRow:
    """`cause` is a page of FEATURES 4.3 (X4); `share` of all stops of those days."""

    cause: str
    words: str
    times: int
    share: Decimal


@dataclass(frozen=True, slots=True)
class SelfInvoicedRow:
    """Notes sold in a month and not cancelled. `minutes`: the median from opening the portal to the stamp; `hours`: from
    the sale to it; None without an invoice of the portal."""

    month: date
    notes: int
    portal: int
    counter: int
    minutes: Decimal | None
    hours: Decimal | None

    @property
    def share(self) -> Decimal:
        return Decimal(self.portal) / self.notes


def funnel_by_branch(*, first: date, last: date) -> list[FunnelRow]:
    said = {"scanned": SCANNED, "typed": TYPED, "given": GIVEN, "asked": ASKED, "portal": Origin.PORTAL}
    return [FunnelRow(*row) for row in _rows(_FUNNEL, first, last, **said)]


def stops_by_cause(*, first: date, last: date) -> list[StopRow]:
    found = _rows(_STOPS, first, last, causes=list(CAUSES))
    whole = sum(times for _, times in found)
    return [StopRow(cause, CAUSES[cause], times, Decimal(times) / whole) for cause, times in found]


def self_invoiced_by_month(*, first: date, last: date) -> list[SelfInvoicedRow]:
    said = {"portal": Origin.PORTAL, "counter": Origin.COUNTER, "at_the_sat": sorted(AT_THE_SAT)}
    rows = _rows(_BY_MONTH, first, last, **said)
    return [
        SelfInvoicedRow(month, notes, portal, counter, _in(60, opened), _in(3600, sold))
        for month, notes, portal, counter, opened, sold in rows
    ]


def _in(unit: int, seconds: float | None) -> Decimal | None:
    return None if seconds is None else (Decimal(seconds) / unit).quantize(Decimal("0.1"))


def _rows(sql: str, first: date, last: date, **said: Any) -> list[tuple]:  # type: ignore[type-arg]
    zone = zone_of_company()
    since = datetime.combine(first, time(), zone)
    until = datetime.combine(last + timedelta(days=1), time(), zone)
    with connection.cursor() as c:
        c.execute(sql, {"first": first, "last": last, "since": since, "until": until, "zone": zone.key, **said})
        return list(c.fetchall())
