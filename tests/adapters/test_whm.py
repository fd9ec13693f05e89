"""Accounts of a cPanel server are suspended and given back by its WHM, however it misbehaves (SRV-5, SRV-6)."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from amate.adapters import typed_url
from amate.adapters.switch import (
    Applied,
    Command,
    Observed,
    State,
    SwitchPermanent,
    SwitchRetryable,
    SwitchUnknown,
    WhmAccount,
    open_switch,
)
from amate.adapters.switch.whm_address import check_whm
from amate.adapters.typed_url import UrlRefused
from tests.billing_cycle.service.test_routers import AT, a_line, again, hold, kept, lift, send
from tests.billing_cycle.service.test_routers import observe as observe_all
from tests.fake_whm import TOKEN, USER, Server, whm_of
from tests.outside_servers import HERE, NOON, serving
from tests.web.office.desk import Office
from tests.world import World

CUT = Command("rosa", "C-1", State.SUSPENDED, 2, "nonpayment", NOON)
BACK = replace(CUT, state=State.ACTIVE, gen=3)


@pytest.fixture(scope="module")
def _served() -> Iterator[tuple[Server, str]]:
    server = Server()
    with serving(whm_of(server)) as url:
        yield server, url


@pytest.fixture
def server(_served: tuple[Server, str]) -> Server:
    _served[0].reset()
    return _served[0]


@pytest.fixture
def whm(server: Server, _served: tuple[Server, str]) -> WhmAccount:
    return WhmAccount(url=_served[1], user=USER, token=TOKEN, private=HERE)


def apply(account: WhmAccount, command: Command = CUT) -> Applied:
    return asyncio.run(open_switch(account).apply(command, now=NOON))


def observe(account: WhmAccount, *names: str) -> dict[str, Observed]:
    return dict(asyncio.run(open_switch(account).observe(names, now=NOON)))


def test_an_account_is_suspended_seen_and_given_back(server: Server, whm: WhmAccount) -> None:
    apply(whm)
    assert "ya estaba" in apply(whm).answer  # again does no harm
    assert server.suspended() == {"rosa": "amate:rosa:2"}
    assert server.asked.count("suspendacct") == 1
    assert observe(whm, "rosa", "luis", "nadie") == {
        "rosa": Observed(State.SUSPENDED, 2),
        "luis": Observed(State.ACTIVE, None),
    }
    assert "más nueva" in apply(whm, replace(BACK, gen=1)).answer  # an order that came late
    assert server.suspended() == {"rosa": "amate:rosa:2"}
    apply(whm, BACK)
    assert "ya estaba activa" in apply(whm, BACK).answer
    assert server.suspended() == {}
    with pytest.raises(SwitchPermanent, match="nadie"):
        apply(whm, replace(CUT, service="nadie"))


def test_what_somebody_suspended_in_whm_is_never_given_back_by_us(server: Server, whm: WhmAccount) -> None:
    server.suspend("rosa", "Spam")
    assert "ya estaba" in apply(whm).answer
    assert server.suspended() == {"rosa": "Spam"}
    with pytest.raises(SwitchPermanent, match="Spam"):
        apply(whm, BACK)
    assert observe(whm, "rosa") == {"rosa": Observed(State.SUSPENDED, None)}
    server.suspend("rosa", "amate:luis:9")  # the mark of another account is no mark of this one
    with pytest.raises(SwitchPermanent, match="Alguien"):
        apply(whm, BACK)


@pytest.mark.parametrize("mood", ["silent", "broken", "html", "half"])
def test_an_answer_that_is_none_after_a_change_means_that_nobody_knows(
    server: Server, whm: WhmAccount, mood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed_url, "WHOLE_CALL", 0.4)
    server.mood = mood
    with pytest.raises(SwitchUnknown):
        apply(whm)
    server.at = "accountsummary"
    with pytest.raises(SwitchRetryable):
        apply(whm)
    server.at = "listaccts"
    with pytest.raises(SwitchRetryable):
        observe(whm, "rosa")
    server.mood = ""
    apply(whm)
    assert server.suspended() == {"rosa": "amate:rosa:2"}


def test_what_it_refuses_is_told_as_what_it_is(server: Server, whm: WhmAccount) -> None:
    with pytest.raises(SwitchPermanent, match="token"):
        apply(replace(whm, token="OTRO"))
    assert TOKEN not in repr(whm)
    for mood, fault, why in (
        ("locked", SwitchRetryable, "lock"),
        ("noacl", SwitchPermanent, "permiso"),
        ("moved", SwitchRetryable, "301"),
    ):
        server.mood = mood
        with pytest.raises(fault, match=why):
            apply(whm)
    server.mood = "busy"
    server.at = "accountsummary"
    with pytest.raises(SwitchRetryable) as waits:
        apply(whm)
    assert waits.value.retry_after == 90
    assert server.suspended() == {}


def test_only_its_port_with_tls_is_asked(whm: WhmAccount) -> None:
    for url, why in (
        ("https://s.example:2086", "2086 no se permite: usa 2087"),
        ("https://s.example:443", "443 no se permite"),
        ("http://s.example:2087", "https"),
        ("https://s.example:2087/json-api", "solo el servidor"),
        ("https://root:x@s.example:2087", "arroba"),
    ):
        with pytest.raises(UrlRefused, match=why):
            check_whm(url, private=frozenset())
    check_whm("https://s.example", private=frozenset())
    with pytest.raises(UrlRefused, match="usa 443 u 8443"):
        typed_url.check("https://s.example:2087")  # of no other system
    with pytest.raises(SwitchPermanent, match="red privada"):
        apply(replace(whm, url="https://127.0.0.1:2087", private=frozenset()))


def test_it_is_typed_into_the_office_tried_told_and_mended(
    world: World, server: Server, whm: WhmAccount, settings: Any
) -> None:
    settings.PRIVATE_SWITCH_HOSTS = ["127.0.0.1"]
    office = Office(world)
    said = {"kind": "whm", "clave": "a" * 32, "name": "Hospedaje", "url": whm.url, "user": USER, "password": TOKEN}
    assert "Token de API" in office.text(AT + "?tipo=whm")
    for wrong, why in (
        ({"url": "https://s.example:2086"}, "usa 2087"),
        ({"user": "Root: x"}, "minúsculas"),
        ({"password": "con espacio"}, "cópialo otra vez"),
        ({"password": ""}, "Escribe la contraseña"),
    ):
        refused = send(office, AT, {**said, **wrong})
        assert (refused.status_code, why in refused.content.decode()) == (422, True), wrong
    assert send(office, AT, said).status_code == 302
    page = f"{AT}{kept(world).pk}/"
    assert TOKEN not in office.text(page) + str(kept(world).terms)
    line = a_line(world, "rosa")
    send(office, page + "probar/", {})
    world.settle()
    assert "aceptó tus datos" in office.text(page)
    hold(world, line)
    assert (again(world, line).actual, again(world, line).trouble) == ("suspended", "")
    server.accounts["rosa"] |= {"suspended": 0, "suspendreason": "not suspended"}  # somebody gives it back by hand
    observe_all(world)
    assert server.suspended() == {"rosa": "amate:rosa:3"}
    lift(world, line)
    assert server.suspended() == {}
