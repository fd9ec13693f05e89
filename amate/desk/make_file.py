"""Files that a run makes: a list as a spreadsheet, or the XML and PDF of many invoices in one ZIP.

The bytes are kept in pieces in the database, since web and worker may be machines of their own.
"""

import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from amate.audit.record import record
from amate.desk.filters import At
from amate.desk.growing import Growing
from amate.desk.listing import Asked, Column, plan_each_anew, read_list
from amate.desk.lists import LISTS
from amate.desk.models import Run, RunPiece
from amate.desk.month_pack import MONTH, Month, month_pack
from amate.desk.sheet import Batches, Tell, csv_of, write_xlsx
from amate.desk.walk import walk
from amate.invoices.models import Stamp
from amate.invoices.pdf import pdf_of

SIZE = 262_144
KEPT = timedelta(days=7)


def make_file(*, run_id: int, tell: Tell, now: datetime) -> None:
    """Make the run's file and keep it. `tell(rows)` hears how far it is."""
    run = Run.objects.get(pk=run_id)
    if not run.is_working:
        return
    content = _content(run, tell, now=now)
    size = 0
    for number, piece in enumerate(_pieces(content)):
        size += len(piece)
        RunPiece.objects.create(run=run, number=number, content=piece)
    run.finish(now=now, size=size, file_name=_named(run, now=now))
    record("run.done", about=f"run:{run.pk}", now=now, what=run.act, listing=run.listing, bytes=size)


def _content(run: Run, tell: Tell, *, now: datetime) -> Iterable[bytes]:
    if run.act == MONTH:
        return month_pack(month=Month.read(run.said["month"]), zone=ZoneInfo(run.zone), tell=tell)
    if run.act == "zip":
        return _zip(run, tell)
    return _of_list(asked_by(run, now=now), run.act, tell)


def _named(run: Run, *, now: datetime) -> str:
    if run.act == MONTH:
        return f"{run.listing}-{run.said['month']}.zip"
    return file_name(run.listing, run.act, now=now, zone=ZoneInfo(run.zone))


def asked_by(run: Run, *, now: datetime) -> Asked:
    """The list as it was asked for, read now."""
    plan_each_anew()
    at = At(now, ZoneInfo(run.zone), sees_codes=run.shows_codes)
    return read_list(LISTS[run.listing], dict(parse_qsl(run.query)), at=at)


def file_name(listing: str, act: str, *, now: datetime, zone: ZoneInfo) -> str:
    """
    >>> from datetime import UTC
    >>> file_name("notas", "xlsx", now=datetime(2026, 11, 22, 3, 0, tzinfo=UTC), zone=ZoneInfo("America/Mexico_City"))
    'notas-2026-11-21.xlsx'
    """
    return f"{listing}-{now.astimezone(zone):%Y-%m-%d}.{act}"


def content_of(run: Run) -> Iterator[bytes]:
    """Piece by piece: an iterator over all of them would be a list, for want of cursors on the server's side."""
    pieces = RunPiece.objects.filter(run=run).order_by("number")
    for number in list(pieces.values_list("number", flat=True)):
        yield bytes(pieces.values_list("content", flat=True).get(number=number))


def forget_old_files(*, now: datetime) -> int:
    """How many files were let go. What the run did stays told."""
    old = list(Run.objects.filter(state=Run.State.DONE, size__gt=0, state_since__lt=now - KEPT))
    for run in old:
        run.move_to(Run.State.EXPIRED, state_since=now)
    RunPiece.objects.filter(run__in=old).delete()
    return len(old)


def sheet_of(asked: Asked, kind: str) -> bytes:
    """A short list at once."""
    return b"".join(_of_list(asked, kind, lambda rows: None))


def sheet(name: str, columns: Sequence[Column], batches: Batches, at: At, *, kind: str, tell: Tell) -> Iterator[bytes]:
    """Rows, some at a time, as a file of `kind` (xlsx, csv); `name` stands on its tab."""
    if kind == "csv":
        yield from csv_of(columns, batches, at, tell=tell)
        return
    with tempfile.TemporaryFile() as file:
        write_xlsx(name, columns, batches, at, file, tell=tell)
        file.seek(0)
        while piece := file.read(SIZE):
            yield piece


def _of_list(asked: Asked, kind: str, tell: Tell) -> Iterator[bytes]:
    listing = asked.listing
    return sheet(listing.many.capitalize(), listing.columns, walk(asked), asked.at, kind=kind, tell=tell)


def _zip(run: Run, tell: Tell) -> Iterator[bytes]:
    """One invoice after the other: what is written goes out before the next one is drawn."""
    sink = Growing()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, invoice_id in enumerate(run.ids, start=1):
            stamp = Stamp.objects.select_related("invoice").get(invoice_id=invoice_id)
            name = f"{stamp.invoice.number}-{stamp.uuid}"
            archive.writestr(f"{name}.xml", bytes(stamp.xml))
            archive.writestr(f"{name}.pdf", pdf_of(stamp))
            yield sink.taken()
            tell(number)
    yield sink.taken()


def _pieces(content: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one size."""
    held = bytearray()
    for some in content:
        held += some
        while len(held) >= SIZE:
            yield bytes(held[:SIZE])
            del held[:SIZE]
    if held:
        yield bytes(held)
