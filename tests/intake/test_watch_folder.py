"""A till's folder: each file once, whole, with its answer beside it, whoever is killed in between."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from amate.intake.models import Batch
from amate.running.watch_folder import main
from amate.self_invoicing.codes import show_code
from amate.self_invoicing.models import Ticket
from tests.intake.files import HEADS, commit, csv_of, read, sales
from tests.world import World


@pytest.fixture
def caja(world: World, tmp_path: Path) -> Path:
    """The folder of a source whose columns the office knows: its first file came by hand."""
    commit(world, read(world, csv_of(sales(world, 1))))
    (tmp_path / "caja" / "in").mkdir(parents=True)
    return tmp_path / "caja"


def look(world: World, caja: Path, *more: str, still: float = 0) -> None:
    argv = [str(caja.parent), "--company", world.shop.slug, "--once", "--still", str(still), *more]
    assert world.inside(lambda: main(argv)) == 0


def lives(world: World, caja: Path, *more: str) -> None:
    """As often as a file needs: taken, read, registered, answered."""
    for _ in range(3):
        look(world, caja, *more)
        world.settle()
    look(world, caja, *more)


def answer(path: Path) -> list[dict[str, str]]:
    with path.with_name(f"{path.name}.resultado.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def notes(world: World) -> dict[str, Ticket]:
    return world.scoped(lambda: {one.external_id: one for one in Ticket.objects.all()})


def batches(world: World) -> int:
    return int(world.scoped(lambda: Batch.objects.count()))


def test_a_file_becomes_notes_with_an_answer_for_each_line_and_again_no_double(world: World, caja: Path) -> None:
    content = csv_of(sales(world, 3))
    (caja / "in" / "hoy.csv").write_bytes(content)
    (caja / "in" / "mitad.csv.part").write_bytes(content[:40])
    lives(world, caja)
    assert names(caja / "in") == ["mitad.csv.part"]
    assert names(caja / "done") == ["hoy.csv", "hoy.csv.resultado.csv"]
    made = notes(world)
    told = answer(caja / "done" / "hoy.csv")
    assert [(one["Renglón"], one["Clave"], one["Resultado"]) for one in told] == [
        ("2", "F-1", "ya estaba"),
        ("3", "F-2", "registrada"),
        ("4", "F-3", "registrada"),
    ]
    assert [one["Código de facturación"] for one in told] == [show_code(made[f"F-{n}"].code) for n in (1, 2, 3)]
    assert all("23:59" in one["Factura hasta el"] for one in told)
    rows = [dict(zip(HEADS, row, strict=True)) for row in sales(world, 4)[1:]]
    (caja / "in" / "hoy.csv").write_bytes(content)
    (caja / "in" / "otra.json").write_text(
        json.dumps([{**row, "Total": 104.50} if n == 3 else row for n, row in enumerate(rows)])
    )
    lives(world, caja)
    assert len(notes(world)) == 4
    assert {one["Resultado"] for one in answer(next((caja / "done").glob("hoy~*[0-9].csv")))} == {"ya estaba"}
    assert [one["Resultado"] for one in answer(caja / "done" / "otra.json")] == ["ya estaba"] * 3 + ["registrada"]


def test_a_wrong_line_keeps_all_out_and_says_why_unless_bad_ones_are_skipped(world: World, caja: Path) -> None:
    rows = sales(world, 3)
    rows[2][2] = "doce"
    for name, content in (
        ("mal.csv", csv_of(rows)),
        ("nada.csv", b""),
        ("roto.json", b"[1"),
        ("raro.json", b'[{"a": []}]'),
    ):
        (caja / "in" / name).write_bytes(content)
    lives(world, caja)
    assert set(notes(world)) == {"F-1"}
    told = answer(caja / "rejected" / "mal.csv")
    assert [(one["Renglón"], one["Resultado"]) for one in told] == [
        ("2", "ya estaba"),
        ("4", "no se registró"),
        ("3", "error"),
    ]
    assert told[-1]["Columna"] == "Total de la venta"
    assert told[-1]["Qué corregir"] == "“doce” no es un número"
    assert "vacío" in answer(caja / "rejected" / "nada.csv")[0]["Qué corregir"]
    assert "no es JSON" in answer(caja / "rejected" / "roto.json")[0]["Qué corregir"]
    assert "sin anidar" in answer(caja / "rejected" / "raro.json")[0]["Qué corregir"]
    (caja / "rejected" / "mal.csv").rename(caja / "in" / "mal.csv")
    lives(world, caja, "--skip-bad")
    assert set(notes(world)) == {"F-1", "F-3"}
    assert names(caja / "done") == ["mal.csv", "mal.csv.resultado.csv"]


def test_whoever_is_killed_goes_on_where_he_was_and_a_half_written_file_is_left_alone(world: World, caja: Path) -> None:
    (caja / "in" / "hoy.csv").write_bytes(csv_of(sales(world, 2)))
    look(world, caja, still=60)
    assert names(caja / "in") == ["hoy.csv"]  # it was written a moment ago
    look(world, caja)
    [taken] = (caja / ".taken").iterdir()
    before = batches(world)
    taken.rename(caja / "in" / "hoy.csv")  # killed after the commit of the upload, before the name
    look(world, caja)
    assert batches(world) == before
    assert [one.name for one in (caja / ".taken").iterdir()] == [taken.name]
    world.settle()
    look(world, caja)
    world.settle()
    (caja / "done" / ".hoy.csv.partial").write_text("Reng")  # killed while he wrote the answer
    (caja / "done" / "hoy.csv.resultado.csv").write_text("")  # or just after, before the file went there
    look(world, caja)
    assert [one["Resultado"] for one in answer(caja / "done" / "hoy.csv")] == ["ya estaba", "registrada"]
    assert names(caja / ".taken") == names(caja / "in") == []
    assert set(notes(world)) == {"F-1", "F-2"}


def test_a_stranger_is_told_and_a_first_file_waits_until_its_columns_are_named(
    world: World, caja: Path, capsys: Any
) -> None:
    assert main([str(caja.parent), "--company", "nadie", "--once"]) == 1
    assert "No hay ninguna empresa" in capsys.readouterr().err
    (caja.parent / "nueva" / "in").mkdir(parents=True)
    (caja.parent / "nueva" / "in" / "x.csv").write_bytes(csv_of([["uno", "dos"], ["a", "b"]]))
    lives(world, caja)
    assert "Ábrelo en Importar" in capsys.readouterr().out
    assert len(names(caja.parent / "nueva" / ".taken")) == 1
