"""Reading the ledger as of any day: balances are asked for, nothing stores them.

A day counts to its end. What was booked late counts from its own day, so a balance of the past may still change when the
news of a payment comes late: `Movement.booked_on` says so. One currency at a time; nothing is converted.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from amate.ledger.accounts import OF_THE_CUSTOMER, OWED

# The buckets of CYCLE §7, by days after the due day.
BUCKETS = ("por_vencer", "1-30", "31-60", "61-90", "91+")

# What was owed on a day. Settled before it: it was not (`settled_on` is the last day of the live allocations). The index on
# settled_on leaves two ranges, what is open now and what was settled since. An aggregate per debt, by its own index.
OPEN_ITEMS = """
SELECT r.id, r.customer_id, r.kind, r.fiscal_mode, r.issued_on, r.due_on, r.total, r.total - coalesce(a.paid, 0) AS "left"
FROM ledger_receivable r LEFT JOIN LATERAL (
  SELECT sum(amount) AS paid FROM ledger_allocation a
  WHERE a.receivable_id = r.id AND a.company_id = r.company_id AND a.day <= %(day)s
    AND (a.reversed_on IS NULL OR a.reversed_on > %(day)s)
) AS a ON true
WHERE (r.settled_on IS NULL OR r.settled_on > %(day)s) AND r.issued_on <= %(day)s
  AND (r.state_on IS NULL OR r.state_on > %(day)s) AND r.moneda = %(moneda)s AND r.total > coalesce(a.paid, 0) {more}
"""
_OF_CUSTOMERS = "AND r.customer_id = ANY(%(customers)s::bigint[])"
_AGEING_OF_EACH = """
SELECT customer_id, count(*), min(due_on), coalesce(sum(left_of) FILTER (WHERE late <= 0), 0),
  coalesce(sum(left_of) FILTER (WHERE late BETWEEN 1 AND 30), 0),
  coalesce(sum(left_of) FILTER (WHERE late BETWEEN 31 AND 60), 0),
  coalesce(sum(left_of) FILTER (WHERE late BETWEEN 61 AND 90), 0), coalesce(sum(left_of) FILTER (WHERE late > 90), 0)
FROM (SELECT o.customer_id, o.due_on, %(day)s::date - o.due_on AS late, o."left" AS left_of FROM ({items}) AS o) AS aged
GROUP BY customer_id
ORDER BY coalesce(sum(left_of) FILTER (WHERE late > 0), 0) DESC, sum(left_of) DESC, customer_id
"""
_AGEING = """
SELECT count(*) FILTER (WHERE late <= 0), coalesce(sum(left_of) FILTER (WHERE late <= 0), 0),
  count(*) FILTER (WHERE late BETWEEN 1 AND 30), coalesce(sum(left_of) FILTER (WHERE late BETWEEN 1 AND 30), 0),
  count(*) FILTER (WHERE late BETWEEN 31 AND 60), coalesce(sum(left_of) FILTER (WHERE late BETWEEN 31 AND 60), 0),
  count(*) FILTER (WHERE late BETWEEN 61 AND 90), coalesce(sum(left_of) FILTER (WHERE late BETWEEN 61 AND 90), 0),
  count(*) FILTER (WHERE late > 90), coalesce(sum(left_of) FILTER (WHERE late > 90), 0)
FROM (SELECT %(day)s::date - o.due_on AS late, o."left" AS left_of FROM ({items}) AS o) AS aged
"""
_BALANCES = """
SELECT customer_id, sum(amount) FROM ledger_journalline
WHERE customer_id = ANY(%(customers)s::bigint[]) AND day <= %(day)s AND account = ANY(%(accounts)s) AND moneda = %(moneda)s
GROUP BY customer_id
"""
# An allocation moves nothing between the customer and us: his credit goes down as his debt does.
_MOVEMENTS = """
SELECT e.id, e.source_key, e.day, e.booked_on, max(l.receivable_id), max(l.payment_id), sum(l.amount)
FROM ledger_journalline l JOIN ledger_journalentry e ON e.id = l.entry_id
WHERE l.customer_id = %(customer)s AND l.day BETWEEN %(first)s AND %(last)s AND l.account = ANY(%(accounts)s)
  AND l.moneda = %(moneda)s
