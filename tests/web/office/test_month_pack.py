"""The accountant's pack of a month: every document, its acuses, and a list that adds up to the XML."""

import io
import zipfile
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

from amate.desk.models import Run
from amate.fiscal.xml import parse
from amate.invoices.models import CancellationPaper, Stamp, State
from tests.invoices.life import cancel, issued, minutes_pass
from tests.invoices.test_credit import credit
from tests.invoices.test_rep import rep
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.world import World


def local_now(world: World) -> datetime:
    return world.now().astimezone(ZoneInfo("America/Mexico_City"))


def asked(office: Office, month: str) -> Any:
    said = {"mes": month, "token": str(uuid4())}
    return office.world.inside(lambda: office.client.post(f"{office.world.shop.office}facturas/mes/", said))


def taken(office: Office) -> zipfile.ZipFile:
    office.world.settle()
    run = office.world.scoped(lambda: Run.objects.latest("id"))
    assert run.state == Run.State.DONE
    url = f"{office.world.shop.office}trabajos/{run.pk}/archivo"
    answer = office.world.inside(lambda: office.client.get(url))
    content = office.world.inside(lambda: b"".join(answer.streaming_content))
    return zipfile.ZipFile(io.BytesIO(content))


def test_it_holds_every_xml_and_pdf_and_a_list_that_adds_up(world: World, office: Office) -> None:
    for _ in range(3):
        desk.stamped(world)
    month = f"{local_now(world):%Y-%m}"
    answer = asked(office, month)
    assert answer.status_code == 302
    with taken(office) as pack:
        assert pack.testzip() is None
        names = pack.namelist()
        stamps = world.scoped(lambda: list(Stamp.objects.select_related("invoice").order_by("id")))
        for stamp in stamps:
            name = f"{stamp.invoice.number}-{stamp.uuid}"
            assert pack.read(f"xml/{name}.xml") == bytes(stamp.xml)
            assert pack.read(f"pdf/{name}.pdf").startswith(b"%PDF")
        assert len(names) == 2 * 3 + 1
        book = CalamineWorkbook.from_filelike(io.BytesIO(pack.read("lista.xlsx")))
    rows = book.get_sheet_by_name("Documentos").to_python()
    assert len(rows) == 4
    total = rows[0].index("Total")
    of_xml = sum((Decimal(parse(bytes(stamp.xml)).get("Total", "")) for stamp in stamps), Decimal(0))
    assert sum((Decimal(str(row[total])) for row in rows[1:]), Decimal(0)) == of_xml
    head, summed = book.get_sheet_by_name("Sumas").to_python()
    said = dict(zip(head, summed, strict=True))
    assert (said["Tipo"], said["Estado"], said["Moneda"], said["Documentos"]) == ("I", "Vigente", "MXN", 3)
    assert Decimal(str(said["Total"])) == of_xml
    parts = [Decimal(str(said[name] or 0)) for name in ("Subtotal", "Descuento", "Trasladados", "Retenidos", "Otros")]
    assert parts[0] - parts[1] + parts[2] - parts[3] + parts[4] == of_xml


