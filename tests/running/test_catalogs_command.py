"""`amate catalogs`: what would change is read before it is adopted, and a cut file is refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.http import HttpRequest, HttpResponse

from amate.audit.models import Entry
from amate.catalogs.fill import fill_keys
from amate.catalogs.models import Edition
from amate.fiscal.catalogs import catalogs_in_force, installed, put_in_force, search_rows
from amate.running.catalogs import main
from amate.web.newer_catalogs import newer_catalogs
from tests.world import World

HEAD = "id,texto,vigencia_desde,vigencia_hasta"
METHODS = ["PUE,Pago en una sola exhibición,2022-01-01,", "PPD,Pago en parcialidades o diferido,2022-01-01,"]


@pytest.fixture(autouse=True)
def as_it_was(sat_keys: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
        with connections["owner"].cursor() as c:
            c.execute("DELETE FROM catalogs_edition")
        put_in_force(installed())
        fill_keys(rows=(row for row in search_rows() if row.catalog == "uso_cfdi"))
        connections.close_all()


def csv(folder: Path, table: str, *rows: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"cfdi_40_{table}.csv").write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    return folder


def test_check_tells_what_would_change_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = csv(tmp_path / "c", "metodos_pago", *METHODS, "PXX,Pago con trueque,2026-11-22,")
    assert main(["check", str(source)]) == 0
    assert "c_MetodoPago (2 claves)\n  nuevas: 1 (PXX)" in capsys.readouterr().out
    assert not Edition.objects.exists()


def test_adopt_asks_and_a_web_process_follows(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = csv(tmp_path / "c", "metodos_pago", *METHODS, "PXX,Pago con trueque,2026-11-22,")
    monkeypatch.setattr("builtins.input", lambda _: "no")
    assert main(["adopt", str(source)]) == 1
    assert not Edition.objects.exists()
    monkeypatch.setattr("builtins.input", lambda _: "Sí")
    assert main(["adopt", str(source)]) == 0
    assert "En vigor: SAT" in capsys.readouterr().out
    for shop in world.shops:
        entry = world.scoped(lambda: Entry.objects.get(act="company.catalogs_adopted"), shop)
        assert entry.detail == {"version": Edition.objects.get().version}
    put_in_force(installed())  # another process, which has not looked yet
    monkeypatch.setattr("amate.web.newer_catalogs.EVERY", 0.0)
    newer_catalogs(lambda _: HttpResponse())(HttpRequest())
    assert "PXX" in catalogs_in_force().small["c_MetodoPago"]
    assert main(["show"]) == 0
    assert catalogs_in_force().version in capsys.readouterr().out


def test_a_cut_file_is_refused_unless_a_person_insists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = csv(tmp_path / "c", "monedas", "MXN,Peso Mexicano,2022-01-01,")
    assert main(["adopt", str(source), "--yes"]) == 1
    assert "faltan demasiadas claves" in capsys.readouterr().err
    assert main(["adopt", str(source), "--yes", "--even-so"]) == 0
    assert catalogs_in_force().version == installed().version, "this process looks again within a minute"


def test_a_file_that_is_no_catalogue_is_told_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "foto.jpg").write_bytes(b"\xff\xd8\xff")
    assert main(["check", str(tmp_path / "foto.jpg")]) == 1
    assert "no es una base SQLite" in capsys.readouterr().err
