"""A no that comes after a lost answer settles nothing: the earlier request may have been taken, and the SAT's status says."""

from typing import Any

import pytest

from amate.companies.models import Csd
from amate.invoices.models import Cancellation, CancellationState, Invoice, State
from amate.promises.models import Promise
from tests.invoices.life import cancel, cancellation, hours_pass, issued, minutes_pass


@pytest.fixture
def invoice(world: Any) -> Invoice:
    return issued(world, "116.00")


def asked_twice(world: Any, invoice: Invoice, *, first: str) -> Cancellation:
    """The answer to the first attempt is as `first` makes it; then the seal is revoked, so the second one is a 304."""
    world.pac.admin("faults", {"kind": first, "count": 1, "on": "cancel"})
    world.pac.admin("faults", {"kind": "503", "on": "status"})
    asked = cancel(world, invoice)
    world.settle()
    assert cancellation(world, asked).state == CancellationState.SENDING
    seal = world.scoped(lambda: Csd.objects.in_use().get().no_certificado)
    world.pac.admin("lists", {"revoked": [seal]}, method="PUT")
    world.time_passes(minutes=1)
    world.settle()
    world.pac.admin("faults", {}, method="DELETE")
    return cancellation(world, asked)


@pytest.mark.parametrize("lost", ["drop_after", "500_after"])
def test_what_was_taken_before_the_no_is_cancelled(world: Any, invoice: Invoice, lost: str) -> None:
    asked = asked_twice(world, invoice, first=lost)
    assert (asked.state, asked.code, asked.is_open) == (CancellationState.DOUBTED, "304", True)
    assert world.invoice(invoice).state == State.CANCEL_REQUESTED, "it is not given back while nobody knows"
    minutes_pass(world)
    assert world.invoice(invoice).state == State.CANCELLED
    assert cancellation(world, asked).state == CancellationState.DONE


def test_the_no_stands_when_an_hour_later_the_sat_knows_of_nothing(world: Any, invoice: Invoice) -> None:
    asked = asked_twice(world, invoice, first="drop_before")
    assert asked.state == CancellationState.DOUBTED
    minutes_pass(world)
    assert cancellation(world, asked).state == CancellationState.DOUBTED, "the SAT may lag"
    hours_pass(world)
    refused = cancellation(world, asked)
    assert (refused.state, refused.code) == (CancellationState.REFUSED, "304")
    assert world.invoice(invoice).state == State.STAMPED
    (owed,) = world.scoped(lambda: list(Promise.objects.given_up()))
    assert "304" in owed.last_error
    world.pac.admin("lists", {}, method="PUT")
    again = cancel(world, invoice)
    assert world.scoped(lambda: Promise.objects.given_up().count()) == 0, "what is asked anew is not owed twice"
    world.settle()
    minutes_pass(world)
    assert cancellation(world, again).state == CancellationState.DONE


def test_what_surely_did_not_arrive_leaves_no_doubt(world: Any, invoice: Invoice) -> None:
    asked = asked_twice(world, invoice, first="503")
    assert (asked.state, asked.code) == (CancellationState.REFUSED, "304")
    assert world.invoice(invoice).state == State.STAMPED


def test_one_in_doubt_that_lost_its_promise_is_picked_up_by_the_hourly_net(world: Any, invoice: Invoice) -> None:
    from amate.invoices.carry_cancellations import carry_cancellations

    asked = asked_twice(world, invoice, first="drop_after")
    world.scoped(lambda: Promise.objects.open().update(done_at=world.now()))
    assert world.scoped(lambda: carry_cancellations(now=world.now())) == 1
    minutes_pass(world)
    assert cancellation(world, asked).state == CancellationState.DONE
