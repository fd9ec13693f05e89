"""Newer catalogues as they are published: the tables that phpcfdi keeps from the SAT's spreadsheets (public domain).

A source is their SQLite file (`catalogs.db`, or packed as `.bz2`), or a folder of CSV files of the same columns. What a
source lacks stays as it is.
"""

import bz2
import csv
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

TABLES = {
    "productos_servicios": "c_ClaveProdServ",
    "claves_unidades": "c_ClaveUnidad",
    "codigos_postales": "c_CodigoPostal",
    "monedas": "c_Moneda",
    "paises": "c_Pais",
    "regimenes_fiscales": "c_RegimenFiscal",
    "usos_cfdi": "c_UsoCFDI",
    "formas_pago": "c_FormaPago",
    "metodos_pago": "c_MetodoPago",
    "objetos_impuestos": "c_ObjetoImp",
    "exportaciones": "c_Exportacion",
    "tipos_relaciones": "c_TipoRelacion",
    "tipos_comprobantes": "c_TipoDeComprobante",
    "periodicidades": "c_Periodicidad",
    "meses": "c_Meses",
    "impuestos": "c_Impuesto",
    "tipos_factores": "c_TipoFactor",
}
RATES = "reglas_tasa_cuota"
C_RATES = "c_TasaOCuota"
_PREFIX = "cfdi_40_"
_MOST_UNPACKED = 512 * 1024 * 1024
_SQLITE = b"SQLite format 3\x00"
_BZ2 = b"BZh"

Cells = dict[str, str]


class SourceRefused(ValueError):
    """This is no catalogue we can read. The message says which file and what was expected."""


@dataclass(frozen=True, slots=True)
class Source:
    """`tables`: the rows of each catalogue by its SAT name, as they were written; `digest` is of all of them."""

    tables: Mapping[str, tuple[Cells, ...]]
    digest: str


def read_source(path: Path) -> Source:
    """Raises SourceRefused."""
    if not path.exists():
        raise SourceRefused(f"No existe {path}.")
    found = dict(_of_folder(path) if path.is_dir() else _of_file(path))
    if not found:
        raise SourceRefused(f"En {path} no hay ningún catálogo del CFDI 4.0 (tablas {_PREFIX}…).")
    return Source(found, digest=digest_of(found))


def digest_of(tables: Mapping[str, Iterable[Cells]]) -> str:
    """The same rows have the same digest, from whichever kind of file and in whichever order they came."""
    whole = sha256()
    for name in sorted(tables):
        whole.update(f"\n{name}".encode())
        rows = ("|".join(f"{column}={value}" for column, value in sorted(row.items()) if value) for row in tables[name])
        for row in sorted(rows):
            whole.update(f"\n{row}".encode())
    return whole.hexdigest()


def day(text: str) -> date | None:
    """A date as the source writes it, or None for an empty one. Raises SourceRefused."""
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError as wrong:
        raise SourceRefused(f"«{text}» no es una fecha: se esperaba AAAA-MM-DD.") from wrong


def _of_folder(folder: Path) -> Iterator[tuple[str, tuple[Cells, ...]]]:
    for table, sat in _known():
        path = folder / f"{_PREFIX}{table}.csv"
        if not path.exists():
            continue
        with path.open(encoding="utf-8-sig", newline="") as file:
            try:
                rows = tuple({k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(file))
            except (csv.Error, UnicodeDecodeError) as wrong:
                raise SourceRefused(f"{path.name} no se puede leer como CSV en UTF-8: {wrong}") from wrong
        yield sat, _checked(rows, table=table)


def _of_file(path: Path) -> Iterator[tuple[str, tuple[Cells, ...]]]:
    with _unpacked(path) as plain, closing(sqlite3.connect(f"{plain.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        db.row_factory = sqlite3.Row
        try:
            there = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for table, sat in _known():
                if _PREFIX + table not in there:
                    continue
                question = f'SELECT * FROM "{_PREFIX}{table}"'  # noqa: S608 (a name from our own table)
                rows = tuple({k: str(row[k] or "").strip() for k in row.keys()} for row in db.execute(question))  # noqa: SIM118 (sqlite3.Row iterates values)
                yield sat, _checked(rows, table=table)
        except sqlite3.DatabaseError as wrong:
            raise SourceRefused(f"{path.name} está dañado: {wrong}") from wrong


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    with path.open("rb") as file:
        start = file.read(16)
    if start == _SQLITE:
        yield path.resolve()
        return
    if not start.startswith(_BZ2):
        raise SourceRefused(f"{path.name} no es una base SQLite (catalogs.db) ni su paquete .bz2.")
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "catalogs.db"
        try:
            with bz2.open(path) as packed, plain.open("wb") as out:
                while piece := packed.read(1 << 20):
                    if out.tell() > _MOST_UNPACKED:
                        raise SourceRefused(f"{path.name} pesa más de 512 MB al abrirlo: no parece un catálogo.")
                    out.write(piece)
        except (OSError, EOFError) as wrong:
            raise SourceRefused(f"{path.name} está incompleto o dañado: descárgalo otra vez.") from wrong
        with plain.open("rb") as file:
            if file.read(16) != _SQLITE:
                raise SourceRefused(f"{path.name} no lleva dentro una base SQLite (catalogs.db).")
        yield plain.resolve()


def _known() -> Iterator[tuple[str, str]]:
    yield from TABLES.items()
    yield RATES, C_RATES


def _checked(rows: tuple[Cells, ...], *, table: str) -> tuple[Cells, ...]:
    """Every row has its key once and its dates are dates. A table without rows is a damaged one."""
    if not rows:
        raise SourceRefused(f"La tabla {_PREFIX}{table} no tiene renglones.")
    needed = {"valor", "impuesto", "factor"} if table == RATES else {"id"}
    lacking = needed - rows[0].keys()
    if lacking:
        raise SourceRefused(f"A la tabla {_PREFIX}{table} le faltan columnas: {', '.join(sorted(lacking))}.")
    seen: set[str] = set()
    for row in rows:
        day(row.get("vigencia_desde", ""))
        day(row.get("vigencia_hasta", ""))
        if table == RATES:
            continue
        key = row["id"]
        if not re.fullmatch(r"[A-Za-z0-9]{1,10}", key) or key in seen:
            raise SourceRefused(f"En {_PREFIX}{table} la clave «{key}» está mal escrita o dos veces.")
        seen.add(key)
    return rows
