"""The notes of a factura global leave as a file that adds up to the document, and only with whoever may take it."""

import csv
import io
from decimal import Decimal
from typing import Any

from python_calamine import CalamineWorkbook

from amate.access.models import Membership, Role
from amate.audit.models import Entry
from amate.fiscal import factura_global
from amate.fiscal.xml import parse
from amate.invoices.models import Invoice, Kind, Stamp
from amate.self_invoicing.models import Ticket
from tests.self_invoicing import test_refund
from tests.self_invoicing.test_close_period import closed
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.web.portal.buyer import Buyer
from tests.world import World

MONEY = ("Subtotal", "Descuento", "Impuestos", "Total")


def rows_of(office: Office, document: Invoice) -> list[dict[str, str]]:
    text = office.get(f"facturas/{document.pk}/notas/", formato="csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def book_of(office: Office, document: Invoice) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, str]]:
    """Its rows, the row of its sums, and what it says of the document."""
    content = office.get(f"facturas/{document.pk}/notas/", formato="xlsx").content
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    head, *rows, sums = book.get_sheet_by_name("Notas").to_python()
    about = dict(book.get_sheet_by_name("Factura").to_python())
    return [dict(zip(head, row, strict=True)) for row in rows], dict(zip(head, sums, strict=True)), about


def says(world: World, document: Invoice) -> dict[str, Decimal]:
    root = parse(world.scoped(lambda: bytes(Stamp.objects.get(invoice=document).xml)))
    taxes = root.find("{*}Impuestos")
    return {
        "Subtotal": Decimal(root.get("SubTotal")),
        "Descuento": Decimal(root.get("Descuento", 0)),
        "Impuestos": Decimal(taxes.get("TotalImpuestosTrasladados", 0)) if taxes is not None else Decimal(0),
        "Total": Decimal(root.get("Total")),
    }


def test_each_part_adds_up_to_its_document(world: World, office: Office, monkeypatch: Any) -> None:
    """Three notes of several rates, one of them given back in part before, in parts of two notes."""
    notes = [test_refund.sold(world, key) for key in "123"]
    test_refund.given(world, notes[0], "d1", (0, "1"))
    world.scoped(lambda: Ticket.objects.filter(pk=notes[1].pk).update(folio="=SUM(A1)"))
    monkeypatch.setattr(factura_global, "MOST_TICKETS", 2)
    parts = closed(world)
    world.settle()
    assert [one.part for one in parts] == [1, 2]
    told: list[str] = []
    for part in parts:
        rows, whole = rows_of(office, part), says(world, world.invoice(part))
        assert {name: sum(Decimal(row[name]) for row in rows) for name in MONEY} == whole
        told += [row["Nota en la factura"] for row in rows]
        cells, sums, about = book_of(office, part)
        for name in MONEY:
            assert sums[name] == float(whole[name])
            assert [round(cell[name], 2) for cell in cells] == [float(row[name]) for row in rows]
        assert about["Folio fiscal"] == str(world.invoice(part).uuid).upper()
        assert (about["Parte"], about["Total de la factura"]) == (str(part.part), str(whole["Total"]))
        page = office.text(f"facturas/{part.pk}/")
        assert f"facturas/{part.pk}/notas/?formato=xlsx" in page
    assert told == ["R-1", "'=SUM(A1)", "R-3"]  # a CSV holds no formula
    kept = world.scoped(lambda: Entry.objects.filter(act="list.exported").order_by("-id").first())
    assert (kept.about, kept.detail["rows"]) == (f"invoice:{parts[1].pk}", 1)


def test_what_came_after_it_is_said_beside_and_changes_no_total(world: World, office: Office) -> None:
    """One left with its buyer, of another a part was given back; a substitute has the same notes."""
    late, back = test_refund.sold(world, "1"), test_refund.sold(world, "2")
    (made,) = closed(world)
    world.settle()
    buyer = Buyer(world.shop)
    world.inside(lambda: buyer.gets_it(late))
    test_refund.given(world, back, "d1", (1, "1"))
    world.settle()
    own = world.scoped(lambda: str(Invoice.objects.get(kind=Kind.INGRESO)))
    rows = rows_of(office, made)
    assert [(row["Folio"], row["Total"], row["Acreditado después"], row["Su propia factura"]) for row in rows] == [
        ("R-1", "238.37", "238.37", own),
        ("R-2", "238.37", "45.50", ""),
    ]
    assert sum(Decimal(row["Total"]) for row in rows) == world.invoice(made).total


def test_who_may_not_take_lists_has_no_button_and_others_documents_have_none(world: World, office: Office) -> None:
    world.sale()
    (made,) = closed(world)
    assert office.get(f"facturas/{made.pk}/notas/").status_code == 302  # not stamped yet
    world.settle()
    invoice = desk.stamped(world)
    answer = office.get(f"facturas/{invoice.pk}/notas/")
    assert answer.headers["Location"].endswith(f"facturas/{invoice.pk}/")
    assert "notas/?formato" not in office.text(f"facturas/{invoice.pk}/")
    assert office.get(f"facturas/{made.pk}/notas/").status_code == 200
    world.inside(lambda: Membership.objects.filter(company=world.shop.company).update(role=Role.CASHIER))
    assert "notas/?formato" not in office.text(f"facturas/{made.pk}/")
    assert office.get(f"facturas/{made.pk}/notas/").status_code == 403
