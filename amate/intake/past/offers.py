"""Subscriptions that the past looks like: one receiver, one concept, at regular distances, until lately."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from amate.fiscal.rfc import GENERICS
from amate.intake.models import Batch
from amate.intake.past.models import PastOffer
from amate.intake.past.rhythm import rhythm_of
from amate.intake.past.standing import STANDS
from amate.tenancy.writes import insert_all

CHUNK = 500
MOST_DAYS = 400
NEWEST = "SELECT max(fecha) FROM intake_pastcfdi WHERE batch_id = %(batch)s AND tipo = 'I'"
SOLD = f"""
SELECT rfc, key, days, nombre, line FROM (
  SELECT c.rfc, l->>'key' AS key, array_agg(DISTINCT left(c.fecha, 10)) AS days,
    (array_agg(c.nombre ORDER BY c.fecha DESC, c.id DESC))[1] AS nombre,
    (array_agg(l ORDER BY c.fecha DESC, c.id DESC))[1] AS line
  FROM intake_pastcfdi c CROSS JOIN LATERAL jsonb_array_elements(c.sold) AS l
  WHERE c.batch_id = %(batch)s AND c.tipo = 'I' AND c.rfc >= %(rfc)s AND c.rfc <> ALL(%(generics)s) AND {STANDS.format("c")}
  GROUP BY 1, 2) AS g
WHERE cardinality(days) BETWEEN 2 AND {MOST_DAYS} AND (rfc, key) > (%(rfc)s, %(key)s)
ORDER BY rfc, key LIMIT {CHUNK}
"""  # noqa: S608  of constants


def find_offers(*, batch: Batch) -> int:
    """How many were written."""
    with connection.cursor() as c:
        c.execute(NEWEST, {"batch": batch.pk})
        found = c.fetchone()
    if not found or not found[0]:
        return 0
    newest, many = date.fromisoformat(found[0][:10]), 0
    for rows in _chunks(batch):
        offers = [offer for row in rows if (offer := _offer(batch, row, newest)) is not None]
        insert_all(offers)
        many += len(offers)
    return many


def _chunks(batch: Batch) -> Iterator[list[Any]]:
    rfc = key = ""
    while True:
        with connection.cursor() as c:
            c.execute(SOLD, {"batch": batch.pk, "rfc": rfc, "key": key, "generics": sorted(GENERICS)})
            rows = c.fetchall()
        if not rows:
            return
        rfc, key = rows[-1][:2]
        yield rows


def _offer(batch: Batch, row: Any, newest: date) -> PastOffer | None:
    rfc, key, said, nombre, text = row
    line = json.loads(text)
    days = sorted(date.fromisoformat(day) for day in said)
    every = rhythm_of(days, newest=newest)
    if every is None:
        return None
    return PastOffer(
        batch=batch,
        rfc=rfc,
        nombre=nombre,
        key=key,
        concept=line["descripcion"],
        every=every.label,
        times=len(days),
        first_on=days[0],
        last_on=days[-1],
        next_on=every.after(days[-1]),
        cantidad=Decimal(line["cantidad"]),
        price=Decimal(line["precio"]),
    )
