"""Codes for offline tills: random, of one till, each for one note."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError

from amate.audit.models import Entry
from amate.self_invoicing.codes import read_code
from amate.self_invoicing.models import ReservedCode, Ticket
from amate.self_invoicing.queries import find_ticket
from amate.self_invoicing.register import CodeNotYours, Sale, SaleAlreadyRegistered, register_ticket
from amate.self_invoicing.reserve import reserve_codes
from tests.self_invoicing.test_register import a_sale
from tests.world import World


def reserve(world: World, *, source: str = "caja-1", count: int = 3) -> list[str]:
    return world.scoped(lambda: reserve_codes(source=source, count=count, now=world.now())[1])


def register(world: World, sale: Sale) -> tuple[Ticket, bool]:
    return world.scoped(lambda: register_ticket(sale=sale, branch=world.shop.branch, now=world.now()))


def test_a_block_is_of_codes_that_read_well_and_is_noted_without_them(world: World) -> None:
    codes = reserve(world, count=1000)
    assert len(set(codes)) == 1000
    assert all(read_code(code) == code for code in codes)
    entry = world.scoped(lambda: Entry.objects.get(act="codes.reserved"))
    assert entry.detail["count"] == 1000
    assert not any(code in str(entry.detail) for code in codes)


@pytest.mark.parametrize("count", [0, 1001])
def test_a_block_has_its_limits(world: World, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 1000"):
        reserve(world, count=count)


def test_the_note_printed_offline_keeps_its_code(world: World) -> None:
    code = reserve(world)[0]
    sale = a_sale(world, code=code)
    ticket, new = register(world, sale)
    assert (ticket.code, new) == (code, True)
    again, new = register(world, sale)
    assert (again.pk, again.code, new) == (ticket.pk, code, False)
    forgetful, new = register(world, replace(sale, code=None))
    assert (forgetful.code, new) == (code, False)


def test_a_code_is_of_one_note_only(world: World) -> None:
    code = reserve(world)[0]
    register(world, a_sale(world, code=code))
    with pytest.raises(CodeNotYours):
        register(world, a_sale(world, code=code, external_id="78"))
    assert world.scoped(Ticket.objects.count) == 1


def test_a_printed_note_cannot_change_its_code(world: World) -> None:
    first, second, _ = reserve(world)
    register(world, a_sale(world, code=first))
    with pytest.raises(SaleAlreadyRegistered):
        register(world, a_sale(world, code=second))


@pytest.mark.parametrize("whose", ["nobody", "another till", "another company"])
def test_a_code_that_was_not_reserved_for_the_till_is_refused(world: World, whose: str) -> None:
    if whose == "another company":
        code = world.scoped(lambda: reserve_codes(source="caja-1", count=1, now=world.now())[1][0], world.other)
    else:
        code = "7K4M9QXW2TRP" if whose == "nobody" else reserve(world, source="caja-2")[0]
    with pytest.raises(CodeNotYours):
        register(world, a_sale(world, code=code))
    assert world.scoped(Ticket.objects.count) == 0


def test_a_code_that_was_not_used_yet_is_no_note(world: World) -> None:
    code = reserve(world)[0]
    assert world.scoped(lambda: find_ticket(code=code, total_cents=16400)) is None


def test_the_database_itself_refuses_two_notes_of_one_code(world: World) -> None:
    one, other = world.sale(), world.sale()

    def cheat() -> Any:
        return Ticket.objects.filter(pk=one.pk).update(code=other.code)

    with pytest.raises(IntegrityError, match="ticket_code"):
        world.scoped(cheat)
    assert world.scoped(ReservedCode.objects.count) == 0
