"""The customers' movements as the journal has them, of many at once."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from amate.ledger.accounts import OF_THE_CUSTOMER, SALDO_A_FAVOR

# What the statement before had not seen: later days, and entries that were written after it. Allocations move nothing
# between the customer and us, and fall out by their sum.
_ENTRIES = """
SELECT l.customer_id, e.id, e.source_key, e.day, e.booked_on, max(l.receivable_id), max(l.payment_id), sum(l.amount)
FROM unnest(%(customers)s::bigint[], %(firsts)s::date[], %(throughs)s::bigint[]) AS w(customer_id, first, through)
JOIN ledger_journalline l ON l.customer_id = w.customer_id AND l.day <= %(last)s
  AND l.account = ANY(%(accounts)s) AND l.moneda = %(moneda)s
JOIN ledger_journalentry e ON e.id = l.entry_id AND (e.day >= w.first OR e.id > w.through)
GROUP BY l.customer_id, e.id HAVING sum(l.amount) <> 0 ORDER BY e.day, e.id
"""
_STANDINGS = """
SELECT w.customer_id,
  coalesce(sum(l.amount) FILTER (WHERE l.day < w.first), 0),
  coalesce(sum(l.amount) FILTER (WHERE l.day <= %(last)s), 0),
  coalesce(-sum(l.amount) FILTER (WHERE l.day <= %(last)s AND l.account = %(credit)s), 0),
  coalesce(max(l.entry_id), 0)
FROM unnest(%(customers)s::bigint[], %(firsts)s::date[]) AS w(customer_id, first)
LEFT JOIN ledger_journalline l ON l.customer_id = w.customer_id AND l.account = ANY(%(accounts)s) AND l.moneda = %(moneda)s
GROUP BY w.customer_id
"""


class Since(NamedTuple):
    """From when on to tell: the first day, and the last entry that was told before (0: none was)."""

    first: date
    through: int


class Entry(NamedTuple):
    """`what` and `of`: the words of its source key, `receivable` and 7."""

    id: int
    what: str
    day: date
    booked_on: date
    receivable_id: int | None
    payment_id: int | None
    amount: Decimal


class Standing(NamedTuple):
    """What the books say now: the balance before `first`, and on the day of the cut-off; the credit within the latter; the
    last entry there is."""

    before: Decimal
    closing: Decimal
    credit: Decimal
    through: int


def entries_of(since: Mapping[int, Since], *, last: date, moneda: str) -> dict[int, list[Entry]]:
    """Each customer's, by day. One statement however many they are."""
    found: dict[int, list[Entry]] = defaultdict(list)
    values = {"throughs": [one.through or _ALL for one in since.values()], **_values(since, last=last, moneda=moneda)}
    for customer_id, pk, key, *rest in _rows(_ENTRIES, values):
        found[customer_id].append(Entry(pk, key.partition(":")[0], *rest))
    return found


def standings_of(since: Mapping[int, Since], *, last: date, moneda: str) -> dict[int, Standing]:
    values = {"credit": SALDO_A_FAVOR, **_values(since, last=last, moneda=moneda)}
    return {row[0]: Standing(*row[1:]) for row in _rows(_STANDINGS, values)}


_ALL = 2**63 - 1  # nothing was told before: only days count


def _values(since: Mapping[int, Since], *, last: date, moneda: str) -> dict[str, Any]:
    return {
        "customers": list(since),
        "firsts": [one.first for one in since.values()],
        "last": last,
        "moneda": moneda,
        "accounts": list(OF_THE_CUSTOMER),
    }


def _rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as c:
        c.execute(sql, values)
        return list(c.fetchall())
