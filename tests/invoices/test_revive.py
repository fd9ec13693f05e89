"""What was refused was counted by nobody: tried again, it takes nothing that another took meanwhile (DB-4, DB-5, C4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from amate.companies.models import Emisor
from amate.invoices.credit import credit_invoice
from amate.invoices.models import Invoice, Origin, State
from amate.invoices.withdraw_cancellation import withdraw_cancellation
from amate.promises.lease import retry_now
from amate.promises.models import Promise
from amate.promises.promise import promise
from tests.invoices.life import cancel, issued, minutes_pass, replaced
from tests.invoices.test_rep import rep


@contextmanager
def refused_for_ours(world: Any) -> Iterator[None]:
    """The SAT does not list the issuer; staff have it mended afterwards."""
    rfc = world.scoped(lambda: Emisor.objects.get().rfc)
    world.pac.admin("lists", {"not_in_lco": [rfc]}, method="PUT")
    yield
    world.settle()
    world.pac.admin("lists", {}, method="PUT")


def credit(world: Any, invoice: Invoice, amount: str) -> Invoice:
    def act() -> Invoice:
        return credit_invoice(
            invoice_id=invoice.pk,
            amount=Decimal(amount),
            quantities={},
            tipo_relacion="01",
            descripcion="Bonificación",
            forma_pago="03",
            origin=Origin.OFFICE,
            now=world.now(),
        )

    return world.scoped(act)  # type: ignore[no-any-return]


def tried_again(world: Any, invoice: Invoice) -> str:
    """What its promise says after another try; empty when it was kept."""
    own = world.scoped(lambda: Promise.objects.filter(key=f"stamp:{invoice.pk}").latest("pk"))
    world.scoped(lambda: retry_now(promise_id=own.pk, now=world.now()))
    world.settle()
    return str(world.scoped(lambda: Promise.objects.get(pk=own.pk).last_error))


def test_a_refused_credit_note_gives_back_nothing_that_another_gave_back(world: Any) -> None:
    invoice = issued(world, "1160.00")
    with refused_for_ours(world):
        first = credit(world, invoice, "1160.00")
    assert world.invoice(first).state == State.REFUSED
    second = credit(world, invoice, "1160.00")
    world.settle()
    assert world.invoice(second).state == State.STAMPED
    assert "quedan 0.00 por acreditar" in tried_again(world, first)
    assert world.invoice(first).state == State.REFUSED


def test_a_refused_rep_pays_no_invoice_that_was_cancelled_meanwhile(world: Any) -> None:
    invoice = issued(world, "900.00", ppd=True)
    with refused_for_ours(world):
        paid = rep(world, {invoice: "400.00"})
    cancel(world, invoice)
    assert "se está cancelando" in tried_again(world, paid)
    world.settle()
    minutes_pass(world)
    assert world.invoice(invoice).state == State.CANCELLED
    assert "ya está cancelada" in tried_again(world, paid)
    assert world.invoice(paid).state == State.REFUSED


def test_what_is_still_owed_goes_on_after_the_cause_was_mended(world: Any) -> None:
    invoice = issued(world, "900.00", ppd=True)
    with refused_for_ours(world):
        made = [rep(world, {invoice: "800.00"}), credit(world, invoice, "100.00")]
    assert [tried_again(world, one) for one in made] == ["", ""]
    assert {world.invoice(one).state for one in made} == {State.STAMPED}


def test_a_refused_substitute_goes_on_after_the_cause_was_mended(world: Any) -> None:
    old = issued(world)
    with refused_for_ours(world):
        new = replaced(world, old)
    assert [world.invoice(one).state for one in (old, new)] == [State.STAMPED, State.REFUSED]
    assert tried_again(world, new) == ""
    minutes_pass(world)
    assert [world.invoice(one).state for one in (old, new)] == [State.CANCELLED, State.STAMPED]
    assert world.invoice(old).replaced_by_id == new.pk


def test_a_refused_substitute_whose_cancellation_was_taken_back_stays_refused(world: Any) -> None:
    """Its promise goes with the cancellation; a nudge that was under way all the same stamps no second one."""
    old = issued(world)
    with refused_for_ours(world):
        new = replaced(world, old)
    world.scoped(lambda: withdraw_cancellation(invoice_id=old.pk, now=world.now()))
    key = f"stamp:{new.pk}"
    world.scoped(lambda: promise("seal_and_stamp", key=key, now=world.now(), priority=1, invoice_id=new.pk))
    world.settle()
    told = world.scoped(lambda: Promise.objects.open().get(key=key).last_error)
    assert "usa «Sustituir»" in told
    assert [world.invoice(one).state for one in (old, new)] == [State.STAMPED, State.REFUSED]


def test_a_refused_substitute_stands_back_for_the_one_that_was_made_after_it(world: Any) -> None:
    old = issued(world)
    with refused_for_ours(world):
        first = replaced(world, old)
    world.pac.admin("faults", {"kind": "503"})
    second = replaced(world, old)
    key = f"stamp:{first.pk}"
    world.scoped(lambda: promise("seal_and_stamp", key=key, now=world.now(), priority=1, invoice_id=first.pk))
    world.settle()
    told = world.scoped(lambda: Promise.objects.open().get(key=key).last_error)
    assert "ya la sustituye otro documento" in told
    world.pac.admin("faults", {}, method="DELETE")
    world.time_passes(minutes=10)
    world.settle()
    minutes_pass(world)
    assert f"ya la sustituye {world.invoice(second)}" in tried_again(world, first)
    states = [world.invoice(one).state for one in (old, first, second)]
    assert states == [State.CANCELLED, State.REFUSED, State.STAMPED]