GROUP BY e.id HAVING sum(l.amount) <> 0 ORDER BY e.day, e.id
"""
_TOTAL = """
SELECT coalesce(sum(amount), 0) FROM ledger_journalline
WHERE account = ANY(%(accounts)s) AND day <= %(day)s AND moneda = %(moneda)s
"""
_TOP_DEBTORS = """
SELECT customer_id, sum("left"), count(*), min(due_on), sum("left" * greatest(%(day)s::date - due_on, 0))
FROM ({items}) AS o GROUP BY customer_id ORDER BY 5 DESC, 2 DESC, 1 LIMIT %(limit)s
"""
_ON_TIME = """
SELECT customer_id, count(*) FILTER (WHERE settled_on <= due_on) AS on_time, count(*) AS due
FROM ledger_receivable
WHERE state = 'open' AND due_on BETWEEN %(first)s AND %(last)s AND issued_on BETWEEN %(horizon)s AND %(last)s
GROUP BY customer_id HAVING count(*) >= %(at_least)s
ORDER BY count(*) FILTER (WHERE settled_on <= due_on)::numeric / count(*) DESC, count(*) DESC, customer_id LIMIT %(limit)s
"""


class OpenItem(NamedTuple):
    """What was left of a receivable on the day."""

    receivable_id: int
    customer_id: int
    kind: str
    fiscal_mode: str
    issued_on: date
    due_on: date
    total: Decimal
    left: Decimal


class Bucket(NamedTuple):
    name: str
    items: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Ageing:
    """The buckets in their order, all of them."""

    buckets: tuple[Bucket, ...]

    @property
    def total(self) -> Decimal:
        return sum((one.amount for one in self.buckets), Decimal("0.00"))

    @property
    def overdue(self) -> Decimal:
        return self.total - self.buckets[0].amount


class AgeOf(NamedTuple):
    """`ages`: an amount for each of BUCKETS, in their order."""

    customer_id: int
    items: int
    oldest_due: date
    ages: tuple[Decimal, ...]


class Movement(NamedTuple):
    """What changed a customer's balance, and the balance after it. `what` is the first word of the entry's source key:
    receivable, payment, void, write_off, reversal… `booked_on` after `day`: the news came late."""

    entry_id: int
    what: str
    day: date
    booked_on: date
    receivable_id: int | None
    payment_id: int | None
    amount: Decimal
    balance: Decimal


class Account(NamedTuple):
    """A customer's movements of some days: `opening` + movements = `closing`, which is the next days' opening (I9)."""

    opening: Decimal
    movements: list[Movement]
    closing: Decimal


class Debtor(NamedTuple):
    """`weight`: pesos × days late, by which they are sorted."""

    customer_id: int
    left: Decimal
    items: int
    oldest_due: date
    weight: Decimal


class Payer(NamedTuple):
    customer_id: int
    on_time: int
    due: int


def balance_of(customer_id: int, *, as_of: date, moneda: str = "MXN") -> Decimal:
    """What the customer owed less what he had in his favour: below zero, we owed him."""
    return balances_of([customer_id], as_of=as_of, moneda=moneda).get(customer_id, Decimal("0.00"))


def balances_of(customer_ids: Collection[int], *, as_of: date, moneda: str = "MXN") -> dict[int, Decimal]:
    """Of those that have any movement."""
    values = {"customers": list(customer_ids), "day": as_of, "accounts": list(OF_THE_CUSTOMER), "moneda": moneda}
    return dict(_rows(_BALANCES, values))


def open_items(*, as_of: date, customer_ids: Collection[int] | None = None, moneda: str = "MXN") -> list[OpenItem]:
    """What was owed on the day, oldest due first; None asks for all customers of the company."""
    sql, values = _items(as_of, customer_ids, moneda)
    return [OpenItem(*row) for row in _rows(sql + " ORDER BY r.due_on, r.id", values)]


def ageing(*, as_of: date, customer_ids: Collection[int] | None = None, moneda: str = "MXN") -> Ageing:
    """By days after the due day. The sum of the buckets is what stands in the accounts of debtors on that day (I10)."""
    sql, values = _items(as_of, customer_ids, moneda)
    [row] = _rows(_AGEING.format(items=sql), values)
    return Ageing(tuple(Bucket(name, row[2 * n], row[2 * n + 1]) for n, name in enumerate(BUCKETS)))


def ageing_of_each(*, as_of: date, moneda: str = "MXN") -> list[AgeOf]:
    """Of all who owed something that day, who owed most of what was late first."""
    sql, values = _items(as_of, None, moneda)
    return [AgeOf(row[0], row[1], row[2], tuple(row[3:])) for row in _rows(_AGEING_OF_EACH.format(items=sql), values)]


def owed_in_books(*, as_of: date, moneda: str = "MXN") -> Decimal:
    """What the journal says that all customers owed, avisos included."""
    found: Decimal = _rows(_TOTAL, {"accounts": list(OWED), "day": as_of, "moneda": moneda})[0][0]
    return found


def account_of(customer_id: int, *, first: date, last: date, moneda: str = "MXN") -> Account:
    """His movements from `first` to `last`, both included, with the balance after each."""
    values = {
        "customer": customer_id,
        "first": first,
        "last": last,
        "accounts": list(OF_THE_CUSTOMER),
        "moneda": moneda,
    }
    opening = balance = balance_of(customer_id, as_of=date.fromordinal(first.toordinal() - 1), moneda=moneda)
    movements = []
    for entry_id, source_key, day, booked_on, receivable_id, payment_id, amount in _rows(_MOVEMENTS, values):
        balance += amount
        what = source_key.partition(":")[0]
        movements.append(Movement(entry_id, what, day, booked_on, receivable_id, payment_id, amount, balance))
    return Account(opening, movements, balance)


def top_debtors(*, as_of: date, limit: int, moneda: str = "MXN") -> list[Debtor]:
    """By pesos × days late, then by pesos."""
    sql, values = _items(as_of, None, moneda)
    return [Debtor(*row) for row in _rows(_TOP_DEBTORS.format(items=sql), {**values, "limit": limit})]


def best_payers(*, first: date, last: date, at_least: int, limit: int) -> list[Payer]:
    """Who paid on time what was due from `first` to `last`, of those with so many debts due; the best share first."""
    horizon = date.fromordinal(first.toordinal() - 366)  # terms are shorter than a year: an index of days serves
    values = {"first": first, "last": last, "horizon": horizon, "at_least": at_least, "limit": limit}
    return [Payer(*row) for row in _rows(_ON_TIME, values)]


def _items(as_of: date, customer_ids: Collection[int] | None, moneda: str) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"day": as_of, "moneda": moneda}
    if customer_ids is None:
        return OPEN_ITEMS.format(more=""), values
    return OPEN_ITEMS.format(more=_OF_CUSTOMERS), {**values, "customers": list(customer_ids)}


def _rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as c:
        c.execute(sql, values)
        return list(c.fetchall())
