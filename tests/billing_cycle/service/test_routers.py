"""A router that a person typed into the office is tried, told, looked at and mended; its password is shown to nobody."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from amate.billing_cycle.service.hold import hold_service
from amate.billing_cycle.service.lift import lift_holds
from amate.billing_cycle.service.models import Order, Reason, Service, SwitchAccount
from amate.companies.day import day_of
from amate.worker.of_a_day import OF_A_DAY
from tests.fake_router import PASSWORD, USER, Box, serve_api
from tests.ledger.hands import customer
from tests.web.office.desk import Office
from tests.world import World

LIST = "/ip/firewall/address-list"
AT = "servicios/sistemas/"


@pytest.fixture(scope="module")
def _served() -> Iterator[tuple[Box, int]]:
    box = Box()
    with serve_api(box) as port:
        yield box, port


@pytest.fixture
def box(_served: tuple[Box, int], settings: Any) -> Box:
    settings.PRIVATE_SWITCH_HOSTS = ["127.0.0.1"]
    _served[0].reset()
    return _served[0]


@pytest.fixture
def said(_served: tuple[Box, int]) -> dict[str, str]:
    return {
        "kind": "routeros",
        "clave": "a" * 32,
        "name": "Torre Norte",
        "url": f"api://127.0.0.1:{_served[1]}",
        "user": USER,
        "password": PASSWORD,
        "by": "list",
        "list_name": "morosos",
        "fingerprint": "",
    }


def send(office: Office, path: str, said: dict[str, str]) -> Any:
    return office.world.inside(lambda: office.client.post(office.world.shop.office + path, said))


def kept(world: World) -> SwitchAccount:
    return world.scoped(lambda: SwitchAccount.objects.get())


def a_line(world: World, address: str = "10.0.0.5") -> Service:
    def make() -> Service:
        account, now = SwitchAccount.objects.get(), world.now()
        return Service.objects.create(
            customer=customer(), switch=account, external_id=address, name="Internet", changed_at=now, created_at=now
        )

    return world.scoped(make)


def again(world: World, one: Service) -> Service:
    return world.scoped(lambda: Service.objects.get(pk=one.pk))


def hold(world: World, one: Service) -> None:
    def act() -> None:
        facts: dict[str, Any] = {"decision": None, "by": "ana", "note": "x", "today": day_of(world.now())}
        hold_service(service=Service.objects.get(pk=one.pk), reason=Reason.ADMIN, **facts, now=world.now())

    world.scoped(act)
    world.settle()


def lift(world: World, one: Service) -> None:
    def act() -> None:
        facts: dict[str, Any] = {"by": "ana", "because": "pagó", "today": day_of(world.now()), "now": world.now()}
        lift_holds(customer_id=one.customer_id, reason=Reason.ADMIN, **facts)

    world.scoped(act)
    world.settle()


def observe(world: World) -> None:
    world.scoped(lambda: OF_A_DAY["observe"](world.now()))
    world.settle()


def test_it_is_typed_tried_and_told_and_what_drifted_is_mended(world: World, box: Box, said: dict[str, str]) -> None:
    office = Office(world)
    assert "MikroTik RouterOS" in office.text(AT)
    assert 'name="list_name"' in office.text(AT + "?tipo=routeros")
    for wrong, why in (
        ({"url": "api://router.example"}, "cifrada"),
        ({"password": ""}, "Escribe la contraseña"),
        ({"fingerprint": "abc"}, "64 letras"),
        ({"by": "magia"}, "Elige una de las dos"),
        ({"slow_list": "morosos"}, "hace falta otra"),
    ):
        refused = send(office, AT, {**said, **wrong})
        assert (refused.status_code, why in refused.content.decode()) == (422, True), wrong
        assert PASSWORD not in refused.content.decode()
    assert [send(office, AT, said).status_code for _ in range(2)] == [302, 302]
    router = kept(world)
    assert PASSWORD not in str(router.terms)
    page = f"{AT}{router.pk}/"
    assert PASSWORD not in office.text(page)

    assert send(office, page + "probar/", {}).status_code == 302
    assert "preguntando" in office.text(page)
    world.settle()
    assert "aceptó tus datos" in office.text(page)
    assert box.tables[LIST] == []

    line = a_line(world)
    hold(world, line)
    assert [(row["address"], row["disabled"]) for row in box.tables[LIST]] == [("10.0.0.5", "false")]
    assert (again(world, line).actual, again(world, line).actual_gen) == ("suspended", 2)
    box.tables[LIST].clear()  # somebody took it out by hand
    observe(world)
    assert [row["comment"] for row in box.tables[LIST]] == ["amate:10.0.0.5:3"]
    observe(world)
    assert again(world, line).gen == 3
    lift(world, line)
    assert [row["disabled"] for row in box.tables[LIST]] == ["true"]
    assert kept(world).observed_at is not None


def test_a_password_that_is_none_is_told_and_told_again_once_it_is_mended(
    world: World, box: Box, said: dict[str, str]
) -> None:
    office = Office(world)
    send(office, AT, {**said, "password": "otra"})
    page = f"{AT}{kept(world).pk}/"
    line = a_line(world)
    hold(world, line)
    assert "contraseña" in again(world, line).trouble
    assert world.scoped(lambda: Order.objects.filter(went_well=False).count()) == 1  # a person mends it first
    send(office, page + "probar/", {})
    world.settle()
    assert re.search(r"No</span>\s*127\.0\.0\.1 no aceptó", office.text(page))
    elsewhere = send(office, page, {**said, "url": "https://otro.example", "password": ""})
    assert elsewhere.status_code == 422, "the password would follow to whoever typed the address"
    assert "otra dirección" in elsewhere.content.decode()
    assert send(office, page, {**said, "user": "otro", "password": ""}).status_code == 422
    assert send(office, page, said).status_code == 302
    world.settle()
    assert again(world, line).actual == "suspended"
    assert send(office, page, {**said, "name": "Torre Sur", "password": ""}).status_code == 302
    assert kept(world).name == "Torre Sur"
    lift(world, line)
    assert again(world, line).actual == "active"


def test_one_that_answers_nothing_rests_and_then_hears_everything(world: World, box: Box, said: dict[str, str]) -> None:
    office = Office(world)
    send(office, AT, said)
    line = a_line(world)
    box.mood, box.at = "half", "login"
    hold(world, line)
    for _ in range(7):
        world.time_passes(minutes=20)
        world.settle()
    assert kept(world).failures >= 5
    assert "descansa hasta" in office.text(f"{AT}{kept(world).pk}/")
    box.mood = ""
    world.time_passes(minutes=20)
    world.settle()
    assert kept(world).failures == 0
    assert again(world, line).actual == "suspended"
