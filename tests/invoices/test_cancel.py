"""A cancellation is asked for once, carried in the lawful order, and believed only when the SAT says so (FISCAL 12)."""

from typing import Any

import pytest
from django.db import IntegrityError, connection

from amate.fiscal.cancelacion import what_the_sat_means
from amate.invoices.cancel import NotCancellable
from amate.invoices.models import ON_THE_WAY, Cancellation, CancellationPaper, CancellationState, Invoice, State
from amate.invoices.replace import NotReplaceable
from amate.invoices.withdraw_cancellation import withdraw_cancellation
from amate.promises.models import Promise
from amate.self_invoicing.models import Claim
from amate.self_invoicing.queries import live_invoice
from tests.invoices.life import (
    cancel,
    cancellation,
    days_pass,
    hours_pass,
    issued,
    minutes_pass,
    replaced,
    the_receiver,
)
from tests.invoices.test_revive import refused_for_ours


def test_a_small_one_is_cancelled_without_its_receiver(world: Any) -> None:
    invoice = issued(world, "116.00")
    asked = cancel(world, invoice)
    world.settle()
    assert world.invoice(invoice).state == State.CANCEL_REQUESTED
    minutes_pass(world)
    found = world.invoice(invoice)
    assert (found.state, found.cancelled_how) == (State.CANCELLED, "without")
    settled = cancellation(world, asked)
    assert (settled.state, settled.code) == (CancellationState.DONE, "201")
    assert papers(world, asked) == ["request", "acuse"]


@pytest.fixture
def old(world: Any) -> Invoice:
    """Above 1,000 and older than the next working day: its receiver must say yes."""
    invoice = issued(world)
    world.time_passes(days=10)
    return invoice


def test_one_that_needs_acceptance_waits_for_its_receiver(world: Any, old: Invoice) -> None:
    asked = cancel(world, old)
    world.settle()
    minutes_pass(world)
    assert world.invoice(old).state == State.IN_PROCESS
    the_receiver(world, "accept", old)
    hours_pass(world)
    found = world.invoice(old)
    assert (found.state, found.cancelled_how) == (State.CANCELLED, "acceptance")
    assert cancellation(world, asked).state == CancellationState.DONE


def test_a_no_of_the_receiver_leaves_it_live_as_it_was_and_it_may_be_asked_again(world: Any, old: Invoice) -> None:
    asked = cancel(world, old)
    world.settle()
    minutes_pass(world)
    the_receiver(world, "reject", old)
    hours_pass(world)
    assert world.invoice(old).state == State.STAMPED
    assert cancellation(world, asked).state == CancellationState.REJECTED
    again = cancel(world, old)
    assert again.pk != asked.pk
    world.settle()
    minutes_pass(world)
    assert world.invoice(old).state == State.IN_PROCESS
    the_receiver(world, "accept", old)
    hours_pass(world)
    assert world.invoice(old).state == State.CANCELLED


def test_silence_is_a_yes_after_three_working_days(world: Any, old: Invoice) -> None:
    cancel(world, old)
    world.settle()
    minutes_pass(world)
    world.pac.admin("acceptance", {"working_days": 3})
    hours_pass(world)
    found = world.invoice(old)
    assert (found.state, found.cancelled_how) == (State.CANCELLED, "silence")


def test_asked_twice_it_is_one_request(world: Any) -> None:
    invoice = issued(world)
    assert cancel(world, invoice).pk == cancel(world, invoice, "03").pk
    world.settle()
    assert world.scoped(lambda: CancellationPaper.objects.filter(kind="request").count()) == 1


OF_THE_CALL = [
    "hang",
    "drop_before",
    "hang_after",
    "drop_after",
    "truncated",
    "500_before",
    "500_after",
    "503",
    "429",
    "html_200",
    "html_500",
    "json_without_data",
    "expired_token",
    "latency",
    "other_uuid",
    "acuse_malformed",
    "no_acuse",
]


@pytest.mark.parametrize("kind", OF_THE_CALL)
def test_a_fault_of_the_pac_ends_in_one_cancellation(world: Any, kind: str) -> None:
    invoice = issued(world, "116.00")
    world.pac.admin("faults", {"kind": kind, "count": 1, "on": "cancel"})
    asked = cancel(world, invoice)
    world.settle()
    assert world.invoice(invoice).state == State.CANCEL_REQUESTED
    for minutes in (1, 3, 10):
        world.time_passes(minutes=minutes)
        world.settle()
    minutes_pass(world)
    assert world.invoice(invoice).state == State.CANCELLED
    assert cancellation(world, asked).state == CancellationState.DONE
    assert papers(world, asked).count("request") == 1, "the same bytes went out again"


ONLY_SAID = ["cancel_not_done"]


