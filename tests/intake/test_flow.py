"""A file of sales from upload to tickets, and back."""

from decimal import Decimal
from typing import Any

import pytest

from amate.audit.models import Entry
from amate.intake.commit import HasErrors, NothingNew, ask_commit
from amate.intake.models import Batch, Imported, Piece
from amate.self_invoicing.codes import new_code, show_code
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.queries import find_ticket
from amate.self_invoicing.register import register_ticket
from amate.self_invoicing.reserve import reserve_codes
from amate.tenancy.models import IllegalMove
from tests.intake.files import HEADS, SOLD, commit, csv_of, read, remap, sales, undo, upload, xlsx_of
from tests.world import World

State = Batch.State


def tickets(world: World) -> list[Ticket]:
    return world.scoped(lambda: list(Ticket.objects.order_by("id")))


def test_a_file_becomes_tickets_with_codes_and_deadlines(world: World) -> None:
    batch = read(world, csv_of(sales(world, 3)))
    assert (batch.state, batch.counts["new"], batch.counts["total"]) == (State.READ, 3, "307.50")
    assert tickets(world) == []
    batch = commit(world, batch)
    assert (batch.state, batch.fault) == (State.COMMITTED, "")
    made = tickets(world)
    assert [one.external_id for one in made] == ["F-1", "F-2", "F-3"]
    assert [one.total for one in made] == [Decimal("101.50"), Decimal("102.50"), Decimal("103.50")]
    assert {one.source for one in made} == {"caja"}
    assert len({one.code for one in made}) == 3
    assert all(one.deadline > world.now() for one in made)
    assert world.scoped(lambda: Piece.objects.count()) == 0
    assert world.scoped(lambda: list(Entry.objects.filter(act="batch.committed").values_list("detail", flat=True))) == [
        {"rows": 3, "new": 3, "total": "307.50"}
    ]


def test_an_imported_ticket_is_the_one_that_the_api_would_have_made(world: World) -> None:
    """Byte for byte the same digest: the till may send it again and gets the same note."""
    from amate.self_invoicing.sale import Sale

    commit(world, read(world, csv_of(sales(world, 1))))
    made = tickets(world)[0]
    from amate.invoices.lines import lines_from_json

    sale = Sale("caja", "F-1", "F-1", made.sold_at, "01", made.total, tuple(lines_from_json(made.lines)))
    again, new = world.scoped(lambda: register_ticket(sale=sale, branch=world.shop.branch, now=world.now()))
    assert (again.pk, new) == (made.pk, False)


def test_the_deadline_is_that_of_the_api(world: World) -> None:
    from dataclasses import replace

    from amate.invoices.lines import lines_from_json
    from amate.self_invoicing.sale import Sale

    commit(world, read(world, csv_of(sales(world, 1))))
    made = tickets(world)[0]
    sale = Sale("otra", "F-1", "F-1", made.sold_at, "01", made.total, tuple(lines_from_json(made.lines)))
    twin, _ = world.scoped(lambda: register_ticket(sale=replace(sale), branch=world.shop.branch, now=world.now()))
    assert twin.deadline == made.deadline


def test_the_same_file_again_makes_no_doubles(world: World) -> None:
    content = csv_of(sales(world, 3))
    commit(world, read(world, content))
    batch = upload(world, content)
    assert (batch.state, batch.counts["new"], batch.counts["repeated"]) == (State.READ, 0, 3)
    with pytest.raises(NothingNew):
        world.scoped(lambda: ask_commit(batch_id=batch.pk, skip_bad=False, now=world.now()))
    longer = upload(world, csv_of(sales(world, 5)))
    assert (longer.counts["new"], longer.counts["repeated"]) == (2, 3)
    commit(world, longer)
    assert len(tickets(world)) == 5


def test_a_changed_row_of_the_same_key_is_an_error(world: World) -> None:
    commit(world, read(world, csv_of(sales(world, 2))))
    rows = sales(world, 2)
    rows[2][2] = "999.00"
    batch = upload(world, csv_of(rows))
    assert (batch.counts["repeated"], batch.counts["bad"]) == (1, 1)
    [[row, _, sentence]] = batch.errors
    assert row == 3
    assert "La venta F-2 ya se registró con otros datos" in sentence


def test_rows_with_errors_stop_everything_until_a_person_leaves_them_out(world: World) -> None:
    rows = sales(world, 4)
    rows[2][2] = "doce"
    batch = read(world, csv_of(rows))
    assert batch.errors == [[3, "Total de la venta", "“doce” no es un número"]]
    with pytest.raises(HasErrors):
        world.scoped(lambda: ask_commit(batch_id=batch.pk, skip_bad=False, now=world.now()))
    assert tickets(world) == []
    commit(world, batch, skip_bad=True)
    assert [one.external_id for one in tickets(world)] == ["F-1", "F-3", "F-4"]


