"""Customers of the past: whoever received something that was not cancelled, as the newest document knows him."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from amate.customers.models import Customer
from amate.fiscal.catalogs import Catalogs
from amate.fiscal.receptor import ReceptorRefused, default_uso, read_receptor
from amate.fiscal.rfc import GENERICS, RfcRefused, read_rfc
from amate.intake.customer_rows import CustomerAt
from amate.intake.customers import keep_customers, look_at_customers
from amate.intake.found import Bad, Good, Wrong
from amate.intake.models import Batch
from amate.intake.told import Told

CHUNK = 500
# The use of a REP or of a credit note is not how he uses what he buys.
NEWEST = f"""
SELECT DISTINCT ON (c.rfc) c.rfc, c."row", c.nombre, c.cp, c.regimen, CASE WHEN c.tipo = 'I' THEN c.uso ELSE '' END
FROM intake_pastcfdi c
WHERE c.batch_id = %(batch)s AND c.rfc > %(after)s AND NOT c.cancelled AND c.rfc <> ALL(%(generics)s)
ORDER BY c.rfc, (c.tipo = 'I') DESC, c.fecha DESC, c.id DESC LIMIT {CHUNK}
"""  # noqa: S608  of constants


@dataclass(frozen=True, slots=True)
class Receivers:
    """`nobody`: RFCs of whom no customer can be made, and none is there."""

    told: Told
    nobody: frozenset[str]


def look_at_receivers(*, batch: Batch, catalogs: Catalogs, told: Told, now: datetime) -> Receivers:
    """`told` gets what is wrong; answers what there is."""
    return _walk(batch, catalogs, told, lambda chunk, own: look_at_customers(batch, chunk, own, now))


def keep_receivers(*, batch: Batch, catalogs: Catalogs, told: Told, now: datetime) -> Receivers:
    return _walk(batch, catalogs, told, lambda chunk, own: keep_customers(batch, chunk, own, now))


def _walk(
    batch: Batch, catalogs: Catalogs, told: Told, act: Callable[[list[Good[CustomerAt]], Told], None]
) -> Receivers:
    whole, refused = Told(), set[str]()
    for rows in _chunks(batch):
        good = []
        for row in rows:
            found = _customer(row, catalogs)
            if isinstance(found, Bad):
                told.bad(found)
                refused.add(row[0])
            else:
                good.append(found)
        act(good, whole)
    there = Customer.objects.live().filter(rfc__in=refused).values_list("rfc", flat=True)
    return Receivers(whole, frozenset(refused.difference(there)))


def _chunks(batch: Batch) -> Iterator[list[Any]]:
    after = ""
    while True:
        with connection.cursor() as c:
            c.execute(NEWEST, {"batch": batch.pk, "after": after, "generics": sorted(GENERICS)})
            rows = c.fetchall()
        if not rows:
            return
        after = rows[-1][0]
        yield rows


def _customer(row: Any, catalogs: Catalogs) -> Good[CustomerAt] | Bad:
    rfc, place, nombre, cp, regimen, uso = row
    try:
        read = read_receptor(
            rfc=rfc,
            nombre=nombre,
            domicilio_fiscal=cp,
            regimen_fiscal=regimen,
            uso_cfdi=uso or default_uso(regimen, read_rfc(rfc).persona),
            catalogs=catalogs,
        )
    except ReceptorRefused as refused:
        return Bad(place, 1, tuple(Wrong(place, rfc, sentence) for sentence in refused.errors.values()))
    except RfcRefused as wrong:
        return Bad(place, 1, (Wrong(place, rfc, str(wrong)),))
    return Good(place, 1, CustomerAt(read.receptor, "", "", bool(uso), False))
