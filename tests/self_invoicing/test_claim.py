"""A ticket is invoiced to one buyer."""

from typing import Any

import pytest
from django.db import IntegrityError

from amate.invoices.models import Invoice, State
from amate.promises.models import Promise
from amate.self_invoicing.claim import NotClaimable
from amate.self_invoicing.models import Claim, Ticket
from amate.self_invoicing.rules import Standing
from tests.people import FISICA, MORAL


def test_it_leaves_a_draft_a_claim_and_a_promise(world: Any) -> None:
    ticket = world.sale()
    invoice = world.claim(ticket, MORAL)
    found = world.invoice(invoice)
    assert (found.state, found.origin, found.rfc, found.nombre) == (
        State.DRAFT,
        "portal",
        "SDI190823KX4",
        "SURCO DISEÑO",
    )
    assert found.total == ticket.total
    assert found.forma_pago == ticket.forma_pago
    assert world.scoped(lambda: list(Claim.objects.live().values_list("ticket_id", "invoice_id"))) == [
        (ticket.pk, invoice.pk)
    ]
    assert [p.key for p in world.promises()] == [f"stamp:{invoice.pk}"]


def test_the_second_buyer_is_told_and_nothing_is_written(world: Any) -> None:
    ticket = world.sale()
    world.claim(ticket, FISICA)
    with pytest.raises(NotClaimable) as refusal:
        world.claim(ticket, MORAL)
    assert refusal.value.standing is Standing.ISSUING
    world.settle()
    with pytest.raises(NotClaimable) as refusal:
        world.claim(ticket, MORAL)
    assert refusal.value.standing is Standing.INVOICED
    assert world.scoped(lambda: Invoice.objects.count()) == 1


def test_an_expired_ticket_is_refused(world: Any) -> None:
    ticket = world.sale()
    world.time_passes(days=32)
    with pytest.raises(NotClaimable) as refusal:
        world.claim(ticket)
    assert refusal.value.standing is Standing.EXPIRED
    assert world.scoped(lambda: Promise.objects.count()) == 0


def test_a_void_ticket_is_refused(world: Any) -> None:
    ticket = world.sale()
    world.scoped(lambda: Ticket.locked(ticket.pk).move_to(Ticket.State.VOID, state_since=world.now()))
    with pytest.raises(NotClaimable) as refusal:
        world.claim(ticket)
    assert refusal.value.standing is Standing.VOID


def test_the_database_itself_refuses_a_second_live_claim(world: Any) -> None:
    ticket, other = world.sale(), world.sale()
    world.claim(ticket)
    second = world.claim(other)

    def cheat() -> None:
        Claim.objects.filter(invoice=second).update(ticket=ticket)

    with pytest.raises(IntegrityError, match="one_live_claim_a_ticket"):
        world.scoped(cheat)