def test_nothing_is_registered_when_the_world_changed_meanwhile(world: World) -> None:
    """Between the dry run and the yes, the till sent one of the sales with another total."""
    from amate.fiscal.ingreso import total_of
    from tests.self_invoicing.test_register import a_sale, line

    batch = read(world, csv_of(sales(world, 3)))
    other = a_sale(world, line("5.00"), source="caja", external_id="F-2", folio="F-2", total=total_of((line("5.00"),)))
    world.scoped(lambda: register_ticket(sale=other, branch=world.shop.branch, now=world.now()))
    batch = commit(world, batch)
    assert batch.state == State.READ
    assert "No se registró nada" in batch.fault
    assert batch.counts["bad"] == 1
    assert [one.external_id for one in tickets(world)] == ["F-2"]
    commit(world, batch, skip_bad=True)
    assert len(tickets(world)) == 3


def test_undo_voids_what_nobody_invoiced_and_tells_what_stays(world: World) -> None:
    batch = commit(world, read(world, csv_of(sales(world, 4))))
    world.claim(tickets(world)[1])
    world.settle()
    batch = undo(world, batch)
    assert (batch.state, batch.counts["undone"], batch.counts["kept"]) == (State.UNDONE, 3, 1)
    assert [one.state for one in tickets(world)] == ["void", "open", "void", "void"]
    with pytest.raises(IllegalMove):
        undo(world, batch)


def test_after_an_undo_the_mended_file_comes_in(world: World) -> None:
    undo(world, commit(world, read(world, csv_of(sales(world, 2)))))
    rows = sales(world, 2)
    rows[1][2] = "500.00"
    batch = commit(world, upload(world, csv_of(rows)))
    assert batch.counts["new"] == 2
    assert [(one.external_id, one.total) for one in tickets(world) if one.state == "open"] == [
        ("F-1", Decimal("500.00")),
        ("F-2", Decimal("102.50")),
    ]


def test_a_source_keeps_its_mapping(world: World) -> None:
    odd = csv_of([["A", "B", "C"], ["X-1", world.now().strftime("%d/%m/%Y"), "10.00"]])
    batch = upload(world, odd)
    assert batch.state == State.ASKING
    remap(world, batch, {"folio": "A", "fecha": "B", "total": "C"})
    again = upload(world, odd.replace(b"X-1", b"X-2"))
    assert (again.state, again.counts["new"]) == (State.READ, 1)


def test_a_workbook_is_read_with_its_dates_and_numbers(world: World) -> None:
    day = world.now().replace(tzinfo=None, microsecond=0)
    content = xlsx_of([["Reporte de ventas"], [], HEADS, ["F-1", day, 116.0, 4], ["F-2", day, 0.1 + 0.2, "03"]])
    batch = commit(world, read(world, content, name="ventas.xlsx"))
    assert batch.counts["new"] == 2, batch.errors
    made = tickets(world)
    assert [(one.total, one.forma_pago) for one in made] == [(Decimal("116.00"), "04"), (Decimal("0.30"), "03")]


def test_several_rows_of_one_key_are_the_lines_of_one_sale(world: World) -> None:
    day = world.now().strftime("%d/%m/%Y")
    heads = ["Ticket", "Fecha", "Concepto", "Cantidad", "Precio unitario", "Total"]
    rows: list[list[Any]] = [
        heads,
        ["T-1", day, "Café", 2, "45.00", "150.00"],
        ["T-1", day, "Pan", 3, "20.00", "150.00"],
        ["T-2", day, "Café", 1, "45.00", "45.00"],
    ]
    commit(world, read(world, csv_of(rows)))
    first, second = tickets(world)
    assert (first.total, len(first.lines), second.total) == (Decimal("150.00"), 2, Decimal("45.00"))
    assert [line["descripcion"] for line in first.lines] == ["Café", "Pan"]


