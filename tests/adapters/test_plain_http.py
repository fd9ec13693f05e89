"""A system is told by the requests that a person described, and by no others (SRV-5, SRV-6)."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from amate.adapters import typed_url
from amate.adapters.switch import (
    Applied,
    Command,
    HttpAccount,
    State,
    SwitchPermanent,
    SwitchRetryable,
    SwitchUnknown,
    open_switch,
)
from amate.adapters.switch.plain_http import request_of
from amate.adapters.switch.plain_request import BadRequest, check_plain
from amate.sandbox.pac.cuts import Hang
from tests.billing_cycle.service.test_routers import AT, a_line, again, hold, kept, lift, send
from tests.outside_servers import HERE, NOON, serving
from tests.web.office.desk import Office
from tests.world import World

CUT = Command("rosa", "148", State.SUSPENDED, 2, "nonpayment", NOON)
BACK = replace(CUT, state=State.ACTIVE, gen=3)
KEY = "clave-del-panel"


@dataclass
class Panel:
    """`answer`: what it says instead of a yes; 0: nothing at all."""

    answer: int = 200
    said: str = "ok"
    cut: dict[str, bool] = field(default_factory=dict)
    heard: list[tuple[str, str, str]] = field(default_factory=list)

    def reset(self) -> None:
        self.answer, self.said, self.cut, self.heard = 200, "ok", {}, []


def app_of(panel: Panel) -> Starlette:
    async def told(request: Request) -> Response:
        if request.headers.get("x-api-key") != f"llave {KEY}":
            return JSONResponse({"error": "quién eres"}, status_code=401)
        body = (await request.body()).decode()
        panel.heard.append((request.method, request.url.path, body))
        if panel.answer == 200:
            name, what = request.path_params["name"], request.path_params["what"]
            panel.cut[name] = json.loads(body)["off"] if what == "estado" else what == "suspender"
        if panel.answer == 0:
            return Hang()
        headers = {"Retry-After": "70", "Location": "/otra"} if panel.answer != 200 else {}
        return JSONResponse({"result": [{"said": panel.said}]}, status_code=panel.answer, headers=headers)

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    return Starlette(routes=[Route("/cuentas/{name}/{what}", told, methods=methods)])


@pytest.fixture(scope="module")
def _served() -> Iterator[tuple[Panel, str]]:
    panel = Panel()
    with serving(app_of(panel)) as url:
        yield panel, url


@pytest.fixture
def panel(_served: tuple[Panel, str]) -> Panel:
    _served[0].reset()
    return _served[0]


@pytest.fixture
def there(panel: Panel, _served: tuple[Panel, str]) -> HttpAccount:
    return HttpAccount(
        url=f"{_served[1]}/cuentas/{{{{service}}}}/suspender",
        back_url=f"{_served[1]}/cuentas/{{{{service}}}}/activar",
        header="X-API-Key",
        proof="llave {{key}}",
        key=KEY,
        private=HERE,
    )


def apply(account: HttpAccount, command: Command = CUT) -> Applied:
    return asyncio.run(open_switch(account).apply(command, now=NOON))


def test_one_address_suspends_and_another_gives_back(panel: Panel, there: HttpAccount) -> None:
    assert apply(there).status == 200
    apply(there)  # again does no harm
    assert panel.cut == {"rosa": True}
    apply(there, BACK)
    assert panel.cut == {"rosa": False}
    assert panel.heard[-1] == ("POST", "/cuentas/rosa/activar", "")
    assert KEY not in repr(there) + repr(request_of(there, CUT))


def test_one_address_with_the_state_in_its_body(panel: Panel, there: HttpAccount) -> None:
    body = '{"off": {{suspended}}, "why": "{{reason}}", "who": "{{customer}}", "n": {{gen}}, "to": "{{state}}"}'
    one = replace(there, url=there.url.replace("suspender", "estado"), back_url="", method="PUT", body=body)
    apply(one, replace(CUT, reason='dijo "no" \\ y se fue'))
    assert json.loads(panel.heard[-1][2]) == {
        "off": True,
        "why": 'dijo "no" \\ y se fue',
        "who": "148",
        "n": 2,
        "to": "suspended",
    }
    apply(one, BACK)
    assert panel.cut == {"rosa": False}


def test_a_name_never_leads_elsewhere(there: HttpAccount) -> None:
    sent = request_of(there, replace(CUT, service="../admin?x=1#y"))
    assert sent.url.endswith("/cuentas/..%2Fadmin%3Fx%3D1%23y/suspender")
    with pytest.raises(SwitchPermanent, match="no puede ir"):
        request_of(there, replace(CUT, service=".."))


def test_what_it_answers_is_told_as_what_it_is(
    panel: Panel, there: HttpAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SwitchPermanent, match="clave"):
        apply(replace(there, key="otra"))
    for answer, fault, why in (
        (404, SwitchPermanent, "«rosa»"),
        (422, SwitchPermanent, "422"),
        (301, SwitchPermanent, "definitiva"),
        (500, SwitchUnknown, "500"),
    ):
        panel.answer = answer
        with pytest.raises(fault, match=why):
            apply(there)
    panel.answer = 429
    with pytest.raises(SwitchRetryable) as waits:
        apply(there)
    assert waits.value.retry_after == 70
    monkeypatch.setattr(typed_url, "WHOLE_CALL", 0.4)
    panel.answer = 0
    with pytest.raises(SwitchUnknown):
        apply(there)
    panel.answer, panel.said = 200, "later"
    careful = replace(there, success_at="result.0.said", success="ok")
    with pytest.raises(SwitchRetryable, match="no dice «ok»"):
        apply(careful)
    panel.said = "ok"
    apply(careful)


def test_a_description_that_cannot_work_is_refused(there: HttpAccount) -> None:
    public = replace(
        there, url="https://p.example/{{service}}/off", back_url="https://p.example/{{service}}/on", private=frozenset()
    )
    check_plain(public)
    for wrong, at, why in (
        ({"url": "http://p.example/{{service}}"}, "url", "https"),
        ({"url": "https://{{service}}.example/"}, "url", "servidor"),
        ({"url": "https://p.example/off"}, "url", "{{service}}"),
        ({"back_url": "https://p.example/{{cuenta}}"}, "back_url", "{{cuenta}}"),
        ({"back_url": "https://10.0.0.1:22/{{service}}"}, "back_url", "puerto 22"),
        ({"back_url": ""}, "back_url", "reactiva"),
        ({"body": '{"a": {{service}'}, "body", "JSON"),
        ({"body": '{"a": 1}', "method": "GET"}, "body", "no lleva cuerpo"),
        ({"method": "TRACE"}, "method", "POST"),
        ({"header": "Host"}, "header", "encabezado"),
        ({"header": "X: a"}, "header", "encabezado"),
        ({"proof": "Bearer"}, "proof", "{{key}}"),
        ({"key": "contraseña"}, "password", "acentos"),
        ({"proof": "número {{key}}"}, "proof", "acentos"),
    ):
        with pytest.raises(BadRequest) as refused:
            check_plain(replace(public, **wrong))  # type: ignore[arg-type]
        assert (refused.value.field, why in str(refused.value)) == (at, True), wrong


def test_it_is_typed_into_the_office_and_told(world: World, panel: Panel, there: HttpAccount, settings: Any) -> None:
    settings.PRIVATE_SWITCH_HOSTS = ["127.0.0.1"]
    office = Office(world)
    assert "Dirección que suspende" in office.text(AT + "?tipo=http")
    said = {
        "kind": "http",
        "clave": "a" * 32,
        "name": "Panel",
        "url": there.url,
        "back_url": there.back_url,
        "method": "POST",
        "body": "",
        "header": there.header,
        "proof": there.proof,
        "password": KEY,
        "success_at": "result.0.said",
        "success": "ok",
    }
    for wrong, why in (
        ({"body": "{"}, "no es JSON"),
        ({"method": "TRACE"}, "Elige uno de la lista"),
        ({"proof": "Bearer"}, "donde va la clave"),
        ({"password": ""}, "Escribe la contraseña"),
    ):
        refused = send(office, AT, {**said, **wrong})
        assert (refused.status_code, why in refused.content.decode()) == (422, True), wrong
    assert send(office, AT, said).status_code == 302
    page = f"{AT}{kept(world).pk}/"
    assert KEY not in office.text(page) + str(kept(world).terms)
    for elsewhere in ({"back_url": "https://otro.example/{{service}}"}, {"header": "Authorization"}):
        moved = send(office, page, {**said, "password": "", **elsewhere})
        assert moved.status_code == 422, "the key would follow to whoever typed the address"
    assert send(office, page, {**said, "password": "", "success_at": ""}).status_code == 302
    line = a_line(world, "rosa")
    hold(world, line)
    assert (again(world, line).actual, panel.cut) == ("suspended", {"rosa": True})
    lift(world, line)
    assert (again(world, line).actual, panel.cut) == ("active", {"rosa": False})
