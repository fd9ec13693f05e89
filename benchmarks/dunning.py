"""dunning: CPU of client and database for a day's reminders, per overdue item, in F; and for a second run of the same day,
which changes nothing.

Two companies on one server, with 100 and 3,000 overdue items of as many customers; each round is the day of the next rung.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from amate.running.postgres import embedded
from benchmarks.ageing import server_analysed
from benchmarks.companies import own_companies
from benchmarks.scratch import url_of_f
from benchmarks.units import cpu_of, open_units

SIZES = (100, 3_000)
BAR, AGAIN_BAR, RATIO_BAR = 2, 2, 1.2
AT_ONCE = 100
ISSUED, DUE = date(2026, 3, 1), date(2026, 3, 11)
# The days of the house's ladder; the first one warms.
DAYS = (DUE - timedelta(days=5), DUE - timedelta(days=1), DUE, DUE + timedelta(days=2), DUE + timedelta(days=4))
Row = dict[str, Any]


def run(*, sizes: tuple[int, int] = SIZES) -> list[Row]:
    import django

    django.setup()
    from django.db import connection

    server = embedded()
    shops = own_companies("dunning", len(sizes))
    people = [_fill(company.pk, branch.pk, size) for (company, branch), size in zip(shops, sizes, strict=True)]
    first: dict[int, list[float]] = {size: [] for size in sizes}
    second: dict[int, list[float]] = {size: [] for size in sizes}
    with server_analysed(server), open_units(url_of_f(server)) as units:
        for day in DAYS:
            units.batch()
            for (company, _), size, who in zip(shops, sizes, people, strict=True):
                backend = connection.connection.info.backend_pid
                once, claimed = _spent(lambda c=company.pk, w=who, d=day: _remind(c, w, d), backend)  # type: ignore[misc]
                again, nothing = _spent(lambda c=company.pk, w=who, d=day: _remind(c, w, d), backend)  # type: ignore[misc]
                if (claimed, nothing) != (size, 0):
                    raise RuntimeError(f"of {size} items {claimed} were told, and {nothing} by a second run")
                if day != DAYS[0]:
                    first[size].append(once / size)
                    second[size].append(again / size)
        low, high = (median(first[size]) for size in sizes)
        low_again, high_again = (median(second[size]) for size in sizes)
        n = sizes[1]
        return [
            units.row("dunning", high / units.f, "F/item", n, bar=BAR),
            units.row("dunning_ratio", high / low, "x", n, bar=RATIO_BAR),
            units.row("dunning_again", high_again / units.f, "F/item", n, bar=AGAIN_BAR),
            units.row("dunning_again_ratio", high_again / low_again, "x", n),
        ]


def _remind(company_id: int, people: list[int], day: date) -> int:
    """As the worker does it: a hundred customers a transaction. Answers how many notices were claimed."""
    from amate.billing_cycle.collection.remind import remind_customers
    from amate.tenancy.scope import company_scope

    now = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=18)
    claimed = 0
    for at in range(0, len(people), AT_ONCE):
        with company_scope(company_id):
            claimed += remind_customers(
                customer_ids=people[at : at + AT_ONCE], money_coming=(), today=day, now=now
            ).notices
    return claimed


def _fill(company_id: int, branch_id: int, size: int) -> list[int]:
    from amate.billing_cycle.collection.models import Notice
    from amate.companies.models import BillingPolicy
    from amate.customers.add import add_customer
    from amate.ledger.charge import ChargeOf, Order, charge_customers
    from amate.ledger.models import FiscalMode, ReceivableKind
    from amate.tenancy.scope import company_scope

    now = datetime(2026, 3, 1, 18, tzinfo=UTC)
    people: list[int] = []
    for lot in range(0, size, AT_ONCE):
        with company_scope(company_id):
            some = [
                add_customer(nombre=f"Cliente {n}", receptor=None, correo=f"cliente{n}@example.com", now=now).pk
                for n in range(lot, min(lot + AT_ONCE, size))
            ]
            orders = [
                Order(
                    customer_id=who,
                    branch_id=branch_id,
                    kind=ReceivableKind.AVISO,
                    fiscal_mode=FiscalMode.AVISO,
                    due_on=DUE,
                    charges=[ChargeOf(f"c:{who}", "Internet 50 Mb", Decimal("694.85"), iva=Decimal("95.84"))],
                )
                for who in some
            ]
            charge_customers(orders, today=ISSUED, now=now)
        people += some
    with company_scope(company_id):
        BillingPolicy.objects.create(effective_from=ISSUED, max_messages_a_week=7, max_reminders=99)
        if Notice.objects.exists():
            raise RuntimeError("nobody was told anything yet")
    return people


def _spent(act: Callable[[], int], backend: int) -> tuple[float, int]:
    before, start = cpu_of(backend), time.process_time()
    answer = act()
    return time.process_time() - start + cpu_of(backend) - before, answer
