"""What lies in an upload of CFDI: XML one by one, lists of the SAT's metadata, and what is neither. Nothing of it is ever
written under a name that came with it, and of what unpacks to far more than it should no more is unpacked."""

import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from amate.fiscal.xml import MAX_BYTES
from amate.intake.formats import FileRefused
from amate.intake.past.central import BROKEN, DEFLATED, STORED, Entry, entries_of, start_of

MOST_FILES = 500_000
MOST_BYTES = 2_000_000_000  # unpacked: twenty times the largest upload, and a CFDI does not shrink to a fifth
DEEPEST = 1  # the SAT's packages are ZIPs, and people put them into one
_PART = 262_144
_ZIP, _XML = b"PK\x03\x04", (b"<", b"\xef\xbb\xbf<")
HEAD_OF_A_LISTING = b"uuid~"

TOO_MUCH = f"El ZIP se infla a más de {MOST_BYTES // 1_000_000_000} GB: no parece de CFDI, o divídelo en varios"
TOO_MANY = f"Trae más de {MOST_FILES:,} archivos: divídelo en varios ZIP"
NEITHER = "No es un ZIP ni un XML: junta tus XML en un ZIP, con la metadata del SAT si la tienes, y súbelo"
ODD_NAME = "Su nombre apunta fuera del ZIP (.. o una ruta completa): no se abrió"
LOCKED = "Está protegido con contraseña: guárdalo en un ZIP sin ella"
OTHER_WAY = "Está comprimido de un modo que no leemos: guárdalo en un ZIP normal"
TOO_LARGE = f"Pesa más de {MAX_BYTES // 1_000_000} MB: no es un CFDI"
TOO_DEEP = "Es un ZIP dentro de un ZIP dentro de otro: sácalo un nivel"
DAMAGED = "Está dañado dentro del ZIP: vuelve a descargarlo"


@dataclass(frozen=True, slots=True)
class Xml:
    number: int
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Listing:
    """Metadata of the SAT, on the disk for as long as it is looked at."""

    number: int
    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Strange:
    """It was not opened. `sentence` (Spanish) says why."""

    number: int
    name: str
    sentence: str


Found = Xml | Listing | Strange


@dataclass(slots=True)
class Archive:
    """A walk through one upload. `others`: files of no concern, as the PDF beside its XML."""

    path: Path
    files: int = 0
    others: int = 0
    unpacked: int = 0
    expected: int = 1

    def found(self) -> Iterator[Found]:
        """Raises FileRefused for an upload that cannot be read on; then nothing of it should stay."""
        with self.path.open("rb") as file:
            start = file.read(4)
        if start == _ZIP:
            yield from self._of_zip(self.path, "", 0)
        else:
            yield self._alone()

    def _alone(self) -> Found:
        self.files = 1
        with self.path.open("rb") as file:
            start = file.read(5).lower()
        if start.startswith(_XML):
            if self.path.stat().st_size > MAX_BYTES:
                raise FileRefused(TOO_LARGE)
            return Xml(1, "", self.path.read_bytes())
        if start.removeprefix(b"\xef\xbb\xbf")[:2] == HEAD_OF_A_LISTING[:2]:
            return Listing(1, "", self.path)
        raise FileRefused(NEITHER)

    def _of_zip(self, path: Path, within: str, depth: int) -> Iterator[Found]:
        with path.open("rb") as listed, path.open("rb") as packed, tempfile.TemporaryDirectory() as folder:
            many, entries = entries_of(listed)
            self.expected = max(self.expected, self.files + many)
            for entry in entries:
                self.files += 1
                if self.files > MOST_FILES:
                    raise FileRefused(TOO_MANY)
                name, kind = within + entry.name, entry.name.rpartition(".")[2].lower()
                if entry.name.endswith("/") or kind not in ("xml", "txt", "zip") or _is_of_a_mac(entry.name):
                    self.others += 1
                elif sentence := _why_not(entry, kind, depth):
                    yield Strange(self.files, name[-200:], sentence)
                elif kind == "xml":
                    yield self._xml(packed, entry, name)
                else:
                    yield from self._spilled(packed, entry, Path(folder) / "spilled", name, kind, depth)

    def _xml(self, packed: BinaryIO, entry: Entry, name: str) -> Found:
        content = b""
        try:
            for part in self._parts(packed, entry):
                content = content + part if content else part
                if len(content) > MAX_BYTES:
                    return Strange(self.files, name[-200:], TOO_LARGE)
        except _Damaged:
            return Strange(self.files, name[-200:], DAMAGED)
        return Xml(self.files, name[-200:], content)

    def _spilled(self, packed: BinaryIO, entry: Entry, path: Path, name: str, kind: str, depth: int) -> Iterator[Found]:
        """To the disk first: it may be of any length. Its name there is ours."""
        number = self.files
        try:
            with path.open("wb") as file:
                for part in self._parts(packed, entry):
                    file.write(part)
        except _Damaged:
            yield Strange(number, name[-200:], DAMAGED)
            return
        with path.open("rb") as file:
            start = file.read(8)
        if kind == "zip" and start[:4] == _ZIP:
            yield from self._of_zip(path, name + "/", depth + 1)
        elif kind == "txt" and start.removeprefix(b"\xef\xbb\xbf").lower().startswith(HEAD_OF_A_LISTING):
            yield Listing(number, name[-200:], path)
        else:
            self.others += 1

    def _parts(self, packed: BinaryIO, entry: Entry) -> Iterator[bytes]:
        """Raises FileRefused as soon as all of it together is too much, whatever the list says of its size."""
        packed.seek(start_of(packed, entry))
        left, crc = entry.packed, 0
        unpacker = zlib.decompressobj(-15) if entry.method == DEFLATED else None
        while left > 0:
            raw = packed.read(min(left, _PART))
            if not raw:
                raise FileRefused(BROKEN)
            left -= len(raw)
            for part in self._unpacked(unpacker, raw):
                self.unpacked += len(part)
                if self.unpacked > MOST_BYTES:
                    raise FileRefused(TOO_MUCH)
                crc = zlib.crc32(part, crc)
                yield part
        if crc != entry.crc:
            raise _Damaged

    def _unpacked(self, unpacker: "zlib._Decompress | None", raw: bytes) -> Iterator[bytes]:
        if unpacker is None:
            yield raw
            return
        try:
            while raw:
                yield unpacker.decompress(raw, _PART)
                raw = unpacker.unconsumed_tail
        except zlib.error as damaged:
            raise _Damaged from damaged


class _Damaged(Exception):
    """This one cannot be read; the others can."""


def _why_not(entry: Entry, kind: str, depth: int) -> str:
    path = PurePosixPath(entry.name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or "\x00" in entry.name or ":" in entry.name[:3]:
        return ODD_NAME
    if entry.encrypted:
        return LOCKED
    if entry.method not in (STORED, DEFLATED):
        return OTHER_WAY
    if kind == "xml" and entry.size > MAX_BYTES:
        return TOO_LARGE
    return TOO_DEEP if kind == "zip" and depth >= DEEPEST else ""


def _is_of_a_mac(name: str) -> bool:
    """What its ZIPs carry beside every file, under the file's own name."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith("._")
