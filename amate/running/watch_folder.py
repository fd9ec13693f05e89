"""`amate watch-folder`: files of sales that a till leaves in a folder become notes, and the answer lies beside them.

A folder a source: `caja-1/in`, `caja-1/done`, `caja-1/rejected`. What a column means is what the office keeps of that source.
A file is taken by renaming it to the batch it became, so that whoever is killed goes on where he was, and finds the batch of
a file that he had not renamed yet. The worker reads and registers, as it does what people upload.
"""

import argparse
import csv
import fcntl
import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.utils import timezone

from amate.companies.models import Company
from amate.desk.sheet import inert
from amate.fiscal.catalogs import catalogs_in_force
from amate.intake.commit import ask_commit
from amate.intake.formats import FileRefused
from amate.intake.from_json import csv_from_json
from amate.intake.line_by_line import HEADS, lines_of
from amate.intake.models import Batch, Kind
from amate.intake.options import NAME_OF_A_SOURCE
from amate.intake.upload import LARGEST, FileTooLarge, take_upload
from amate.running.prepare import server_up
from amate.tenancy.scope import company_scope

WHO = "carpeta"
IN, TAKEN, DONE, REJECTED = "in", ".taken", "done", "rejected"
PAUSE = 2  # seconds between two looks
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
GONE = "La importación se deshizo o caducó antes de registrarse: deja el archivo otra vez en «in»"
ASKS = "{}: falta decir qué es cada columna. Ábrelo en Importar; lo demás sigue solo."
State = Batch.State


def main(argv: Sequence[str]) -> int:
    said = _arguments(argv)
    with server_up():
        company = Company.objects.filter(slug=said.company).first()
        if company is None:
            print(f"No hay ninguna empresa en /f/{said.company}/.", file=sys.stderr)
            return 1
        with _alone(said.folder) as alone:
            if not alone:
                print(f"Otro `amate watch-folder` ya mira {said.folder}.", file=sys.stderr)
                return 1
            watch = Watch(company.pk, said.folder, skip_bad=said.skip_bad, still=said.still)
            while True:
                for sentence in watch.look(now=timezone.now()):
                    print(sentence, flush=True)
                if said.once:
                    return 0
                time.sleep(PAUSE)


class Watch:
    """`still`: seconds that a file must have been left alone before it is taken for whole."""

    def __init__(self, company_id: int, folder: Path, *, skip_bad: bool, still: float) -> None:
        self.company_id, self.folder, self.skip_bad, self.still = company_id, folder, skip_bad, still
        self._asked: set[int] = set()

    def look(self, *, now: datetime) -> list[str]:
        """One look at every source: what is there is taken, what was taken goes on. Says what happened."""
        return [said for source in self._sources() for said in (*self._take(source, now), *self._go_on(source, now))]

    def _sources(self) -> list[Path]:
        there = self.folder.iterdir()
        found = sorted(one for one in there if NAME_OF_A_SOURCE.fullmatch(one.name) and (one / IN).is_dir())
        for source in found:
            for name in (TAKEN, DONE, REJECTED):
                (source / name).mkdir(exist_ok=True)
        return found

    # ------------------------------------------------------------ in

    def _take(self, source: Path, now: datetime) -> Iterator[str]:
        for path in sorted((source / IN).iterdir()):
            if not self._whole(path, now):
                continue
            try:
                batch_id = self._batch_of(source, path, now)
            except (FileRefused, FileTooLarge) as refused:
                _answer(source / REJECTED, path, _of_the_file(str(refused)), as_name=path.name)
                yield f"{source.name}/{path.name}: {refused}"
                continue
            path.rename(source / TAKEN / f"{batch_id}~{path.name}")

    def _whole(self, path: Path, now: datetime) -> bool:
        if path.name.startswith((".", "~")) or path.name.lower().endswith(UNFINISHED):
            return False
        found = path.lstat()
        # A file that was moved here keeps its own time of writing; of when it came only ctime tells.
        return stat.S_ISREG(found.st_mode) and max(found.st_mtime, found.st_ctime) + self.still <= now.timestamp()

    def _batch_of(self, source: Path, path: Path, now: datetime) -> int:
        """The batch that a killed watcher had made of it, or a new one."""
        if path.stat().st_size > LARGEST:
            raise FileTooLarge
        content = _table(path)
        taken = {_id_of(one) for one in (source / TAKEN).iterdir()}
        with company_scope(self.company_id):
            mine = Batch.objects.filter(
                source__name=source.name, uploaded_by=WHO, file_name=path.name[-200:], sha256=sha256(content).digest()
            )
            waiting = mine.filter(state__in=(State.UPLOADED, State.ASKING, State.READ)).exclude(pk__in=taken)
            left = waiting.order_by("-id").values_list("pk", flat=True).first()
            if left is not None:
                return int(left)
            batch = take_upload(
                kind=Kind.SALES,
                source=source.name,
                file_name=path.name,
                size=len(content),
                chunks=[content],
                who=WHO,
                now=now,
            )
            return int(batch.pk)

    # ------------------------------------------------------------ on

    def _go_on(self, source: Path, now: datetime) -> Iterator[str]:
        for path in sorted((source / TAKEN).iterdir()):
            batch_id = _id_of(path)
            if not batch_id:
                continue
            said = f"{source.name}/{_name_of(path)}"
            with company_scope(self.company_id):
                batch = Batch.objects.select_related("source").get(pk=batch_id)
                where = self._where(batch, now)
                if where is not None:
                    with _cells(batch, path, now=now) as cells:
                        _answer(source / where, path, cells, as_name=_name_of(path))
            if where is not None:
                yield f"{said}: {where}"
            elif batch.state == State.ASKING and batch.pk not in self._asked:
                self._asked.add(batch.pk)
                yield ASKS.format(said)

    def _where(self, batch: Batch, now: datetime) -> str | None:
        """The folder in which it ends, or None while it goes on."""
        if batch.state == State.COMMITTED:
            return DONE
        if batch.state in (State.REFUSED, State.EXPIRED, State.UNDONE):
            return REJECTED
        if batch.state != State.READ:
            return None
        if batch.counts["bad"] and not self.skip_bad:
            return REJECTED
        if not batch.counts["new"]:
            return REJECTED if batch.counts["bad"] else DONE
        ask_commit(batch_id=batch.pk, skip_bad=self.skip_bad, now=now)
        return None


