"""A restore begins only where it can end well, and nobody serves what it left half done."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from amate.running.backup import DUMP, MANIFEST, back_up
from amate.running.postgres import ServerRefused
from amate.running.prepare import prepare
from amate.running.restore import restore as restore_here
from amate.tenancy.half_restored import refuse_half_restored
from tests.database import as_owner
from tests.running.copies import backed_up, living_in, restore, rows, run


def test_a_restore_needs_an_empty_installation(world: Any, database_name: str, tmp_path: Path) -> None:
    file = tmp_path / "respaldo.amate"
    world.inside(lambda: back_up(file, now=world.now()))
    done = restore(database_name, file)
    assert (done.returncode, "ya tiene datos" in done.stderr) == (1, True)


def test_a_restore_without_the_master_key_is_refused(world: Any, empty_database: str, tmp_path: Path) -> None:
    file = tmp_path / "respaldo.amate"
    world.inside(lambda: back_up(file, now=world.now()))
    done = restore(empty_database, file, AMATE_MASTER_KEY="another one, thirty-two characters long")
    assert done.returncode == 1
    assert "llave maestra" in done.stderr
    with as_owner(empty_database) as c:
        assert rows(c, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


@pytest.mark.parametrize("damage", ["cut", "changed", "foreign", "newer"])
def test_a_file_that_is_not_what_was_written_is_refused(
    world: Any, empty_database: str, tmp_path: Path, damage: str
) -> None:
    whole, file = tmp_path / "respaldo.amate", tmp_path / "otro.amate"
    world.inside(lambda: back_up(whole, now=world.now()))
    if damage == "cut":
        file.write_bytes(whole.read_bytes()[:-2000])
    elif damage == "foreign":
        file.write_bytes(b"no es un respaldo")
    else:
        with zipfile.ZipFile(whole) as old, zipfile.ZipFile(file, "w") as new:
            manifest, dump = json.loads(old.read(MANIFEST)), old.read(DUMP)
            if damage == "newer":
                manifest["migrations"]["invoices"] = "9999_from_the_future"
            new.writestr(DUMP, dump[:-1] + b"x" if damage == "changed" else dump)
            new.writestr(MANIFEST, json.dumps(manifest))
    done = restore(empty_database, file)
    assert done.returncode == 1, done.stdout
    said = {"cut": "no se puede leer", "changed": "dañado", "foreign": "no se puede leer", "newer": "más nuevo"}
    assert said[damage] in done.stderr
    with as_owner(empty_database) as c:
        assert rows(c, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_nobody_serves_a_copy_whose_restore_was_interrupted(
    world: Any, keys: None, empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(**_: object) -> int:
        raise SystemExit(130)

    file = backed_up(world, tmp_path)
    monkeypatch.setattr("amate.running.restore.hold_what_may_exist", interrupted)
    with living_in(world, empty_database):
        with pytest.raises(SystemExit):
            world.inside(lambda: restore_here(file, now=world.now()))
        with pytest.raises(ServerRefused, match="no terminó"):
            world.inside(prepare)
        worker = run(empty_database, "-m", "amate.cli", "worker")
        assert (worker.returncode, "no terminó" in worker.stderr) == (1, True)
    world.inside(refuse_half_restored)
