"""A payment that stood where it does not belong: the old REP goes, the right one comes, through every interruption."""

from decimal import Decimal
from typing import Any

import pytest

from amate.fiscal.xml import parse
from amate.invoices.carry_cancellations import carry_cancellations
from amate.invoices.leave_moved import leave_moved
from amate.invoices.models import Cancellation, Instalment, Invoice, MovedPayment, MoveState, Stamp, State
from amate.invoices.move_payment import NotMovable, move_payment
from amate.invoices.received_in import received_in
from amate.promises.models import Promise
from tests.invoices.life import cancel, hours_pass, issued, minutes_pass, replaced, the_receiver
from tests.invoices.test_rep import instalments, left, rep


def moved(world: Any, old: Invoice, applied: dict[Invoice, str], *, key: str = "pago-1") -> MovedPayment:
    amounts = {invoice.pk: Decimal(amount) for invoice, amount in applied.items()}

    def act() -> MovedPayment:
        return move_payment(
            rep_id=old.pk, applied={key: amounts}, reason="era de otra", asked_by="ana", now=world.now()
        )

    return world.scoped(act)  # type: ignore[no-any-return]


def state_of(world: Any, move: MovedPayment) -> str:
    return world.scoped(lambda: MovedPayment.objects.get(pk=move.pk).state)  # type: ignore[no-any-return]


def reps(world: Any) -> list[Invoice]:
    return world.scoped(lambda: list(Invoice.objects.filter(kind="pago").order_by("pk")))  # type: ignore[no-any-return]


def paid(world: Any, of: Invoice) -> list[tuple[str, str]]:
    """(UUID, ImpPagado) as its stamp says."""
    root = parse(world.scoped(lambda: bytes(Stamp.objects.get(invoice=of).xml)))
    return [(str(p.get("IdDocumento")), str(p.get("ImpPagado"))) for p in root.iterfind(".//{*}DoctoRelacionado")]


def accepted(world: Any, old: Invoice) -> None:
    """Its receiver says yes, and the SAT is asked."""
    minutes_pass(world)
    the_receiver(world, "accept", old)
    hours_pass(world)
    world.settle()


def test_the_new_rep_comes_when_the_sat_has_cancelled_the_old_one_and_not_before(world: Any) -> None:
    wrong, right = issued(world, "1000.00", ppd=True), issued(world, "1000.00", ppd=True)
    old = rep(world, {wrong: "400.00"})
    world.settle()
    move = moved(world, old, {right: "300.00", wrong: "100.00"})
    world.settle()
    minutes_pass(world)
    assert world.invoice(old).state == State.IN_PROCESS
    assert (left(world, wrong), left(world, right)) == (Decimal(600), Decimal(1000)), (
        "in dispute it counts where it was"
    )
    assert len(reps(world)) == 1
    accepted(world, old)
    assert (left(world, wrong), left(world, right)) == (Decimal(900), Decimal(700))
    new = reps(world)[-1]
    assert (world.invoice(old).state, new.state, state_of(world, move)) == (
        State.CANCELLED,
        State.STAMPED,
        MoveState.DONE,
    )
    assert paid(world, new) == [(str(wrong.uuid).upper(), "100.00"), (str(right.uuid).upper(), "300.00")]
    asked = world.scoped(lambda: Cancellation.objects.get(invoice=old))
    assert (asked.motivo, asked.substitute_id) == ("02", None)


def test_of_a_rep_with_several_payments_the_others_stay_as_they_were(world: Any) -> None:
    from amate.invoices.models import Origin
    from amate.invoices.rep import draft_rep
    from tests.invoices.test_rep import payment

    one, two = issued(world, "1000.00", ppd=True), issued(world, "1000.00", ppd=True)
    both = [payment(world, {one: "100.00"}, key="a"), payment(world, {one: "50.00", two: "25.00"}, key="b")]
    old = world.scoped(lambda: draft_rep(payments=both, origin=Origin.SYSTEM, now=world.now()))
    world.settle()
    kept = world.scoped(lambda: {each.key: dict(each.applied) for each in received_in(Invoice.objects.get(pk=old.pk))})
    assert kept == {"a": {one.pk: Decimal(100)}, "b": {one.pk: Decimal(50), two.pk: Decimal(25)}}
    wanted = {"a": {two.pk: Decimal(100)}, "b": kept["b"]}
    world.scoped(lambda: move_payment(rep_id=old.pk, applied=wanted, reason="x", asked_by="ana", now=world.now()))
    world.settle()
    accepted(world, old)
    assert (left(world, one), left(world, two)) == (Decimal(950), Decimal(875))


