"""A payment that a REP tells of is taken back after its REP, and by itself."""

import pytest

from amate.billing_cycle.reconciliation.models import OwedReversal
from amate.billing_cycle.reconciliation.take_back import TakenBack, take_back_payment
from amate.companies.models import Emisor
from amate.invoices.models import Cancellation, Instalment, State
from amate.ledger.models import Payment
from amate.ledger.queries import balance_of
from amate.ledger.reverse import Why
from tests.billing_cycle.reconciliation.payer import Payer
from tests.invoices.life import cancel, minutes_pass, replaced, the_receiver
from tests.world import World


@pytest.fixture
def payer(world: World) -> Payer:
    return Payer(world)


def taken_back(payer: Payer, payment: Payment) -> TakenBack:
    return payer.act(
        lambda today, now: take_back_payment(
            payment_id=payment.pk, why=Why.CHARGEBACK, note="el banco lo quitó", asked_by="ana", today=today, now=now
        )
    )


def owed(payer: Payer, payment: Payment) -> str:
    return str(payer.act(lambda today, now: balance_of(payment.customer_id or 0, as_of=today)))


def test_without_a_rep_it_is_taken_back_at_once(payer: Payer) -> None:
    who, _ = payer.billed("aviso")
    payment = payer.paid(who, "599.00")
    done = taken_back(payer, payment)
    assert (done.undone is not None, list(done.reps)) == (True, [])
    assert owed(payer, payment) == "599.00"


def test_a_pue_invoice_whose_payment_went_back_waits_to_become_ppd_in_one_step(payer: Payer) -> None:
    who, _ = payer.billed("aviso")
    payment = payer.paid(who, "599.00")
    [invoice] = payer.documents(kind="ingreso")
    assert (invoice.metodo_pago, invoice.state) == ("PUE", State.STAMPED)
    taken_back(payer, payment)
    client, page = payer.world.log_in(), f"{payer.world.shop.office}facturas/pue/"
    assert str(invoice) in payer.world.inside(lambda: client.get(page)).content.decode()
    payer.world.inside(lambda: client.post(page, {"id": [invoice.pk], "acto": "ppd"}))
    payer.world.settle()
    minutes_pass(payer.world)
    old, new = payer.documents(kind="ingreso")
    assert (old.state, new.state, new.metodo_pago) == (State.CANCELLED, State.STAMPED, "PPD")


def test_a_chargeback_after_its_rep_waits_for_the_sats_word_and_then_owes_again(payer: Payer) -> None:
    payer.policy(rep_when="at_once")
    who, _ = payer.billed("ppd")
    payment = payer.paid(who, "599.00")
    done = taken_back(payer, payment)
    assert (done.undone, [one.pk for one in done.reps]) == (None, [payer.reps()[0].pk])
    taken_back(payer, payment)  # asked again it is the same
    assert owed(payer, payment) == "0.00"
    payer.cancelled_by_the_sat(payer.reps()[0])
    assert [one.state for one in payer.reps()] == [State.CANCELLED]
    assert (owed(payer, payment), payer.told(), payer.frozen()) == ("599.00", [], [False])
    assert payer.look(lambda: OwedReversal.objects.get().done_at) is not None


def test_what_its_receiver_refuses_to_cancel_waits_for_a_person_and_goes_on_once_he_accepts(payer: Payer) -> None:
    payer.policy(rep_when="at_once")
    who, _ = payer.billed("ppd")
    payment = payer.paid(who, "599.00")
    taken_back(payer, payment)
    payer.world.settle()
    [rep] = payer.reps()
    the_receiver(payer.world, "reject", rep)
    minutes_pass(payer.world)
    [why] = payer.given_up()
    assert f"no aceptó cancelar {rep}" in why
    assert "pide otra vez la cancelación" in why
    payer.world.time_passes(days=2)
    payer.world.settle()
    asked = payer.look(lambda: list(Cancellation.objects.values_list("state", flat=True)))
    assert (asked, owed(payer, payment)) == (["rejected"], "0.00")  # nobody asks him again and again
    client = payer.world.log_in()
    page = payer.world.inside(lambda: client.get(f"{payer.world.shop.office}pagos/{payment.pk}/")).content.decode()
    assert "su receptor no aceptó cancelar" in page
    cancel(payer.world, rep)
    payer.cancelled_by_the_sat(rep)
    assert (owed(payer, payment), payer.told(), payer.given_up()) == ("599.00", [], [])


