"""close_period: CPU of client and database to freeze what is left of a day in its facturas globales, per note, in F; the
stamps that it owes are another figure (`global_1000`)."""

import time
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from amate.running.postgres import embedded
from benchmarks.companies import own_companies
from benchmarks.portal_lookup import COLUMNS, server_line
from benchmarks.scratch import url_of_f
from benchmarks.units import cpu_of, open_units

NOTES, ROUNDS = 10_000, 3
KINDS = 24
BAR = 0.5
Row = dict[str, Any]


def run(*, notes: int = NOTES, rounds: int = ROUNDS) -> list[Row]:
    """Each round closes a day of its own: the notes of a till, each like one of two dozen real sales."""
    import django

    django.setup()
    from django.db import connection, connections

    from amate.fiscal.clock import local_time
    from amate.fiscal.factura_global import MOST_TICKETS
    from amate.fiscal.global_period import DIARIO, period_of
    from amate.invoices.models import Origin
    from amate.running.collector import collect_rarely
    from amate.self_invoicing.close_period import close_period
    from amate.tenancy.scope import company_scope

    [(company, branch)] = own_companies("close_period", 1)
    server, now = embedded(), datetime.now(UTC)
    _fill(server, company, branch, notes, rounds, now)
    found = []
    collect_rarely()  # as whoever closes it does
    with open_units(url_of_f(server)) as units:
        for day in range(rounds):
            units.batch()
            period = period_of(local_time(branch.cp, now).date() - timedelta(days=day + 2), periodicidad=DIARIO)
            connection.ensure_connection()
            backend = connection.connection.info.backend_pid
            before = time.process_time() + cpu_of(backend)
            with company_scope(company.pk):
                made = close_period(branch_id=branch.pk, period=period, seen=None, origin=Origin.OFFICE, now=now)
            found.append((time.process_time() + cpu_of(backend) - before) / notes)
            told = sum(len(one.lines) for one in made)
            if told != notes or len(made) != -(-notes // MOST_TICKETS):
                raise RuntimeError(f"{told} notes are in {len(made)} globals, not {notes}")
        units.batch()
        connections.close_all()
        return [units.row("close_period", median(found) / units.f, "F/note", rounds * notes, bar=BAR)]


def _fill(server: Any, company: Any, branch: Any, notes: int, days: int, now: datetime) -> None:
    from amate.fiscal.clock import local_time
    from amate.sandbox.companies import sell
    from amate.tenancy.scope import company_scope

    with company_scope(company.pk):
        like = [sell(branch=branch, number=n, sold_at=now - timedelta(minutes=12), now=now).pk for n in range(KINDS)]
    noon = local_time(branch.cp, now).replace(hour=12, minute=0)
    with server_line(server) as admin:
        for day in range(days):
            admin.execute(
                f"INSERT INTO self_invoicing_ticket ({COLUMNS}) "
                "SELECT company_id, branch_id, 'caja-1', 'E-' || name, digest, "
                "translate(upper(substr(md5(name), 1, 12)), 'ILOU', '0110'), 'F-' || name, state, "
                "state_since, '', %(noon)s, deadline, lines, pagos, forma_pago, metodo_pago, moneda, total, total_cents, "
                "created_at FROM (SELECT n, %(day)s::int || '-' || n AS name FROM generate_series(1, %(notes)s) AS n) AS g "
                "JOIN self_invoicing_ticket t ON t.id = (%(like)s::bigint[])[1 + n %% %(kinds)s]",
                {
                    "day": day,
                    "notes": notes,
                    "like": like,
                    "kinds": KINDS,
                    "noon": noon - timedelta(days=day + 2),
                },
            )
        admin.execute("VACUUM ANALYZE self_invoicing_ticket")
