"""A substitute and the end of what it replaces, as one act (FISCAL REL-4, DECISIONS C4)."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from amate.fiscal.xml import parse
from amate.invoices.cancel import NotCancellable
from amate.invoices.cancel_again import cancel_again
from amate.invoices.models import AT_THE_SAT, Cancellation, CancellationState, Invoice, Relation, Stamp, State
from amate.invoices.replace import NotReplaceable
from amate.promises.models import Promise
from amate.self_invoicing.models import Claim
from amate.tenancy.writes import insert
from tests.invoices.life import cancel, hours_pass, issued, minutes_pass, profile, replaced, the_receiver


def live_unreplaced(world: Any) -> list[int]:
    def look() -> list[int]:
        return list(Invoice.objects.at_the_sat().filter(replaced_by__isnull=True).values_list("pk", flat=True))

    return world.scoped(look)  # type: ignore[no-any-return]


def test_the_new_one_is_stamped_then_the_old_one_is_cancelled_with_01(world: Any) -> None:
    old = issued(world)
    new = replaced(world, old)
    assert live_unreplaced(world) == [old.pk], "until the new one is stamped the old one stands"
    world.settle()
    found = world.invoice(old)
    assert (found.state, found.replaced_by_id) == (State.CANCEL_REQUESTED, new.pk)
    assert live_unreplaced(world) == [new.pk]
    minutes_pass(world)
    assert world.invoice(old).state == State.CANCELLED
    assert world.invoice(new).state == State.STAMPED
    asked = world.scoped(lambda: Cancellation.objects.get(invoice=old))
    assert (asked.motivo, asked.substitute_id, asked.state) == ("01", new.pk, CancellationState.DONE)
    xml = world.scoped(lambda: bytes(Stamp.objects.get(invoice=new).xml))
    (node,) = parse(xml).iterfind("{*}CfdiRelacionados")
    assert node.get("TipoRelacion") == "04"
    assert [one.get("UUID") for one in node] == [str(old.uuid).upper()]


def test_the_note_is_the_new_ones_with_its_stamp_and_was_never_free(world: Any) -> None:
    ticket = world.sale()
    old = world.claim(ticket)
    world.settle()
    new = replaced(world, old, profile=world.scoped(lambda: profile(world)))
    held = world.scoped(lambda: Claim.objects.live().get(ticket=ticket).invoice_id)
    assert held == old.pk
    world.settle()
    assert world.scoped(lambda: Claim.objects.live().get(ticket=ticket).invoice_id) == new.pk
    minutes_pass(world)
    assert world.invoice(old).state == State.CANCELLED
    assert world.scoped(lambda: Claim.objects.live().get(ticket=ticket).invoice_id) == new.pk


def test_a_receiver_who_says_no_leaves_both_live_and_one_unreplaced(world: Any) -> None:
    old = issued(world)
    world.time_passes(days=10)
    new = replaced(world, old)
    world.settle()
    minutes_pass(world)
    the_receiver(world, "reject", old)
    hours_pass(world)
    assert {world.invoice(one).state for one in (old, new)} == {State.STAMPED}
    assert live_unreplaced(world) == [new.pk]
    again = cancel(world, old)
    assert (again.motivo, again.substitute_id) == ("01", new.pk), (
        "its substitute names it, so no other motivo is lawful"
    )


def test_a_substitute_that_is_cancelled_gives_the_place_and_the_note_back(world: Any) -> None:
    ticket = world.sale()
    old = world.claim(ticket)
    world.settle()
    world.time_passes(days=10)
    new = replaced(world, old)
    world.settle()
    minutes_pass(world)
    if world.invoice(old).state == State.IN_PROCESS:
        the_receiver(world, "reject", old)
        hours_pass(world)
    cancel(world, new)
    world.settle()
    minutes_pass(world)
    if world.invoice(new).state == State.IN_PROCESS:
        the_receiver(world, "accept", new)
        hours_pass(world)
    assert world.invoice(new).state == State.CANCELLED
    states = {world.invoice(old).state, world.scoped(lambda: Claim.objects.live().count())}
    expected: set[Any] = {State.STAMPED, 1} if world.invoice(old).state in AT_THE_SAT else {State.CANCELLED, 0}
    assert states == expected


def test_the_last_of_a_chain_gives_the_note_back_to_the_first_that_lives(world: Any) -> None:
    """The second is cancelled already: it is passed over, and the note is not free for another invoice."""
    first, ticket = issued(world), world.sale()
    world.scoped(lambda: insert(Claim(ticket=ticket, invoice=first, claimed_at=world.now())))
    world.time_passes(days=10)
    second = replaced(world, first)
    world.settle()
    minutes_pass(world)
    the_receiver(world, "reject", first)
    hours_pass(world)
    third = replaced(world, second)
    world.settle()
    minutes_pass(world)
    cancel(world, third)
    world.settle()
    minutes_pass(world)
    states = [world.invoice(one).state for one in (first, second, third)]
    assert states == [State.STAMPED, State.CANCELLED, State.CANCELLED]
    assert world.scoped(lambda: [one.invoice_id for one in Claim.objects.live().filter(ticket=ticket)]) == [first.pk]


def test_one_refused_is_tried_again_with_other_data_and_the_old_one_lives_meanwhile(world: Any) -> None:
    known = {"SDI190823KX4": {"nombre": "SURCO DISENO", "cp": "44160", "regimenes": ["601"]}}
    old = issued(world)
    world.pac.admin("lists", {"mode": "strict", "receivers": known}, method="PUT")

    def wrong() -> Any:
        made = profile(world)
        type(made).objects.filter(pk=made.pk).update(nombre="SURCO DE OTROS")
        return type(made).objects.get(pk=made.pk)

    refused = replaced(world, old, profile=world.scoped(wrong))
    world.settle()
    assert world.invoice(refused).state == State.REFUSED
    assert world.invoice(old).state == State.STAMPED
    waits = world.scoped(lambda: Cancellation.objects.get(invoice=old))
    assert waits.state == CancellationState.HELD
    assert "se rechazó" in waits.answer
    assert world.scoped(lambda: [one.key for one in Promise.objects.given_up()]) == [f"cancel:{waits.pk}"]
    with pytest.raises(NotCancellable, match="Sustituir"):
        world.scoped(lambda: cancel_again(invoice_id=old.pk, asked_by="ana", now=world.now()))
    new = replaced(world, old)
    world.settle()
    minutes_pass(world)
    assert world.scoped(lambda: Promise.objects.given_up().count()) == 0
    assert world.invoice(old).state == State.CANCELLED
    assert world.invoice(new).state == State.STAMPED
    assert world.invoice(refused).state == State.REFUSED


def test_it_is_replaced_once_at_a_time(world: Any) -> None:
    old = issued(world)
    world.pac.admin("faults", {"kind": "503"})
    new = replaced(world, old)
    with pytest.raises(NotReplaceable, match="Ya se está"):
        replaced(world, old)
    world.pac.admin("faults", {}, method="DELETE")
    hours_pass(world)
    with pytest.raises(NotReplaceable):
        replaced(world, old)
    minutes_pass(world)
    with pytest.raises(NotReplaceable, match="ya está cancelada"):
        replaced(world, old)
    assert live_unreplaced(world) == [new.pk]


def test_a_substitute_can_be_replaced_too(world: Any) -> None:
    first = issued(world)
    second = replaced(world, first)
    world.settle()
    minutes_pass(world)
    third = replaced(world, second)
    world.settle()
    minutes_pass(world)
    assert [world.invoice(one).state for one in (first, second, third)] == [
        State.CANCELLED,
        State.CANCELLED,
        State.STAMPED,
    ]
    assert world.invoice(first).replaced_by_id == third.pk


def test_the_database_sends_no_01_without_a_stamped_substitute_that_names_it(world: Any) -> None:
    """DB-11, below every act of ours."""
    old, stranger = issued(world), issued(world)

    def send() -> None:
        asked = Cancellation.objects.create(invoice=old, motivo="01", substitute=stranger, asked_at=world.now())
        with transaction.atomic():
            Cancellation.objects.filter(pk=asked.pk).update(state="sending")

    with pytest.raises(IntegrityError, match="motivo 01"):
        world.scoped(send)


def test_two_substitutes_of_one_document_cannot_be(world: Any) -> None:
    """C4, below every act of ours."""
    old = issued(world)
    world.pac.admin("faults", {"kind": "503"})
    new = replaced(world, old)

    def another() -> None:
        kept = {
            f.attname: getattr(world_copy, f.attname)
            for f in Invoice._meta.concrete_fields
            if f.attname not in ("id", "folio")
        }
        Invoice.objects.create(**kept)

    world_copy = world.invoice(new)
    with pytest.raises(IntegrityError, match="one_live_substitute"):
        world.scoped(another)
    assert world.scoped(lambda: Relation.objects.filter(related=old).count()) == 1
