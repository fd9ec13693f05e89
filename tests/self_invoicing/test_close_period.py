"""A note that is in a live factura global is nobody's ordinary invoice, and the other way round (DB-1, C11)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from amate.companies.models import Branch
from amate.fiscal.clock import zone_of
from amate.fiscal.global_period import GlobalPeriod, period_of
from amate.fiscal.xml import parse
from amate.invoices.models import Invoice, Kind, Origin, Stamp, State
from amate.self_invoicing.claim import NotClaimable, claim_ticket
from amate.self_invoicing.close_period import NoGlobal, NothingLeft, PeriodChanged, close_period
from amate.self_invoicing.hold import TicketNotFree, lock_ticket, void_ticket
from amate.self_invoicing.models import Claim, Ticket
from amate.self_invoicing.period_notes import Reckoning, notes_of_period, reckon
from amate.self_invoicing.queries import in_state, live_invoice, state_of
from amate.self_invoicing.rules import Standing
from amate.worker.invariants import claim_has_its_invoice
from tests.invoices.life import cancel, minutes_pass, replaced
from tests.web.office.desk import RECEPTOR


def today(world: Any) -> GlobalPeriod:
    branch = world.scoped(lambda: Branch.objects.get())
    return period_of(world.now().astimezone(zone_of(branch.cp)).date(), periodicidad="04")


def closed(world: Any, **how: Any) -> list[Invoice]:
    facts = {"period": today(world), "seen": None, "origin": Origin.OFFICE, "now": world.now()} | how
    return world.scoped(lambda: close_period(branch_id=Branch.objects.get().pk, **facts))  # type: ignore[no-any-return]


def claim_at(world: Any, ticket: Ticket, origin: Origin) -> Invoice:
    return world.scoped(  # type: ignore[no-any-return]
        lambda: claim_ticket(ticket_id=ticket.pk, receptor=RECEPTOR, correo="", origin=origin, now=world.now())
    )


def reckoned(world: Any) -> Reckoning:
    period = today(world)
    return world.scoped(lambda: reckon(branch=Branch.objects.get(), period=period, now=world.now()))  # type: ignore[no-any-return]


def stands(world: Any, ticket: Ticket) -> tuple[str, bool]:
    """By the rule, and by the condition of SQL."""

    def look() -> tuple[str, bool]:
        state = state_of(ticket, invoice=live_invoice(ticket), now=world.now())
        return state, Ticket.objects.filter(in_state(state, now=world.now()), pk=ticket.pk).exists()

    return world.scoped(look)  # type: ignore[no-any-return]


def faults(world: Any) -> Any:
    return world.scoped(lambda: claim_has_its_invoice.look(known=[], after=0, at_most=100).broken)


def test_it_takes_every_free_note_and_what_it_says_adds_up(world: Any) -> None:
    own, *free = [world.sale() for _ in range(4)]
    world.claim(own)
    held = world.sale()
    world.scoped(lambda: lock_ticket(ticket_id=held.pk, reason="", now=world.now()))
    world.settle()
    before = reckoned(world)
    assert {one.name: one.notes for one in before.fates if one.notes} == {"enters": 3, "invoiced": 1, "locked": 1}
    assert before.sold.notes == 5
    assert sum(one.total for one in before.fates) == before.sold.total
    (made,) = closed(world, seen=(3, before.enters.total))
    world.settle()
    assert (world.invoice(made).state, world.invoice(made).total) == (State.STAMPED, before.enters.total)
    root = parse(world.scoped(lambda: bytes(Stamp.objects.get(invoice=made).xml)))
    assert [c.get("NoIdentificacion") for c in root.iter("{*}Concepto")] == [one.folio for one in free]
    assert {one.name: one.notes for one in reckoned(world).fates if one.notes} == {
        "in_global": 3, "invoiced": 1, "locked": 1,
    }  # fmt: skip
    assert [stands(world, one) for one in free] == [("in_global", True)] * 3
    assert not faults(world)


def test_a_note_in_it_is_no_buyers_and_is_not_cancelled(world: Any) -> None:
    ticket = world.sale()
    closed(world)
    for origin in (Origin.PORTAL, Origin.COUNTER):
        with pytest.raises(NotClaimable) as refusal:
            claim_at(world, ticket, origin)
        assert refusal.value.standing is Standing.IN_GLOBAL
    with pytest.raises(TicketNotFree, match="factura global"):
        world.scoped(lambda: void_ticket(ticket_id=ticket.pk, reason="", now=world.now()))


def test_a_claimed_note_stays_out_and_nothing_left_is_told(world: Any) -> None:
    world.claim(world.sale())
    with pytest.raises(NothingLeft):
        closed(world)
    assert world.scoped(lambda: Invoice.objects.filter(kind=Kind.GLOBAL).count()) == 0


def test_the_database_itself_refuses_a_note_in_two_documents(world: Any) -> None:
    ticket = world.sale()
    (made,) = closed(world)
    invoice = world.claim(world.sale())

    def cheat() -> None:
        Claim.objects.filter(invoice=invoice).update(ticket=ticket)

    with pytest.raises(IntegrityError, match="one_live_claim_a_ticket"):
        world.scoped(cheat)
    with pytest.raises(IntegrityError, match="claim_of_one_document"):
        world.scoped(lambda: Claim.objects.filter(invoice=invoice).update(global_invoice=made))


def test_what_changed_since_it_was_looked_at_is_not_issued(world: Any) -> None:
    ticket = world.sale()
    with pytest.raises(PeriodChanged):
        closed(world, seen=(1, ticket.total + 1))
    with pytest.raises(PeriodChanged):
        closed(world, seen=(2, ticket.total))
    assert stands(world, ticket) == ("open", True)


def test_a_period_to_come_and_a_suspended_company_issue_none(world: Any) -> None:
    world.sale()
    with pytest.raises(NoGlobal, match="aún no empieza"):
        closed(world, period=period_of(today(world).last + timedelta(days=1), periodicidad="04"))


def test_two_tills_with_one_folio_have_two_numbers(world: Any) -> None:
    one, two = world.sale(), world.sale()
    world.scoped(lambda: Ticket.objects.filter(pk=two.pk).update(folio=one.folio, source="caja-2"))
    (made,) = closed(world)
    numbers = [sale["no_identificacion"] for sale in made.lines]
    assert numbers == [f"{one.folio} #{one.pk}", f"{one.folio} #{two.pk}"]


def test_a_note_sold_later_makes_a_further_part(world: Any) -> None:
    world.sale()
    closed(world)
    world.sale()
    (second,) = closed(world)
    assert second.part == 2


def test_cancelled_it_gives_every_note_back(world: Any) -> None:
    tickets = [world.sale(), world.sale()]
    (made,) = closed(world)
    world.settle()
    cancel(world, made)
    world.settle()
    minutes_pass(world)
    assert world.invoice(made).state == State.CANCELLED
    assert [stands(world, one) for one in tickets] == [("open", True)] * 2
    assert world.claim(tickets[0]).total == tickets[0].total
    assert not faults(world)


def test_its_substitute_takes_over_what_it_has_and_frees_the_rest(world: Any) -> None:
    """AFT-A: the note that is taken out may be its buyer's then."""
    kept, out = world.sale(), world.sale()
    (old,) = closed(world)
    world.settle()
    lines = world.invoice(old).lines
    new = replaced(world, old, lines=[lines[0]], total=kept.total, forma_pago=kept.forma_pago)
    world.settle()
    minutes_pass(world)
    assert world.invoice(old).state == State.CANCELLED
    assert world.scoped(lambda: live_invoice(kept)).pk == new.pk
    assert stands(world, out) == ("open", True)
    world.claim(out)
    assert not faults(world)


def test_what_costs_nothing_stays_free(world: Any) -> None:
    ticket, sold = world.sale(), world.sale()
    world.scoped(lambda: Ticket.objects.filter(pk=ticket.pk).update(total=Decimal(0), total_cents=0))
    closed(world)
    assert (stands(world, ticket)[0], stands(world, sold)[0]) == ("open", "in_global")


def test_what_is_left_of_a_day_is_asked_note_by_note(world: Any) -> None:
    """A planner that knows nothing yet of the day's claims must not compare each note with each claim."""
    world.sale()
    period = today(world)
    plan = world.scoped(
        lambda: notes_of_period(branch=Branch.objects.get(), period=period).filter(fate="enters").explain()
    )
    assert "SubPlan" in plan
    assert "Join Filter: (self_invoicing_ticket.id" not in plan
