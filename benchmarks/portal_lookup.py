"""portal_lookup: CPU of web and database from a code and a total to the page of the sale, in F; and the same among a million
open notes against among a thousand.

Two companies on one server, alike but for how many notes they have. Every visitor is a new one with a note of his own, taken
at random; he goes through every middleware. The query alone is asked with a cold cache of plans.
"""

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from statistics import median
from typing import Any

from amate.running.postgres import embedded
from benchmarks.companies import own_companies
from benchmarks.scratch import url_of_f
from benchmarks.units import cpu_of, open_units

SIZES = (1_000, 1_000_000)
ROUNDS, EACH = 9, 20
BAR, GROWTH = 8, 1.1
# What a till sent, but for its code and total: the lines of a note are read with it, so they are there.
COLUMNS = (
    "company_id, branch_id, source, external_id, digest, code, folio, state, state_since, state_reason, sold_at, deadline, "
    "lines, pagos, forma_pago, metodo_pago, moneda, total, total_cents, created_at"
)
_dice = random.Random(10)
Note = tuple[str, int]
Row = dict[str, Any]


def run(*, sizes: tuple[int, int] = SIZES, rounds: int = ROUNDS, each: int = EACH) -> list[Row]:
    """The price of the page in F among the many, and what many cost against few: of the page and of the query."""
    import django

    django.setup()
    from django.db import connections

    shops = own_companies("portal_lookup", len(sizes))
    server = embedded()
    with server_line(server) as admin:
        known = [_fill(admin, company, branch, size) for (company, branch), size in zip(shops, sizes, strict=True)]
        admin.execute("VACUUM ANALYZE self_invoicing_ticket")
    pages: list[list[float]] = [[], []]
    queries: list[list[float]] = [[], []]
    with open_units(url_of_f(server)) as units:
        for turn in range(rounds + 1):
            units.batch()
            for place, (company, _) in enumerate(shops):
                notes = _dice.sample(known[place], each)
                page = sum(_visit(company, note) for note in notes) / each
                query = sum(_look(company.pk, note) for note in notes) / each
                if turn:  # the first one warms
                    pages[place].append(page)
                    queries[place].append(query)
        _is_by_the_index(shops[1][0].pk, known[1][0])
        connections.close_all()
        n = rounds * each
        return [
            units.row("portal_lookup", median(pages[1]) / units.f, "F", n, bar=BAR),
            units.row("portal_lookup_growth", median(pages[1]) / median(pages[0]), "ratio", n, bar=GROWTH),
            units.row("portal_lookup_query", median(queries[1]) / units.f, "F", n),
            units.row("portal_lookup_query_growth", median(queries[1]) / median(queries[0]), "ratio", n, bar=GROWTH),
        ]


def server_line(server: Any) -> Any:
    import psycopg

    return psycopg.connect(server.url("postgres", "amate"), autocommit=True)


def _visit(company: Any, note: Note) -> float:
    """A new browser types code and total and sees its sale; the limiter has never seen its network."""
    from amate.self_invoicing.codes import show_code

    code, cents = note
    browser = _browser()
    browser.cookies.clear()
    browser.defaults["REMOTE_ADDR"] = f"10.{_dice.randrange(256)}.{_dice.randrange(256)}.7"
    typed = {"codigo": show_code(code), "total": f"{cents / 100:,.2f}"}

    def walk() -> None:
        led = browser.post(f"/f/{company.slug}/", typed)
        if led.status_code != 302:
            raise RuntimeError(f"the code was not found: {led.status_code}")
        shown = browser.get(led["Location"])
        if shown.status_code != 200 or b'name="rfc"' not in shown.content:
            raise RuntimeError(f"the sale is not shown: {shown.status_code}")

    return _cpu(walk)


@cache
def _browser() -> Any:
    """One for all: what it loads is loaded once, as the web does."""
    from django.test import Client

    return Client(SERVER_NAME="localhost")


def _look(company_id: int, note: Note) -> float:
    """The query as one who has never asked it."""
    from django.db import connection

    from amate.self_invoicing.queries import find_ticket
    from amate.tenancy.scope import company_scope

    with connection.cursor() as c:
        c.execute("DISCARD PLANS")
    code, cents = note
    with company_scope(company_id):
        found = []
        spent = _cpu(lambda: found.append(find_ticket(code=code, total_cents=cents)))
    if found[0] is None or found[0].code != code:
        raise RuntimeError("another note was found, or none")
    return spent


def _cpu(act: Callable[[], object]) -> float:
    """CPU seconds of this process and its backend."""
    from django.db import connection

    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    before = time.process_time() + cpu_of(backend)
    act()
    return time.process_time() + cpu_of(backend) - before


def _is_by_the_index(company_id: int, note: Note) -> None:
    """Under the policy of rows too, a code is looked up and not searched for."""
    from django.db import connection

    from amate.tenancy.scope import company_scope

    with company_scope(company_id), connection.cursor() as c:
        c.execute("EXPLAIN SELECT * FROM self_invoicing_ticket WHERE code = %s AND total_cents = %s", list(note))
        plan = "\n".join(line for (line,) in c.fetchall())
    if "Index Cond: ((company_id" not in plan:  # by code or by total, as its statistics advise
        raise RuntimeError(f"the plan searches:\n{plan}")


def _fill(admin: Any, company: Any, branch: Any, size: int) -> list[Note]:
    """So many open notes of the last ten days, like one that the till sent; answers some of them."""
    from amate.sandbox.companies import sell
    from amate.tenancy.scope import company_scope

    now = datetime.now(UTC)
    with company_scope(company.pk):
        like = sell(branch=branch, number=1, sold_at=now - timedelta(minutes=12), now=now)
    notes = list(_notes(size))
    admin.execute("CREATE TEMPORARY TABLE new_note (n int, code text, cents bigint)")
    with admin.cursor().copy("COPY new_note FROM STDIN") as copy:
        for number, (code, cents) in enumerate(notes):
            copy.write_row((number, code, cents))
    admin.execute(
        f"INSERT INTO self_invoicing_ticket ({COLUMNS}) "
        "SELECT company_id, branch_id, 'caja-1', 'E-' || n, digest, new_note.code, 'F-' || n, state, state_since, '', "
        "sold_at - n %% 10 * interval '1 day', deadline, lines, pagos, forma_pago, metodo_pago, moneda, cents / 100.0, cents, "
        "created_at FROM self_invoicing_ticket, new_note WHERE self_invoicing_ticket.id = %s",
        [like.pk],
    )
    admin.execute("DROP TABLE new_note")
    return notes[:: max(size // 1_000, 1)]


def _notes(size: int) -> Iterator[Note]:
    from amate.self_invoicing.codes import new_code

    for _ in range(size):
        yield new_code(), _dice.randrange(100, 500_000)
