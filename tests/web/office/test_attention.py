"""Por atender: each thing that waits for a person, once, with a button that leads to it, and only to who may push it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from amate.access.models import Membership, Role
from amate.adapters.pac.sw_sapien import SwSapien
from amate.audit.models import Inspection, Invariant
from amate.companies.models import PortalPolicy
from amate.messages.models import Message
from amate.promises.models import Promise
from amate.running.pacs_heard import Heard, keep_heard, pacs_heard
from amate.self_invoicing.models import Claim
from amate.worker.plugs import Plugs
from amate.worker.watch_pacs import look_at_pacs
from tests.intake.files import csv_of, sales
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.web.office.test_imports import upload
from tests.world import World


def todo(office: Office) -> list[Any]:
    return list(office.get().context["todo"])


def texts(office: Office) -> list[str]:
    return [one.text for one in todo(office)]


def play(world: World, role: Role) -> None:
    world.inside(lambda: Membership.objects.filter(company=world.shop.company).update(role=role))


def leads(office: Office, one: Any) -> int:
    return int(office.world.inside(lambda: office.client.get(one.url.split("#")[0])).status_code)


def test_a_request_for_help_is_counted_until_it_is_answered(world: World, office: Office) -> None:
    pk = desk.asked_for_help(world)
    one = todo(office)[0]
    assert (one.text, one.button, one.url) == ("1 cliente pide ayuda", "Responder", f"{world.shop.office}ayuda/{pk}/")
    desk.asked_for_help(world)
    one = todo(office)[0]
    assert one.text == "2 clientes piden ayuda"
    assert leads(office, one) == 200
    for case in (pk, pk + 1):
        path = f"{world.shop.office}ayuda/{case}/cerrar/"
        world.inside(lambda path=path: office.client.post(path))  # type: ignore[misc]
    assert texts(office) == []


def test_a_mail_that_never_arrived_is_told_apart_from_other_work(world: World, office: Office) -> None:
    world.mail.refuse.add("nadie@example.com")
    invoice = desk.stamped(world, correo="nadie@example.com")
    one = todo(office)[0]
    assert (one.text, one.url) == (
        "Factura que no llegó a nadie@example.com",
        f"{world.shop.office}facturas/{invoice.pk}/#correos",
    )
    desk.stamped(world, correo="nadie@example.com")
    assert texts(office) == ["2 correos no llegaron"]
    world.scoped(lambda: Promise.objects.filter(done_at=None).update(kind="release"))
    world.scoped(lambda: Message.objects.update(attended_at=world.now()))
    assert texts(office) == ["2 pendientes te necesitan"]


def test_a_file_that_nobody_registered_waits_with_its_errors(world: World, office: Office) -> None:
    rows = sales(world, 3)
    rows[2][2] = "doce"
    path = upload(office, csv_of(rows))["Location"]
    assert texts(office) == []  # the worker has it
    world.settle()
    one = todo(office)[0]
    assert (one.text, one.button, one.url) == ("1 archivo espera tu revisión", "Revisar", path)
    assert "con error" in one.why or "tienen error" in one.why
    play(world, Role.CASHIER)
    assert texts(office) == []


def test_a_portal_that_was_shut_is_told_to_who_may_open_it(world: World, office: Office) -> None:
    desk.stamped(world)
    now = world.now()

    def shut() -> None:
        PortalPolicy.objects.update(effective_from=(now - timedelta(days=9)).date())
        PortalPolicy.objects.create(effective_from=(now - timedelta(days=1)).date(), enabled=False)

    world.scoped(shut)
    assert office.get().context["path"] is None  # it was set up once
    one = todo(office)[0]
    assert (one.text, one.button) == ("Tu portal está cerrado", "Abrir")
    assert leads(office, one) == 200
    play(world, Role.ACCOUNTANT)
    assert texts(office) == []
    play(world, Role.OWNER)
    desk.suspend(world, True)
    assert texts(office) == ["El SAT suspendió tu emisión"]


def test_few_stamps_are_told_before_the_last_one(
    world: World, office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AMATE_HOME", str(tmp_path))
    assert texts(office) == []
    for left, told in ((101, []), (100, ["Quedan 100 timbres con tu PAC"]), (1, ["Queda 1 timbre con tu PAC"])):
        keep_heard([Heard("sw_sapien", left)], now=world.now())
        assert texts(office) == told, left
    keep_heard([Heard("sw_sapien", 500), Heard("finkok", 3)], now=world.now())
    assert texts(office) == ["Quedan 3 timbres con Finkok"]
    world.time_passes(hours=7)
    office = Office(world)
    assert texts(office) == []  # nobody has heard of it lately
    keep_heard([Heard("sw_sapien")], now=world.now())
    assert texts(office) == []


def test_the_worker_asks_the_pac_how_many_are_left(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AMATE_HOME", str(tmp_path))
    world.pac.admin("credits", {"left": 6}, method="PUT")

    async def once(plugs: Plugs) -> None:
        await look_at_pacs(plugs, ask=True)
        await plugs.aclose()

    world.inside(lambda: asyncio.run(once(world.plugs())))
    assert [(one.code, one.left) for one in pacs_heard(now=world.now())] == [("sw_sapien", 6)]
    away = replace(world.plugs(), pacs=(SwSapien(replace(world.account(), api_url="http://127.0.0.1:9")),))
    world.inside(lambda: asyncio.run(once(away)))
    assert [(one.code, one.left) for one in pacs_heard(now=world.now())] == [("sw_sapien", 6)]


def test_the_first_day_teaches_every_way_a_sale_comes_in(office: Office) -> None:
    page = office.text()
    for told in ("Importa tu reporte de ventas", "captura una venta en el mostrador", "PUT http"):
        assert told in page


def test_what_must_never_be_is_told_in_red_to_who_runs_the_company(world: World, office: Office) -> None:
    invoice = desk.stamped(world)

    def found() -> None:
        claim = Claim.objects.get(invoice=invoice)
        Inspection.objects.create(invariant=Invariant.CLAIM, ids=[claim.pk])
        Inspection.objects.create(invariant=Invariant.STAMP, ids=[invoice.pk] * Inspection.KEPT)
        Inspection.objects.create(invariant=Invariant.AUDIT, ids=[7, 9])
        Inspection.objects.create(invariant=Invariant.INSTALMENTS, ids=[10**9])

    world.scoped(found)
    audit, claim, instalments, stamp = red = todo(office)
    assert {one.tone for one in red} == {"bad"}
    assert audit.text == "Actos de la auditoría alterados o borrados: 2"
    assert claim.text == "Notas que no concuerdan con su factura: 1"
    assert instalments.text == "Parcialidades que no caben en su factura: 1"
    assert stamp.text == "Facturas que no son como se timbraron: 100 o más"
    for one in red:
        assert leads(office, one) == 200
    world.scoped(lambda: Inspection.objects.filter(invariant=Invariant.CLAIM).update(ids=[10**9]))
    assert leads(office, todo(office)[1]) == 200  # whoever mends it may have to delete it
    play(world, Role.ADMIN)
    assert len(texts(office)) == 4
    play(world, Role.ACCOUNTANT)
    assert texts(office) == []
    play(world, Role.OWNER)
    world.scoped(lambda: Inspection.objects.update(ids=[]))
    assert texts(office) == []
