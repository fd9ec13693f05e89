"""The figures of the first page, in one statement: what is owed by age, who owes longest, and what came in."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from amate.ledger.queries import BUCKETS, OPEN_ITEMS, Ageing, Bucket

_OVERVIEW = """
WITH items AS MATERIALIZED ({items}),
aged AS (
  SELECT CASE WHEN late <= 0 THEN 0 WHEN late <= 30 THEN 1 WHEN late <= 60 THEN 2 WHEN late <= 90 THEN 3 ELSE 4 END AS age,
    count(*) AS items, sum("left") AS amount
  FROM (SELECT %(day)s::date - due_on AS late, "left" FROM items) AS one GROUP BY 1
),
debtors AS (
  SELECT i.customer_id, c.nombre, sum(i."left") AS owed, min(i.due_on) AS oldest
  FROM items i JOIN customers_customer c ON c.id = i.customer_id GROUP BY 1, 2 HAVING min(i.due_on) < %(day)s
  ORDER BY sum(i."left" * greatest(%(day)s::date - i.due_on, 0)) DESC, 3 DESC, 1 LIMIT %(limit)s
),
money AS (
  SELECT coalesce(sum(amount) FILTER (WHERE paid_on = %(day)s), 0) AS today,
    count(*) FILTER (WHERE paid_on = %(day)s) AS payments, coalesce(sum(amount), 0) AS month
  FROM ledger_payment
  WHERE kind = 'money' AND moneda = %(moneda)s AND reversed_on IS NULL AND paid_on BETWEEN %(month)s AND %(day)s
)
SELECT (SELECT coalesce(json_agg(json_build_array(age, items, amount::text)), '[]') FROM aged),
  (SELECT coalesce(json_agg(json_build_array(customer_id, nombre, owed::text, oldest)), '[]') FROM debtors),
  money.today, money.payments, money.month,
  EXISTS (SELECT FROM ledger_receivable) FROM money
"""


class Worst(NamedTuple):
    customer_id: int
    nombre: str
    owed: Decimal
    oldest_due: date


@dataclass(frozen=True, slots=True)
class Overview:
    """Of one day, in one currency. `received` and `payments` are of the day, `in_month` from the first of its month on;
    what was given back is left out. `charges`: whether the company ever charged anybody."""

    ageing: Ageing
    worst: tuple[Worst, ...]
    received: Decimal
    payments: int
    in_month: Decimal
    charges: bool


def overview_of(day: date, *, debtors: int, moneda: str = "MXN") -> Overview:
    """`debtors`: how many of the worst, by pesos × days late."""
    values: dict[str, Any] = {"day": day, "month": day.replace(day=1), "moneda": moneda, "limit": debtors}
    with connection.cursor() as c:
        c.execute(_OVERVIEW.format(items=OPEN_ITEMS.format(more="")), values)
        aged, worst, received, payments, in_month, charges = c.fetchone()
    found = {age: (items, Decimal(amount)) for age, items, amount in _read(aged)}
    buckets = (Bucket(name, *found.get(place, (0, Decimal("0.00")))) for place, name in enumerate(BUCKETS))
    return Overview(
        ageing=Ageing(tuple(buckets)),
        worst=tuple(
            Worst(pk, name, Decimal(owed), date.fromisoformat(oldest)) for pk, name, owed, oldest in _read(worst)
        ),
        received=received,
        payments=payments,
        in_month=in_month,
        charges=charges,
    )


def _read(found: object) -> list[list]:  # type: ignore[type-arg]
    return json.loads(found) if isinstance(found, str) else found  # type: ignore[return-value]
