"""A PAC that lies, a folio that is taken, a clock that is off: nothing is believed, nothing goes out twice, and who can mend
it is told what to do: at the document, at the health page, by mail."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from amate.adapters.pac import Stamped
from amate.alerts.models import Alert
from amate.alerts.watch import watch_pacs
from amate.companies.models import Series
from amate.invoices.models import Invoice, Sealing, Stamp, State
from amate.promises.lease import retry_now
from amate.promises.models import Promise
from amate.promises.sweep import sweep
from amate.running.pacs_heard import pacs_heard
from amate.worker.run import run_worker
from amate.worker.watch_pacs import look_at_pacs
from tests.stories.processes import stamped_by

LIES = {
    "other_tfd": "otro documento",
    "foreign_uuid": "su timbre dice",
    "wrong_sello_sat": "SelloSAT",
    "altered_xml": "XML distinto",
}


def one_life(world: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A worker keeps what is due and says how its PACs are. Answers what the health page then says of each."""

    async def live() -> None:
        plugs = world.plugs()
        try:
            await run_worker(plugs, forever=False)
            with monkeypatch.context() as patched:
                patched.setenv("AMATE_HOME", str(home))
                await look_at_pacs(plugs, ask=True)
        finally:
            await plugs.aclose()

    world.inside(lambda: sweep(now=world.now(), lately=timedelta()))
    world.inside(lambda: asyncio.run(live()))
    with monkeypatch.context() as patched:
        patched.setenv("AMATE_HOME", str(home))
        patched.setattr("django.conf.settings.METRICS_TOKEN", "vigila")
        watcher = {"Authorization": "Bearer vigila"}
        world.scoped(lambda: watch_pacs(pacs_heard(now=world.now()), now=world.now()))
        told = world.inside(lambda: world.client.get("/salud/", headers=watcher)).json()["pacs"]
    return {code: one["state"] for code, one in told.items()}


def alarms(world: Any) -> list[str]:
    return list(world.scoped(lambda: list(Alert.objects.lasting().values_list("cause", flat=True))))


@pytest.mark.parametrize("first", ["sw_sapien", "finkok"])
@pytest.mark.parametrize("kind", LIES)
def test_a_stamp_that_does_not_add_up_is_told_and_nobody_else_is_asked(
    two_pacs: Any, kind: str, first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    liar, other = (two_pacs.pac, two_pacs.second) if first == "sw_sapien" else (two_pacs.second, two_pacs.pac)
    two_pacs.order = (first, "finkok" if first == "sw_sapien" else "sw_sapien")
    liar.admin("faults", {"kind": kind})
    invoice = two_pacs.claim(two_pacs.sale())
    health = one_life(two_pacs, tmp_path, monkeypatch)
    found = two_pacs.invoice(invoice)
    assert (found.state, found.uuid) == (State.UNKNOWN, None)
    (promise,) = two_pacs.scoped(lambda: list(Promise.objects.failing()))
    assert LIES[kind] in promise.last_error
    assert health[first] == "sus respuestas no cuadran"
    assert f"pac:lies:{first}" in alarms(two_pacs)
    assert (len(stamped_by(liar)), len(stamped_by(other))) == (1, 0)
    assert two_pacs.scoped(lambda: Stamp.objects.count()) == 0
    assert two_pacs.mail.mails == []

    liar.admin("faults", {}, method="DELETE")
    two_pacs.scoped(lambda: retry_now(promise_id=promise.pk, now=two_pacs.now()))
    assert one_life(two_pacs, tmp_path, monkeypatch)[first] == "ok"
    assert str(two_pacs.invoice(invoice).uuid) == stamped_by(liar)[0]
    assert stamped_by(other) == []
    assert alarms(two_pacs) == []


class GivesOthersUuids:
    """A PAC whose stamp carries the UUID of another invoice, and is signed and all."""

    def __init__(self, pac: Any, uuid: UUID) -> None:
        self._pac, self._uuid, self.asked = pac, uuid, 0
        self.code, self.tells, self.counts, self.gate = pac.code, pac.tells, pac.counts, pac.gate

    async def stamp(self, sealed: bytes, *, key: str) -> Stamped:
        self.asked += 1
        return replace(await self._pac.stamp(sealed, key=key), uuid=self._uuid)

    recover = stamp


def test_a_uuid_that_another_invoice_has_stops_everything(world: Any) -> None:
    first = world.claim(world.sale())
    world.settle()
    taken = world.invoice(first).uuid
    invoice = world.claim(world.sale())

    async def live() -> int:
        plugs = world.plugs()
        liar = GivesOthersUuids(plugs.pacs[0], taken)
        try:
            await run_worker(replace(plugs, pacs=(liar,)), forever=False)
        finally:
            await plugs.aclose()
        return liar.asked

    assert world.inside(lambda: asyncio.run(live())) == 1
    assert world.invoice(invoice).state == State.UNKNOWN
    (promise,) = world.scoped(lambda: list(Promise.objects.given_up()))
    assert str(taken) in promise.last_error
    assert "ya es de otra factura" in promise.last_error
    # The PAC knows better when it is asked again: the same bytes, no second CFDI.
    world.scoped(lambda: retry_now(promise_id=promise.pk, now=world.now()))
    world.settle()
    assert world.invoice(invoice).state == State.STAMPED
    assert sorted(stamped_by(world.pac)) == sorted([str(taken), str(world.invoice(invoice).uuid)])


def test_a_series_that_was_set_back_goes_on_after_its_last_folio(world: Any) -> None:
    for _ in range(3):
        world.claim(world.sale())
    world.settle()
    world.scoped(lambda: Series.objects.filter(last=3).update(last=1))
    invoice: Invoice = world.claim(world.sale())
    world.settle()
    world.time_passes(minutes=1)
    world.settle()
    found = world.invoice(invoice)
    assert found.state == State.STAMPED
    assert found.folio > 3
    assert len(stamped_by(world.pac)) == 4


@pytest.mark.parametrize("hours", [3, -5])
def test_a_clock_that_is_off_is_told_and_nothing_goes_out_twice(
    world: Any, hours: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours alone: the PAC's stands right."""
    world.ahead += timedelta(hours=hours)
    invoice = world.claim(world.sale())
    health = one_life(world, tmp_path, monkeypatch)
    assert health["sw_sapien"] == "el reloj no coincide"
    assert "pac:clock:sw_sapien" in alarms(world)
    found = world.invoice(invoice)
    if hours < 0:  # a Fecha of the morning is lawful
        assert found.state == State.STAMPED
        return
    assert (found.state, found.refusal_code) == (State.REFUSED, "401")
    (promise,) = world.scoped(lambda: list(Promise.objects.given_up()))
    assert "reloj" in promise.last_error or "hora" in promise.last_error
    assert stamped_by(world.pac) == []
    world.ahead -= timedelta(hours=hours)
    world.scoped(lambda: retry_now(promise_id=promise.pk, now=world.now()))
    assert one_life(world, tmp_path, monkeypatch)["sw_sapien"] == "ok"
    assert world.invoice(invoice).state == State.STAMPED
    assert alarms(world) == []
    assert len(stamped_by(world.pac)) == 1
    assert world.scoped(lambda: Sealing.objects.filter(superseded_at__isnull=True).count()) == 1
