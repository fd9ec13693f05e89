"""After a restore no machine goes on with what may exist: it is asked for, or a person decides."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from amate.audit.models import Entry
from amate.companies.models import PortalPolicy
from amate.companies.policies import portal_today
from amate.fiscal.clock import local_time
from amate.invoices.after_restore import SENTENCE
from amate.invoices.models import Invoice, RefusedBy, Sealing, State
from amate.promises.lease import retry_now
from amate.promises.models import Promise
from amate.self_invoicing.claim import NotClaimable
from amate.self_invoicing.models import Restoration
from amate.tenancy.half_restored import refuse_half_restored
from tests.running.copies import backed_up, restored


def sealed_and_waiting(world: Any) -> Invoice:
    """An invoice that the PAC would not take for the moment: it rests as it was sealed."""
    world.pac.admin("faults", {"kind": "503"})
    invoice: Invoice = world.claim(world.sale())
    world.settle()
    world.pac.admin("faults", {}, method="DELETE")
    assert world.invoice(invoice).state == State.SEALED
    return invoice


def stamped_elsewhere(world: Any, invoice: Invoice) -> UUID:
    """As the old house does it after the backup; the copy hears nothing of it."""
    sealing = world.scoped(lambda: Sealing.objects.get(invoice=invoice))

    async def send() -> UUID:
        pac = world.plugs().pacs[0]
        try:
            return (await pac.stamp(bytes(sealing.xml), key=sealing.key)).uuid  # type: ignore[no-any-return]
        finally:
            await pac.aclose()

    return asyncio.run(send())


def waits_for(world: Any, invoice: Invoice) -> tuple[bool, str]:
    """Whether its work waits for a person, and what it tells that person."""
    owed = world.scoped(lambda: Promise.objects.open().get(key=f"stamp:{invoice.pk}"))
    return owed.next_try_at is None, owed.last_error


def test_what_was_sealed_is_asked_for_and_no_machine_seals_it_anew(
    world: Any, keys: None, empty_database: str, tmp_path: Path
) -> None:
    stamped, lost = sealed_and_waiting(world), sealed_and_waiting(world)
    file, made_on = backed_up(world, tmp_path), world.now().date().isoformat()
    uuid = stamped_elsewhere(world, stamped)
    world.time_passes(hours=80)
    with restored(world, empty_database, file) as told:
        world.inside(refuse_half_restored)
        assert "selladas sin respuesta: 2." in told
        entry = world.scoped(lambda: Entry.objects.get(act="company.restored"))
        assert entry.detail == {"made_at": made_on}
        assert {world.invoice(one).state for one in (stamped, lost)} == {State.UNKNOWN}
        world.settle()
        assert (world.invoice(stamped).state, world.invoice(stamped).uuid) == (State.STAMPED, uuid)
        assert world.invoice(lost).state == State.UNKNOWN
        assert waits_for(world, lost)[0]
        assert world.scoped(Sealing.objects.count) == 2, "as many as the backup had"
    assert [document["uuid"].lower() for document in world.pac.documents()] == [str(uuid)]


def test_a_refused_document_that_staff_had_asked_for_again_waits_for_them(
    world: Any, keys: None, empty_database: str, tmp_path: Path
) -> None:
    invoice = world.claim(world.sale())

    def refused_then_asked_again() -> None:
        Invoice.locked(invoice.pk).move_to(State.SEALED, folio=1, sealed_at=world.now())
        Invoice.locked(invoice.pk).move_to(State.SENDING)
        Invoice.locked(invoice.pk).move_to(State.REFUSED, refused_by=RefusedBy.OURS, refusal="El CSD no está en la LCO")
        retry_now(promise_id=Promise.objects.open().get(key=f"stamp:{invoice.pk}").pk, now=world.now())

    world.scoped(refused_then_asked_again)
    with restored(world, empty_database, backed_up(world, tmp_path)):
        world.settle()
        assert world.invoice(invoice).state == State.REFUSED
        assert waits_for(world, invoice) == (True, SENTENCE)
    assert world.pac.documents() == []


def test_no_folio_is_given_twice_and_the_portal_is_shut_until_a_person_opens_it(
    world: Any, keys: None, empty_database: str, tmp_path: Path
) -> None:
    today = local_time(world.shop.branch.cp, world.now()).date()

    def open_today_and_next_week() -> list[bool]:
        return [portal_today(day=today + timedelta(days=days)).is_open for days in (0, 7)]

    def another_rule_next_week() -> None:
        row = PortalPolicy.objects.latest("effective_from")
        row.pk, row._state.adding, row.effective_from = None, True, today + timedelta(days=7)
        row.save()

    world.scoped(another_rule_next_week)
    first = world.claim(world.sale())
    world.settle()
    file = backed_up(world, tmp_path)
    since = world.claim(world.sale())
    world.settle()
    serie, last = world.invoice(first).serie, world.invoice(first).folio
    assert last < world.invoice(since).folio < 2000
    windows = world.scoped(lambda: set(PortalPolicy.objects.values_list("window_days", flat=True)))
    assert world.scoped(open_today_and_next_week) == [True, True]

    with restored(world, empty_database, file) as told:
        assert f"{world.shop.slug}, serie {serie}: del {last + 1} al 2000" in told
        assert "clientes: del" not in told, "the numbers of customers are no folios"
        assert world.scoped(open_today_and_next_week) == [False, False]
        assert world.scoped(lambda: set(PortalPolicy.objects.values_list("window_days", flat=True))) == windows
        lost = world.scoped(Restoration.objects.get)
        assert (lost.made_at < world.now(), lost.restored_at <= world.now()) == (True, True)
        sale = world.sale()
        with pytest.raises(NotClaimable):
            world.claim(sale)
        world.scoped(lambda: PortalPolicy.objects.update(enabled=True))
        invoice = world.claim(sale)
        world.settle()
        assert world.invoice(invoice).number == f"{serie}-2001"
    for sentence in ("conserva, durante 30 días: ", "bloquéala en Ventas", "El portal queda apagado"):
        assert sentence in told
