"""What came in between two days: by month, by form of payment and by plan. What was given back counts against the day it went.

The three tell the same money: each adds up to what the journal says came into the accounts where money comes in.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from django.db import connection

from amate.billing_cycle.subscriptions.models import Plan

ZERO, CENT = Decimal("0.00"), Decimal("0.01")
OTHER, UNAPPLIED = "Otros cargos", "Sin aplicar todavía"

# A payment counts on the day it was paid, and against the day it was given back.
_MOVES = """
SELECT p.paid_on AS day, p.forma_pago AS forma, p.amount AS amount FROM ledger_payment p
  WHERE p.kind = 'money' AND p.moneda = %(moneda)s AND p.paid_on BETWEEN %(first)s AND %(last)s
UNION ALL
SELECT p.reversed_on, p.forma_pago, -p.amount FROM ledger_payment p
  WHERE p.kind = 'money' AND p.moneda = %(moneda)s AND p.reversed_on BETWEEN %(first)s AND %(last)s
"""
_BY_MONTH = """
SELECT date_trunc('month', day)::date, count(*) FILTER (WHERE amount > 0), coalesce(sum(amount) FILTER (WHERE amount > 0), 0),
  coalesce(sum(amount) FILTER (WHERE amount < 0), 0) FROM ({moves}) AS m GROUP BY 1 ORDER BY 1
"""
_BY_FORM = """
SELECT forma, count(*) FILTER (WHERE amount > 0), coalesce(sum(amount) FILTER (WHERE amount > 0), 0),
  coalesce(sum(amount) FILTER (WHERE amount < 0), 0) FROM ({moves}) AS m GROUP BY 1 ORDER BY sum(amount) DESC, 1
"""
# What was applied of money that came in those days, to which charge of which plan, as things stand on the last of them.
_APPLIED = """
SELECT a.receivable_id, sum(a.amount) FROM ledger_allocation a JOIN ledger_payment p ON p.id = a.payment_id
WHERE p.kind = 'money' AND p.moneda = %(moneda)s AND p.paid_on BETWEEN %(first)s AND %(last)s
  AND (p.reversed_on IS NULL OR p.reversed_on > %(last)s) AND a.day <= %(last)s
  AND (a.reversed_on IS NULL OR a.reversed_on > %(last)s)
GROUP BY 1 ORDER BY 1
"""
_PLANS_OF = """
SELECT c.receivable_id, (SELECT t.plan_id FROM subscriptions_term t
  WHERE t.subscription_id = p.subscription_id AND t.from_on <= p.starts_on ORDER BY t.from_on DESC, t.seq DESC LIMIT 1), c.total
FROM ledger_charge c LEFT JOIN subscriptions_period p ON p.charge_id = c.id
WHERE c.receivable_id = ANY(%(ids)s::bigint[]) ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class IncomeRow:
    """`what`: the first day of a month (date), a key of c_FormaPago, or the name of a plan. `returned` is zero or below."""

    what: date | str
    payments: int
    received: Decimal
    returned: Decimal

    @property
    def net(self) -> Decimal:
        return self.received + self.returned


def income_by_month(*, first: date, last: date, moneda: str = "MXN") -> list[IncomeRow]:
    return [IncomeRow(*row) for row in _rows(_BY_MONTH.format(moves=_MOVES), first, last, moneda)]


def income_by_form(*, first: date, last: date, moneda: str = "MXN") -> list[IncomeRow]:
    return [IncomeRow(*row) for row in _rows(_BY_FORM.format(moves=_MOVES), first, last, moneda)]


def income_by_plan(*, first: date, last: date, moneda: str = "MXN") -> list[IncomeRow]:
    """Each part of a payment goes to the plans of what it paid, by their amounts; the parts add up to the cent."""
    applied = dict(_rows(_APPLIED, first, last, moneda))
    sums: dict[int | None, Decimal] = defaultdict(lambda: ZERO)
    for receivable_id, plans in _plans_of(list(applied)).items():
        for plan_id, part in shares_of(applied[receivable_id], plans).items():
            sums[plan_id] += part
    names: dict[int | None, str] = dict(
        Plan.objects.filter(pk__in=[pk for pk in sums if pk]).values_list("pk", "nombre")
    )
    named = [IncomeRow(names.get(pk, OTHER), 0, amount, ZERO) for pk, amount in sums.items()]
    whole = sum((row.net for row in income_by_month(first=first, last=last, moneda=moneda)), ZERO)
    rest = whole - sum(sums.values(), ZERO)
    rows = sorted(named, key=lambda row: (row.what == OTHER, -row.received, str(row.what)))
    return [*rows, IncomeRow(UNAPPLIED, 0, rest, ZERO)] if rest else rows


def shares_of(amount: Decimal, plans: Mapping[int | None, Decimal]) -> dict[int | None, Decimal]:
    """The amount by the weights, cents rounded down and what is left over given to the last: they add up exactly.

    >>> [str(part) for part in shares_of(Decimal("100.00"), {1: Decimal(1), 2: Decimal(1), 3: Decimal(1)}).values()]
    ['33.33', '33.33', '33.34']
    """
    whole = sum(plans.values(), ZERO)
    found = {plan: (amount * weight / whole).quantize(CENT, ROUND_DOWN) for plan, weight in plans.items()}
    last = next(reversed(found))
    found[last] += amount - sum(found.values(), ZERO)
    return found


def _plans_of(ids: list[int]) -> dict[int, dict[int | None, Decimal]]:
    """{receivable: {plan, None for what is of none: amount}}."""
    found: dict[int, dict[int | None, Decimal]] = {}
    with connection.cursor() as c:
        c.execute(_PLANS_OF, {"ids": ids})
        for receivable_id, plan_id, total in c.fetchall():
            plans = found.setdefault(receivable_id, {})
            plans[plan_id] = plans.get(plan_id, ZERO) + total
    return found


def _rows(sql: str, first: date, last: date, moneda: str) -> list[tuple]:  # type: ignore[type-arg]
    with connection.cursor() as c:
        c.execute(sql, {"first": first, "last": last, "moneda": moneda})
        return list(c.fetchall())
