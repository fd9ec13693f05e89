"""The list of contents of a ZIP, one entry after the other.

`zipfile` holds the whole list in memory, an object for every file: of half a million XML it is most of a gigabyte.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from amate.intake.formats import FileRefused

STORED, DEFLATED = 0, 8
BROKEN = "El ZIP está dañado o no se subió completo: vuelve a hacerlo y súbelo otra vez"
_END, _END_64, _LOCATOR, _HEAD, _LOCAL = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"PK\x01\x02", b"PK\x03\x04"
_LONGEST_COMMENT = 65_535
_NONE_32, _NONE_16 = 0xFFFFFFFF, 0xFFFF
_ENCRYPTED, _UTF_8 = 0x1, 0x800


@dataclass(frozen=True, slots=True)
class Entry:
    """`size` is what the list says that it unpacks to, which may be a lie."""

    name: str
    method: int
    encrypted: bool
    packed: int
    size: int
    crc: int
    at: int


def entries_of(file: BinaryIO) -> tuple[int, Iterator[Entry]]:
    """How many it says there are, and each in its order. Raises FileRefused for what is no whole ZIP, also on the way."""
    try:
        count, at = _list_of(file)
    except (struct.error, ValueError, OverflowError) as broken:
        raise FileRefused(BROKEN) from broken
    return count, _entries(file, count, at)


def _entries(file: BinaryIO, count: int, at: int) -> Iterator[Entry]:
    try:
        for _ in range(count):
            file.seek(at)
            entry, at = _entry(file, at)
            yield entry
    except (struct.error, ValueError, OverflowError) as broken:
        raise FileRefused(BROKEN) from broken


def start_of(file: BinaryIO, entry: Entry) -> int:
    """Where its packed bytes begin. Raises FileRefused."""
    file.seek(entry.at)
    head = file.read(30)
    if len(head) < 30 or head[:4] != _LOCAL:
        raise FileRefused(BROKEN)
    name, extra = struct.unpack("<HH", head[26:30])
    return entry.at + 30 + int(name) + int(extra)


def _list_of(file: BinaryIO) -> tuple[int, int]:
    """How many entries, and where the first one is."""
    size = file.seek(0, 2)
    start = max(size - _LONGEST_COMMENT - 22, 0)
    file.seek(start)
    tail = file.read()
    place = tail.rfind(_END)
    if place < 0:
        raise FileRefused(BROKEN)
    count, _, at = struct.unpack("<HII", tail[place + 10 : place + 20])
    if count == _NONE_16 or at == _NONE_32:
        file.seek(max(start + place - 20, 0))
        locator = file.read(20)
        if locator[:4] == _LOCATOR:
            file.seek(struct.unpack("<Q", locator[8:16])[0])
            head = file.read(56)
            if head[:4] != _END_64:
                raise FileRefused(BROKEN)
            count, _, at = struct.unpack("<QQQ", head[32:56])
    return int(count), int(at)


def _entry(file: BinaryIO, at: int) -> tuple[Entry, int]:
    head = file.read(46)
    if head[:4] != _HEAD:
        raise FileRefused(BROKEN)
    flags, method = struct.unpack("<HH", head[8:12])
    crc, packed, size, of_name, of_extra, of_comment = struct.unpack("<IIIHHH", head[16:34])
    (local,) = struct.unpack("<I", head[42:46])
    name, extra = file.read(of_name), file.read(of_extra)
    if _NONE_32 in (packed, size, local):
        size, packed, local = _wide(extra, size, packed, local)
    said = name.decode("utf-8" if flags & _UTF_8 else "cp437", errors="replace")
    entry = Entry(said, method, bool(flags & _ENCRYPTED), packed, size, crc, local)
    return entry, at + 46 + of_name + of_extra + of_comment


def _wide(extra: bytes, size: int, packed: int, local: int) -> tuple[int, int, int]:
    """Numbers that need 64 bits stand in a field of their own, in this order, and only those."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack("<HH", extra[at : at + 4])
        if kind == 1:
            found = list(struct.unpack(f"<{length // 8}Q", extra[at + 4 : at + 4 + length // 8 * 8]))
            numbers = [found.pop(0) if one == _NONE_32 and found else one for one in (size, packed, local)]
            return numbers[0], numbers[1], numbers[2]
        at += 4 + length
    return size, packed, local