def test_what_its_receiver_never_accepts_is_given_up_by_a_person_and_nobody_waits_for_it(payer: Payer) -> None:
    payer.policy(rep_when="at_once")
    who, _ = payer.billed("ppd")
    payment = payer.paid(who, "599.00")
    taken_back(payer, payment)
    payer.world.settle()
    client, page = payer.world.log_in(), f"{payer.world.shop.office}pagos/{payment.pk}/"

    def gives_up(why: str = "Lo arreglamos con él") -> str:
        answer = payer.world.inside(lambda: client.post(f"{page}revertir/dejar/", {"porque": why}, follow=True))
        return str(answer.content.decode())

    assert "su cancelación sigue en camino" in gives_up()
    assert payer.look(lambda: OwedReversal.objects.get().done_at) is None
    [rep] = payer.reps()
    the_receiver(payer.world, "reject", rep)
    minutes_pass(payer.world)
    assert len(payer.given_up()) == 1
    assert "Si nunca acepta" in gives_up("")
    assert payer.look(lambda: OwedReversal.objects.get().done_at) is None, "a reason is asked for"
    said = gives_up()
    assert "se queda como está" in said
    assert "su receptor no aceptó" not in said
    given = payer.look(lambda: OwedReversal.objects.get())
    assert (given.done_at is not None, given.given_up_because) == (True, "Lo arreglamos con él")
    assert (payer.given_up(), owed(payer, payment), payer.frozen()) == ([], "0.00", [True])
    assert "ya se revirtió, o" in gives_up()
    payer.world.time_passes(days=2)
    payer.world.settle()
    assert (owed(payer, payment), [one.state for one in payer.reps()]) == ("0.00", [State.STAMPED])


def test_a_payment_that_stands_is_told_anew_when_its_rep_is_cancelled(payer: Payer) -> None:
    payer.policy(rep_when="at_once")
    who, _ = payer.billed("ppd")
    payment = payer.paid(who, "599.00")
    cancel(payer.world, payer.reps()[0])
    payer.cancelled_by_the_sat(payer.reps()[0])
    assert [one.state for one in payer.reps()] == [State.CANCELLED, State.STAMPED]
    assert (payer.told(), owed(payer, payment), payer.given_up()) == ([(payment.amount, 1)], "0.00", [])


def test_what_paid_an_invoice_that_was_replaced_is_told_of_its_substitute(payer: Payer) -> None:
    payer.policy(rep_when="at_once")
    who, _ = payer.billed("ppd")
    payment = payer.paid(who, "599.00")
    [old] = payer.documents(kind="ingreso")
    replaced(payer.world, old)
    payer.cancelled_by_the_sat(payer.reps()[0])
    minutes_pass(payer.world)  # the old one needs nobody's leave
    old, new = payer.documents(kind="ingreso")
    assert (old.state, new.state, payer.given_up()) == (State.CANCELLED, State.STAMPED, [])
    assert [one.state for one in payer.reps()] == [State.CANCELLED, State.STAMPED]
    told = payer.look(lambda: list(Instalment.objects.live().values_list("invoice_id", "imp_pagado")))
    assert told == [(new.pk, payment.amount)]


def on_its_way(payer: Payer) -> Payment:
    """Paid, and its REP sealed while no PAC answers; and then it is asked back."""
    payer.policy(rep_when="at_once")
    who, _ = payer.billed("ppd")
    payer.world.pac.admin("faults", {"kind": "503", "on": "stamp"})
    payment = payer.paid(who, "599.00")
    assert [one.state for one in payer.reps()] == [State.SEALED]
    done = taken_back(payer, payment)
    assert (done.undone, [one.pk for one in done.reps]) == (None, [payer.reps()[0].pk])
    return payment


def the_pac_is_back(payer: Payer) -> None:
    payer.world.pac.admin("faults", {}, method="DELETE")
    payer.world.time_passes(minutes=20)
    payer.world.settle()


def test_asked_while_its_rep_is_on_its_way_it_goes_on_by_itself_once_that_is_stamped(payer: Payer) -> None:
    payment = on_its_way(payer)
    the_pac_is_back(payer)
    assert payer.reps()[0].uuid is not None
    payer.cancelled_by_the_sat(payer.reps()[0])
    assert [one.state for one in payer.reps()] == [State.CANCELLED]
    assert (owed(payer, payment), payer.told(), payer.frozen()) == ("599.00", [], [False])


def test_asked_while_its_rep_is_on_its_way_it_goes_on_by_itself_once_that_is_abandoned(payer: Payer) -> None:
    payment, world = on_its_way(payer), payer.world
    rfc = payer.look(lambda: Emisor.objects.get().rfc)
    world.pac.admin("lists", {"not_in_lco": [rfc]}, method="PUT")
    the_pac_is_back(payer)
    world.pac.admin("lists", {}, method="PUT")
    [rep] = payer.reps()
    assert (rep.state, owed(payer, payment)) == (State.REFUSED, "0.00")
    client = world.log_in()
    world.inside(lambda: client.post(f"{world.shop.office}facturas/{rep.pk}/abandonar/"))
    world.settle()
    assert (owed(payer, payment), payer.told(), payer.frozen()) == ("599.00", [], [False])


def test_what_else_the_rep_told_is_told_anew(payer: Payer) -> None:
    payer.policy(rep_when="monthly", rep_day=1)
    who, _ = payer.billed("ppd")
    first, second = payer.paid(who, "100.00", "p-1"), payer.paid(who, "499.00", "p-2")
    payer.world.time_passes(days=32)
    payer.world.settle()
    [rep] = payer.reps()
    assert len(rep.lines) == 2
    taken_back(payer, first)
    payer.cancelled_by_the_sat(payer.reps()[0])
    assert [one.state for one in payer.reps()] == [State.CANCELLED, State.STAMPED]
    assert [str(amount) for amount, _ in payer.told()] == ["499.00"]
    assert (owed(payer, first), owed(payer, second)) == ("100.00", "100.00")
