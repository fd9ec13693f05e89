"""Files as people upload them, and their way through the worker."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter

from amate.intake.commit import ask_commit
from amate.intake.models import Batch
from amate.intake.options import Options
from amate.intake.remap import remap_batch
from amate.intake.undo import ask_undo
from amate.intake.upload import take_upload
from tests.world import World

SOLD = Options(iva="0.16", descripcion="Consumo", clave_prod_serv="90101500", clave_unidad="E48", forma_pago="01")
HEADS = ["Folio", "Fecha", "Total", "Forma de pago"]


def csv_of(rows: Iterable[Sequence[object]], *, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    lines = [delimiter.join(str(cell) for cell in row) for row in rows]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def xlsx_of(rows: Iterable[Sequence[Any]], *, sheet: str = "Ventas") -> bytes:
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"default_date_format": "dd/mm/yyyy hh:mm"})
    page = book.add_worksheet(sheet)
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return kept.getvalue()


def sales(world: World, count: int, *, first: int = 1) -> list[list[object]]:
    """Rows of that many sales of today, below their heads."""
    day = world.now().strftime("%d/%m/%Y")
    return [HEADS, *([f"F-{n}", day, f"{100 + n}.50", "Efectivo"] for n in range(first, first + count))]


def upload(world: World, content: bytes, *, kind: str = "sales", source: str = "caja", name: str = "ventas.csv") -> Any:
    """The batch after the worker has read it."""

    def act() -> int:
        batch = take_upload(
            kind=kind,
            source=source,
            file_name=name,
            size=len(content),
            chunks=[content[i : i + 1000] for i in range(0, len(content), 1000)],
            who="ana@amate.example",
            now=world.now(),
        )
        return int(batch.pk)

    return settled(world, world.scoped(act))


def read(world: World, content: bytes, *, options: Options = SOLD, **more: Any) -> Any:
    """Uploaded and read with the mapping that was proposed and these options."""
    batch = upload(world, content, **more)
    mapping = world.scoped(lambda: Batch.objects.select_related("source").get(pk=batch.pk).source.mapping)
    return remap(world, batch, mapping, options)


def remap(world: World, batch: Any, mapping: dict[str, str], options: Options = SOLD) -> Any:
    world.scoped(
        lambda: remap_batch(batch_id=batch.pk, mapping=mapping, options=options, sheet=batch.sheet, now=world.now())
    )
    return settled(world, batch.pk)


def commit(world: World, batch: Any, *, skip_bad: bool = False) -> Any:
    world.scoped(lambda: ask_commit(batch_id=batch.pk, skip_bad=skip_bad, now=world.now()))
    return settled(world, batch.pk)


def undo(world: World, batch: Any) -> Any:
    world.scoped(lambda: ask_undo(batch_id=batch.pk, now=world.now()))
    return settled(world, batch.pk)


def settled(world: World, batch_id: int) -> Any:
    world.settle()
    return world.scoped(lambda: Batch.objects.select_related("source").get(pk=batch_id))
