"""What a simulator stamped is told from what is valid wherever it goes: in lists, exports and the API."""

import csv
import io
from dataclasses import replace
from importlib import import_module

import pytest
from django.db import connection

from amate.fiscal.tfd import Timbre, read_timbre
from amate.invoices.models import Invoice
from tests.database import as_owner
from tests.stories.fault_schedules import draft_invoices
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.world import World


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def without_leyenda(xml: bytes) -> Timbre:
    return replace(read_timbre(xml), leyenda=None)


def two(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[Invoice, Invoice]:
    """One that the simulator stamped, and one as a PAC of the SAT stamps it: its TFD says nothing."""
    sample = desk.stamped(world)
    monkeypatch.setattr("amate.invoices.stamp.read_timbre", without_leyenda)
    return sample, desk.stamped(world)


def test_the_stamp_tells_whether_it_has_validity(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sample, valid = two(world, monkeypatch)
    assert (sample.sample, valid.sample) == (True, False)
    assert desk.claimed(world).sample is False, "nothing is known of a draft"


def test_lists_exports_and_the_api_show_it(world: World, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    sample, valid = two(world, monkeypatch)
    page = office.text("facturas/")
    assert page.count("Sin validez fiscal</small>") == 1
    assert [row.id for row in office.get("facturas/", validez="sin").context["rows"]] == [sample.pk]
    assert [row.id for row in office.get("facturas/", validez="con").context["rows"]] == [valid.pk]
    content = office.get("facturas/exportar/", formato="csv").content.decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(content))
    at = head.index("Sin validez fiscal")
    assert {row[0]: row[at] for row in rows} == {sample.number: "Muestra", valid.number: ""}
    assert world.api("GET", f"/invoices/{sample.uuid}").json()["sample"] is True
    assert world.api("GET", f"/invoices/{valid.uuid}").json()["sample"] is False
    assert "Muestra sin validez fiscal" in office.text(f"facturas/{sample.pk}/")
    assert "Muestra sin validez fiscal" not in office.text(f"facturas/{valid.pk}/")


def test_what_was_stamped_before_the_flag_is_read_from_its_xml(world: World, database_name: str) -> None:
    sample, waiting = desk.stamped(world), desk.claimed(world)
    with as_owner(database_name) as owner:
        owner.execute(
            "UPDATE invoices_invoice SET sample = false"
        )  # nobody who serves people may change a stamped fact
        owner.execute(import_module("amate.invoices.migrations.0007_sample").OF_OLD_STAMPS)
    assert desk.again(world, sample).sample is True
    assert desk.again(world, waiting).sample is False


def test_an_index_finds_samples_under_the_policy(world: World, database_name: str) -> None:
    world.claim(world.sale())
    world.scoped(lambda: draft_invoices(world, 300))  # of an empty table one index is as good as another
    with as_owner(database_name) as owner:
        owner.execute("ANALYZE invoices_invoice")

    def explained() -> str:
        with connection.cursor() as c:
            c.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
            rows = Invoice.objects.filter(sample=True).order_by("-id")[:51]
            sql, params = rows.query.sql_with_params()
            c.execute("EXPLAIN " + sql, params)
            return "\n".join(line for (line,) in c.fetchall())

    assert "invoice_sample" in world.scoped(explained)
