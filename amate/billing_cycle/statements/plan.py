"""Which cut-offs are owed, by the company's policy: every day once, those of a time without a worker too."""

from calendar import monthrange
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection

from amate.billing_cycle.statements.compose import AT_ONCE
from amate.billing_cycle.statements.models import StatementRun
from amate.companies.billing_policy import BillingPolicy, StatementWhen, billing_policy_on
from amate.companies.day import zone_of_company
from amate.ledger.accounts import OF_THE_CUSTOMER
from amate.ledger.models import Receivable
from amate.promises.kinds import BATCH
from amate.promises.promise import promise_all
from amate.tenancy.writes import insert_unless_there

DAY = timedelta(days=1)
LATE_AT_MOST = 31  # days: what was not told by then is told by the next one

# Who moved within the month, and who owes or is owed.
_MONTHLY = """
SELECT moneda, customer_id FROM ledger_journalline
WHERE customer_id IS NOT NULL AND day <= %(cut)s AND account = ANY(%(accounts)s)
GROUP BY moneda, customer_id HAVING sum(amount) <> 0 OR max(day) > %(since)s ORDER BY moneda, customer_id
"""


def plan_statements(*, today: date, now: datetime) -> int:
    """Owe the statements of every day that has ended and was not looked after; answers how many days those were. A day is
    told once it is over, so that nothing of it comes after."""
    days = _days(today)
    for cut in days:
        ids = _wanted(cut)
        told = len({pk for ones in ids.values() for pk in ones})
        if not insert_unless_there(StatementRun(fecha_corte=cut, customers=told, planned_at=now)):
            continue
        wanted = {
            f"statements:{cut.isoformat()}:{moneda}:{batch[0]}": {
                "fecha_corte": cut.isoformat(),
                "moneda": moneda,
                "customer_ids": batch,
            }
            for moneda, ones in ids.items()
            for batch in (ones[place : place + AT_ONCE] for place in range(0, len(ones), AT_ONCE))
        }
        promise_all(kind="make_statements", wanted=wanted, now=now, priority=BATCH)
    return len(days)


def mails_from(*, now: datetime) -> datetime:
    """The next moment at which the company writes to its customers."""
    zone = zone_of_company()
    local = now.astimezone(zone)
    policy = billing_policy_on(local.date())
    if not policy.contact_weekdays:
        return now
    for ahead in range(8):
        day = local.date() + ahead * DAY
        opens = datetime.combine(day, time(policy.contact_from_hour), zone)
        shuts = opens + timedelta(hours=policy.contact_to_hour - policy.contact_from_hour)
        if day.weekday() in policy.contact_weekdays and local < shuts:
            return max(now, opens)
    return now


def _days(today: date) -> list[date]:
    last = StatementRun.objects.order_by("-fecha_corte").values_list("fecha_corte", flat=True).first()
    yesterday = today - DAY
    first = yesterday if last is None else max(last + DAY, today - LATE_AT_MOST * DAY)
    return [first + n * DAY for n in range((yesterday - first).days + 1)]


def _wanted(cut: date) -> dict[str, list[int]]:
    """Who is told of that day, by currency."""
    policy = billing_policy_on(cut)
    found: dict[str, list[int]] = defaultdict(list)
    if policy.statement_when == StatementWhen.WITH_INVOICE:
        rows = Receivable.objects.filter(issued_on=cut).order_by("moneda", "customer_id")
        for moneda, pk in rows.values_list("moneda", "customer_id").distinct():
            found[moneda].append(pk)
    if policy.statement_when == StatementWhen.MONTHLY and cut == _day_of_month(cut, policy):
        values: dict[str, Any] = {"cut": cut, "since": cut - 31 * DAY, "accounts": list(OF_THE_CUSTOMER)}
        with connection.cursor() as c:
            c.execute(_MONTHLY, values)
            for moneda, pk in c.fetchall():
                found[moneda].append(pk)
    return found


def _day_of_month(cut: date, policy: BillingPolicy) -> date:
    """
    >>> [_day_of_month(date(2026, 2, 1), BillingPolicy(company_id=1, statement_day=day)).day for day in (15, 31)]
    [15, 28]
    """
    return cut.replace(day=min(policy.statement_day, monthrange(cut.year, cut.month)[1]))