@contextmanager
def _cells(batch: Batch, path: Path, *, now: datetime) -> Iterator[Iterable[Sequence[str]]]:
    if batch.state in (State.EXPIRED, State.UNDONE, State.REFUSED):
        yield _of_the_file(batch.fault if batch.state == State.REFUSED else GONE)
        return
    with tempfile.TemporaryDirectory(prefix="amate-folder-") as folder:
        table = path
        if path.suffix.lower() == ".json":
            table = Path(folder) / "table.csv"
            table.write_bytes(_table(path))
        yield (one.cells() for one in lines_of(batch, table, catalogs=catalogs_in_force(), now=now))


def _of_the_file(sentence: str) -> list[tuple[str, ...]]:
    return [("", "", "error", "", "", "", sentence)]


def _table(path: Path) -> bytes:
    content = path.read_bytes()
    return csv_from_json(content) if path.suffix.lower() == ".json" else content


def _answer(folder: Path, path: Path, cells: Iterable[Sequence[str]], *, as_name: str) -> None:
    """First the answer, then the file: whoever finds the file there finds its answer. Killed in between, both are done again."""
    target = folder / as_name
    if target.exists():
        target = folder / f"{target.stem}~{time.time_ns()}{target.suffix}"
    partial = folder / f".{target.name}.partial"
    with partial.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(HEADS)
        table.writerows([inert(cell) for cell in row] for row in cells)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / f"{target.name}.resultado.csv")
    path.rename(target)


def _id_of(path: Path) -> int:
    number = path.name.partition("~")[0]
    return int(number) if number.isascii() and number.isdecimal() else 0


def _name_of(path: Path) -> str:
    return path.name.partition("~")[2]


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether nobody else watches the folder; it is ours until this ends, or this process does."""
    with (folder / ".amate-watch").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="amate watch-folder", description=__doc__)
    parser.add_argument("folder", type=_folder, help="la carpeta con una subcarpeta por origen, cada una con su «in»")
    parser.add_argument("--company", required=True, metavar="SLUG", help="la empresa, como en /f/SLUG/")
    parser.add_argument("--skip-bad", action="store_true", help="registra los renglones buenos y deja fuera los malos")
    parser.add_argument(
        "--still", type=float, default=10, metavar="S", help="segundos que un archivo debe llevar quieto"
    )
    parser.add_argument("--once", action="store_true", help="mira una vez y termina, para un cron")
    return parser.parse_args(argv)


def _folder(said: str) -> Path:
    path = Path(said)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{said} no es una carpeta")
    return path
