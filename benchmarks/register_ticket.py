"""register_ticket: CPU of web and database for one PUT of a new sale by the API, in F; real processes over real HTTP."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import httpx

from amate.running.postgres import embedded
from benchmarks.scratch import url_of_f
from benchmarks.site import Cpu, running_site
from benchmarks.units import open_units

WARM_UP, ROUNDS, EACH = 30, 5, 60
BAR = 10
_dice = random.Random(59)


def run(*, warm_up: int = WARM_UP, rounds: int = ROUNDS, each: int = EACH) -> list[dict[str, Any]]:
    """Every sale is another one of two lines, sent by one till with a kept connection."""
    import django

    django.setup()
    from django.db import connections

    from amate.running.prepare import prepare
    from amate.sandbox.companies import SHOPS, open_api, open_shop
    from amate.sandbox.mint import mint_world

    prepare()
    server = embedded()
    world = mint_world(server.home / "sandbox", now=datetime.now(UTC), ca_key_size=2048)
    company, branch = open_shop(shop=SHOPS[0], world=world, now=datetime.now(UTC))
    key = open_api(company=company, now=datetime.now(UTC))
    connections.close_all()  # a backend of ours must not be counted as one of theirs
    sales = _sales(branch.code)
    found: list[Cpu] = []
    with (
        running_site(server, world) as site,
        open_units(url_of_f(server)) as units,
        httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {key}"}, trust_env=False) as till,
    ):
        _send(till, sales, warm_up)
        for _ in range(rounds):
            units.batch()
            before = site.cpu()
            _send(till, sales, each)
            spent = site.cpu() - before
            found.append(Cpu(spent.web / each, spent.worker / each, spent.database / each))
    whole = median(one.web + one.database for one in found)
    # No note is cheaper than the transaction that keeps it.
    return [
        units.row("register_ticket", whole / units.f, "F", rounds * each, bar=BAR, floor=1.0),
        units.row("register_ticket_web", median(one.web for one in found) / units.f, "F", rounds * each),
        units.row("register_ticket_database", median(one.database for one in found) / units.f, "F", rounds * each),
    ]


def _send(till: httpx.Client, sales: Iterator[dict[str, Any]], count: int) -> None:
    for _ in range(count):
        sale = next(sales)
        answer = till.put(f"/api/v1/tickets/caja-1/{sale['folio']}", json=sale)
        if answer.status_code != 201:
            raise RuntimeError(f"the sale was not registered: {answer.status_code} {answer.text[:300]}")


def _sales(branch: str) -> Iterator[dict[str, Any]]:
    number = 0
    while True:
        number += 1
        prices = [_dice.randrange(500, 90_000) for _ in range(2)]
        yield {
            "sold_at": (datetime.now(UTC) - timedelta(minutes=5)).isoformat(),
            "branch": branch,
            "folio": f"R-{number}",
            "forma_pago": "01",
            "total": f"{sum(prices) / 100:.2f}",
            "default_impuestos": [{"impuesto": "002", "tasa_o_cuota": "0.16"}],
            "lines": [
                {
                    "descripcion": f"Café de Coatepec, bolsa {number}-{place}",
                    "cantidad": "1",
                    "precio": f"{price / 100:.2f}",
                    "clave_prod_serv": "50201706",
                    "clave_unidad": "H87",
                }
                for place, price in enumerate(prices)
            ],
        }
