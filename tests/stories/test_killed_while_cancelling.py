"""A worker killed with -9 at any step of a cancellation or a replacement: it ends as if it had never died (SAFE-10)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from amate.invoices.models import Cancellation, CancellationState, Invoice, State
from amate.promises.models import Promise
from amate.promises.sweep import rescue
from amate.self_invoicing.models import Claim
from tests.invoices.life import cancel, replaced
from tests.stories.dying_worker import CANCELLING, REPLACING
from tests.stories.processes import dies_by_its_own_hand, house_of, stamped_by, worker_process


@pytest.fixture(scope="module")
def house(database_name: str, django_db_blocker: Any, minted: Any, pac_server: Any, mail_server: Any) -> Iterator[Any]:
    """One world for every death."""
    with django_db_blocker.unblock(), house_of(minted, pac_server, mail_server, database_name) as world:
        yield world


@pytest.mark.parametrize("point", CANCELLING)
def test_killed_on_the_way_of_a_cancellation_it_is_cancelled_once(house: Any, point: str) -> None:
    invoice = house.claim(house.sale())
    house.settle()
    asked = cancel(house, invoice, "03")
    if "look" in point or "standing" in point:  # so far it goes well
        house.settle()
        at_once(house)
    with worker_process(house, point) as worker:
        assert dies_by_its_own_hand(worker)
    # After the last commit only the nudge does not know that it is done.
    assert (house.invoice(invoice).state == State.CANCELLED) == (point == "looked_not_finished")
    come_back(house)
    assert house.invoice(invoice).state == State.CANCELLED
    settled = house.scoped(lambda: Cancellation.objects.get(pk=asked.pk))
    assert settled.state == CancellationState.DONE
    assert house.scoped(lambda: Claim.objects.live().filter(invoice=invoice).count()) == 0
    nothing_is_owed(house)


@pytest.mark.parametrize(
    "point", [*REPLACING, "before_the_cancel_call", "cancelled_not_recorded", "looked_not_recorded"]
)
def test_killed_on_the_way_of_a_replacement_one_lives_and_the_note_is_its_own(house: Any, point: str) -> None:
    ticket = house.sale()
    old = house.claim(ticket)
    house.settle()
    documents = len(stamped_by(house.pac))
    new = replaced(house, old)
    if "look" in point:
        house.settle()
        at_once(house)
    with worker_process(house, point) as worker:
        assert dies_by_its_own_hand(worker)
    come_back(house)
    assert (house.invoice(old).state, house.invoice(new).state) == (State.CANCELLED, State.STAMPED)
    assert house.invoice(old).replaced_by_id == new.pk
    assert len(stamped_by(house.pac)) == documents + 1
    assert house.scoped(lambda: Claim.objects.live().get(ticket=ticket).invoice_id) == new.pk
    assert house.scoped(lambda: unreplaced(old, new)) == [new.pk]
    nothing_is_owed(house)


def unreplaced(*documents: Invoice) -> list[int]:
    """Those of them that live and that nothing stands in the place of."""
    ids = [one.pk for one in documents]
    return [one.pk for one in Invoice.objects.at_the_sat().filter(replaced_by__isnull=True, pk__in=ids)]


def at_once(house: Any) -> None:
    """The next look at the SAT is due now: a process of its own has the real clock."""
    from amate.promises.lease import retry_now

    def pull() -> None:
        for pk in Promise.objects.open().filter(kind="follow_cancellation").values_list("pk", flat=True):
            retry_now(promise_id=pk, now=house.now())

    house.scoped(pull)


def come_back(house: Any) -> None:
    """The next worker, without its waiting."""
    house.inside(lambda: rescue(dead_after=timedelta()))
    for _ in range(6):
        house.settle()
        at_once(house)
    house.settle()


def nothing_is_owed(house: Any) -> None:
    left = house.scoped(lambda: list(Promise.objects.open().exclude(kind="ask_sat").values_list("key", "last_error")))
    assert left == []
