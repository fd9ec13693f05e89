"""statements: CPU of client and database for the statements of a cut-off, written a hundred at a time, per statement, in F; its
growth from 100 customers to 3,000; and one paper.

Two companies on one server. Each customer has three charges and two payments, and each round is a cut-off of its own that
goes on from the one before.
"""

import time
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
ROUNDS = 3
RATIO_BAR = 1.2
START = date(2026, 1, 1)
NOW = datetime(2026, 6, 1, 18, tzinfo=UTC)
Row = dict[str, Any]


def run(*, sizes: tuple[int, int] = SIZES, rounds: int = ROUNDS) -> list[Row]:
    import django

    django.setup()
    from amate.billing_cycle.statements.models import Statement
    from amate.billing_cycle.statements.paper import pdf_of
    from amate.billing_cycle.statements.told import told_of
    from amate.tenancy.scope import company_scope

    server = embedded()
    shops = own_companies("statements", len(sizes))
    people = [_fill(company.pk, branch.pk, size) for (company, branch), size in zip(shops, sizes, strict=True)]
    found: dict[int, list[float]] = {size: [] for size in sizes}
    with server_analysed(server), open_units(url_of_f(server)) as units:
        for turn in range(rounds + 1):
            units.batch()
            cut = START + timedelta(days=40 + 30 * turn)
            for (company, _), size, ids in zip(shops, sizes, people, strict=True):
                seconds = _told(company.pk, ids, cut)
                if turn:  # the first one warms
                    found[size].append(seconds / size)
        with company_scope(shops[1][0].pk):
            if Statement.objects.count() != sizes[1] * (rounds + 1):
                raise RuntimeError("a statement is missing, or there twice")
            told = told_of(Statement.objects.order_by("-id")[0].facts)
            pdf_of(told)
            before = time.process_time()
            for _ in range(10):
                pdf_of(told)
            paper = (time.process_time() - before) / 10
        small, large = (median(found[size]) for size in sizes)
        return [
            units.row("statements", large / units.f, "F", sizes[1]),
            units.row("statements_growth", large / small, "ratio", sizes[1], bar=RATIO_BAR),
            units.row("statement_pdf", paper / units.sig, "sig", 10),
        ]


def _told(company_id: int, ids: list[int], cut: date) -> float:
    from django.db import connection

    from amate.billing_cycle.statements.compose import AT_ONCE, compose_statements
    from amate.tenancy.scope import company_scope

    backend = connection.connection.info.backend_pid
    before = time.process_time() + cpu_of(backend)
    for place in range(0, len(ids), AT_ONCE):
        with company_scope(company_id):
            compose_statements(
                customer_ids=ids[place : place + AT_ONCE], fecha_corte=cut, today=date(2026, 12, 31), now=NOW
            )
    return time.process_time() + cpu_of(backend) - before


def _fill(company_id: int, branch_id: int, size: int) -> list[int]:
    from amate.customers.add import add_customer
    from amate.ledger.charge import ChargeOf, Order, charge_customers
    from amate.ledger.models import FiscalMode, ReceivableKind
    from amate.ledger.receive import Arrival, Incoming, receive_payments
    from amate.tenancy.scope import company_scope

    ids: list[int] = []
    for lot in range(0, size, 100):
        with company_scope(company_id):
            names = [f"Cliente {n}" for n in range(lot, min(lot + 100, size))]
            some = [add_customer(nombre=name, receptor=None, correo="", now=NOW).pk for name in names]
            ids += some
            for month in range(3):
                day = START + timedelta(days=30 * month)
                orders = [
                    Order(
                        customer_id=pk,
                        branch_id=branch_id,
                        kind=ReceivableKind.AVISO,
                        fiscal_mode=FiscalMode.AVISO,
                        due_on=day + timedelta(days=10),
                        charges=[ChargeOf(f"c:{pk}:{month}", "Internet", Decimal(500 + pk % 97), iva=Decimal(60))],
                    )
                    for pk in some
                ]
                charge_customers(orders, today=day, now=NOW)
                if month == 2:
                    continue
                paid = [
                    Incoming(
                        provider="conekta",
                        provider_ref=f"p:{pk}:{month}",
                        amount=Decimal(400 + pk % 89),
                        account="puente:conekta",
                        paid_at=NOW,
                        paid_on=day + timedelta(days=3),
                        forma_pago="03",
                    )
                    for pk in some
                ]
                arrivals = [Arrival(one, pk) for one, pk in zip(paid, some, strict=True)]
                receive_payments(arrivals, today=day + timedelta(days=3), now=NOW)
    return ids
