"""ageing: CPU of client and database for the ageing of all that a company is owed, per open item, in F; and what charging and
receiving cost, a hundred at a time.

Two companies on one server: 100 and 3,000 open items, a third of them paid in part, each among three times as many that are
settled.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from amate.running.postgres import embedded
from benchmarks.companies import own_companies
from benchmarks.scratch import url_of_f
from benchmarks.units import cpu_of, open_units

SIZES = (100, 3_000)
ROUNDS, EACH = 7, 10
BAR, FLOOR_RATIO = 0.1, 1.2
START = date(2026, 1, 1)
Row = dict[str, Any]


def run(*, sizes: tuple[int, int] = SIZES, rounds: int = ROUNDS, each: int = EACH) -> list[Row]:
    import django

    django.setup()
    from django.db import connection

    from amate.ledger.queries import ageing, owed_in_books
    from amate.tenancy.scope import company_scope

    server = embedded()
    shops = own_companies("ageing", len(sizes))
    spent: dict[str, list[float]] = {"charge": [], "receive": []}
    for (company, branch), size in zip(shops, sizes, strict=True):
        _fill(company.pk, branch.pk, size, spent)
    with server_analysed(server), open_units(url_of_f(server)) as units:
        as_of = START + timedelta(days=200)
        found: dict[int, list[float]] = {size: [] for size in sizes}
        for turn in range(rounds + 1):
            units.batch()
            for (company, _), size in zip(shops, sizes, strict=True):

                def look(company_id: int = company.pk) -> None:
                    with company_scope(company_id):
                        ageing(as_of=as_of)

                seconds = _cpu(look, each, connection.connection.info.backend_pid) / size
                if turn:  # the first one warms
                    found[size].append(seconds)
        for (company, _), size in zip(shops, sizes, strict=True):
            with company_scope(company.pk):
                told = ageing(as_of=as_of)
                if sum(one.items for one in told.buckets) != size or told.total != owed_in_books(as_of=as_of):
                    raise RuntimeError(f"{size} open items were made, the ageing tells {told}")
        small, large = (median(found[size]) for size in sizes)
        n = rounds * each
        return [
            units.row("ageing", large / units.f, "F/item", n, bar=BAR),
            units.row("ageing_growth", large / small, "ratio", n, bar=FLOOR_RATIO),
            units.row("ledger_charge", median(spent["charge"]) / units.f, "F", 100 * len(spent["charge"])),
            units.row("ledger_receive", median(spent["receive"]) / units.f, "F", 100 * len(spent["receive"])),
        ]


@contextmanager
def server_analysed(server: Any) -> Iterator[None]:
    """As it stands after a night: autovacuum has seen the tables."""
    import psycopg

    with psycopg.connect(server.url("amate_owner", "amate"), autocommit=True) as c:
        c.execute("ANALYZE")
    yield


def _fill(company_id: int, branch_id: int, size: int, spent: dict[str, list[float]]) -> None:
    """By the ledger's own acts, a hundred at a time, each hundred a committed transaction."""
    from django.db import connection

    from amate.customers.add import add_customer
    from amate.ledger.charge import ChargeOf, Order, charge_customers
    from amate.ledger.models import FiscalMode, ReceivableKind
    from amate.ledger.receive import Arrival, Incoming, receive_payments
    from amate.tenancy.scope import company_scope

    now = datetime(2026, 6, 1, 18, tzinfo=UTC)
    with company_scope(company_id):
        people = [add_customer(nombre=f"Cliente {n}", receptor=None, correo="", now=now).pk for n in range(100)]
    backend = connection.connection.info.backend_pid
    for lot in range(4 * size // 100):
        today = START + timedelta(days=lot * 160 // (4 * size // 100))
        orders = [
            Order(
                customer_id=who,
                branch_id=branch_id,
                kind=ReceivableKind.INVOICE,
                fiscal_mode=FiscalMode.PPD,
                due_on=today + timedelta(days=10),
                charges=[ChargeOf(f"c:{lot}:{who}", "Internet 50 Mb", Decimal("694.85"), iva=Decimal("95.84"))],
            )
            for who in people
        ]
        made: list[Any] = []

        def charge(orders: list[Order] = orders, made: list[Any] = made, today: date = today) -> None:
            with company_scope(company_id):
                made.extend(charge_customers(orders, today=today, now=now))

        spent["charge"].append(_cpu(charge, 1, backend) / 100)
        settles = lot % 4 != 3
        paid = made if settles else made[::3]
        arrivals = [
            Arrival(
                Incoming(
                    provider="conekta",
                    provider_ref=f"ox-{debt.pk}",
                    amount=debt.total if settles else Decimal("100.00"),
                    account="puente:conekta",
                    paid_at=now,
                    paid_on=today,
                    forma_pago="03",
                    bound=debt.pk,
                ),
                debt.customer_id,
            )
            for debt in paid
        ]

        def receive(arrivals: list[Arrival] = arrivals, today: date = today) -> None:
            with company_scope(company_id):
                receive_payments(arrivals, today=today, now=now)

        seconds = _cpu(receive, 1, backend) / len(arrivals)
        if settles:
            spent["receive"].append(seconds)


def _cpu(act: Callable[[], object], times: int, backend: int) -> float:
    """CPU seconds of this process and of its backend for one of so many."""
    before, start = cpu_of(backend), time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - start + cpu_of(backend) - before) / times