@pytest.mark.parametrize("kind", ONLY_SAID)
def test_what_the_pac_only_said_it_did_is_sent_again_a_day_later(world: Any, kind: str) -> None:
    """The SAT's status is the truth (SAFE-10): "201" and an acuse are progress."""
    invoice = issued(world, "116.00")
    world.pac.admin("faults", {"kind": kind, "count": 1, "on": "cancel"})
    asked = cancel(world, invoice)
    world.settle()
    hours_pass(world, 2)
    assert world.invoice(invoice).state == State.CANCEL_REQUESTED
    for _ in range(26):
        hours_pass(world)
    minutes_pass(world)
    assert world.invoice(invoice).state == State.CANCELLED
    assert papers(world, asked).count("request") == 2


OF_THE_STATUS = ["status_lag", "drop_before", "truncated", "500_before", "503", "html_200", "html_500"]


@pytest.mark.parametrize("kind", OF_THE_STATUS)
def test_a_status_that_lags_or_fails_moves_nothing_until_it_tells(world: Any, kind: str) -> None:
    invoice = issued(world, "116.00")
    world.time_passes(hours=2)
    an_hour = 3_600_000
    world.pac.admin("faults", {"kind": kind, "on": "status", "ms": an_hour, "retry_after": 1})
    asked = cancel(world, invoice)
    world.settle()
    minutes_pass(world)
    assert world.invoice(invoice).state == State.CANCEL_REQUESTED
    assert cancellation(world, asked).state == CancellationState.RECEIVED
    world.pac.admin("faults", {}, method="DELETE")
    hours_pass(world)
    assert world.invoice(invoice).state == State.CANCELLED
    assert cancellation(world, asked).state == CancellationState.DONE
    assert papers(world, asked) == ["request", "acuse"]


def test_a_document_the_sat_does_not_know_yet_is_asked_for_again(world: Any) -> None:
    world.pac.admin("status", {"unknown_for": 600}, method="PUT")
    invoice = issued(world, "116.00")
    cancel(world, invoice)
    world.settle()
    assert world.invoice(invoice).state == State.CANCEL_REQUESTED
    for _ in range(4):
        world.time_passes(minutes=6)
        world.settle()
    minutes_pass(world)
    assert world.invoice(invoice).state == State.CANCELLED


def test_after_the_last_day_the_sat_refuses_and_it_stays_live(world: Any) -> None:
    invoice = issued(world, "116.00")
    world.time_passes(days=600)
    asked = cancel(world, invoice)
    world.settle()
    assert world.invoice(invoice).state == State.STAMPED
    refused = cancellation(world, asked)
    assert (refused.state, refused.code) == (CancellationState.REFUSED, "210")
    (promise,) = world.scoped(lambda: list(Promise.objects.given_up()))
    assert what_the_sat_means("210").message in promise.last_error


def test_the_note_of_a_cancelled_invoice_can_be_invoiced_again(world: Any) -> None:
    ticket = world.sale()
    invoice = world.claim(ticket)
    world.settle()
    assert world.scoped(lambda: live_invoice(ticket)) == invoice
    cancel(world, invoice, "03")
    world.settle()
    minutes_pass(world)
    assert world.invoice(invoice).state == State.CANCELLED
    assert world.scoped(lambda: Claim.objects.live().count()) == 0
    again = world.claim(ticket)
    world.settle()
    assert world.invoice(again).state == State.STAMPED


def test_only_what_is_live_is_cancelled_and_01_needs_a_substitute(world: Any) -> None:
    invoice = issued(world, "116.00")
    with pytest.raises(NotCancellable, match="Sustituir"):
        cancel(world, invoice, "01")
    cancel(world, invoice)
    world.settle()
    minutes_pass(world)
    with pytest.raises(NotCancellable, match="ya está cancelada"):
        cancel(world, invoice)
    world.pac.admin("faults", {"kind": "503"})
    draft = issued(world, "116.00")
    with pytest.raises(NotCancellable, match="no está timbrada"):
        cancel(world, draft)


def test_what_was_not_sent_yet_can_be_taken_back_and_nothing_that_was(world: Any) -> None:
    invoice = issued(world, "116.00")
    cancel(world, invoice)
    world.scoped(lambda: withdraw_cancellation(invoice_id=invoice.pk, now=world.now()))
    world.settle()
    assert world.invoice(invoice).state == State.STAMPED
    cancel(world, invoice)
    world.settle()
    with pytest.raises(NotCancellable, match="ya se envió"):
        world.scoped(lambda: withdraw_cancellation(invoice_id=invoice.pk, now=world.now()))


def test_a_substitution_is_not_taken_back_while_its_substitute_is_on_its_way(world: Any) -> None:
    old = issued(world)
    world.pac.admin("faults", {"kind": "503"})
    new = replaced(world, old)
    asked = world.scoped(lambda: Cancellation.objects.get(invoice=old))
    with pytest.raises(NotCancellable, match="se está timbrando"):
        world.scoped(lambda: withdraw_cancellation(invoice_id=old.pk, now=world.now()))
    # As a house may have it where it was taken back all the same.
    world.scoped(lambda: Cancellation.objects.filter(pk=asked.pk).update(state=CancellationState.WITHDRAWN))
    with pytest.raises(NotCancellable, match="se está timbrando"):
        cancel(world, old)
    with pytest.raises(NotReplaceable, match="se está timbrando"):
        replaced(world, old)
    assert world.invoice(new).state in ON_THE_WAY