def test_two_companies_may_import_the_same_file(world: World) -> None:
    commit(world, read(world, csv_of(sales(world, 1))))
    assert world.scoped(lambda: Imported.objects.count(), world.other) == 0
    assert world.scoped(lambda: Batch.objects.count(), world.other) == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "vacío"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"<html><table><tr><td>Folio</td></tr></table></html>", "página web"),
        (b"PK\x03\x04 not a workbook at all", "dañado"),
        (b"\xd0\xcf\x11\xe0 not a workbook at all", "dañado"),
        (b"Folio\nF-1\nF-2\n", "una sola columna"),
        (b"Folio,Fecha,Total\n", "ningún renglón debajo"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(world: World, content: bytes, sentence: str) -> None:
    batch = upload(world, content)
    assert batch.state == State.REFUSED
    assert sentence in batch.fault
    assert world.scoped(lambda: Piece.objects.count()) == 0


def test_a_file_of_two_hundred_thousand_lines_with_ten_bad_ones_is_the_same_thing_but_longer(world: World) -> None:
    """2,000 lines of CSV here. 200,000 as a workbook, with the rows told and the sales registered counted one by one,
    is a case of benchmarks/import_sales.py (`book_of`): it fails unless those very ten are told."""
    rows = sales(world, 2000)
    bad = list(range(101, 2000, 200))
    for place in bad:
        rows[place][1] = "31/02/2026"
    batch = read(world, csv_of(rows))
    assert (batch.counts["new"], batch.counts["bad"]) == (1990, 10)
    assert [row for row, _, _ in batch.errors] == [place + 1 for place in bad]
    commit(world, batch, skip_bad=True)
    assert world.scoped(lambda: Ticket.objects.count()) == 1990


def test_bulk_tickets_have_every_column_that_a_single_one_has(world: World) -> None:
    assert SOLD.iva == "0.16"
    commit(world, read(world, csv_of(sales(world, 1))))
    made = tickets(world)[0]
    empty = [one.attname for one in Ticket._meta.concrete_fields if getattr(made, one.attname) is None]
    assert empty == ["split_of_id", "rejoined_at"], "only a note that was divided has these"


# ------------------------------------------------------------ codes that an offline till printed


def with_codes(world: World, codes: list[str]) -> list[list[object]]:
    heads, *rows = sales(world, len(codes))
    return [[*heads, "Código de facturación"], *([*row, code] for row, code in zip(rows, codes, strict=True))]


def reserve(world: World, count: int, *, source: str = "caja") -> list[str]:
    return world.scoped(lambda: reserve_codes(source=source, count=count, now=world.now())[1])


@pytest.mark.parametrize("book", [csv_of, xlsx_of])
def test_a_sale_keeps_the_code_that_its_till_printed_offline(world: World, book: Any) -> None:
    first, second = reserve(world, 2)
    content = book(with_codes(world, [show_code(first).lower(), "", second]))
    batch = read(world, content)
    assert batch.source.mapping["codigo"] == "Código de facturación"
    assert "producto" not in batch.source.mapping
    assert (batch.counts["new"], batch.counts["bad"]) == (3, 0)
    commit(world, batch)
    printed = {one.external_id: one.code for one in tickets(world)}
    assert (printed["F-1"], printed["F-3"]) == (first, second)
    assert printed["F-2"] not in (first, second)
    total = int(Decimal("101.50") * 100)
    assert world.scoped(lambda: find_ticket(code=first, total_cents=total).external_id) == "F-1"
    again = read(world, content)
    assert (again.counts["repeated"], again.counts["bad"]) == (3, 0)


def test_a_code_that_is_not_the_tills_is_an_error_of_its_row_and_gives_no_note(world: World) -> None:
    mine = reserve(world, 3)
    others = reserve(world, 1, source="caja-2")[0]
    strange = world.scoped(lambda: reserve_codes(source="caja", count=1, now=world.now())[1][0], world.other)
    commit(world, read(world, csv_of(with_codes(world, [mine[0]]))))
    rows = with_codes(
        world, [mine[0], mine[1], mine[1], new_code(), others, strange, "7K4M-9QXW-2TRX", mine[0], mine[2]]
    )
    rows[1][-1] = mine[2]  # F-1 was printed with another one
    batch = read(world, csv_of(rows))
    said = {row: (column, sentence) for row, column, sentence in batch.errors}
    assert list(said) == [2, 4, 5, 6, 7, 8, 9]
    assert "ya se registró con otros datos" in said[2][1]
    for row in (4, 5, 6, 7, 9):
        assert said[row][0] == "Código de facturación"
        assert "no está reservado para este origen, o ya es de otra nota" in said[row][1]
    whole = [show_code(code) for code in (*mine, others, strange)]
    assert not [code for code in whole if any(code in sentence for _, sentence in said.values())], "every role reads it"
    assert said[8] == (
        "Código de facturación",
        "A “7K4M-9QXW-2TRX” le falta o le sobra una letra, o hay una cambiada: son 12, como en la nota",
    )
    assert (batch.counts["new"], batch.counts["bad"]) == (2, 7)
    commit(world, batch, skip_bad=True)
    assert {one.external_id: one.code for one in tickets(world)} == {"F-1": mine[0], "F-2": mine[1], "F-9": mine[2]}


def test_a_code_that_was_used_between_the_dry_run_and_the_commit_registers_nothing(world: World) -> None:
    code = reserve(world, 1)[0]
    batch = read(world, csv_of(with_codes(world, [code, ""])))
    other = world.sale()
    world.scoped(lambda: Ticket.objects.filter(pk=other.pk).update(code=code))
    batch = commit(world, batch)
    assert (batch.state, batch.counts["bad"]) == (State.READ, 1)
    assert "hay más renglones con error" in batch.fault
