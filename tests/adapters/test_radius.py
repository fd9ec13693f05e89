"""Users of a real FreeRADIUS are let in or not as we want it, and their own groups stay (OUTSIDE SRV-3, SRV-6)."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from amate.adapters.switch import (
    Applied,
    Command,
    Observed,
    State,
    SwitchPermanent,
    SwitchRetryable,
    open_switch,
)
from amate.adapters.switch import disconnect as wire
from amate.billing_cycle.service import accounts
from tests.billing_cycle.service.test_routers import AT, a_line, again, hold, kept, lift, send
from tests.billing_cycle.service.test_routers import observe as observe_all
from tests.outside_servers import NOON
from tests.radius_server import RadiusServer, serve_radius
from tests.web.office.desk import Office
from tests.world import World

CUT = Command("svc-1", "C-1", State.SUSPENDED, 2, "nonpayment", NOON)
BACK = replace(CUT, state=State.ACTIVE, gen=3)


@pytest.fixture(scope="module")
def radius(django_db_setup: None, django_db_blocker: Any) -> Iterator[RadiusServer]:
    with django_db_blocker.unblock(), serve_radius() as server:
        yield server


def apply(server: RadiusServer, command: Command, **changes: Any) -> Applied:
    return asyncio.run(open_switch(replace(server.account, **changes)).apply(command, now=NOON))


def observe(server: RadiusServer, *names: str) -> dict[str, Observed]:
    return dict(asyncio.run(open_switch(server.account).observe(names, now=NOON)))


def test_a_user_is_cut_and_let_in_again(radius: RadiusServer) -> None:
    assert radius.enters("svc-1")
    assert "sesión cerrada" in apply(radius, CUT).answer
    apply(radius, CUT)  # again does no harm
    assert not radius.enters("svc-1")
    assert radius.groups("svc-1") == ["morosos", "plan50"]
    assert observe(radius, "svc-1", "svc-2", "svc-nada") == {
        "svc-1": Observed(State.SUSPENDED, None),
        "svc-2": Observed(State.ACTIVE, None),
    }
    apply(radius, BACK)
    assert radius.enters("svc-1")
    assert radius.groups("svc-1") == ["plan50"]
    assert observe(radius, "svc-1")["svc-1"] == Observed(State.ACTIVE, None)


def test_who_is_only_slower_has_another_group(radius: RadiusServer) -> None:
    slower = replace(CUT, state=State.LIMITED)
    apply(radius, slower, slow_group="lentos")
    apply(radius, slower, slow_group="lentos")
    assert radius.groups("svc-1") == ["lentos", "plan50"]
    seen = asyncio.run(open_switch(replace(radius.account, slow_group="lentos")).observe(["svc-1"], now=NOON))
    assert seen == {"svc-1": Observed(State.LIMITED, None)}
    apply(radius, CUT, slow_group="lentos")
    assert radius.groups("svc-1") == ["morosos", "plan50"]
    apply(radius, BACK, slow_group="lentos")
    assert radius.groups("svc-1") == ["plan50"]
    with pytest.raises(SwitchPermanent, match="Falta el grupo"):
        apply(radius, slower)


def test_one_it_does_not_know_and_a_database_that_is_not_it_are_told(radius: RadiusServer) -> None:
    with pytest.raises(SwitchPermanent, match="svc-nada"):
        apply(radius, replace(CUT, service="svc-nada"))
    assert radius.groups("svc-nada") == []
    with pytest.raises(SwitchPermanent, match="radusergroup"):
        apply(radius, CUT, database="postgres")
    with pytest.raises(SwitchRetryable, match="no contesta"):
        apply(radius, CUT, port=1)
    with pytest.raises(SwitchPermanent, match="AMATE_PRIVATE_SWITCH_HOSTS"):
        apply(radius, CUT, private=frozenset())
    with pytest.raises(SwitchPermanent, match="AMATE_PRIVATE_SWITCH_HOSTS"):
        apply(radius, CUT, nas_host="localhost")
    assert radius.groups("svc-1") == ["plan50"]  # an address that may not be asked stops it before anything is written


def test_a_session_that_stays_open_is_not_taken_for_done(radius: RadiusServer, monkeypatch: Any) -> None:
    monkeypatch.setattr(wire, "WAIT", 0.1)
    with pytest.raises(SwitchRetryable, match="secreto"):
        apply(radius, CUT, nas_secret="otra")
    with pytest.raises(SwitchRetryable, match="no quiso"):
        apply(radius, replace(CUT, service="svc-2"))
    apply(radius, BACK)
    without = apply(radius, replace(BACK, service="svc-2"), nas_host="")
    assert "se reconecte" in without.answer
    assert radius.enters("svc-2")


def test_an_answer_counts_only_with_its_signature() -> None:
    secret, asked = b"s", wire.disconnect_request(user="svc-1", secret=b"s", number=7)

    def answer(code: int, attributes: bytes = b"", key: bytes = secret) -> bytes:
        head = bytes([code, 7]) + (20 + len(attributes)).to_bytes(2, "big")
        return head + wire.md5(head + asked[4:20] + attributes + key).digest() + attributes

    def read(packet: bytes) -> bool | None:
        return wire.read_answer(packet, asked=asked, secret=secret)

    assert read(answer(41)) is True
    assert read(answer(41, key=b"otra")) is None
    assert read(b"\x29") is None
    assert read(answer(42, bytes([101, 6, 0, 0, 1, 247]))) is True  # 503: he was not connected
    with pytest.raises(wire.NotDisconnected, match="402"):
        read(answer(42, bytes([101, 6, 0, 0, 1, 146])))


def test_it_is_typed_into_the_office_tried_and_told(
    world: World, radius: RadiusServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket, office = radius.account.host, Office(world)
    settings.PRIVATE_SWITCH_HOSTS = [socket, "127.0.0.1"]
    monkeypatch.setattr(accounts, "SOCKET", socket)
    said = {
        "kind": "radius",
        "clave": "a" * 32,
        "name": "RADIUS",
        "url": f"postgresql://:{radius.account.port}/{radius.account.database}",
        "user": radius.account.user,
        "password": radius.account.password or "ninguna",
        "group": "morosos",
        "nas_host": "127.0.0.1",
        "nas_port": str(radius.account.nas_port),
        "nas_secret": radius.account.nas_secret,
    }
    for wrong, why in (
        ({"url": "radius.example"}, "postgresql://servidor"),
        ({"url": "postgresql://ana:clave@r.example/radius"}, "van en sus campos"),
        ({"nas_secret": ""}, "comparte con tu RADIUS"),
        ({"nas_port": "22"}, "Del 1024"),
    ):
        refused = send(office, AT, {**said, **wrong})
        assert (refused.status_code, why in refused.content.decode()) == (422, True), wrong
    assert send(office, AT, said).status_code == 302
    page = f"{AT}{kept(world).pk}/"
    assert send(office, page, {**said, "password": "", "nas_secret": "", "nas_host": "otro.example"}).status_code == 422
    assert send(office, page, {**said, "password": "", "nas_secret": ""}).status_code == 302
    line = a_line(world, "svc-1")
    send(office, page + "probar/", {})
    world.settle()
    assert "aceptó tus datos" in office.text(page)
    hold(world, line)
    assert (again(world, line).actual, again(world, line).trouble) == ("suspended", "")
    assert not radius.enters("svc-1")
    apply(radius, BACK)  # somebody gives it back by hand
    observe_all(world)
    assert not radius.enters("svc-1")
    lift(world, line)
    assert radius.enters("svc-1")
