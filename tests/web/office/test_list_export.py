"""What is exported is what is listed: the same rows and sums, numbers as numbers, days as days, text never a formula."""

import csv
import io
import resource
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

from amate.access.models import Membership, Role
from amate.audit.models import Entry
from amate.desk.filters import At
from amate.desk.listing import read_list
from amate.desk.lists import LISTS
from amate.desk.make_file import KEPT, forget_old_files, sheet_of
from amate.desk.models import Run, RunPiece
from tests.web.office import desk, plenty
from tests.web.office.desk import Office
from tests.world import World

ZONE = ZoneInfo("America/Mexico_City")
NIGHT = datetime(2026, 3, 1, 23, 30, 45, tzinfo=ZONE)
TRAPS = ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\tx", "http://x.mx"]


def rows_of_xlsx(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def rows_of_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def cents(n: int) -> dict[str, Any]:
    value = 10_001 + 7 * n
    return {"total": Decimal(value) / 100, "total_cents": value, "sold_at": NIGHT}


def export(office: Office, kind: str, path: str = "notas/", **query: str) -> bytes:
    answer = office.get(f"{path}exportar/", formato=kind, **query)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{path[:-1]}-')
    return bytes(answer.content)


def test_a_sheet_holds_what_the_screen_lists_with_real_types(world: World, office: Office) -> None:
    plenty.tickets(world, 60, vary=cents)
    screen = office.get("notas/", desde="2026-03-01", hasta="2026-03-01").context["list"].counted
    head, *rows = rows_of_xlsx(export(office, "xlsx", desde="2026-03-01", hasta="2026-03-01"))
    total, sold = head.index("Total"), head.index("Vendida")
    assert all(isinstance(row[total], float) for row in rows)
    whole = sum(Decimal(str(row[total])) for row in rows)
    assert screen == f"60 notas por ${whole:,.2f}"
    assert rows[0][sold] == NIGHT.replace(tzinfo=None)  # the company's day, not the next one of UTC
    assert [row[0] for row in rows] == [f"F-{n}" for n in reversed(range(60))]


def test_a_csv_holds_the_same(world: World, office: Office) -> None:
    plenty.tickets(world, 60, vary=cents)
    head, *rows = rows_of_csv(export(office, "csv", q="F-"))
    assert sum(Decimal(row[head.index("Total")]) for row in rows) == sum(
        Decimal(cents(n)["total_cents"]) / 100 for n in range(60)
    )
    assert rows[0][head.index("Vendida")] == "2026-03-01 23:30"


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_text_is_never_a_formula(world: World, office: Office, kind: str) -> None:
    plenty.tickets(world, len(TRAPS), vary=lambda n: {"folio": TRAPS[n]})
    content = export(office, kind, canal="demo")
    if kind == "csv":
        cells = [row[0] for row in rows_of_csv(content)[1:]]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]
        return
    assert {row[0] for row in rows_of_xlsx(content)[1:]} >= set(TRAPS)
    import zipfile

    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_every_list_is_exported(world: World, office: Office) -> None:
    invoice = desk.stamped(world)
    desk.listed(world)
    head, row = rows_of_xlsx(export(office, "xlsx", "facturas/"))
    assert row[head.index("UUID")] == str(invoice.uuid).upper()
    assert Decimal(str(row[head.index("Total")])) == invoice.total
    head, row = rows_of_csv(export(office, "csv", "productos/"))
    assert (row[head.index("Clave")], row[head.index("Precio")]) == ("CAF-1", "")
    head, *rows = rows_of_csv(export(office, "csv", "auditoria/", tipo="list"))
    assert {row[head.index("Acto")] for row in rows} == {"list.exported"}


def test_an_export_is_told_in_the_audit(world: World, office: Office) -> None:
    world.sale()
    export(office, "csv", estado="open")
    entry = world.scoped(lambda: Entry.objects.get(act="list.exported"))
    assert entry.actor == "ana@amate.example"
    assert entry.detail == {"listing": "notas", "kind": "csv", "query": "estado=open", "rows": 1}


def test_the_audit_is_exported_only_by_who_may_read_it(world: World, office: Office) -> None:
    world.inside(lambda: Membership.objects.filter(company=world.shop.company).update(role=Role.COLLECTOR))
    assert office.get("auditoria/exportar/").status_code == 403
    assert office.get("notas/exportar/").status_code == 200


def test_a_long_list_is_made_by_the_worker_once(world: World, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amate.web.backoffice.exports.COUNTED", 10)
    plenty.tickets(world, 40, vary=cents)
    path = "notas/exportar/?formato=xlsx&q=F-"
    page = world.inside(lambda: office.client.get(world.shop.office + path)).content.decode()
    assert "Más de" in page or "notas por" in page
    token = page.split('name="token" value="')[1].split('"')[0]
    first, second = (
        world.inside(lambda: office.client.post(world.shop.office + path, {"token": token})) for _ in range(2)
    )
    assert first["Location"] == second["Location"]
    assert world.scoped(lambda: Run.objects.count()) == 1
    run_path = first["Location"].removeprefix(world.shop.office)
    assert "Preparando el archivo" in office.text(run_path)
    world.settle()
    assert ".xlsx" in office.text(run_path)
    answer = world.inside(lambda: office.client.get(f"{world.shop.office}{run_path}archivo"))
    content = world.inside(lambda: b"".join(answer.streaming_content))
    assert answer["Content-Length"] == str(len(content))
    assert len(rows_of_xlsx(content)) == 41
    assert world.scoped(lambda: Entry.objects.get(act="run.done").actor) == "ana@amate.example"

    def later() -> int:
        return forget_old_files(now=world.now() + KEPT + timedelta(minutes=1))

    assert world.scoped(later) == 1
    assert world.scoped(lambda: RunPiece.objects.count()) == 0
    assert "el archivo se borró" in office.text(run_path)
    assert office.get(run_path + "archivo").status_code == 404


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_memory_stays_flat(world: World, kind: str) -> None:
    """Ten times the rows may not take noticeably more memory: what grows is the file."""
    plenty.tickets(world, 400, vary=cents)

    def made(times: int) -> int:
        asked = read_list(LISTS["notas"], {"q": "F-"}, at=At(world.now(), ZONE, sees_codes=True))
        for _ in range(times):
            sheet_of(asked, kind)
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    low = world.scoped(lambda: made(2))
    plenty_more(world, 4000)
    assert world.scoped(lambda: made(1)) - low < 12_000  # kB


def plenty_more(world: World, count: int) -> None:
    from amate.self_invoicing.models import Ticket

    def make() -> None:
        first = Ticket.objects.earliest("id")
        kept = {f.attname: getattr(first, f.attname) for f in Ticket._meta.fields if f.attname != "id"}
        for start in range(0, count, 500):
            Ticket.objects.bulk_create(
                Ticket(**{**kept, "external_id": f"Y-{n}", "code": f"9{n:011d}", "folio": f"F-Y{n}"})
                for n in range(start, start + 500)
            )

    world.scoped(make)


def test_days_of_the_file_name_are_the_companys(world: World, office: Office) -> None:
    world.sale()
    today: date = world.now().astimezone(ZONE).date()
    answer = office.get("notas/exportar/", formato="csv")
    assert answer["Content-Disposition"] == f'attachment; filename="notas-{today}.csv"'
