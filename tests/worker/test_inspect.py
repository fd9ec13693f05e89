"""What must hold is looked at every night, and data that somebody broke behind the application's back shows."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from amate.adapters.pac import PacRejected
from amate.audit.chain import chain
from amate.audit.models import Entry, Inspection, Invariant
from amate.audit.record import record
from amate.invoices.models import Invoice, State
from amate.invoices.stamp import record_refusal
from amate.self_invoicing.models import Claim
from amate.tenancy.scope import company_scope
from amate.worker import inspect as nightly
from amate.worker.clock import beat
from amate.worker.inspect import inspect
from tests.database import as_owner
from tests.invoices.life import cancel, minutes_pass, replaced
from tests.stories.processes import until
from tests.web.office import desk
from tests.world import World

NIGHT = datetime(2031, 3, 4, 9, 30, tzinfo=UTC)  # 3:30 in central Mexico
NOON = datetime(2031, 3, 4, 18, 0, tzinfo=UTC)


def look(world: World, *, nights: int = 0, **bounds: int) -> None:
    world.inside(lambda: inspect(now=NIGHT + timedelta(days=nights), **bounds))


def found(world: World, invariant: Invariant) -> list[int]:
    return world.scoped(lambda: list(Inspection.objects.get(invariant=invariant).ids))


def row(world: World, invariant: Invariant) -> Any:
    return world.scoped(lambda: Inspection.objects.get(invariant=invariant))


def behind(database: str, statement: str, *values: Any) -> None:
    """As the owner: no trigger of the application's, no policy in the way."""
    with as_owner(database) as c:
        assert c.execute(statement, values).rowcount > 0


@contextmanager
def without(database: str, index: str) -> Iterator[None]:
    """The database's own referee looks away, as with a damaged index. Whatever slipped in must be gone at the end."""
    with as_owner(database) as c:
        [(definition,)] = c.execute("SELECT pg_get_indexdef(%s::regclass)", [index]).fetchall()
        c.execute(f"DROP INDEX {index}")
        try:
            yield
        finally:
            c.execute(definition)


@pytest.fixture
def stamped(world: World) -> Any:
    return desk.stamped(world)


def test_where_nothing_is_broken_nothing_is_found(world: World, stamped: Any) -> None:
    desk.claimed(world)
    desk.refused_for_staff(world)
    world.scoped(lambda: chain(now=world.now()))
    look(world)
    for invariant in Invariant:
        one = row(world, invariant)
        assert (one.ids, one.through, one.checked_at, one.whole_at) == ([], 0, NIGHT, NIGHT)
    assert world.scoped(Inspection.objects.count, world.other) == len(Invariant)


def test_a_released_claim_whose_invoice_is_stamped_is_found_until_it_is_mended(
    world: World, committed: str, stamped: Any
) -> None:
    """Its note could be invoiced a second time."""
    claim = world.scoped(lambda: Claim.objects.get(invoice=stamped).pk)
    behind(committed, "UPDATE self_invoicing_claim SET released_at = now() WHERE id = %s", claim)
    look(world)
    assert found(world, Invariant.CLAIM) == [claim]
    behind(committed, "UPDATE self_invoicing_claim SET released_at = NULL WHERE id = %s", claim)
    look(world, nights=1)
    assert found(world, Invariant.CLAIM) == []


def test_a_live_claim_on_an_invoice_that_was_given_back_is_found(world: World, committed: str) -> None:
    invoice = desk.claimed(world)
    claim = world.scoped(lambda: Claim.objects.get(invoice=invoice).pk)
    behind(
        committed,
        "UPDATE invoices_invoice SET state = 'refused', refused_by = 'receiver' WHERE id = %s",
        invoice.pk,
    )
    look(world)
    assert found(world, Invariant.CLAIM) == [claim]


def test_a_claim_whose_release_is_owed_is_no_fault(world: World) -> None:
    """Between the refusal and the worker's release there are moments."""
    invoice = desk.claimed(world)

    def refused() -> None:
        Invoice.objects.get(pk=invoice.pk).move_to(State.SEALED)
        Invoice.objects.get(pk=invoice.pk).move_to(State.SENDING)
        record_refusal(invoice_id=invoice.pk, refusal=PacRejected("CFDI40143", "No existe"), now=world.now())

    world.scoped(refused)
    look(world)
    assert found(world, Invariant.CLAIM) == []


