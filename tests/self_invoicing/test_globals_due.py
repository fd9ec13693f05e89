"""A period that closed with notes nobody invoiced wants its factura global within a day (FISCAL GLO-2)."""

from datetime import date, timedelta
from typing import Any

from amate.companies.models import Branch
from amate.fiscal.factura_global import GlobalSale
from amate.fiscal.global_period import period_of
from amate.invoices.due import due_documents
from amate.invoices.issue_global import issue_global
from amate.invoices.models import Invoice, Origin
from amate.self_invoicing.globals_due import globals_due
from amate.self_invoicing.models import Ticket
from tests.invoices.life import line, with_a_note
from tests.invoices.month import goes_to, goes_to_next_month


def made(world: Any, day: date) -> Invoice:
    sale = GlobalSale("F-1", "01", (line("116.00").line,))

    def act() -> Invoice:
        branch = Branch.objects.get()
        period = period_of(day, periodicidad="01")
        return issue_global(branch=branch, period=period, sales=[sale], origin=Origin.SYSTEM, now=world.now())[0]

    return with_a_note(world, [world.scoped(act)])[0]


def due(world: Any) -> list[tuple[str, str, str]]:
    return [(one.mark, str(one.day), one.page) for one in world.scoped(lambda: globals_due(now=world.now()))]


def test_it_is_told_of_the_day_after_the_last_global_while_its_notes_wait(world: Any) -> None:
    day = goes_to_next_month(world, 10)
    world.sale()
    assert due(world) == [], "who makes no globals here is told of none"
    made(world, day - timedelta(days=1))
    world.settle()
    assert due(world) == [], "today is not over"
    goes_to(world, day + timedelta(days=1), hour=9)
    branch = world.shop.branch.pk
    page = f"facturas/global/?sucursal={branch}&periodicidad=01&dia={day}"
    assert due(world) == [("soon", str(day + timedelta(days=1)), page)]
    goes_to(world, day + timedelta(days=2), hour=9)
    assert due(world) == [("late", str(day + timedelta(days=1)), page)]
    world.scoped(lambda: Ticket.objects.update(state="void"))
    assert due(world) == []


def test_one_that_is_not_stamped_is_told_once_its_period_has_closed(world: Any) -> None:
    day = goes_to_next_month(world, 10)
    world.pac.admin("faults", {"kind": "503"})
    one = made(world, day)
    world.settle()

    def told() -> list[tuple[str, str, tuple[int, ...]]]:
        found = world.scoped(lambda: due_documents(now=world.now()))
        return [(due.kind.value, due.mark, due.ids) for due in found]

    assert told() == []
    goes_to(world, day + timedelta(days=1), hour=9)
    assert told() == [("global", "soon", (one.pk,))]
    goes_to(world, day + timedelta(days=2), hour=1)
    assert told()[0] == ("global", "late", (one.pk,))
    world.pac.admin("faults", {}, method="DELETE")
    world.settle()
    assert told() == []
