"""Newer catalogues are read as they are published, and a damaged file changes nothing."""

import bz2
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from amate.catalogs.compare import compare
from amate.catalogs.source import SourceRefused, read_source

COLUMNS = {
    "cfdi_40_productos_servicios": ("id", "texto", "vigencia_desde", "vigencia_hasta"),
    "cfdi_40_usos_cfdi": (
        "id", "texto", "aplica_fisica", "aplica_moral", "vigencia_desde", "vigencia_hasta", "regimenes_fiscales_receptores",
    ),
}  # fmt: skip
ROWS: dict[str, list[tuple[object, ...]]] = {
    "cfdi_40_productos_servicios": [
        ("01010101", "No existe en el catálogo", "2022-01-01", ""),
        ("50202306", "Refrescos", "2022-01-01", ""),
        ("81112100", "Servicios de internet", "2022-01-01", "2026-06-30"),
    ],
    "cfdi_40_usos_cfdi": [("G03", "Gastos en general.", 1, 1, "2022-01-01", "", "601, 603")],
}


def database(path: Path, rows: dict[str, list[tuple[object, ...]]] = ROWS) -> Path:
    with closing(sqlite3.connect(path)) as db:
        for table, columns in COLUMNS.items():
            db.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
            marks = ", ".join("?" * len(columns))
            db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows.get(table, []))
        db.commit()
    return path


def folder(path: Path) -> Path:
    path.mkdir()
    for table, columns in COLUMNS.items():
        lines = [",".join(columns), *(",".join(f'"{value}"' for value in row) for row in ROWS[table])]
        (path / f"{table}.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    return path


def test_a_database_its_package_and_a_folder_say_the_same(tmp_path: Path) -> None:
    plain = read_source(database(tmp_path / "catalogs.db"))
    packed = tmp_path / "catalogs.db.bz2"
    packed.write_bytes(bz2.compress((tmp_path / "catalogs.db").read_bytes()))
    assert set(plain.tables) == {"c_ClaveProdServ", "c_UsoCFDI"}
    assert read_source(packed) == plain
    assert read_source(folder(tmp_path / "csv")).digest == plain.digest


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hola", "no es una base SQLite"),
        (b"SQLite format 3\x00" + b"\x00" * 100, "dañado"),
        (bz2.compress(bytes(range(256)) * 50)[:100], "incompleto o dañado"),
        (bz2.compress(b"hola"), "no lleva dentro una base SQLite"),
    ],
)
def test_a_damaged_file_is_told_as_such(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "catalogs.db").write_bytes(content)
    with pytest.raises(SourceRefused, match=sentence):
        read_source(tmp_path / "catalogs.db")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("50202306", "Otra vez", "2022-01-01", ""), "dos veces"),
        (("5020'2306", "Comilla", "2022-01-01", ""), "mal escrita"),
        (("50202399", "Sin fecha", "ayer", ""), "no es una fecha"),
    ],
)
def test_a_bad_row_refuses_the_whole_source(tmp_path: Path, row: tuple[object, ...], sentence: str) -> None:
    table = "cfdi_40_productos_servicios"
    with pytest.raises(SourceRefused, match=sentence):
        read_source(database(tmp_path / "catalogs.db", {**ROWS, table: [*ROWS[table], row]}))


def test_an_empty_table_is_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="no tiene renglones"):
        read_source(database(tmp_path / "catalogs.db", {**ROWS, "cfdi_40_usos_cfdi": []}))


def test_what_changes_is_told_key_by_key() -> None:
    before = {"c_X": [{"id": str(n), "texto": f"t{n}", "vigencia_hasta": ""} for n in range(100)]}
    newer = {
        "c_X": [
            *({"id": str(n), "texto": f"t{n}", "vigencia_hasta": ""} for n in range(3, 100)),
            {"id": "0", "texto": "t0", "vigencia_hasta": "2026-12-31"},
            {"id": "1", "texto": "otro", "vigencia_hasta": ""},
            {"id": "200", "texto": "nuevo", "vigencia_hasta": ""},
        ]
    }
    (one,) = compare(now=before, newer=newer)
    assert (one.added, one.gone, one.ended, one.changed) == (("200",), ("2",), ("0",), ("1",))
    assert not one.is_suspicious
    (cut,) = compare(now=before, newer={"c_X": before["c_X"][:90]})
    assert cut.is_suspicious
    assert compare(now=before, newer=before) == ()