def test_a_substitution_taken_back_after_its_refusal_leaves_only_the_old_one(world: Any) -> None:
    old = issued(world)
    with refused_for_ours(world):
        new = replaced(world, old)
    world.scoped(lambda: withdraw_cancellation(invoice_id=old.pk, now=world.now()))
    assert not world.scoped(lambda: Promise.objects.open().filter(key=f"stamp:{new.pk}").exists())
    world.settle()
    assert (world.invoice(old).state, world.invoice(new).state) == (State.STAMPED, State.REFUSED)


def test_a_substitute_is_not_cancelled_while_what_it_replaces_is_going(world: Any) -> None:
    old = issued(world)
    new = replaced(world, old)
    world.settle()
    assert world.invoice(old).state == State.CANCEL_REQUESTED
    with pytest.raises(NotCancellable, match="se está cancelando"):
        cancel(world, new)
    minutes_pass(world)
    assert [world.invoice(one).state for one in (old, new)] == [State.CANCELLED, State.STAMPED]
    cancel(world, new)


def test_an_old_one_is_not_cancelled_while_its_substitute_is_going(world: Any, old: Invoice) -> None:
    """The SAT takes a 01 only with a live substitute, and both could end."""
    new = replaced(world, old)
    world.settle()
    minutes_pass(world)
    the_receiver(world, "reject", old)
    hours_pass(world)
    world.time_passes(days=10)
    cancel(world, new)
    with pytest.raises(NotCancellable, match="también se está cancelando"):
        cancel(world, old)
    world.settle()
    minutes_pass(world)
    assert world.invoice(new).state == State.IN_PROCESS
    with pytest.raises(NotCancellable, match="también se está cancelando"):
        cancel(world, old)
    the_receiver(world, "reject", new)
    hours_pass(world)
    assert cancel(world, old).motivo == "01", "its substitute lives on"


def test_a_01_is_not_taken_back_once_its_substitute_is_stamped_but_the_substitute_may_go_instead(
    world: Any, old: Invoice
) -> None:
    new = replaced(world, old)
    world.settle()
    minutes_pass(world)
    the_receiver(world, "reject", old)
    hours_pass(world)
    again = cancel(world, old)
    with pytest.raises(NotCancellable, match=f"cancela {world.invoice(new)}"):
        world.scoped(lambda: withdraw_cancellation(invoice_id=old.pk, now=world.now()))
    assert cancellation(world, again).state == CancellationState.ASKED
    cancel(world, new)
    assert cancellation(world, again).state == CancellationState.WITHDRAWN, "it would have no substitute"
    world.settle()
    minutes_pass(world)
    assert [world.invoice(one).state for one in (old, new)] == [State.STAMPED, State.CANCELLED]
    assert world.invoice(old).replaced_by_id is None


def test_papers_and_decisions_never_change(world: Any) -> None:
    asked = cancel(world, issued(world, "116.00"))
    world.settle()

    def tamper(sentence: str) -> None:
        with connection.cursor() as c:
            c.execute(sentence)

    for sentence in (
        "UPDATE invoices_cancellationpaper SET xml = 'x'",
        "DELETE FROM invoices_cancellationpaper",
        "UPDATE invoices_cancellation SET motivo = '03'",
        "DELETE FROM invoices_cancellation",
        "UPDATE invoices_invoice SET total = 1",
        "UPDATE invoices_invoice SET uuid = gen_random_uuid()",
        "DELETE FROM invoices_invoice",
    ):
        with pytest.raises(IntegrityError):
            world.scoped(lambda said=sentence: tamper(said))
    assert cancellation(world, asked).motivo == "02"


def test_a_request_that_lost_its_promise_is_picked_up_by_the_hourly_net(world: Any) -> None:
    from amate.invoices.carry_cancellations import carry_cancellations

    invoice = issued(world, "116.00")
    asked = cancel(world, invoice)
    world.settle()
    world.scoped(lambda: Promise.objects.open().update(done_at=world.now()))
    days_pass(world, 2)
    assert world.invoice(invoice).state == State.CANCEL_REQUESTED
    assert world.scoped(lambda: carry_cancellations(now=world.now())) == 1
    assert world.scoped(lambda: carry_cancellations(now=world.now())) == 0
    minutes_pass(world)
    assert cancellation(world, asked).state == CancellationState.DONE


def papers(world: Any, asked: Cancellation) -> list[str]:
    def look() -> list[str]:
        return list(CancellationPaper.objects.filter(cancellation=asked).order_by("pk").values_list("kind", flat=True))

    return world.scoped(look)  # type: ignore[no-any-return]
