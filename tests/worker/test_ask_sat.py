"""The SAT is asked each night about a few documents; what it says otherwise is a difference, told and followed (FEATURES 146)."""

import asyncio
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from amate.adapters.pac import CancelOrder, PacUnavailable
from amate.adapters.pac.sat_status import SatStanding, SatStatus, StatusQuery
from amate.alerts.models import Alert
from amate.companies.keep_csd import open_csd
from amate.companies.models import Emisor
from amate.fiscal.cancelacion import cancel_request
from amate.fiscal.clock import fecha
from amate.invoices.compare_with_sat import A_NIGHT, BEFORE_THE_CLOSE, difference, tonight
from amate.invoices.models import Cancellation, Differs, Invoice, SatDifference, State
from amate.promises.models import Promise
from amate.worker import ask_sat
from tests.alerts.test_alerts import alerts, link_of
from tests.invoices.life import issued, minutes_pass
from tests.web.office.desk import Office
from tests.web.office.test_attention import todo
from tests.web.office.test_unpaid import post
from tests.world import World


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask_sat, "PAUSE", 0.0)
    monkeypatch.setattr(settings, "PAC_IS_SIMULATOR", True)


def next_night(world: World) -> None:
    """To three in the morning of the day after tomorrow; the worker looks and keeps what it owes."""
    zone = timezone.get_default_timezone()
    day = world.now().astimezone(zone).date() + timedelta(days=2)
    left = datetime.combine(day, time(3), tzinfo=zone) - world.now()
    world.time_passes(seconds=left.total_seconds())
    world.settle()
    world.inside(lambda: ask_sat.promise_questions(now=world.now()))
    world.time_passes(seconds=ask_sat.SPREAD)
    world.settle()


def differences(world: World) -> list[tuple[int, str]]:
    return world.scoped(lambda: list(SatDifference.objects.lasting().values_list("invoice_id", "kind")))


def cancelled_elsewhere(world: World, invoice: Any) -> None:
    """By somebody with the company's seal and no Amate."""

    def signed() -> tuple[str, bytes]:
        csd = open_csd(now=world.now())
        uuid = Invoice.objects.get(pk=invoice.pk).uuid
        assert uuid is not None
        moment = fecha(world.shop.branch.cp, world.now())
        return Emisor.objects.get().rfc, cancel_request(uuid=uuid, motivo="02", sustitucion=None, csd=csd, fecha=moment)

    rfc, request = world.scoped(signed)
    order = CancelOrder(rfc=rfc, uuid=world.invoice(invoice).uuid, signed=request)  # type: ignore[arg-type]

    async def send() -> None:
        plugs = world.plugs()
        await plugs.pacs[0].cancel(order)
        await plugs.aclose()

    world.inside(lambda: asyncio.run(send()))


def test_what_agrees_is_no_difference(world: World) -> None:
    issued(world)
    next_night(world)
    done = world.scoped(lambda: Promise.objects.get(kind="ask_sat").done_at)
    assert (differences(world), done is not None) == ([], True)


def test_what_was_cancelled_elsewhere_is_told_and_followed_by_one_button(world: World) -> None:
    gone, stays = issued(world, "900.00"), issued(world, "900.00")
    cancelled_elsewhere(world, gone)
    next_night(world)
    assert differences(world) == [(gone.pk, Differs.CANCELLED_THERE)]
    (mail,) = alerts(world)
    assert mail["Subject"].startswith("El SAT dice otra cosa de tus facturas")
    assert link_of(mail).endswith("/facturas/diferencias/")
    office = Office(world)
    (due,) = [one for one in todo(office) if "SAT" in one.text]
    assert (due.text, due.url) == ("El SAT dice otra cosa de 1 factura", f"{world.shop.office}facturas/diferencias/")
    assert "Alguien la canceló fuera de Amate" in office.text("facturas/diferencias/")
    assert "Le preguntamos al SAT" in post(office, f"facturas/{gone.pk}/segun-el-sat/").content.decode()
    minutes_pass(world)
    assert (world.invoice(gone).state, world.invoice(stays).state) == (State.CANCELLED, State.STAMPED)
    assert world.scoped(lambda: Cancellation.objects.get().sent_at) is not None
    assert differences(world) == []
    next_night(world)
    assert differences(world) == []
    assert world.scoped(lambda: Alert.objects.lasting().filter(cause="sat_differs").exists()) is False
    assert "ya no hay nada que registrar" in post(office, f"facturas/{stays.pk}/segun-el-sat/").content.decode()


