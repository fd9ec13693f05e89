"""A backup, destroyed and restored: the same documents byte for byte, and no machine goes on with what may exist."""

import asyncio
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from psycopg import sql

from amate.audit.models import Entry
from amate.companies.models import PortalPolicy
from amate.companies.policies import portal_today
from amate.fiscal.clock import local_time
from amate.invoices.after_restore import SENTENCE
from amate.invoices.models import Invoice, RefusedBy, Sealing, Stamp, State
from amate.promises import keep
from amate.promises.lease import retry_now
from amate.promises.models import Promise
from amate.running.backup import DUMP, MANIFEST, Refused, back_up
from amate.running.postgres import ServerRefused
from amate.running.prepare import prepare
from amate.running.restore import restore as restore_here
from amate.self_invoicing.claim import NotClaimable
from amate.tenancy.half_restored import refuse_half_restored
from tests.database import ROOT, as_owner, drop_clone

WORKERS_THREADS = 4
VISIT = """
import django; django.setup()
from django.test import Client
answer = Client(SERVER_NAME="127.0.0.1").get("/f/{slug}/")
print(answer.status_code, "en pausa" in answer.content.decode())
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


@contextmanager
def living_in(world: Any, database: str) -> Iterator[None]:
    """The world's house is that database; the other one is switched off."""

    def move(name: str) -> None:
        connections.close_all()
        together = Barrier(WORKERS_THREADS)
        list(keep._pool.map(lambda _: (together.wait(30), connections.close_all()), range(WORKERS_THREADS)))
        for alias in connections:
            connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = name

    home = str(settings.DATABASES["default"]["NAME"])
    world.inside(lambda: move(database))
    try:
        yield
    finally:
        world.inside(lambda: move(home))


@contextmanager
def restored(world: Any, database: str, file: Path) -> Iterator[str]:
    """Living in the restored copy. Gives what the restore says."""
    with living_in(world, database):
        yield world.inside(lambda: restore_here(file, now=world.now()))


@pytest.fixture
def keys(database_name: str) -> Iterator[None]:
    """One key of the SAT, so that a restore need not fill in all of them."""
    with as_owner(database_name) as c:
        made = "INSERT INTO catalogs_satkey (catalog, key, text, plain, words) VALUES ('test', 'x', '', '', '')"
        c.execute(made)
        yield
        c.execute("DELETE FROM catalogs_satkey WHERE catalog = 'test'")


def backed_up(world: Any, tmp_path: Path) -> Path:
    file = tmp_path / "respaldo.amate"
    world.inside(lambda: back_up(file, now=world.now()))
    return file


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
    assert "aún no se sellaban, o se corregían: 1." in done.stdout
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


def sealed_and_waiting(world: Any) -> Invoice:
    """An invoice that the PAC would not take for the moment: it rests as it was sealed."""
    world.pac.admin("faults", {"kind": "503"})
    invoice: Invoice = world.claim(world.sale())
    world.settle()
    world.pac.admin("faults", {}, method="DELETE")
    assert world.invoice(invoice).state == State.SEALED
    return invoice


def stamped_elsewhere(world: Any, invoice: Invoice) -> UUID:
    """As the old house does it after the backup; the copy hears nothing of it."""
    sealing = world.scoped(lambda: Sealing.objects.get(invoice=invoice))

    async def send() -> UUID:
        pac = world.plugs().pac
        try:
            return (await pac.stamp(bytes(sealing.xml), key=sealing.key)).uuid  # type: ignore[no-any-return]
        finally:
            await pac.aclose()

    return asyncio.run(send())


def waits_for(world: Any, invoice: Invoice) -> tuple[bool, str]:
    """Whether its work waits for a person, and what it tells that person."""
    owed = world.scoped(lambda: Promise.objects.open().get(key=f"stamp:{invoice.pk}"))
    return owed.next_try_at is None, owed.last_error


