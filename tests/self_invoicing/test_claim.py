"""A ticket is invoiced to one buyer."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from amate.audit.models import Entry
from amate.companies.models import Emisor, PortalPolicy
from amate.fiscal.ingreso import IngresoRefused
from amate.invoices.issue import issue_invoice
from amate.invoices.models import Invoice, Origin, State
from amate.promises.models import Promise
from amate.self_invoicing.claim import CannotIssue, NotClaimable, claim_ticket
from amate.self_invoicing.models import Claim, Ticket
from amate.self_invoicing.rules import Standing
from tests.people import FISICA, MORAL
from tests.web.office.desk import RECEPTOR
from tests.world import World


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


def at_the_counter(world: World, ticket: Ticket) -> Invoice:
    return world.scoped(
        lambda: claim_ticket(ticket_id=ticket.pk, receptor=RECEPTOR, correo="", origin=Origin.COUNTER, now=world.now())
    )


def test_the_counter_invoices_when_the_window_has_passed_and_that_is_told(world: World) -> None:
    ticket = world.sale()
    world.time_passes(days=32)
    invoice = at_the_counter(world, ticket)
    assert (invoice.origin, invoice.total) == (Origin.COUNTER, ticket.total)
    entry = world.scoped(lambda: Entry.objects.get(act="ticket.claimed"))
    assert entry.about == f"ticket:{ticket.pk}"
    assert entry.detail == {"invoice": invoice.pk, "origin": "counter", "although": "expired"}


def test_the_counter_invoices_when_the_portal_is_closed_and_that_is_told(world: World) -> None:
    ticket = world.sale()
    world.scoped(lambda: PortalPolicy.objects.update(enabled=False))
    with pytest.raises(NotClaimable):
        world.claim(ticket)
    at_the_counter(world, ticket)
    assert world.scoped(lambda: Entry.objects.get(act="ticket.claimed").detail["although"]) == "portal_off"


def test_what_follows_the_rules_passes_over_none(world: World) -> None:
    world.claim(world.sale())
    entry = world.scoped(lambda: Entry.objects.get(act="ticket.claimed"))
    assert (entry.detail["origin"], "although" in entry.detail) == ("portal", False)


def test_the_counter_takes_no_note_that_is_void_held_or_somebody_elses(world: World) -> None:
    void, locked, claimed = world.sale(), world.sale(), world.sale()
    world.scoped(lambda: Ticket.locked(void.pk).move_to(Ticket.State.VOID, state_since=world.now()))
    world.scoped(lambda: Ticket.locked(locked.pk).move_to(Ticket.State.LOCKED, state_since=world.now()))
    world.claim(claimed)
    found = []
    for ticket in (void, locked, claimed):
        with pytest.raises(NotClaimable) as refusal:
            at_the_counter(world, ticket)
        found.append(refusal.value.standing)
    assert found == [Standing.VOID, Standing.LOCKED, Standing.ISSUING]
    assert world.scoped(Invoice.objects.count) == 1


def test_not_even_the_counter_issues_for_a_company_that_the_sat_suspended(world: World) -> None:
    ticket = world.sale()
    world.scoped(lambda: Emisor.objects.update(issuing_suspended=True))
    with pytest.raises(CannotIssue, match="acláralo en el SAT"):
        at_the_counter(world, ticket)
    assert world.scoped(Invoice.objects.count) == 0


def test_a_sale_on_credit_becomes_a_ppd(world: World) -> None:
    ticket = world.sale()
    world.scoped(lambda: Ticket.objects.filter(pk=ticket.pk).update(metodo_pago="PPD", forma_pago="99"))
    invoice = world.claim(ticket)
    world.settle()
    stamped = world.invoice(invoice)
    assert (stamped.state, stamped.metodo_pago, stamped.forma_pago) == (State.STAMPED, "PPD", "99")


@pytest.mark.parametrize(
    ("forma_pago", "metodo_pago", "said"),
    [("99", "PUE", "PUE dice cómo se pagó"), ("01", "PPD", "PPD lleva 99"), ("01", "PAG", "PUE .* o PPD")],
)
def test_pue_with_99_is_impossible_and_says_why(world: World, forma_pago: str, metodo_pago: str, said: str) -> None:
    ticket = world.sale()
    profile = world.claim(ticket).profile

    def issue() -> None:
        issue_invoice(
            branch=world.shop.branch, profile=profile, lines=ticket.lines, total=ticket.total, withheld=Decimal(0),
            generics=(), forma_pago=forma_pago, metodo_pago=metodo_pago, moneda="MXN", origin=Origin.COUNTER, priority=1,
            now=world.now(),
        )  # fmt: skip

    with pytest.raises(IngresoRefused, match=said):
        world.scoped(issue)


def test_the_database_itself_refuses_a_note_that_is_pue_with_99(world: World) -> None:
    ticket = world.sale()
    with pytest.raises(IntegrityError, match="ticket_pue_ppd"):
        world.scoped(lambda: Ticket.objects.filter(pk=ticket.pk).update(forma_pago="99"))
