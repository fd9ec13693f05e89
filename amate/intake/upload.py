"""A file arrives: its bytes are kept in pieces, and the worker is asked to read it."""

import codecs
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from amate.audit.record import record
from amate.intake.models import Batch, ImportSource, Piece
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise

LARGEST = 100_000_000
SIZE = 262_144


class FileTooLarge(ValueError):
    """Nothing was kept."""

    def __init__(self) -> None:
        super().__init__(f"El archivo pesa más de {LARGEST // 1_000_000} MB: divídelo en varios")


def take_upload(
    *, kind: str, source: str, file_name: str, size: int, chunks: Iterable[bytes], who: str, now: datetime
) -> Batch:
    """Keep the file and owe its reading. Raises FileTooLarge. `source` becomes the tickets' `source`."""
    if size > LARGEST:
        raise FileTooLarge
    found, _ = ImportSource.objects.get_or_create(kind=kind, name=source, defaults={"changed_at": now})
    batch = Batch.objects.create(
        source=found,
        state_since=now,
        file_name=file_name[-200:] or "archivo",
        size=0,
        sha256=b"",
        is_utf8=False,
        uploaded_at=now,
        uploaded_by=who,
    )
    batch.size, batch.sha256, batch.is_utf8 = _keep(batch, chunks)
    batch.save(update_fields=["size", "sha256", "is_utf8"])
    record("batch.uploaded", about=f"batch:{batch.pk}", now=now, file=batch.file_name, bytes=batch.size, source=source)
    ask_reading(batch, now=now)
    return batch


def ask_reading(batch: Batch, *, now: datetime) -> None:
    promise("read_batch", key=f"read_batch:{batch.pk}", now=now, priority=SOMEBODY_WAITS, batch_id=batch.pk)


def same_file(batch: Batch) -> Batch | None:
    """An earlier batch of the very same bytes that was registered and not undone."""
    rows = Batch.objects.filter(sha256=batch.sha256, state=Batch.State.COMMITTED, source__kind=batch.source.kind)
    return rows.exclude(pk=batch.pk).order_by("-id").first()


def _keep(batch: Batch, chunks: Iterable[bytes]) -> tuple[int, bytes, bool]:
    """Size, SHA-256 and whether it is UTF-8 from end to end."""
    digest, decoder, is_utf8, size = sha256(), codecs.getincrementaldecoder("utf-8")(), True, 0
    for number, content in enumerate(_pieces(chunks)):
        size += len(content)
        digest.update(content)
        if is_utf8:
            try:
                decoder.decode(content)
            except UnicodeDecodeError:
                is_utf8 = False
        Piece.objects.create(batch=batch, number=number, content=content)
    return size, digest.digest(), is_utf8


def _pieces(chunks: Iterable[bytes]) -> Iterable[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), SIZE):
            yield chunk[start : start + SIZE]
