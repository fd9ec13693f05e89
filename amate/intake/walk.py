"""One walk through a batch's file, in chunks: what `read` looks at and `commit` registers. Memory is one chunk."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from amate.companies.article import Article
from amate.companies.day import day_of
from amate.companies.models import Branch
from amate.companies.products import find_article
from amate.fiscal.catalogs import Catalogs
from amate.intake.columns import missing
from amate.intake.formats import FileRefused
from amate.intake.found import Bad, Good
from amate.intake.look import Look, places_in
from amate.intake.models import Batch, Kind
from amate.intake.moving_in import ACTS
from amate.intake.options import Options
from amate.intake.product_rows import ProductReader, read_products
from amate.intake.reader import Reader
from amate.intake.rows import Row
from amate.intake.sale_lines import SaleReader
from amate.intake.sale_rows import read_sales
from amate.intake.spool import Spool
from amate.intake.told import Told

CHUNK = 500
MOST_ROWS = 500_000
Found = Good[Any] | Bad


def things_in(
    batch: Batch, spool: Spool, *, catalogs: Catalogs, told: Told, now: datetime
) -> Iterator[list[Good[Any]]]:
    """The good ones in chunks; the bad ones are counted in `told`. Raises FileRefused."""
    found = _found(batch, spool, catalogs=catalogs, told=told, now=now)
    while chunk := list(islice(found, CHUNK)):
        good = []
        for one in chunk:
            if isinstance(one, Bad):
                told.bad(one)
            else:
                good.append(one)
        yield good


def branches_of_sales() -> list[Branch]:
    return list(Branch.objects.order_by("id"))


def _found(batch: Batch, spool: Spool, *, catalogs: Catalogs, told: Told, now: datetime) -> Iterator[Found]:
    look, source = Look.of(batch.look), batch.source
    options, places = Options.of(source.options), places_in(look, source.mapping)
    lacks = missing(source.kind, places)
    if lacks:
        raise FileRefused(f"Falta decir qué columna tiene {', '.join(lacks)}")
    rows = _below(look.head, spool, told)
    if source.kind == Kind.PRODUCTS:
        yield from read_products(ProductReader(places, options, catalogs, now.date()), rows)
        return
    if act := ACTS.get(source.kind):
        yield from act.read(Reader(places, options, catalogs, day_of(now)), rows)
        return
    article: Callable[[str], Article | None] = lru_cache(5000)(find_article)
    reader = SaleReader(source.name, places, options, branches_of_sales(), article, catalogs, now)
    yield from read_sales(reader, rows)


def _below(head: int, spool: Spool, told: Told) -> Iterator[Row]:
    for row in spool.rows():
        if row.number <= head:
            continue
        told.counts.rows += 1
        if told.counts.rows > MOST_ROWS:
            raise FileRefused(f"El archivo tiene más de {MOST_ROWS:,} renglones: divídelo en varios")
        yield row
