"""Locking, unlocking and voiding a note: what is free moves, what is claimed says the way out."""

from collections.abc import Callable
from typing import Any

import pytest

from amate.audit.models import Entry
from amate.companies.models import Emisor
from amate.self_invoicing.claim import NotClaimable
from amate.self_invoicing.hold import TicketNotFree, lock_ticket, unlock_ticket, void_ticket
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.rules import Standing
from tests.people import FISICA
from tests.world import World

State = Ticket.State


def act(world: World, what: Callable[..., Ticket], ticket: Ticket, **more: Any) -> Ticket:
    return world.scoped(lambda: what(ticket_id=ticket.pk, now=world.now(), **more))


def entries(world: World) -> list[tuple[str, str, str]]:
    return world.scoped(
        lambda: [
            (e.act, e.about, e.detail["reason"])
            for e in Entry.objects.filter(act__in=("ticket.locked", "ticket.voided")).order_by("id")
        ]
    )


def test_a_locked_note_is_nobodys_until_it_is_unlocked(world: World) -> None:
    ticket = world.sale()
    locked = act(world, lock_ticket, ticket, reason="Posible devolución")
    assert (locked.state, locked.state_reason) == (State.LOCKED, "Posible devolución")
    with pytest.raises(NotClaimable) as refusal:
        world.claim(ticket)
    assert refusal.value.standing is Standing.LOCKED
    opened = act(world, unlock_ticket, ticket)
    assert (opened.state, opened.state_reason) == (State.OPEN, "")
    assert (opened.code, opened.deadline) == (ticket.code, ticket.deadline)
    world.claim(ticket)


def test_a_void_note_is_never_invoiced_and_never_comes_back(world: World) -> None:
    ticket = world.sale()
    act(world, void_ticket, ticket, reason="Se cobró dos veces")
    with pytest.raises(NotClaimable) as refusal:
        world.claim(ticket)
    assert refusal.value.standing is Standing.VOID
    with pytest.raises(TicketNotFree, match="registra la venta otra vez"):
        act(world, unlock_ticket, ticket)
    with pytest.raises(TicketNotFree, match="ya nadie puede facturarla"):
        act(world, lock_ticket, ticket, reason="otra")


def test_doing_it_twice_is_doing_it_once(world: World) -> None:
    ticket = world.sale()
    for _ in range(2):
        act(world, lock_ticket, ticket, reason="primera")
    for _ in range(2):
        act(world, void_ticket, ticket, reason="segunda")
    about = f"ticket:{ticket.pk}"
    assert entries(world) == [("ticket.locked", about, "primera"), ("ticket.voided", about, "segunda")]


@pytest.mark.parametrize("what", [lock_ticket, unlock_ticket, void_ticket])
def test_a_claimed_note_stays_and_says_the_way_out(world: World, what: Callable[..., Ticket]) -> None:
    ticket = world.sale()
    more = {} if what is unlock_ticket else {"reason": "x"}
    invoice = world.claim(ticket)
    with pytest.raises(TicketNotFree, match="espera a que termine"):
        act(world, what, ticket, **more)
    world.settle()
    number = world.invoice(invoice).number
    with pytest.raises(TicketNotFree, match=f"ya tiene la factura {number}: lo que se cancela es la factura"):
        act(world, what, ticket, **more)
    assert world.scoped(lambda: Ticket.objects.get(pk=ticket.pk).state) == State.OPEN


def test_a_note_whose_invoice_waits_for_staff_is_not_free_either(world: World) -> None:
    ticket = world.sale()
    world.claim(ticket)
    world.pac.admin("lists", {"not_in_lco": [world.scoped(lambda: Emisor.objects.get().rfc)]}, method="PUT")
    world.settle()
    with pytest.raises(TicketNotFree, match="corrige la causa y reintenta"):
        act(world, void_ticket, ticket, reason="x")


def test_a_note_whose_buyer_was_refused_is_free_again(world: World) -> None:
    ticket = world.sale()
    world.pac.admin("lists", {"mode": "open", "receivers": {FISICA["rfc"]: {"cp": "01000"}}}, method="PUT")
    invoice = world.claim(ticket)
    world.settle()
    assert world.invoice(invoice).refusal_code == "CFDI40148"
    assert act(world, void_ticket, ticket, reason="Se arrepintió").state == State.VOID