def test_a_no_of_the_receiver_keeps_it_and_a_later_yes_carries_it_on(world: Any) -> None:
    wrong, right = issued(world, "1000.00", ppd=True), issued(world, "1000.00", ppd=True)
    old = rep(world, {wrong: "400.00"})
    world.settle()
    move = moved(world, old, {right: "400.00"})
    world.settle()
    minutes_pass(world)
    the_receiver(world, "reject", old)
    hours_pass(world)
    found = world.scoped(lambda: MovedPayment.objects.for_a_person().get())
    assert (found.state, "no aceptó" in found.why) == (MoveState.KEPT, True)
    assert (left(world, wrong), left(world, right)) == (Decimal(600), Decimal(1000))
    cancel(world, old)
    assert state_of(world, move) == MoveState.WAITING
    world.settle()
    minutes_pass(world)
    hours_pass(world, 2)
    the_receiver(world, "accept", old)
    hours_pass(world)
    world.settle()
    assert state_of(world, move) == MoveState.DONE
    assert left(world, right) == Decimal(600)


def test_what_stands_in_its_way_waits_for_a_person_and_is_tried_again(world: Any) -> None:
    wrong, right = issued(world, "1000.00", ppd=True), issued(world, "1000.00", ppd=True)
    old = rep(world, {wrong: "400.00"})
    world.settle()
    move = moved(world, old, {right: "400.00"})
    other = rep(world, {right: "900.00"}, key="pago-2")
    world.settle()
    accepted(world, old)
    found = world.scoped(lambda: MovedPayment.objects.get(pk=move.pk))
    assert (found.state, "quedan 100.00 por pagar" in found.why) == (MoveState.STUCK, True)
    cancel(world, other)
    world.settle()
    accepted(world, other)
    from amate.invoices.issue_moved import issue_moved

    world.scoped(lambda: issue_moved(move_id=move.pk, now=world.now()))
    world.settle()
    assert state_of(world, move) == MoveState.DONE
    assert left(world, right) == Decimal(600)


def test_a_lost_promise_is_owed_again(world: Any) -> None:
    wrong, right = issued(world, "1000.00", ppd=True), issued(world, "1000.00", ppd=True)
    old = rep(world, {wrong: "400.00"})
    world.settle()
    move = moved(world, old, {right: "400.00"})
    world.settle()
    minutes_pass(world)
    the_receiver(world, "accept", old)
    world.scoped(lambda: Promise.objects.filter(kind="follow_cancellation").update(done_at=None))
    from amate.invoices import follow_cancellation

    real = follow_cancellation.promise_moved
    try:
        follow_cancellation.promise_moved = lambda rep, *, now: None
        hours_pass(world)
    finally:
        follow_cancellation.promise_moved = real
    assert (world.invoice(old).state, state_of(world, move)) == (State.CANCELLED, MoveState.WAITING)
    assert world.scoped(lambda: carry_cancellations(now=world.now())) == 1
    world.settle()
    assert state_of(world, move) == MoveState.DONE


