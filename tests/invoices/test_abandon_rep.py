"""A REP refused for what is ours, with data that no retry mends, is given up: its payment is free, the paper stays."""

from decimal import Decimal
from typing import Any

import pytest

from amate.audit.models import Entry
from amate.invoices.abandon_rep import NotAbandoned, abandon_rep
from amate.invoices.models import Instalment, Invoice, RefusedBy, State
from amate.invoices.queries import refused_for_staff
from amate.promises.models import Promise
from amate.promises.promise import promise
from tests.invoices.life import issued
from tests.invoices.test_rep import left, rep
from tests.invoices.test_revive import refused_for_ours


def abandoned(world: Any, one: Invoice) -> None:
    world.scoped(lambda: abandon_rep(invoice_id=one.pk, now=world.now()))


@pytest.fixture
def refused(world: Any) -> tuple[Invoice, Invoice]:
    """The invoice, and the REP of 400 of it that was refused."""
    invoice = issued(world, "900.00", ppd=True)
    with refused_for_ours(world):
        wrong = rep(world, {invoice: "400.00"})
    return invoice, wrong


def test_its_payment_is_free_for_another_one(world: Any, refused: tuple[Invoice, Invoice]) -> None:
    invoice, wrong = refused
    assert left(world, invoice) == Decimal("500.00")
    abandoned(world, wrong)
    assert left(world, invoice) == Decimal("900.00")
    right = rep(world, {invoice: "450.00"})  # the same payment, as it really was
    world.settle()
    assert world.invoice(right).state == State.STAMPED
    assert left(world, invoice) == Decimal("450.00")


def test_it_stays_in_the_history_and_nobody_sends_it_any_more(world: Any, refused: tuple[Invoice, Invoice]) -> None:
    _, wrong = refused
    abandoned(world, wrong)
    found = world.invoice(wrong)
    assert (found.state, found.refused_by, bool(found.refusal)) == (State.REFUSED, RefusedBy.NOBODY, True)
    assert world.scoped(lambda: Instalment.objects.filter(rep=wrong).count()) == 1
    assert world.scoped(lambda: Entry.objects.filter(act="rep.abandoned").count()) == 1
    assert world.scoped(refused_for_staff) == []
    assert world.scoped(lambda: Promise.objects.open().count()) == 0
    # A nudge that was under way finds nothing to do.
    key = f"stamp:{wrong.pk}"
    world.scoped(lambda: promise("seal_and_stamp", key=key, now=world.now(), priority=1, invoice_id=wrong.pk))
    world.settle()
    assert world.invoice(wrong).state == State.REFUSED
    assert world.scoped(lambda: Promise.objects.open().count()) == 0


def test_it_is_abandoned_at_its_page(world: Any, refused: tuple[Invoice, Invoice]) -> None:
    invoice, wrong = refused
    client, page = world.log_in(), f"{world.shop.office}facturas/{wrong.pk}/"
    assert "Abandonar este complemento" in world.inside(lambda: client.get(page)).content.decode()
    told = world.inside(lambda: client.post(f"{page}abandonar/", follow=True)).content.decode()
    assert "Se abandonó" in told
    assert "Abandonada" in told
    assert "Abandonar este complemento" not in told
    assert left(world, invoice) == Decimal("900.00")
    told = world.inside(lambda: client.post(f"{page}abandonar/", follow=True)).content.decode()
    assert "no espera una corrección" in told


def test_only_a_refused_rep_is_abandoned(world: Any) -> None:
    invoice = issued(world, "900.00", ppd=True)
    with pytest.raises(NotAbandoned, match="Solo se abandona un complemento"):
        abandoned(world, invoice)
    good = rep(world, {invoice: "400.00"})
    world.settle()
    with pytest.raises(NotAbandoned, match="no espera una corrección"):
        abandoned(world, good)
    assert left(world, invoice) == Decimal("500.00")
