"""Products of the past: what was sold under a key of its own, or more than once. One that is in the list stays as it is."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from amate.companies.article import Article, article_faults
from amate.companies.models import Product
from amate.companies.products import keep_many
from amate.fiscal.catalogs import Catalogs
from amate.fiscal.money import Impuesto, MoneyRefused
from amate.intake.models import Batch, Imported
from amate.intake.past.standing import STANDS
from amate.intake.told import Told
from amate.tenancy.writes import insert_all

CHUNK = 500
MADE = "CFDI-"  # how the keys begin that are made of what a line says
# As it was sold last; its price only if it never changed.
SOLD = f"""
SELECT key, times, prices, line FROM (
  SELECT l->>'key' AS key, count(DISTINCT c.id) AS times, count(DISTINCT l->>'precio') AS prices,
    (array_agg(l ORDER BY c.fecha DESC, c.id DESC))[1] AS line
  FROM intake_pastcfdi c CROSS JOIN LATERAL jsonb_array_elements(c.sold) AS l
  WHERE c.batch_id = %(batch)s AND c.tipo = 'I' AND {STANDS.format("c")}
  GROUP BY 1) AS g
WHERE key > %(after)s AND (times > 1 OR key NOT LIKE 'CFDI-%%')
ORDER BY key LIMIT {CHUNK}
"""  # noqa: S608  of constants


def look_at_past_products(*, batch: Batch, catalogs: Catalogs, day: date) -> Told:
    told = Told()
    for chunk in _chunks(batch, catalogs, day, told):
        _fresh(chunk, told)
    return told


def keep_past_products(*, batch: Batch, catalogs: Catalogs, day: date, now: datetime) -> Told:
    told = Told()
    for chunk in _chunks(batch, catalogs, day, told):
        kept = keep_many(articles=_fresh(chunk, told), now=now)
        insert_all([Imported(batch=batch, product_id=pk) for pk in kept.values()])
    return told


def _fresh(chunk: Sequence[Article], told: Told) -> list[Article]:
    there = set(Product.objects.filter(key__in=[one.key for one in chunk]).values_list("key", flat=True))
    fresh = [one for one in chunk if one.key not in there]
    told.counts.new += len(fresh)
    told.counts.repeated += len(there)
    return fresh


def _chunks(batch: Batch, catalogs: Catalogs, day: date, told: Told) -> Iterator[list[Article]]:
    """What the SAT's keys of today would refuse is left out and counted: nobody could sell it."""
    after = ""
    while True:
        with connection.cursor() as c:
            c.execute(SOLD, {"batch": batch.pk, "after": after})
            rows = c.fetchall()
        if not rows:
            return
        after = rows[-1][0]
        good = []
        for row in rows:
            article = _article(row)
            if article is None or any(article_faults(article, catalogs=catalogs, day=day)):
                told.counts.bad += 1
            else:
                good.append(article)
        yield good


def _article(row: Any) -> Article | None:
    key, _, prices, said = row
    line = json.loads(said)  # Django leaves jsonb of a bare cursor as text
    price = Decimal(line["precio"])
    try:
        taxes = tuple(
            Impuesto(impuesto, factor, None if tasa is None else Decimal(tasa))
            for impuesto, factor, tasa in line["taxes"]
        )
    except (MoneyRefused, ArithmeticError):
        return None
    return Article(
        key=key,
        descripcion=line["descripcion"],
        clave_prod_serv=line["clave"],
        clave_unidad=line["unidad"],
        unidad=line["unidad_texto"] or None,
        objeto_imp=line["objeto"],
        impuestos=taxes,
        price=price if prices == 1 and price > 0 else None,
        prices_include_tax=False,
    )
