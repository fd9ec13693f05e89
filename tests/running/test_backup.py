"""A backup, destroyed and restored: the same documents byte for byte, and no machine goes on with what may exist."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from amate.invoices.models import Sealing, Stamp, State
from amate.running.backup import DUMP, MANIFEST, Refused, back_up
from tests.database import ROOT, as_owner, drop_clone

VISIT = """
import django; django.setup()
from django.test import Client
answer = Client(SERVER_NAME="127.0.0.1").get("/f/{slug}/")
print(answer.status_code, "codigo" in answer.content.decode())
"""


@pytest.fixture
def empty_database() -> Iterator[str]:
    """As `amate serve` finds one on a new machine: made, and nothing in it."""
    name = f"test_amate_{os.getpid()}_restored"
    drop_clone(name)
    with as_owner() as c:
        c.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield name
    drop_clone(name)


def run(database: str, *command: str, **env: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "AMATE_DATABASE_NAME": database, **env}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)


def restore(database: str, file: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    return run(database, "-m", "amate.cli", "restore", str(file), **env)


def rows(c: psycopg.Connection, query: str) -> list[tuple[Any, ...]]:
    return c.execute(query).fetchall()  # type: ignore[call-overload,no-any-return]


def documents(world: Any) -> list[tuple[Any, ...]]:
    def read() -> list[tuple[Any, ...]]:
        stamps = Stamp.objects.order_by("id").values_list("id", "uuid", "xml", "xml_sha256")
        return [(pk, uuid, bytes(xml), bytes(digest)) for pk, uuid, xml, digest in stamps]

    return world.scoped(read)


def test_what_was_backed_up_comes_back_byte_for_byte(world: Any, empty_database: str, tmp_path: Path) -> None:
    for shop in world.shops:
        world.claim(world.sale(shop), shop=shop)
    world.settle()
    draft = world.claim(world.sale())
    kept, file = documents(world), tmp_path / "respaldo.amate"
    sealed = world.scoped(lambda: [bytes(x) for x in Sealing.objects.order_by("id").values_list("xml", flat=True)])
    said = world.inside(lambda: back_up(file, now=world.now()))
    assert "No lleva llaves" in said
    assert file.stat().st_mode & 0o777 == 0o600

    done = restore(empty_database, file)
    assert done.returncode == 0, done.stderr
    assert "aún no se sellaban: 1." in done.stdout
    with as_owner(empty_database) as c:
        query = f"SELECT id, uuid, xml, xml_sha256 FROM invoices_stamp WHERE company_id = {world.shop.company.pk} ORDER BY id"
        assert rows(c, query) == kept
        query = f"SELECT xml FROM invoices_sealing WHERE company_id = {world.shop.company.pk} ORDER BY id"
        assert [xml for (xml,) in rows(c, query)] == sealed
        assert rows(c, "SELECT count(DISTINCT company_id) FROM invoices_stamp") == [(2,)]
        query = "SELECT key, next_try_at, last_error LIKE '%respaldo%' FROM promises_promise WHERE done_at IS NULL"
        assert rows(c, query) == [(f"stamp:{draft.pk}", None, True)]
        query = "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = 'invoices_stamp'"
        assert rows(c, query) == [(True, True)]
    visit = run(empty_database, "-c", VISIT.format(slug=world.shop.slug))
    assert visit.stdout.split() == ["200", "True"], visit.stderr
    assert world.invoice(draft).state == State.DRAFT, "the one that was backed up goes on as it was"


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


def test_an_existing_file_is_never_overwritten(world: Any, tmp_path: Path) -> None:
    file = tmp_path / "respaldo.amate"
    file.write_bytes(b"ayer")
    with pytest.raises(Refused, match="ya existe"):
        world.inside(lambda: back_up(file, now=world.now()))
    assert file.read_bytes() == b"ayer"
    assert list(tmp_path.iterdir()) == [file]
