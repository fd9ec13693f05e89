"""Whose answer may have changed in a while: what programs that keep a copy ask again. More than once is harmless, never is not.

Every event of the ledger is an entry of the journal, so one table tells of all money; the rest are the few tables that
`served` reads, and the days themselves, since a debt grows late while nothing happens.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from amate.companies.billing_policy import billing_policy_on

# A transaction is committed a while after the moment it was begun with: what was told up to then is told again.
OVERLAP = timedelta(minutes=5)
_DAY = timedelta(days=1)

_CHANGED = """
SELECT DISTINCT id FROM (
  SELECT l.customer_id AS id FROM ledger_journalentry e
    JOIN ledger_journalline l ON l.company_id = e.company_id AND l.entry_id = e.id
    WHERE e.created_at >= %(since)s AND l.customer_id IS NOT NULL
  UNION ALL SELECT customer_id FROM service_service
    WHERE changed_at >= %(since)s OR observed_at >= %(since)s OR created_at >= %(since)s OR ended_at >= %(since)s
  UNION ALL SELECT s.customer_id FROM service_hold h JOIN service_service s ON s.id = h.service_id
    WHERE h.opened_at >= %(since)s OR h.lifted_at >= %(since)s
  UNION ALL SELECT customer_id FROM collection_promisetopay
    WHERE created_at >= %(since)s OR settled_on >= %(since_day)s
      OR state = 'open' AND until >= %(since_day)s AND until < %(today)s
  UNION ALL SELECT customer_id FROM collection_exemption
    WHERE created_at >= %(since)s OR ended_at >= %(since)s
      OR ended_at IS NULL AND until >= %(since_day)s AND until < %(today)s
  UNION ALL SELECT merged_into_id FROM customers_customer WHERE merged_at >= %(since)s
  UNION ALL SELECT customer_id FROM ledger_receivable
    WHERE settled_on IS NULL AND state = 'open' AND (
      due_on >= %(late_from)s AND due_on < %(today)s OR reopened_on >= %(late_from)s AND reopened_on < %(today)s)
      AND %(since_day)s::date < %(today)s::date
  UNION ALL SELECT customer_id FROM ledger_receivable r WHERE settled_on IS NULL AND state = 'open' AND EXISTS (
      SELECT FROM companies_billingpolicy p WHERE p.effective_from > %(since_day)s AND p.effective_from <= %(today)s)
) AS touched WHERE id > %(after)s ORDER BY id LIMIT %(limit)s
"""


def customers_changed(*, since: datetime, since_day: date, today: date, after: int, limit: int) -> list[int]:
    """Ids above `after`, in order, of whom anything was written since, less OVERLAP, or whom a day that came judges anew.
    `since_day`: the company's day of `since`."""
    grace = billing_policy_on(today).grace_days
    values: dict[str, Any] = {
        "since": since - OVERLAP,
        "since_day": since_day,
        "today": today,
        "late_from": since_day - timedelta(days=grace) - _DAY,
        "after": after,
        "limit": limit,
    }
    with connection.cursor() as c:
        c.execute(_CHANGED, values)
        return [pk for (pk,) in c.fetchall()]