def test_a_credit_note_a_receipt_and_what_was_cancelled_are_in_it_with_their_acuses(
    world: World, office: Office
) -> None:
    owed, gone = issued(world, "1160.00", ppd=True), issued(world, "580.00")
    note, receipt = credit(world, owed, "348.00"), rep(world, {owed: "500.00"})
    world.settle()
    cancel(world, gone)
    world.settle()
    minutes_pass(world)
    states = [world.invoice(one).state for one in (owed, note, receipt, gone)]
    assert states == [State.STAMPED, State.STAMPED, State.STAMPED, State.CANCELLED]
    assert asked(office, f"{local_now(world):%Y-%m}").status_code == 302
    with taken(office) as pack:
        names = pack.namelist()
        stamps = world.scoped(lambda: {one.invoice_id: one for one in Stamp.objects.all()})
        for one in (owed, note, receipt, gone):
            name = f"{world.invoice(one).number}-{stamps[one.pk].uuid}"
            assert pack.read(f"xml/{name}.xml") == bytes(stamps[one.pk].xml)
            assert pack.read(f"pdf/{name}.pdf").startswith(b"%PDF")
        papers = world.scoped(lambda: list(CancellationPaper.objects.order_by("id")))
        assert [paper.kind for paper in papers] == ["request", "acuse"]
        kept = [f"acuses/{stamps[gone.pk].uuid}-{paper.pk}-{paper.kind}.xml" for paper in papers]
        assert sorted(name for name in names if name.startswith("acuses/")) == sorted(kept)
        assert [pack.read(name) for name in kept] == [bytes(paper.xml) for paper in papers]
        assert len(names) == 2 * 4 + 2 + 1
        book = CalamineWorkbook.from_filelike(io.BytesIO(pack.read("lista.xlsx")))
    rows = table(book, "Documentos")
    told = {(row["Tipo"], row["Estado"], amount(row, "Total"), amount(row, "Pagos recibidos (MXN)")) for row in rows}
    assert told == {
        ("I", "Vigente", Decimal(1160), Decimal(0)),
        ("I", "Cancelada", Decimal(580), Decimal(0)),
        ("E", "Vigente", Decimal(348), Decimal(0)),
        ("P", "Vigente", Decimal(0), Decimal(500)),
    }
    (credited,) = [row for row in rows if row["Tipo"] == "E"]
    assert credited["Relacionado con"] == f"01 {str(stamps[owed.pk].uuid).upper()}"
    (cancelled,) = table(book, "Canceladas en el mes")
    assert cancelled["UUID"] == str(stamps[gone.pk].uuid).upper()
    assert cancelled["Cancelada el"]
    sums = {(row["Tipo"], row["Estado"]): (amount(row, "Total"), amount(row, "Pagos")) for row in table(book, "Sumas")}
    assert sums == {(tipo, state): (total, paid) for tipo, state, total, paid in told}


def table(book: CalamineWorkbook, sheet: str) -> list[dict[str, Any]]:
    head, *rows = book.get_sheet_by_name(sheet).to_python()
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def amount(row: dict[str, Any], name: str) -> Decimal:
    return Decimal(str(row[name] or 0))


def test_a_month_without_documents_is_told_and_nothing_is_owed(world: World, office: Office) -> None:
    desk.stamped(world)
    before = local_now(world).replace(day=1) - timedelta(days=1)
    answer = asked(office, f"{before:%Y-%m}")
    assert answer.status_code == 422
    assert f"{before.year} no hay ninguna factura timbrada" in answer.content.decode()
    assert world.scoped(Run.objects.count) == 0


@pytest.mark.parametrize("typed", ["", "2026-13", "ayer", "2026-11-01", "9999-12"])
def test_what_is_no_month_of_the_list_is_told_at_the_field(world: World, office: Office, typed: str) -> None:
    answer = asked(office, typed)
    assert answer.status_code == 422
    assert "Elige el mes en la lista" in answer.content.decode()


def test_asked_twice_it_is_made_once(world: World, office: Office) -> None:
    desk.stamped(world)
    said = {"mes": f"{local_now(world):%Y-%m}", "token": str(uuid4())}
    url = f"{world.shop.office}facturas/mes/"
    first = world.inside(lambda: office.client.post(url, said))
    second = world.inside(lambda: office.client.post(url, said))
    assert first["Location"] == second["Location"]
    assert world.scoped(Run.objects.count) == 1


def test_the_month_is_that_of_the_company(world: World, office: Office) -> None:
    """A document of the last evening of a month belongs to it, though it is the next month in UTC."""
    invoice = desk.stamped(world)
    assert world.invoice(invoice).state == State.STAMPED
    following = (local_now(world).replace(day=1) + timedelta(days=32)).strftime("%Y-%m")
    assert asked(office, following).status_code == 422
