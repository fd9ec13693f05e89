"""A backup holds everything: destroyed and restored, the same documents come back byte for byte."""

from pathlib import Path
from typing import Any

import pytest

from amate.audit.models import Entry
from amate.invoices.models import Sealing, Stamp, State
from amate.running.backup import Refused, back_up
from tests.database import as_owner
from tests.running.copies import restore, rows, run

VISIT = """
import django; django.setup()
from django.test import Client
answer = Client(SERVER_NAME="127.0.0.1").get("/f/{slug}/")
print(answer.status_code, "en pausa" in answer.content.decode())
"""


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


def test_every_company_whose_data_left_finds_it_in_its_audit(world: Any, tmp_path: Path) -> None:
    file = tmp_path / "respaldo.amate"
    world.inside(lambda: back_up(file, now=world.now()))
    with pytest.raises(Refused):
        world.inside(lambda: back_up(file, now=world.now()))
    for shop in world.shops:
        (entry,) = world.scoped(lambda: list(Entry.objects.filter(act="company.backed_up")), shop)
        assert entry.actor_kind == "system"


def test_an_existing_file_is_never_overwritten(world: Any, tmp_path: Path) -> None:
    file = tmp_path / "respaldo.amate"
    file.write_bytes(b"ayer")
    with pytest.raises(Refused, match="ya existe"):
        world.inside(lambda: back_up(file, now=world.now()))
    assert file.read_bytes() == b"ayer"
    assert list(tmp_path.iterdir()) == [file]
