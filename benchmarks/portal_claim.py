"""portal_claim: CPU of web, worker and database from "Emitir" to stamped and shown, in F; the PAC takes no time.

Real processes on a server of their own. Each claim is of a fresh note by another receiver, without mail: mail adds the PDF,
which has a figure of its own. What the idle processes use while the visitor waits is counted: heartbeats, polls, sweeps.
"""

import itertools
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import psycopg

from amate.running.postgres import Server, embedded
from benchmarks.scratch import url_of_f
from benchmarks.site import Cpu, Site, running_site
from benchmarks.units import Units, open_units
from benchmarks.visitor import Visitor

# PostgreSQL plans a statement anew the first seven times on each line (two before it is prepared, five custom plans), and
# the web has four lines: what is measured is a house at work, not its first minute.
WARM_UP = 40
ROUNDS = 5
EACH = 10
CROWD = 4
CROWD_EACH = 12
LISTED = 10
BAR = 80
STATEMENT = re.compile(r"^amate_app@amate LOG:  (?:statement|execute [^:]*): (.*)", re.MULTILINE)

# Tickets walked to the review page, as many as asked for.
Queue = Iterator[Visitor]


@dataclass
class Measured:
    """CPU of one claim, a value for each round."""

    rounds: list[Cpu] = field(default_factory=list)
    claims: int = 0

    def add(self, spent: Cpu, claims: int) -> None:
        self.rounds.append(Cpu(spent.web / claims, spent.worker / claims, spent.database / claims))
        self.claims += claims

    def rows(self, name: str, units: Units, *, bar: float | None) -> list[dict[str, Any]]:
        parts = {
            "": [one.total for one in self.rounds],
            "_web": [one.web for one in self.rounds],
            "_worker": [one.worker for one in self.rounds],
            "_database": [one.database for one in self.rounds],
        }
        rows = [units.row(name + part, median(values) / units.f, "F", self.claims) for part, values in parts.items()]
        # No claim is cheaper than one signature and three commits: who claimed it, the sealed bytes, the stamp.
        rows[0] |= {"bar": bar, "floor": round(units.sig / units.f + 3, 1)}
        return rows


def run(
    *,
    warm_up: int = WARM_UP,
    rounds: int = ROUNDS,
    each: int = EACH,
    crowd_each: int = CROWD_EACH,
    listed: int = LISTED,
) -> list[dict[str, Any]]:
    """Rounds of F, of claims one after the other, and of claims by four visitors at once, in turn."""
    import django

    django.setup()
    from amate.running.prepare import prepare
    from amate.sandbox.mint import mint_world

    prepare()
    server = embedded()
    world = mint_world(server.home / "sandbox", now=datetime.now(UTC), ca_key_size=2048)
    notes = _notes(world, warm_up + rounds * (each + crowd_each) + listed)
    with running_site(server, world) as site, open_units(url_of_f(server)) as units:
        visitors = _visitors(site, notes)
        _claim(visitors, warm_up)
        alone, crowded = Measured(), Measured()
        for _ in range(rounds):
            units.batch()
            alone.add(_measure(site, visitors, each, crowd=1), each)
            crowded.add(_measure(site, visitors, crowd_each, crowd=CROWD), crowd_each)
        asked = statements(server, visitors, listed)
        return [
            *alone.rows("portal_claim", units, bar=BAR),
            *crowded.rows("portal_claim_by_4", units, bar=None),
            units.row("portal_claim_statements", len(asked) / listed, "statements", listed),
        ]


def statements(server: Server, visitors: Queue, claims: int) -> list[str]:
    """Every statement of so many more claims, as the server logged it: set_config, BEGIN, COMMIT and polls too."""
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as c:
        waiting = list(itertools.islice(visitors, claims))
        for visitor in waiting:
            visitor.walk_to_review()
        c.execute("ALTER SYSTEM SET log_line_prefix = '%u@%d '")
        c.execute("ALTER SYSTEM SET log_statement = 'all'")
        c.execute("SELECT pg_reload_conf()")
        start = server.log.stat().st_size
        for visitor in waiting:
            visitor.issue()
        c.execute("ALTER SYSTEM RESET ALL")
        c.execute("SELECT pg_reload_conf()")
    return STATEMENT.findall(server.log.read_text()[start:])


def _measure(site: Site, visitors: Queue, claims: int, *, crowd: int) -> Cpu:
    waiting = list(itertools.islice(visitors, claims))
    for visitor in waiting:
        visitor.walk_to_review()
    before = site.cpu()
    with ThreadPoolExecutor(crowd) as threads:
        list(threads.map(Visitor.issue, waiting))
    return site.cpu() - before


def _claim(visitors: Queue, claims: int) -> None:
    for visitor in itertools.islice(visitors, claims):
        visitor.walk_to_review()
        visitor.issue()


def _visitors(site: Site, notes: list[tuple[str, str, int]]) -> Queue:
    for number, (slug, code, cents) in enumerate(notes):
        yield Visitor(site.url, slug, code, cents, number)


def _notes(world: Any, count: int) -> list[tuple[str, str, int]]:
    """Slug, code and cents of fresh notes of one company."""
    from django.db import connections

    from amate.sandbox.companies import SHOPS, open_shop, sell
    from amate.tenancy.scope import company_scope

    now = datetime.now(UTC)
    company, branch = open_shop(shop=SHOPS[0], world=world, now=now)
    with company_scope(company.pk):
        sold = [sell(branch=branch, number=n, sold_at=now - timedelta(minutes=12), now=now) for n in range(count)]
    connections.close_all()  # a backend of ours must not be counted as one of theirs
    return [(company.slug, ticket.code, ticket.total_cents) for ticket in sold]