def test_what_was_sealed_is_asked_for_and_no_machine_seals_it_anew(
    world: Any, keys: None, empty_database: str, tmp_path: Path
) -> None:
    stamped, lost = sealed_and_waiting(world), sealed_and_waiting(world)
    file = backed_up(world, tmp_path)
    uuid = stamped_elsewhere(world, stamped)
    world.time_passes(hours=80)
    with restored(world, empty_database, file) as told:
        world.inside(refuse_half_restored)
        assert "selladas sin respuesta: 2." in told
        assert {world.invoice(one).state for one in (stamped, lost)} == {State.UNKNOWN}
        world.settle()
        assert (world.invoice(stamped).state, world.invoice(stamped).uuid) == (State.STAMPED, uuid)
        assert world.invoice(lost).state == State.UNKNOWN
        assert waits_for(world, lost)[0]
        assert world.scoped(Sealing.objects.count) == 2, "as many as the backup had"
    assert [document["uuid"].lower() for document in world.pac.documents()] == [str(uuid)]


def test_a_refused_document_that_staff_had_asked_for_again_waits_for_them(
    world: Any, keys: None, empty_database: str, tmp_path: Path
) -> None:
    invoice = world.claim(world.sale())

    def refused_then_asked_again() -> None:
        Invoice.locked(invoice.pk).move_to(State.SEALED, folio=1, sealed_at=world.now())
        Invoice.locked(invoice.pk).move_to(State.SENDING)
        Invoice.locked(invoice.pk).move_to(State.REFUSED, refused_by=RefusedBy.OURS, refusal="El CSD no está en la LCO")
        retry_now(promise_id=Promise.objects.open().get(key=f"stamp:{invoice.pk}").pk, now=world.now())

    world.scoped(refused_then_asked_again)
    with restored(world, empty_database, backed_up(world, tmp_path)):
        world.settle()
        assert world.invoice(invoice).state == State.REFUSED
        assert waits_for(world, invoice) == (True, SENTENCE)
    assert world.pac.documents() == []


def test_no_folio_is_given_twice_and_the_portal_is_shut_until_a_person_opens_it(
    world: Any, keys: None, empty_database: str, tmp_path: Path
) -> None:
    today = local_time(world.shop.branch.cp, world.now()).date()

    def open_today_and_next_week() -> list[bool]:
        return [portal_today(day=today + timedelta(days=days)).is_open for days in (0, 7)]

    def another_rule_next_week() -> None:
        row = PortalPolicy.objects.latest("effective_from")
        row.pk, row._state.adding, row.effective_from = None, True, today + timedelta(days=7)
        row.save()

    world.scoped(another_rule_next_week)
    first = world.claim(world.sale())
    world.settle()
    file = backed_up(world, tmp_path)
    since = world.claim(world.sale())
    world.settle()
    serie, last = world.invoice(first).serie, world.invoice(first).folio
    assert last < world.invoice(since).folio < 2000
    windows = world.scoped(lambda: set(PortalPolicy.objects.values_list("window_days", flat=True)))
    assert world.scoped(open_today_and_next_week) == [True, True]

    with restored(world, empty_database, file) as told:
        assert f"{world.shop.slug}, serie {serie}: del {last + 1} al 2000" in told
        assert "clientes: del" not in told, "the numbers of customers are no folios"
        assert world.scoped(open_today_and_next_week) == [False, False]
        assert world.scoped(lambda: set(PortalPolicy.objects.values_list("window_days", flat=True))) == windows
        sale = world.sale()
        with pytest.raises(NotClaimable):
            world.claim(sale)
        world.scoped(lambda: PortalPolicy.objects.update(enabled=True))
        invoice = world.claim(sale)
        world.settle()
        assert world.invoice(invoice).number == f"{serie}-2001"
    for sentence in ("ya no abren. Reimprime", "bloquéala en Ventas", "El portal queda apagado"):
        assert sentence in told


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


def test_every_company_whose_data_left_finds_it_in_its_audit(world: Any, tmp_path: Path) -> None:
    file = tmp_path / "respaldo.amate"
    world.inside(lambda: back_up(file, now=world.now()))
    with pytest.raises(Refused):
        world.inside(lambda: back_up(file, now=world.now()))
    for shop in world.shops:
        (entry,) = world.scoped(lambda: list(Entry.objects.filter(act="company.backed_up")), shop)
        assert entry.actor_kind == "system"


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
