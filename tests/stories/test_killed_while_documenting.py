"""A worker killed with -9 between money in the ledger and its document loses nothing and doubles nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from amate.customers.models import Customer
from amate.invoices.models import State
from amate.promises.models import Promise
from amate.promises.sweep import rescue
from tests.billing_cycle.reconciliation.payer import Payer
from tests.people import FISICA
from tests.stories.dying_worker import DOCUMENTING, NOTING
from tests.stories.processes import dies_by_its_own_hand, house_of, stamped_by, worker_process


@pytest.fixture(scope="module")
def payer(
    database_name: str, django_db_blocker: Any, minted: Any, pac_server: Any, mail_server: Any
) -> Iterator[Payer]:
    """One world for every death; a REP a payment, at once."""
    with django_db_blocker.unblock(), house_of(minted, pac_server, mail_server, database_name) as world:
        payer = Payer(world)
        payer.policy(rep_when="at_once")
        payer.customer(fiscal=FISICA)
        payer.customer("Luz")
        yield payer


def who(payer: Payer, nombre: str) -> Customer:
    return payer.look(lambda: Customer.objects.get(nombre=nombre))


def dies(payer: Payer, point: str) -> None:
    with worker_process(payer.world, point) as worker:
        assert dies_by_its_own_hand(worker)
    payer.world.inside(lambda: rescue(dead_after=timedelta()))
    payer.world.settle()


def nothing_is_due(payer: Payer) -> bool:
    return payer.look(lambda: not Promise.objects.open().exclude(kind__in=["thank", "ask_sat"]).exists())


@pytest.mark.parametrize("point", DOCUMENTING)
def test_a_payment_of_a_ppd_invoice_has_one_rep(payer: Payer, point: str) -> None:
    rosa = who(payer, "INGRID XODAR JIMENEZ")
    payer.owes_more(rosa, "ppd")
    reps, stamped = len(payer.reps()), len(stamped_by(payer.world.pac))
    payer.pays(rosa, "599.00", f"ref-{point}")
    dies(payer, point)
    made = payer.reps()[reps:]
    assert [one.state for one in made] == [State.STAMPED]
    assert len(stamped_by(payer.world.pac)) == stamped + 1
    assert payer.frozen()[-1]
    assert nothing_is_due(payer)


@pytest.mark.parametrize("point", NOTING)
def test_a_payment_of_the_public_has_one_note(payer: Payer, point: str) -> None:
    luz = who(payer, "Luz")
    payer.owes_more(luz, "publico")
    before = len(payer.tickets())
    payer.pays(luz, "599.00", f"ref-{point}")
    dies(payer, point)
    assert len(payer.tickets()) == before + 1
    assert nothing_is_due(payer)