def test_only_what_can_be_paid_may_be_moved_to(world: Any) -> None:
    wrong, right, pue = issued(world, "1000.00", ppd=True), issued(world, "100.00", ppd=True), issued(world, "900.00")
    old = rep(world, {wrong: "400.00"})
    with pytest.raises(NotMovable, match="no es un complemento de pago vigente"):
        moved(world, old, {right: "100.00"})
    world.settle()
    for applied, why in (
        ({right: "100.01"}, r"quedan 100\.00"),
        ({wrong: "400.01"}, "Del pago de"),
        ({pue: "10.00"}, "facturas PPD"),
        ({wrong: "400.00"}, "Así está"),
        ({wrong: "0"}, "al menos una"),
    ):
        with pytest.raises(NotMovable, match=why):
            moved(world, old, applied)
    assert not world.scoped(lambda: Cancellation.objects.exists() or MovedPayment.objects.exists())
    moved(world, old, {right: "100.00"})
    with pytest.raises(NotMovable, match="ya se está cancelando"):
        moved(world, old, {right: "50.00"})


def test_it_is_left_as_it_stands_while_nothing_was_sent(world: Any) -> None:
    wrong, right = issued(world, "1000.00", ppd=True), issued(world, "1000.00", ppd=True)
    old = rep(world, {wrong: "400.00"})
    world.settle()
    move = moved(world, old, {right: "400.00"})
    world.scoped(lambda: leave_moved(move_id=move.pk, now=world.now()))
    world.settle()
    minutes_pass(world)
    assert (world.invoice(old).state, state_of(world, move)) == (State.STAMPED, MoveState.WITHDRAWN)


# ------------------------------------------------------------ the invoice that it pays is substituted


def test_a_substituted_invoice_takes_its_payments_with_it(world: Any) -> None:
    old = issued(world, "1000.00", ppd=True)
    first, second = rep(world, {old: "400.00"}, key="a"), rep(world, {old: "100.00"}, key="b")
    world.settle()
    new = replaced(world, old)
    assert {world.invoice(one).state for one in (first, second)} == {State.STAMPED}, "first the new one is stamped"
    world.settle()
    minutes_pass(world)
    assert {world.invoice(one).state for one in (first, second)} == {State.IN_PROCESS}
    assert world.invoice(old).state == State.STAMPED
    for one in (first, second):
        the_receiver(world, "accept", one)
    hours_pass(world)
    minutes_pass(world)
    assert {world.invoice(one).state for one in (first, second, old)} == {State.CANCELLED}
    assert {amount for _, _, amount in instalments(world, new)} == {Decimal(400), Decimal(100)}
    assert left(world, new) == Decimal(500)
    live = [one for one in reps(world) if one.state == State.STAMPED]
    uuid = str(world.invoice(new).uuid).upper()
    assert sorted(paid(world, one)[0] for one in live) == [(uuid, "100.00"), (uuid, "400.00")]


def test_a_refused_substitute_leaves_the_payments_where_they_are(world: Any) -> None:
    known = {"SDI190823KX4": {"nombre": "SURCO DE OTROS", "cp": "44160", "regimenes": ["601"]}}
    old = issued(world, "1000.00", ppd=True)
    paying = rep(world, {old: "400.00"})
    world.settle()
    world.pac.admin("lists", {"mode": "strict", "receivers": known}, method="PUT")
    refused = replaced(world, old)
    world.settle()
    hours_pass(world)
    assert world.invoice(refused).state == State.REFUSED
    assert world.invoice(paying).state == State.STAMPED, "its cancellation waits for the new one"
    world.pac.admin("lists", {}, method="PUT")
    new = replaced(world, old)
    world.settle()
    accepted(world, paying)
    minutes_pass(world)
    assert world.invoice(old).state == State.CANCELLED
    assert left(world, new) == Decimal(600)
    assert world.scoped(lambda: Instalment.objects.live().count()) == 1


def test_a_substitute_that_owes_less_than_was_paid_tells_a_person(world: Any) -> None:
    from amate.invoices.lines import lines_to_json
    from tests.invoices.life import line

    old = issued(world, "1000.00", ppd=True)
    paying = rep(world, {old: "400.00"})
    world.settle()
    replaced(world, old, lines=lines_to_json([line("300.00")]), total=Decimal("300.00"))
    world.settle()
    accepted(world, paying)
    found = world.scoped(lambda: MovedPayment.objects.for_a_person().get())
    assert (found.state, "quedan 300.00 por pagar" in found.why) == (MoveState.STUCK, True)
