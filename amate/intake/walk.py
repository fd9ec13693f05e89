"""One walk through a batch's file, in chunks: what `read` looks at and `commit` registers. Memory is one chunk."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from amate.companies.article import Article
from amate.companies.models import Branch
from amate.companies.products import find_article
from amate.fiscal.catalogs import Catalogs
from amate.fiscal.ingreso import PPD
from amate.intake.columns import LABELS, missing
from amate.intake.formats import FileRefused
from amate.intake.found import Bad, Counts, Good, Wrong
from amate.intake.look import Look, places_in
from amate.intake.models import Batch, Kind
from amate.intake.options import Options
from amate.intake.product_rows import ProductReader, read_products
from amate.intake.rows import Row
from amate.intake.sale_lines import SaleReader
from amate.intake.sale_rows import read_sales
from amate.intake.spool import Spool
from amate.self_invoicing.codes import hide_code
from amate.self_invoicing.register_many import Seen

CHUNK = 500
MOST_ROWS = 500_000
MOST_ERRORS = 1000
CHANGED = "La venta {} ya se registró con otros datos: una nota impresa no cambia. Si es otra venta, dale otra clave"
CODE = (
    "El código {} no está reservado para este origen, o ya es de otra nota: corrígelo, o deja la celda vacía para dar "
    "uno nuevo si no se imprimió"
)
Found = Good[Any] | Bad


@dataclass(slots=True)
class Told:
    """What the walk has found so far; `errors` are the first ones, `counts` are of all."""

    counts: Counts = field(default_factory=Counts)
    errors: list[Wrong] = field(default_factory=list)

    def bad(self, one: Bad) -> None:
        self.counts.bad += 1
        self.counts.bad_rows += one.rows
        self.errors += one.errors[: max(MOST_ERRORS - len(self.errors), 0)]

    def turned_bad(self, one: Good[Any], column: str, sentence: str) -> None:
        self.bad(Bad(one.row, one.rows, (Wrong(one.row, column, sentence),)))

    def sales(self, seen: Seen, chunk: list[Good[Any]]) -> None:
        """What a chunk of sales came to; one that came before with other content is an error of its row."""
        self.counts.new += len(seen.new)
        self.counts.repeated += len(seen.repeated)
        self.counts.total += sum(one.sale.total for one in seen.new)
        self.counts.credit += sum(one.sale.metodo_pago == PPD for one in seen.new)
        for one in seen.changed:
            self.turned_bad(chunk[one.place], "", CHANGED.format(one.sale.external_id))
        for one in seen.code_refused:
            said = hide_code(one.sale.code or "")
            self.turned_bad(chunk[one.place], LABELS["sales"]["codigo"], CODE.format(said))

    def facts(self) -> dict[str, Any]:
        """As the batch keeps them."""
        errors = sorted(self.errors, key=lambda one: one.row)
        return {
            "counts": self.counts.as_json(),
            "errors": [[one.row, one.column, one.sentence] for one in errors],
        }


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
