"""A till's database is read, never written; each sale becomes one note, whoever is killed or away in between."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from amate.self_invoicing.codes import show_code
from amate.self_invoicing.models import Ticket
from amate.till.poll_sql import main
from amate.till.sales_table import BadTable, rows_of
from tests.world import World

QUERY = """
SELECT v.id AS cursor, v.id AS external_id, 'T-' || v.id AS folio, v.fecha AS sold_at, v.total, v.pago AS forma_pago, v.cancelada,
  d.descripcion, d.cantidad, d.precio FROM ventas v JOIN detalle d ON d.venta = v.id WHERE v.id > :cursor ORDER BY v.id, d.rowid
"""
TABLES = """
CREATE TABLE ventas (id INTEGER PRIMARY KEY, fecha TEXT, total REAL, pago TEXT, cancelada INTEGER DEFAULT 0);
CREATE TABLE detalle (venta INTEGER, descripcion TEXT, cantidad REAL, precio REAL);
"""


class Till:
    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder, self.file = world, folder, folder / "pos.db"
        self.do(TABLES)
        self.key = folder / "key"
        self.key.write_text(world.shop.api_key)

    def do(self, sql: str) -> None:
        with closing(sqlite3.connect(self.file)) as held:
            held.executescript(sql)

    def sells(self, number: int, *prices: float, total: float | None = None) -> None:
        day = self.world.now().strftime("%Y-%m-%d 00:00:01")
        self.do(f"INSERT INTO ventas VALUES ({number}, '{day}', {total or round(sum(prices), 2)}, 'EFE', 0)")
        for price in prices:
            self.do(f"INSERT INTO detalle VALUES ({number}, 'Tornillo', 1, {price})")

    def config(self, url: str, **more: Any) -> Path:
        said = {"url": url, "database": f"sqlite:///{self.file}", "source": "pos", "query": QUERY, "overlap": 0, **more}
        rows = [f"{name} = {json.dumps(value)}" for name, value in said.items()]
        tables = (
            '[defaults]\nclave_prod_serv = "31161500"\nclave_unidad = "H87"\ntasa_iva = "0.16"\n[formas]\nEFE = "01"\n'
        )
        path = self.folder / "caja.toml"
        path.write_text("\n".join(rows) + "\n" + tables)
        return path

    def polls(self, path: Path, *more: str) -> int:
        return main([str(path), "--key-file", str(self.key), "--once", *more])

    def told(self, name: str) -> list[dict[str, Any]]:
        path = self.folder / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def till(world: World, tmp_path: Path) -> Till:
    return Till(world, tmp_path)


def notes(world: World) -> dict[str, Ticket]:
    return world.scoped(lambda: {one.external_id: one for one in Ticket.objects.filter(source="pos")})


def test_each_sale_is_one_note_and_it_goes_on_where_it_was(world: World, live: str, till: Till, capsys: Any) -> None:
    till.sells(1, 116.0)
    till.sells(2, 0.1, 0.2)  # whose sum, as floats, is not 0.3
    away = till.config("http://127.0.0.1:9")
    assert till.polls(away) == 1
    assert "No contesta" in capsys.readouterr().err
    config = till.config(live)
    assert till.polls(config) == 0
    made = notes(world)
    assert {key: str(one.total) for key, one in made.items()} == {"1": "116.00", "2": "0.30"}
    assert (made["2"].folio, made["2"].forma_pago, len(made["2"].lines)) == ("T-2", "01", 2)
    assert [one["code"] for one in till.told("notes.jsonl")] == [show_code(made[key].code) for key in ("1", "2")]
    till.sells(3, 50.0, total=51.0)
    till.sells(4, 60.0)
    assert till.polls(config) == 0
    [refused] = till.told("rejected.jsonl")
    assert (refused["external_id"], refused["status"], refused["computed"]) == ("3", 422, "50.00")
    assert set(notes(world)) == {"1", "2", "4"}  # one wrong sale stops nobody
    assert len(till.told("notes.jsonl")) == 3
    # killed after the sale was sent and before it was kept how far: the same note
    (till.folder / "cursor.json").write_text("[[1, 2]]")
    till.do("UPDATE ventas SET total = 50.0 WHERE id = 3; UPDATE ventas SET cancelada = 1 WHERE id = 4")
    assert till.polls(config) == 0
    assert {key: one.state for key, one in notes(world).items()} == {"1": "open", "2": "open", "3": "open", "4": "void"}
    assert till.polls(config, "--from", "0") == 0
    assert len(notes(world)) == 4
    wrong_key = till.folder / "key"
    wrong_key.write_text("amate_de_nadie")
    till.sells(5, 1.0)
    assert till.polls(config) == 1
    wrong_key.write_text(world.shop.api_key)
    assert till.polls(config) == 0
    assert "5" in notes(world)


def test_a_sale_that_is_committed_late_is_still_found(world: World, live: str, till: Till) -> None:
    till.sells(2, 10.0)
    config = till.config(live, overlap=60)
    till.polls(config)
    till.sells(1, 20.0)
    till.polls(config)
    assert set(notes(world)) == {"1", "2"}


def test_the_database_is_only_read_and_a_query_that_cannot_serve_says_why(
    world: World, till: Till, capsys: Any
) -> None:
    till.sells(1, 116.0)
    here = connection.settings_dict
    server = f"postgresql://{here['USER']}:{here['PASSWORD']}@/{here['NAME']}?host={here['HOST']}&port={here['PORT']}"
    one = "SELECT 7 AS cursor, 'A%' AS external_id, 'F' AS folio, now() AS sold_at, 1.50 AS total, 1 AS cantidad WHERE 7 > :cursor"
    with rows_of(server, one, cursor=0) as rows:
        assert [(row["cursor"], row["external_id"]) for row in rows] == [(7, "A%")]
    with rows_of(server, one, cursor=7) as rows:
        assert list(rows) == []
    file = f"sqlite:///{till.file}"
    for database, query, why in (
        (file, "DELETE FROM ventas WHERE id > :cursor", "readonly"),
        (
            server,
            one.replace("SELECT", "SELECT pg_advisory_lock(1), nextval('self_invoicing_ticket_id_seq'),", 1),
            "read-only",
        ),
        (file, "SELECT id AS cursor FROM ventas WHERE id > :cursor", "le falta: external_id"),
        (file, QUERY + " LIMIT 5", "partiría una venta"),
        (file, "SELECT 1", "después de :cursor"),
        ("mysql://x", QUERY, "sqlite:///"),
        (f"sqlite:///{till.folder}/no.db", QUERY, "unable to open"),
    ):
        with pytest.raises(BadTable, match=why), rows_of(database, query, cursor=0) as rows:
            list(rows)
    assert till.polls(till.config("http://x", colour="rojo")) == 1
    assert "No conocemos: colour" in capsys.readouterr().err