def test_two_live_claims_of_one_note_are_found(world: World, committed: str, stamped: Any) -> None:
    other = desk.claimed(world)
    first, second = world.scoped(lambda: [Claim.objects.get(invoice=one) for one in (stamped, other)])
    with without(committed, "one_live_claim_a_ticket"):
        behind(committed, "UPDATE self_invoicing_claim SET ticket_id = %s WHERE id = %s", first.ticket_id, second.pk)
        look(world)
        assert found(world, Invariant.CLAIM) == [first.pk, second.pk]
        behind(committed, "UPDATE self_invoicing_claim SET ticket_id = %s WHERE id = %s", second.ticket_id, second.pk)


def test_cancelled_and_replaced_in_the_lawful_way_nothing_is_found(world: World, committed: str, stamped: Any) -> None:
    gone = desk.stamped(world)
    cancel(world, gone)
    replaced(world, stamped)
    world.settle()
    assert {world.invoice(one).state for one in (gone, stamped)} == {State.CANCEL_REQUESTED}
    look(world)
    assert (found(world, Invariant.STAMP), found(world, Invariant.CLAIM)) == ([], [])
    minutes_pass(world)
    assert {world.invoice(one).state for one in (gone, stamped)} == {State.CANCELLED}
    look(world, nights=1)
    assert (found(world, Invariant.STAMP), found(world, Invariant.CLAIM)) == ([], [])
    claim = world.scoped(lambda: Claim.objects.get(invoice=gone).pk)
    behind(committed, "UPDATE self_invoicing_claim SET released_at = NULL WHERE id = %s", claim)
    look(world, nights=2)
    assert found(world, Invariant.CLAIM) == [claim]


@pytest.mark.parametrize(
    "breaks",
    [
        "UPDATE invoices_stamp SET xml = xml || ' '::bytea WHERE invoice_id = %s",
        "UPDATE invoices_sealing SET xml = xml || ' '::bytea WHERE invoice_id = %s",
        "UPDATE invoices_sealing SET superseded_at = now() WHERE invoice_id = %s",
        "UPDATE invoices_invoice SET uuid = gen_random_uuid() WHERE id = %s",
        "UPDATE invoices_invoice SET state = 'sending' WHERE id = %s",
        "DELETE FROM invoices_stamp WHERE invoice_id = %s",
        "WITH other AS (UPDATE invoices_stamp SET uuid = '8b9bd05f-51a3-4d65-9b16-b2d3d1d2f1aa' WHERE invoice_id = %s "
        "RETURNING uuid, invoice_id) UPDATE invoices_invoice i SET uuid = o.uuid FROM other o WHERE i.id = o.invoice_id",
    ],
)
def test_a_stamp_that_is_not_of_its_sealing_is_found(world: World, committed: str, stamped: Any, breaks: str) -> None:
    desk.stamped(world)
    behind(committed, breaks, stamped.pk)
    look(world)
    assert found(world, Invariant.STAMP) == [stamped.pk]
    assert found(world, Invariant.CLAIM) == []


def acts(world: World, count: int) -> None:
    def write() -> None:
        for number in range(count):
            record("ticket.locked", about=f"ticket:{number}", now=world.now())
        while chain(now=world.now()):
            pass

    world.scoped(write)


def last(world: World) -> int:
    return int(world.scoped(lambda: Entry.objects.filter(seq__isnull=False).latest("seq").seq))


def test_every_break_of_the_audit_is_found_however_short_the_strides(world: World, committed: str) -> None:
    acts(world, 12)
    end = last(world)
    behind(committed, "UPDATE audit_entry SET actor = 'otro' WHERE seq = 3 AND company_id = %s", world.shop.company.pk)
    behind(committed, "DELETE FROM audit_entry WHERE seq IN (7, 8) AND company_id = %s", world.shop.company.pk)
    behind(committed, "DELETE FROM audit_entry WHERE seq = %s AND company_id = %s", end, world.shop.company.pk)
    look(world, at_once=2, a_night=200)
    assert found(world, Invariant.AUDIT) == [3, 7, end]
    look(world, nights=1, at_once=2, a_night=2)
    assert found(world, Invariant.AUDIT) == [3, 7, end]  # of this night's stride only the first, but they are known


