"""What goes before a cancellation stays live: it waits for a person who sees it, is told, and can go on or go back."""

from threading import Event
from typing import Any

import pytest
from django.db import connections

from amate.alerts.models import Alert
from amate.invoices.cancel import NotCancellable
from amate.invoices.cancel_again import cancel_again
from amate.invoices.models import Cancellation, CancellationState, Invoice, State
from amate.invoices.withdraw_cancellation import withdraw_cancellation
from amate.promises.models import Promise
from amate.tenancy.scope import company_scope
from amate.worker.clock import _alerts
from tests.invoices.life import cancel, hours_pass, issued, minutes_pass, the_receiver
from tests.invoices.test_rep import rep
from tests.stories.processes import Crowd


def of(world: Any, invoice: Invoice) -> Cancellation:
    """The newest one of a document."""
    return world.scoped(  # type: ignore[no-any-return]
        lambda: Cancellation.objects.filter(invoice=invoice).order_by("-pk").first()
    )


def paid(world: Any) -> tuple[Invoice, Invoice]:
    """A small PPD invoice, that nobody must accept the end of, and its REP, which its receiver must."""
    invoice = issued(world, "900.00", ppd=True)
    paying = rep(world, {invoice: "900.00"})
    world.settle()
    return invoice, world.invoice(paying)


def held(world: Any) -> tuple[Invoice, Invoice]:
    invoice, paying = paid(world)
    cancel(world, invoice)
    world.settle()
    minutes_pass(world)
    the_receiver(world, "reject", paying)
    hours_pass(world)
    assert world.invoice(paying).state == State.STAMPED
    return invoice, paying


def withdraw(world: Any, invoice: Invoice) -> None:
    world.scoped(lambda: withdraw_cancellation(invoice_id=invoice.pk, now=world.now()))


def again(world: Any, invoice: Invoice) -> Cancellation:
    return world.scoped(  # type: ignore[no-any-return]
        lambda: cancel_again(invoice_id=invoice.pk, asked_by="ana", now=world.now())
    )


def test_a_no_to_what_goes_before_is_seen_and_told_and_everything_may_be_tried_again(world: Any) -> None:
    invoice, paying = held(world)
    waits = of(world, invoice)
    assert waits.state == CancellationState.HELD
    assert f"{paying} sigue vigente" in waits.answer
    assert "no aceptó" in waits.answer
    (owed,) = world.scoped(lambda: list(Promise.objects.for_a_person()))
    assert (owed.key, owed.last_error) == (f"cancel:{waits.pk}", waits.answer), "it is in Pendientes"
    world.inside(lambda: _alerts(world.now()))
    world.settle()
    assert any("Una cancelación se detuvo" in str(mail["Subject"]) for mail in world.mail.mails)
    client = world.log_in()
    told = world.inside(lambda: client.get(f"{world.shop.office}facturas/{invoice.pk}/")).content.decode()
    assert "Intentarlo otra vez" in told
    assert "Ya no cancelarla" in told
    world.inside(lambda: client.post(f"{world.shop.office}facturas/{invoice.pk}/cancelar/otra-vez/"))
    assert [of(world, one).state for one in (invoice, paying)] == [CancellationState.ASKED] * 2
    world.settle()
    minutes_pass(world)
    the_receiver(world, "accept", paying)
    hours_pass(world)
    minutes_pass(world)
    assert [world.invoice(one).state for one in (invoice, paying)] == [State.CANCELLED] * 2
    assert of(world, invoice).pk == waits.pk, "it is the same request, that waited"
    world.inside(lambda: _alerts(world.now()))
    assert world.scoped(lambda: Alert.objects.lasting().count()) == 0


def test_one_that_is_held_is_taken_back(world: Any) -> None:
    invoice, paying = held(world)
    withdraw(world, invoice)
    assert of(world, invoice).state == CancellationState.WITHDRAWN
    assert [world.invoice(one).state for one in (invoice, paying)] == [State.STAMPED] * 2
    world.settle()
    assert world.scoped(lambda: Promise.objects.open().count()) == 0
    with pytest.raises(NotCancellable, match="no se está cancelando"):
        withdraw(world, invoice)


def test_it_goes_on_by_itself_when_what_held_it_is_cancelled_by_another_way(world: Any) -> None:
    invoice, paying = held(world)
    cancel(world, paying)
    world.settle()
    minutes_pass(world)
    the_receiver(world, "accept", paying)
    hours_pass(world)
    minutes_pass(world)
    assert [world.invoice(one).state for one in (invoice, paying)] == [State.CANCELLED] * 2


def test_a_no_of_the_sat_to_what_goes_before_holds_it_too(world: Any) -> None:
    from amate.companies.models import Csd

    invoice, paying = paid(world)
    cancel(world, invoice)
    seal = world.scoped(lambda: Csd.objects.in_use().get().no_certificado)
    world.pac.admin("lists", {"revoked": [seal]}, method="PUT")
    world.settle()
    assert of(world, paying).state == CancellationState.REFUSED
    assert of(world, invoice).state == CancellationState.HELD
    assert "304" in of(world, invoice).answer


def test_what_goes_before_may_be_taken_back_alone_and_then_it_is_held(world: Any) -> None:
    invoice, paying = paid(world)
    cancel(world, invoice)
    withdraw(world, paying)
    assert of(world, paying).state == CancellationState.WITHDRAWN
    assert of(world, invoice).state == CancellationState.HELD
    again(world, invoice)
    assert of(world, paying).state == CancellationState.ASKED
    withdraw(world, invoice)
    assert [of(world, one).state for one in (invoice, paying)] == [CancellationState.WITHDRAWN] * 2


def test_a_rep_of_two_invoices_is_still_cancelled_for_the_other_one(world: Any) -> None:
    one, two = issued(world, "900.00", ppd=True), issued(world, "800.00", ppd=True)
    paying = rep(world, {one: "900.00", two: "800.00"})
    world.settle()
    cancel(world, one)
    cancel(world, two)
    withdraw(world, one)
    assert [of(world, each).state for each in (one, paying, two)] == [
        CancellationState.WITHDRAWN,
        CancellationState.ASKED,
        CancellationState.ASKED,
    ]


def test_what_is_not_held_is_not_tried_again(world: Any) -> None:
    invoice, _ = paid(world)
    with pytest.raises(NotCancellable, match="no está detenida"):
        again(world, invoice)


def test_taken_back_while_the_worker_sends_what_goes_before_it_meets_no_illegal_move(world: Any) -> None:
    invoice, paying = paid(world)
    cancel(world, invoice)
    before, claimed = of(world, paying), Event()

    def sends() -> None:
        with company_scope(world.shop.company.pk):
            Invoice.locked(paying.pk)
            Cancellation.locked(before.pk).move_to(CancellationState.SENDING, sent_at=world.now())
            claimed.set()
            Event().wait(1)

    def takes_back() -> None:
        assert claimed.wait(20)
        with company_scope(world.shop.company.pk):
            withdraw_cancellation(invoice_id=invoice.pk, now=world.now())

    crowd = Crowd(2)
    try:
        assert crowd.at_once(sends, takes_back) == [None, None]
    finally:
        crowd.go_home()
        connections.close_all()
    assert of(world, invoice).state == CancellationState.WITHDRAWN
    assert of(world, paying).state == CancellationState.SENDING, "what was sent cannot be called back"
