"""The simulator's own page, as a browser without scripts uses it."""

import re
from datetime import datetime
from uuid import UUID

import httpx
import pytest

from amate.adapters.pac import CancelOrder
from amate.fiscal.cancelacion import cancel_request
from amate.sandbox.mint import World
from amate.sandbox.pac.app import create_app
from amate.sandbox.pac.state import MemoryStore
from tests.sandbox.documents import draft, open_pair, seal_tree
from tests.sandbox.serving import Simulator, call


@pytest.fixture
def http(simulator: Simulator) -> httpx.Client:
    return httpx.Client(base_url=simulator.url, trust_env=False, follow_redirects=True)


@pytest.fixture
def waiting(simulator: Simulator, minted: World, now: datetime) -> UUID:
    csd = open_pair(minted.csds["moral"])
    sealed = seal_tree(draft(now=now, cents=100_000), csd)
    uuid = call(simulator.account(), lambda pac: pac.stamp(sealed, key="d")).uuid
    simulator.admin("POST", "clock", {"advance": 5 * 86_400})
    signed = cancel_request(uuid=uuid, motivo="02", sustitucion=None, csd=csd, fecha=now.replace(tzinfo=None))
    call(simulator.account(), lambda pac: pac.cancel(CancelOrder(csd.rfc, uuid, signed)))
    return uuid


def press(http: httpx.Client, page: str, label: str) -> str:
    """The button of that label: its form's address and its value are what the page says."""
    for action, buttons in re.findall(r'<form method="post" action="([^"]+)">(.*?)</form>', page):
        for value, text in re.findall(r'value="(\w+)"[^>]*>([^<]+)<', buttons):
            if text == label:
                answer = http.post(action, data={"answer": value})
                assert answer.status_code == 200
                return answer.text
    raise AssertionError(f"no button {label}")


def test_an_empty_simulator_says_so(http: httpx.Client) -> None:
    page = http.get("/_sim/").text
    assert "SIN VALIDEZ FISCAL" in page
    assert "Todavía no hay documentos" in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("label", "stands"),
    [
        ("Aceptar", "Cancelado con aceptación"),
        ("Rechazar", "Solicitud rechazada"),
        ("Callar", "En proceso"),
        ("Pasan 3 días hábiles", "Plazo vencido"),
        ("Pasa 1 día hábil", "En proceso"),
    ],
)
def test_its_buttons_play_the_receiver_and_the_days(http: httpx.Client, waiting: UUID, label: str, stands: str) -> None:
    page = http.get("/_sim/").text
    assert str(waiting).upper() in page
    assert "En proceso" in page
    assert stands in press(http, page, label)


def test_one_that_no_longer_waits_is_left_as_it_is(http: httpx.Client, waiting: UUID) -> None:
    page = http.get("/_sim/").text
    press(http, page, "Rechazar")
    late = http.post(f"/_sim/page/receiver/{waiting}", data={"answer": "accept"})
    assert late.status_code == 409
    assert "Solicitud rechazada" in http.get("/_sim/").text


def test_a_wrong_answer_is_told(http: httpx.Client, waiting: UUID) -> None:
    assert http.post(f"/_sim/page/receiver/{waiting}", data={"answer": "maybe"}).status_code == 422
    assert http.post(f"/_sim/page/receiver/{waiting}", data={}).status_code == 422


def test_no_other_site_presses_its_buttons(http: httpx.Client, waiting: UUID) -> None:
    other = {"Sec-Fetch-Site": "cross-site"}
    path = f"/_sim/page/receiver/{waiting}"
    assert http.post(path, data={"answer": "accept"}, headers=other).status_code == 403
    assert http.post("/_sim/reset", headers=other).status_code == 403
    assert "En proceso" in http.get("/_sim/").text


async def test_only_this_machine_sees_it(minted: World) -> None:
    app = create_app(minted, MemoryStore(), datetime.now)
    there = httpx.ASGITransport(app=app, client=("192.0.2.7", 5))
    async with httpx.AsyncClient(transport=there, base_url="http://pac") as client:
        assert (await client.get("/_sim/")).status_code == 403
        assert (await client.post("/_sim/page/acceptance", data={"answer": "3"})).status_code == 403