def test_what_the_sat_does_not_find_is_told_a_day_after_its_stamp_and_gone_when_it_does(world: World) -> None:
    invoice = issued(world)
    world.pac.admin("status", {"unknown_for": 30 * 86400}, method="PUT")
    assert world.scoped(lambda: tonight(today=world.today(), now=world.now())) == []
    next_night(world)
    assert differences(world) == [(invoice.pk, Differs.NOT_FOUND)]
    next_night(world)
    assert world.scoped(lambda: SatDifference.objects.count()) == 1
    world.pac.admin("status", {"unknown_for": 0}, method="PUT")
    next_night(world)
    assert differences(world) == []


def test_what_is_cancelled_here_and_valid_there_is_told(world: World) -> None:
    invoice = issued(world)
    said = {"state": "cancelled", "cancelled_how": "without", "cancelled_at": world.now()}
    world.scoped(lambda: Invoice.objects.filter(pk=invoice.pk).update(**said))
    next_night(world)
    assert differences(world) == [(invoice.pk, Differs.LIVE_THERE)]


def test_a_sat_that_does_not_answer_is_left_alone_till_the_next_night(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        issued(world)
    asked: list[StatusQuery] = []

    async def away(self: SatStatus, query: StatusQuery) -> SatStanding:
        asked.append(query)
        raise PacUnavailable("network", "El SAT no respondió")

    monkeypatch.setattr(SatStatus, "ask", away)
    next_night(world)
    assert (len(asked), differences(world)) == (1, [])
    assert world.scoped(lambda: Promise.objects.failing().exists()) is False


def test_a_night_has_its_bound_and_what_differed_comes_first(world: World) -> None:
    made = [issued(world) for _ in range(4)]
    world.time_passes(days=2)
    now = world.now()
    world.scoped(
        lambda: SatDifference.objects.create(
            invoice=made[1], kind=Differs.NOT_FOUND, said="N - 602", seen_at=now, looked_at=now
        )
    )
    found = world.scoped(lambda: tonight(today=now.date(), now=now, at_most=2))
    assert (found[0], len(set(found))) == (made[1].pk, 2)
    assert set(world.scoped(lambda: tonight(today=now.date(), now=now))) == {one.pk for one in made}
    assert A_NIGHT < BEFORE_THE_CLOSE <= ask_sat.LONGEST / 2


def test_what_a_simulator_stamped_is_no_business_of_the_sat(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    issued(world)
    world.time_passes(days=2)
    monkeypatch.setattr(settings, "PAC_IS_SIMULATOR", False)
    assert world.scoped(lambda: tonight(today=world.today(), now=world.now())) == []


def test_it_is_asked_once_a_night_however_many_workers_look(world: World) -> None:
    next_night(world)
    for _ in range(3):
        world.inside(lambda: ask_sat.promise_questions(now=world.now()))
    assert world.scoped(lambda: Promise.objects.filter(kind="ask_sat").count()) == 1


@pytest.mark.parametrize(
    ("state", "said", "expected"),
    [
        ("stamped", ("S - ok", "Vigente", ""), None),
        ("stamped", ("S - ok", "Vigente", "Solicitud rechazada"), None),
        ("stamped", ("S - ok", "Vigente", "En proceso"), Differs.ASKED_THERE),
        ("stamped", ("S - ok", "Cancelado", "Cancelado sin aceptación"), Differs.CANCELLED_THERE),
        ("stamped", ("N - 602: no", "No Encontrado", ""), Differs.NOT_FOUND),
        ("stamped", ("N - 601: no", "", ""), Differs.UNREADABLE),
        ("cancelled", ("S - ok", "Cancelado", "Plazo vencido"), None),
        ("cancelled", ("S - ok", "Vigente", ""), Differs.LIVE_THERE),
    ],
)
def test_what_differs_and_what_does_not(state: str, said: tuple[str, str, str], expected: Differs | None) -> None:
    codigo, estado, estatus = said
    told = SatStanding(codigo=codigo, estado=estado, es_cancelable="", estatus_cancelacion=estatus, efos="200")
    assert difference(state=state, standing=told) == expected
