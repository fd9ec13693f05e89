"""Compare-and-set, and an insert that stands back."""

from typing import Any

import pytest

from amate.customers.models import Customer
from amate.self_invoicing.models import Ticket
from amate.tenancy.models import IllegalMove
from amate.tenancy.scope import NoCompany
from amate.tenancy.writes import insert_unless_there, update_if


def customer(world: Any, number: int, rfc: str) -> Customer:
    return Customer(number=number, rfc=rfc, nombre="INGRID XODAR", search_name="ingrid xodar", created_at=world.now())


def test_a_row_moves_only_from_the_state_that_was_read(world: Any) -> None:
    ticket = world.sale()

    def move() -> None:
        first, second = Ticket.objects.get(pk=ticket.pk), Ticket.objects.get(pk=ticket.pk)
        first.move_to(Ticket.State.LOCKED, state_since=world.now())
        with pytest.raises(IllegalMove, match="no longer open"):
            second.move_to(Ticket.State.VOID, state_since=world.now())
        assert second.state == Ticket.State.OPEN

    world.scoped(move)
    assert world.scoped(lambda: Ticket.objects.get(pk=ticket.pk).state) == Ticket.State.LOCKED


def test_a_move_outside_a_scope_says_so(world: Any) -> None:
    ticket = world.sale()
    with pytest.raises(NoCompany):
        world.inside(lambda: ticket.move_to(Ticket.State.LOCKED, state_since=world.now()))


def test_update_if_writes_every_kind_of_value_as_the_orm_does(world: Any) -> None:
    ticket = world.sale()
    lines = [*ticket.lines, *ticket.lines]
    facts = {"lines": lines, "branch": ticket.branch_id, "total": ticket.total * 2, "deadline": world.now()}
    assert world.scoped(lambda: update_if(ticket, still={"folio": ticket.folio}, **facts))
    found = world.scoped(lambda: Ticket.objects.get(pk=ticket.pk))
    assert (found.lines, found.total, found.deadline) == (lines, facts["total"], facts["deadline"])
    assert not world.scoped(lambda: update_if(ticket, still={"folio": "otro"}, folio="nuevo"))


def test_another_companys_row_is_not_moved(world: Any) -> None:
    theirs = world.sale(world.other)
    with pytest.raises(IllegalMove):
        world.scoped(lambda: theirs.move_to(Ticket.State.LOCKED, state_since=world.now()))


def test_an_insert_stands_back_before_its_like(world: Any) -> None:
    first, again = world.scoped(lambda: [customer(world, n, "XOJI740919U48") for n in (1, 2)])
    assert world.scoped(lambda: insert_unless_there(first)) is True
    assert world.scoped(lambda: insert_unless_there(again)) is False
    assert again.pk is None
    assert world.scoped(lambda: [c.pk for c in Customer.objects.all()]) == [first.pk]
    assert first._state.adding is False
