"""A worker killed with -9 at any step loses nothing and doubles nothing (HOUSE law 16, RUNNING 3.4)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from amate.invoices.models import Invoice, Sealing, Stamp, State
from amate.messages.models import Message
from amate.promises.sweep import rescue
from amate.self_invoicing.models import Claim
from tests.people import FISICA
from tests.stories.dying_worker import POINTS
from tests.stories.processes import (
    PATIENCE,
    dies_by_its_own_hand,
    house_of,
    open_promises,
    stamped_by,
    until,
    worker_process,
)

REFUSED = {
    "before_recording_a_refusal",
    "refusal_not_committed",
    "before_release",
    "released_not_committed",
    "released_not_finished",
}
# Whom the PAC knows, so that another name is refused.
KNOWN = {"XOJI740919U48": {"nombre": "INGRID XODAR JIMENEZ", "cp": "76028", "regimenes": ["612"]}}
# Between the mail server's yes and our note of it nobody can know: the mail goes again under its own Message-ID.
MAILED_TWICE = {"mailed_not_recorded", "mail_recorded_not_committed"}


@pytest.fixture(scope="module")
def house(database_name: str, django_db_blocker: Any, minted: Any, pac_server: Any, mail_server: Any) -> Iterator[Any]:
    """One world for every death."""
    with django_db_blocker.unblock(), house_of(minted, pac_server, mail_server, database_name) as world:
        yield world


@pytest.mark.parametrize("point", [p for p in POINTS if p not in REFUSED])
def test_killed_on_the_way_to_a_stamp_it_is_one_cfdi_and_one_mail(house: Any, point: str) -> None:
    documents, mails = len(stamped_by(house.pac)), len(house.mail.mails)
    invoice = house.claim(house.sale())
    with worker_process(house, point) as worker:
        assert dies_by_its_own_hand(worker)
    assert unfinished(house) + house.inside(jobs_doing) > 0, (
        "the death left nothing to do: it came too late to prove anything"
    )
    come_back(house)

    found = house.invoice(invoice)
    assert found.state == State.STAMPED
    uuids = stamped_by(house.pac)
    assert len(uuids) == documents + 1
    assert str(found.uuid) in uuids
    assert house.scoped(lambda: Stamp.objects.filter(invoice=invoice).count()) == 1
    assert house.scoped(lambda: Sealing.objects.filter(invoice=invoice).count()) == 1
    sent = house.mail.mails[mails:]
    assert len(sent) == (2 if point in MAILED_TWICE else 1)
    assert len({mail["Message-ID"] for mail in sent}) == 1
    assert house.scoped(lambda: Message.objects.get(about=f"invoice:{invoice.pk}").state) == Message.State.SENT
    everything_is_in_order(house)


@pytest.mark.parametrize("point", sorted(REFUSED))
def test_killed_on_the_way_to_a_refusal_the_ticket_is_free_again(house: Any, point: str) -> None:
    documents = len(stamped_by(house.pac))
    house.pac.admin("lists", {"mode": "strict", "receivers": KNOWN}, method="PUT")
    ticket = house.sale()
    refused = house.claim(ticket, {**FISICA, "nombre": "INGRID JODAR JIMENEZ"})
    with worker_process(house, point) as worker:
        assert dies_by_its_own_hand(worker)
    come_back(house)

    assert house.invoice(refused).state == State.REFUSED
    assert house.scoped(lambda: Claim.objects.live().filter(ticket=ticket).count()) == 0
    again = house.claim(ticket)
    house.settle()
    assert house.invoice(again).state == State.STAMPED
    assert len(stamped_by(house.pac)) == documents + 1
    everything_is_in_order(house)


def test_another_worker_finds_the_dead_ones_work_by_itself(house: Any) -> None:
    """Nobody rescues by hand: heartbeat, rescue and nudge as in production, with shorter waits."""
    invoice = house.claim(house.sale())
    with worker_process(house, "stamped_not_recorded") as dead:
        assert dies_by_its_own_hand(dead)
    with worker_process(house) as other:
        took = until(lambda: unfinished(house) == 0, what="the end of the dead worker's work")
        other.terminate()  # it ends what it holds: a beat may be on its way at any moment
        assert other.wait(PATIENCE) == 0
    assert took < 20
    assert house.invoice(invoice).state == State.STAMPED
    assert house.scoped(lambda: Stamp.objects.get(invoice=invoice).recovered)
    everything_is_in_order(house)


def test_workers_that_die_one_after_the_other_finish_all_the_same(house: Any) -> None:
    """Every life ends somewhere else; each finds what the one before it left."""
    documents = len(stamped_by(house.pac))
    invoices = [house.claim(house.sale()) for _ in range(8)]
    for point in (
        "sealed_not_committed",
        "before_the_call",
        "recorded_not_committed",
        "stamped_not_finished",
        "before_smtp",
    ):
        with worker_process(house, point) as worker:
            assert dies_by_its_own_hand(worker), point
        house.inside(lambda: rescue(dead_after=timedelta()))
    come_back(house)
    assert {house.invoice(i).state for i in invoices} == {State.STAMPED}
    assert len(stamped_by(house.pac)) == documents + 8
    everything_is_in_order(house)


def come_back(house: Any) -> None:
    """What the next worker does, without its waiting: the dead one's leases are taken, then everything due is kept."""
    house.inside(lambda: rescue(dead_after=timedelta()))
    house.settle()


def unfinished(house: Any) -> int:
    return open_promises(house)


def everything_is_in_order(house: Any) -> None:
    """One stamp, one live sealing and one PAC document an invoice; folios dense; nothing owed; no job left running."""
    invoices = house.scoped(lambda: list(Invoice.objects.order_by("folio")))
    assert [i.folio for i in invoices] == list(range(1, len(invoices) + 1)), "folios have gaps or doubles"
    stamped = [i for i in invoices if i.state == State.STAMPED]
    assert len(stamped) + len([i for i in invoices if i.state == State.REFUSED]) == len(invoices)
    assert sorted(str(i.uuid) for i in stamped) == sorted(stamped_by(house.pac))
    live = house.scoped(lambda: Sealing.objects.filter(superseded_at__isnull=True).count())
    assert (live, house.scoped(lambda: Stamp.objects.count())) == (len(invoices), len(stamped))
    assert unfinished(house) == 0
    assert house.inside(lambda: jobs_doing()) == 0


def jobs_doing() -> int:
    with connection.cursor() as c:
        c.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")
        row = c.fetchone()
    assert row is not None
    return int(row[0])
