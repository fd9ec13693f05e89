"""A cancellation that was asked for outside Amate is followed; it is never sent by us, whose decision it was not."""

from typing import Any

from amate.invoices.follow_cancellation import promise_look
from amate.invoices.models import Cancellation, CancellationPaper, CancellationState, Invoice, State
from tests.invoices.life import cancellation, hours_pass, issued


def test_when_the_sat_knows_of_none_a_day_later_nothing_goes_out(world: Any) -> None:
    invoice = issued(world, "116.00")

    def follow() -> Cancellation:
        now = world.now()
        going_on = Cancellation.objects.create(
            invoice=invoice, motivo="02", state="received", asked_at=now, sent_at=now, received_at=now
        )
        Invoice.locked(invoice.pk).move_to(State.CANCEL_REQUESTED)
        promise_look(going_on, now=now)
        return going_on

    going_on = world.scoped(follow)
    for _ in range(26):
        hours_pass(world)
    found = cancellation(world, going_on)
    assert found.state == CancellationState.REFUSED
    assert "no salió de Amate" in found.answer
    assert world.invoice(invoice).state == State.STAMPED
    assert world.scoped(lambda: CancellationPaper.objects.count()) == 0
    (there,) = world.pac.admin("documents", None, method="GET")["documents"]
    assert there["estado"] == "Vigente"