def test_a_long_round_takes_several_nights_and_begins_anew(world: World, committed: str) -> None:
    acts(world, 12)
    whole = row_after(world, 0)
    assert (whole.through, whole.whole_at) == (5, None)
    behind(committed, "UPDATE audit_entry SET actor = 'otro' WHERE seq = 2 AND company_id = %s", world.shop.company.pk)
    end = last(world)
    nights = 0
    while not found(world, Invariant.AUDIT):
        nights += 1
        one = row_after(world, nights)
        assert nights < 20
    assert one.ids == [2]
    assert nights * 5 >= end  # first it went to the end, then it began anew


def row_after(world: World, nights: int) -> Any:
    look(world, nights=nights, at_once=5, a_night=5)
    return row(world, Invariant.AUDIT)


def test_rows_too_are_walked_over_in_strides(world: World, committed: str, stamped: Any) -> None:
    others = [desk.stamped(world) for _ in range(3)]
    behind(committed, "DELETE FROM invoices_stamp WHERE invoice_id = %s", others[2].pk)
    for night in range(3):
        look(world, nights=night, at_once=1, a_night=1)
        assert found(world, Invariant.STAMP) == []
    look(world, nights=3, at_once=1, a_night=1)
    assert found(world, Invariant.STAMP) == [others[2].pk]


def test_it_looks_once_a_night_and_by_day_only_when_a_night_was_missed(world: World) -> None:
    def at(moment: datetime) -> datetime:
        world.inside(lambda: inspect(now=moment))
        return row(world, Invariant.CLAIM).checked_at  # type: ignore[no-any-return]

    assert at(NIGHT) == NIGHT
    assert at(NIGHT + timedelta(minutes=15)) == NIGHT
    assert at(NOON) == NIGHT
    assert at(NIGHT + timedelta(days=1)) == NIGHT + timedelta(days=1)
    missed = NOON + timedelta(days=3)
    assert at(missed) == missed


def test_a_company_founded_today_waits_for_its_first_night(world: World) -> None:
    today = world.now()
    noon = today.replace(hour=18, minute=0)
    world.inside(lambda: inspect(now=max(noon, today) if noon > today else noon + timedelta(days=1)))
    assert world.scoped(lambda: Inspection.objects.filter(checked_at__isnull=False).count()) == 0


def test_two_workers_do_not_wait_for_each_other(world: World) -> None:
    look(world)
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with company_scope(world.shop.company.pk):
            Inspection.objects.select_for_update().get(invariant=Invariant.CLAIM)
            held.set()
            free.wait(20)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(20)
    try:
        look(world, nights=1)
        assert row(world, Invariant.CLAIM).checked_at == NIGHT
        assert row(world, Invariant.STAMP).checked_at == NIGHT + timedelta(days=1)
    finally:
        free.set()
        other.join()


def test_a_fault_of_one_invariant_keeps_none_of_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def faulty(**said: Any) -> Any:
        raise RuntimeError("out of order")

    monkeypatch.setattr(nightly, "EVERY", {Invariant.CLAIM: faulty, Invariant.STAMP: nightly.EVERY[Invariant.STAMP]})
    look(world)
    assert world.scoped(lambda: list(Inspection.objects.values_list("invariant", flat=True))) == [Invariant.STAMP]
    assert "inspection failed" in caplog.text


def test_the_worker_beats_it(world: World, committed: str, stamped: Any) -> None:
    behind(committed, "DELETE FROM invoices_stamp WHERE invoice_id = %s", stamped.pk)

    def seen() -> bool:
        """The last look at the last company, so that none is on its way when the test ends."""
        return world.scoped(
            lambda: Inspection.objects.filter(invariant=Invariant.AUDIT, checked_at=NIGHT).exists(), world.other
        )

    async def for_a_while() -> None:
        running = asyncio.ensure_future(beat(clock=lambda: NIGHT, dead_after=timedelta(minutes=1)))
        await asyncio.to_thread(until, seen, what="the nightly look")
        running.cancel()

    asyncio.run(for_a_while())
    assert found(world, Invariant.STAMP) == [stamped.pk]
