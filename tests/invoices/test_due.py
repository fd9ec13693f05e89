"""Dates of the law: told in time and in order, of what they bind, and gone with their cause (FISCAL 15)."""

from datetime import timedelta
from typing import Any

import pytest

from amate.invoices.await_payment import NotAwaited, await_payment
from amate.invoices.deadlines import pay_by
from amate.invoices.due import due_documents
from amate.invoices.models import AwaitedPayment, State
from amate.invoices.tell_paid import NotPaidInTime, tell_paid
from tests.invoices.life import cancel, issued, minutes_pass, replaced, the_receiver
from tests.invoices.month import goes_to, goes_to_next_month, today
from tests.invoices.test_rep import rep


def told(world: Any) -> list[tuple[str, str, int]]:
    """(kind, mark, how many)."""
    found = world.scoped(lambda: due_documents(now=world.now()))
    return [(str(one.kind), one.mark, len(one.ids)) for one in found]


def awaited(world: Any, invoice: Any) -> None:
    world.scoped(lambda: await_payment(invoice_id=invoice.pk, said_by="ana", now=world.now()))


def test_a_sealed_document_is_told_a_day_before_its_72_hours_end(world: Any) -> None:
    world.pac.admin("faults", {"kind": "drop_before"})
    made = issued(world)
    assert made.state == State.UNKNOWN
    world.time_passes(hours=47)
    assert told(world) == []
    world.time_passes(hours=2)
    assert told(world) == [("stamp", "soon", 1)]
    world.time_passes(hours=24)
    assert told(world) == [("stamp", "late", 1)]
    world.pac.admin("faults", {}, method="DELETE")


def test_a_rep_that_is_not_stamped_is_told_from_the_first_to_the_fifth_and_then_late(world: Any) -> None:
    goes_to_next_month(world, 20)
    invoice = issued(world, ppd=True)
    world.pac.admin("faults", {"kind": "503"})
    rep(world, {invoice: "100.00"})
    world.settle()
    assert told(world) == []
    first = goes_to_next_month(world, 1)
    found = world.scoped(lambda: due_documents(now=world.now()))
    reps = [(one.mark, one.day) for one in found if one.kind == "rep"]
    assert reps == [("soon", first.replace(day=5))]
    goes_to(world, first.replace(day=6))
    assert ("rep", "late", 1) in told(world)
    world.pac.admin("faults", {}, method="DELETE")
    world.settle()
    assert [one for one in told(world) if one[0] == "rep"] == []


def test_a_pue_invoice_that_waits_for_its_payment_is_told_before_its_month_ends_and_after(world: Any) -> None:
    """FISCAL golden case 48."""
    goes_to_next_month(world, 10)
    paid_at_once, later = issued(world), issued(world)
    awaited(world, later)
    last = pay_by(today(world))
    goes_to(world, last - timedelta(days=3))
    assert told(world) == []
    goes_to(world, last - timedelta(days=2))
    found = world.scoped(lambda: due_documents(now=world.now()))
    assert [(one.cause, one.ids) for one in found] == [(f"due:pue:soon:{last}", (later.pk,))]
    goes_to(world, last + timedelta(days=1), hour=1)
    assert told(world) == [("pue", "late", 1)]
    after = last + timedelta(days=1)
    with pytest.raises(NotPaidInTime, match="Cámbiala a PPD"):
        world.scoped(lambda: tell_paid(invoice_id=later.pk, paid_on=after, said_by="ana", now=world.now()))
    world.scoped(lambda: tell_paid(invoice_id=later.pk, paid_on=last, said_by="ana", now=world.now()))
    assert told(world) == []
    assert world.invoice(paid_at_once).state == State.STAMPED


def test_only_a_live_pue_invoice_awaits_its_payment(world: Any) -> None:
    with pytest.raises(NotAwaited, match="no es una factura PUE"):
        awaited(world, issued(world, ppd=True))
    gone = issued(world, "900.00")
    cancel(world, gone)
    world.settle()
    minutes_pass(world)
    with pytest.raises(NotAwaited, match="vigente"):
        awaited(world, gone)


def test_a_payment_is_awaited_of_the_substitute_too(world: Any) -> None:
    old = issued(world)
    awaited(world, old)
    awaited(world, old)
    new = replaced(world, old)
    assert world.scoped(lambda: AwaitedPayment.objects.open().get().invoice_id) == old.pk
    world.settle()
    assert world.scoped(lambda: AwaitedPayment.objects.open().get().invoice_id) == new.pk


def test_what_was_to_be_cancelled_and_still_stands_is_told_a_month_and_a_week_before_the_last_day(world: Any) -> None:
    stays, rejected = issued(world), issued(world)
    world.time_passes(days=10)
    cancel(world, rejected)
    world.settle()
    minutes_pass(world)
    the_receiver(world, "reject", rejected)
    world.time_passes(hours=1)
    world.settle()
    assert world.invoice(rejected).state == State.STAMPED
    issued_on = today(world) - timedelta(days=10)
    last = issued_on.replace(year=issued_on.year + 1, month=3, day=31)  # a moral person
    goes_to(world, last - timedelta(days=31))
    assert told(world) == []
    goes_to(world, last - timedelta(days=30))
    found = world.scoped(lambda: due_documents(now=world.now()))
    assert [(one.cause, one.ids) for one in found] == [(f"due:cancel:soon:{last}", (rejected.pk,))]
    goes_to(world, last - timedelta(days=7))
    assert told(world) == [("cancel", "last", 1)]
    goes_to(world, last + timedelta(days=1))
    assert told(world) == [("cancel", "late", 1)]
    goes_to(world, last + timedelta(days=70))
    assert told(world) == [], "nobody can mend it any more"
    assert world.invoice(stays).state == State.STAMPED
