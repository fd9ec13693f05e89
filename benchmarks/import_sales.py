"""import_sales: CPU of the worker and of its backend per line of a file, dry run and registering, in F; and its memory.

Each file is read by a process of its own, as the worker reads it, on a server of its own. Starting the process is not
counted, and of its memory the highest mark of the whole life is.

The last file is a workbook of 200,000 rows of which ten are bad. It has no figure unless exactly those ten are told,
each with its row, and all others are registered.
"""

import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from amate.running.postgres import embedded
from benchmarks.scratch import url_of_f
from benchmarks.units import cpu_of, open_units

LINES = (1_000, 20_000, 100_000)
BOOK, BAD_ROWS = 200_000, 10
NO_DAY = "31/02/2026"
ROUNDS = 3
BAR, MEMORY_BAR = 1.5, 1.2
FORMAS = ("Efectivo", "Tarjeta de crédito", "Tarjeta de débito", "Transferencia")
_dice = random.Random(58)


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds of the process and its backend; `peak` in kB, `unpack` that of the process that opens a workbook."""

    read: float
    commit: float
    lines: int
    peak: int
    unpack: int
    wall: float

    @property
    def per_line(self) -> float:
        return (self.read + self.commit) / self.lines


def run(*, lines: tuple[int, int, int] = LINES, rounds: int = ROUNDS, book_of: int = BOOK) -> list[dict[str, Any]]:
    """Small, middle, large: the middle one gives the price of a line, the other two the ratio of memory. `book_of` is
    the workbook with bad rows."""
    import django

    django.setup()
    from django.db import connections

    from amate.running.prepare import prepare
    from amate.sandbox.companies import SHOPS, open_shop
    from amate.sandbox.mint import mint_world

    prepare()
    server = embedded()
    world = mint_world(server.home / "sandbox", now=datetime.now(UTC), ca_key_size=2048)
    company, _ = open_shop(shop=SHOPS[0], world=world, now=datetime.now(UTC))
    small, middle, large = lines
    with open_units(url_of_f(server)) as units:
        spent: list[Spent] = []
        for number in range(rounds):
            units.batch()
            spent.append(_measured(company.pk, middle, source=f"middle-{number}"))
        low = _measured(company.pk, small, source="small")
        high = _measured(company.pk, large, source="large")
        book = _measured(company.pk, large, source="book", xlsx=True)
        faulty = _measured(company.pk, book_of, source="faulty", xlsx=True, bad=bad_rows(book_of))
    connections.close_all()
    typical = sorted(spent, key=lambda one: one.per_line)[len(spent) // 2]
    return [
        units.row("import_sales", typical.per_line / units.f, "F", middle * rounds, bar=BAR),
        units.row("import_sales_read", typical.read / middle / units.f, "F", middle * rounds),
        units.row("import_sales_commit", typical.commit / middle / units.f, "F", middle * rounds),
        units.row("import_sales_large", high.per_line / units.f, "F", large),
        units.row("import_sales_memory", high.peak / low.peak, "x", large, bar=MEMORY_BAR),
        units.row("import_sales_memory_xlsx", book.peak / low.peak, "x", large, bar=MEMORY_BAR),
        units.row("import_sales_book", faulty.per_line / units.f, "F", book_of, bar=BAR),
        units.row("import_sales_book_wall", faulty.wall, "s", book_of),
        units.row("import_sales_book_memory", faulty.peak / 1000, "MB", book_of),
        units.row("import_sales_book_unpack", faulty.unpack / 1000, "MB", book_of),
    ]


def bad_rows(lines: int) -> list[int]:
    """Rows as Excel numbers them, the last one among them."""
    return [1 + lines - place * (lines // BAD_ROWS) for place in reversed(range(BAD_ROWS))]


def _measured(
    company_id: int, lines: int, *, source: str, xlsx: bool = False, bad: Collection[int] = frozenset()
) -> Spent:
    batch_id = _upload(company_id, lines, source=source, xlsx=xlsx, bad=bad)
    expected = json.dumps({"lines": lines, "bad": sorted(bad)})
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.import_sales", str(company_id), str(batch_id), expected],
        check=True,
        capture_output=True,
        text=True,
    )
    return Spent(**json.loads(told.stdout.splitlines()[-1]))


def _upload(company_id: int, lines: int, *, source: str, xlsx: bool, bad: Collection[int]) -> int:
    from amate.intake.models import ImportSource
    from amate.intake.options import Options
    from amate.intake.upload import take_upload
    from amate.tenancy.scope import company_scope

    chunks = _xlsx(lines, bad) if xlsx else _csv(lines)
    now = datetime.now(UTC)
    options = Options(iva="0.16", clave_prod_serv="90101500", clave_unidad="E48")
    with company_scope(company_id):
        ImportSource.objects.create(kind="sales", name=source, options=options.as_json(), changed_at=now)
        batch = take_upload(
            kind="sales", source=source, file_name="ventas", size=0, chunks=chunks, who="ana@amate.example", now=now
        )
    return int(batch.pk)


HEADS = ("Folio", "Fecha", "Hora", "Forma de pago", "Descripción", "Cantidad", "Precio unitario", "Total")


def _sales(lines: int) -> Iterator[tuple[str, ...]]:
    today = datetime.now(UTC) - timedelta(days=1)
    for number in range(lines):
        many, cents = _dice.randint(1, 6), _dice.randint(500, 90_000)
        sold = today - timedelta(minutes=number % 30_000)
        yield (
            f"F-{number}", sold.strftime("%d/%m/%Y"), sold.strftime("%H:%M"), _dice.choice(FORMAS),
            f"Café de Coatepec, bolsa {number}", str(many), f"{cents / 100:.2f}", f"{many * cents / 100:.2f}",
        )  # fmt: skip


def _csv(lines: int) -> Iterator[bytes]:
    yield (",".join(HEADS) + "\r\n").encode()
    for start in range(0, lines, 2000):
        part = _sales(min(2000, lines - start))
        yield "".join(
            f'{",".join((f"F-{start}-{row[0]}", *row[1:4]))},"{row[4]}",{",".join(row[5:])}\r\n' for row in part
        ).encode()


def _xlsx(lines: int, bad: Collection[int]) -> Iterator[bytes]:
    import io

    import xlsxwriter

    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"constant_memory": True})
    page = book.add_worksheet("Ventas")
    page.write_row(0, 0, HEADS)
    for number, row in enumerate(_sales(lines), start=1):
        day = NO_DAY if number + 1 in bad else row[1]
        page.write_row(number, 0, [row[0], day, *row[2:5], int(row[5]), float(row[6]), float(row[7])])
    book.close()
    yield kept.getvalue()


# ------------------------------------------------------------ the process that reads one file


def _import(company_id: int, batch_id: int, expected: dict[str, Any]) -> dict[str, Any]:
    """Raises RuntimeError unless exactly the rows `expected["bad"]` are told as bad and all others are registered."""
    import django

    django.setup()
    from django.db import connection

    from amate.fiscal.catalogs import installed
    from amate.intake.commit import ask_commit, commit_batch
    from amate.intake.models import Batch
    from amate.intake.read import read_batch
    from amate.self_invoicing.models import Ticket
    from amate.tenancy.scope import company_scope

    catalogs = installed()
    with company_scope(company_id):
        assert "90101500" in catalogs.claves_prod_serv  # a running worker has them in memory
        backend = connection.connection.info.backend_pid

    def spent() -> float:
        below = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + cpu_of(backend) + below.ru_utime + below.ru_stime

    began, before = time.monotonic(), spent()
    with company_scope(company_id):
        batch = read_batch(batch_id=batch_id, catalogs=catalogs, tell=lambda _: None, now=datetime.now(UTC))
    after = spent()
    bad = expected["bad"]
    if batch.state != Batch.State.READ or [row for row, _, _ in batch.errors] != bad or batch.counts["bad"] != len(bad):
        raise RuntimeError(f"other rows are bad than those: {batch.state} {batch.fault} {batch.errors[:12]}")
    with company_scope(company_id):
        ask_commit(batch_id=batch_id, skip_bad=bool(bad), now=datetime.now(UTC))
    with company_scope(company_id):
        commit_batch(batch_id=batch_id, catalogs=catalogs, tell=lambda _: None, now=datetime.now(UTC))
    committed, ended = spent(), time.monotonic()
    with company_scope(company_id):
        registered = Ticket.objects.filter(source=batch.source.name).count()
    if registered != expected["lines"] - len(bad):
        raise RuntimeError(f"{registered} sales were registered, of {expected['lines']} with {len(bad)} bad ones")
    return {
        "read": after - before,
        "commit": committed - after,
        "lines": registered,
        "peak": _peak(),
        "unpack": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,
        "wall": ended - began,
    }


def _peak() -> int:
    """The highest resident memory of this process, in kB; getrusage would count its parent's before exec."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    print(json.dumps(_import(int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3]))))
