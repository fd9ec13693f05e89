"""Folios that no CFDI carries are listed with their cause, and leave the house as a file."""

import csv
import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from amate.access.models import Membership, Role
from amate.audit.models import Entry
from amate.companies.folios import leave_out
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.world import World


@pytest.fixture
def refused(world: World) -> Any:
    """After one that was stamped; and then a restore passed over some."""
    desk.stamped(world)
    refused = desk.refused_for_staff(world)
    world.scoped(lambda: leave_out(series=refused.serie, count=10))
    return refused


def test_the_page_lists_what_was_refused_and_what_was_never_given(world: World, office: Office, refused: Any) -> None:
    page = office.get("facturas/folios/")
    assert [(one.serie, one.first, one.last, one.why) for one in page.context["rows"]] == [
        (refused.serie, 2, 2, "Rechazada o por corregir"),
        (refused.serie, 3, 1000, "No se asignó"),
    ]
    text = page.content.decode()
    assert f'href="{world.shop.office}facturas/{refused.pk}/"' in text
    assert "999 números" in text
    assert "facturas/folios/" in office.get("facturas/").content.decode()


def test_a_company_without_gaps_is_told_so(world: World, office: Office) -> None:
    desk.stamped(world)
    assert "No falta ningún número" in office.get("facturas/folios/").content.decode()


def test_its_file_holds_the_same_with_real_numbers(world: World, office: Office, refused: Any) -> None:
    head, *rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(office.get("facturas/folios/exportar/", formato="xlsx").content))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert head == ["Serie", "Del", "Al", "Cuántos", "Por qué", "Pedida"]
    assert [row[:5] for row in rows] == [
        [refused.serie, 2, 2, 1, "Rechazada o por corregir"],
        [refused.serie, 3, 1000, 998, "No se asignó"],
    ]
    text = office.get("facturas/folios/exportar/", formato="csv").content.decode("utf-8-sig")
    assert [row[:4] for row in csv.reader(io.StringIO(text))][1:] == [[str(cell) for cell in row[:4]] for row in
        ([refused.serie, 2, 2, 1], [refused.serie, 3, 1000, 998])]  # fmt: skip
    told = world.scoped(lambda: Entry.objects.filter(act="list.exported").order_by("-id").first())
    assert told.detail["listing"] == "folios"


def test_who_may_not_export_reads_them_all_the_same(world: World, office: Office, refused: Any) -> None:
    world.inside(lambda: Membership.objects.filter(company=world.shop.company).update(role=Role.SUPPORT))
    page = office.get("facturas/folios/")
    assert page.status_code == 200
    assert "formato=" not in page.content.decode()
    assert office.get("facturas/folios/exportar/").status_code == 403
