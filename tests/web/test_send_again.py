"""Nothing that was typed is lost when a session ends under it."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from amate.help.models import Case
from tests.web.office import desk
from tests.world import PASSWORD, World

SITE = "http://testserver"
WORDS = "Ya la corregimos.\r\nDescárgala otra vez «aquí» <b>🙂</b>"


def answer(world: World, client: Client, path: str, said: dict[str, str], **headers: str) -> Any:
    return world.inside(lambda: client.post(path, said, headers={"Origin": SITE, **headers}))


def enter(world: World, client: Client) -> None:
    said = {"login": world.shop.owner.email, "password": PASSWORD}
    page = world.inside(lambda: client.get("/cuenta/login/")).content.decode()
    gone = answer(world, client, "/cuenta/login/", {**said, "csrfmiddlewaretoken": fields(page)["csrfmiddlewaretoken"]})
    assert gone.status_code == 302


def fields(page: str) -> dict[str, str]:
    """What the page's form would send."""
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    found.update(re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', page, re.DOTALL))
    return {name: html.unescape(value) for name, value in found.items()}


@pytest.fixture
def path(world: World) -> str:
    return f"{world.shop.office}ayuda/{desk.asked_for_help(world)}/responder/"


@pytest.fixture
def ana(world: World) -> Client:
    client = Client(enforce_csrf_checks=True)
    enter(world, client)
    return client


def test_a_form_sent_after_the_session_ended_is_kept_until_it_can_be_sent(world: World, ana: Client, path: str) -> None:
    page = world.inside(lambda: ana.get(path.removesuffix("responder/"))).content.decode()
    typed = {"csrfmiddlewaretoken": fields(page)["csrfmiddlewaretoken"], "respuesta": WORDS}
    del ana.cookies["amate_session"]
    refused = answer(world, ana, path, typed)
    assert refused.status_code == 403
    assert "Tu sesión terminó" in refused.content.decode()
    kept = fields(refused.content.decode())
    assert kept["respuesta"].replace("\n", "\r\n").replace("\r\r", "\r") == WORDS
    enter(world, ana)  # in another tab: the token of this page is old now
    stale = answer(world, ana, path, kept)
    assert stale.status_code == 403
    assert "Falta enviarlo otra vez" in stale.content.decode()
    assert answer(world, ana, path, fields(stale.content.decode())).status_code == 302
    assert world.scoped(lambda: Case.objects.get().answer).splitlines() == WORDS.splitlines()


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://otra.example"}, {"Origin": "null"}, {"HX-Request": "true"}, {"Sec-Fetch-Mode": "cors"}],
    ids=["another-site", "no-site", "htmx", "script"],
)
def test_words_that_no_page_of_ours_sent_are_not_given_back(world: World, path: str, headers: dict[str, str]) -> None:
    stranger = Client(enforce_csrf_checks=True)
    said = answer(world, stranger, path, {"respuesta": WORDS}, **headers)
    assert said.status_code == 302
    assert said["Location"].startswith("/cuenta/login/")


@pytest.mark.parametrize("where", ["ajustes/correo/", "ajustes/pagos/", "ajustes/sello/", "ajustes/sms/"])
def test_a_secret_is_never_given_back(world: World, where: str) -> None:
    said = answer(world, Client(), world.shop.office + where, {"password": "secreto"})
    assert said.status_code == 302


def test_too_much_is_not_given_back(world: World, path: str) -> None:
    assert answer(world, Client(), path, {"respuesta": "x" * 70_000}).status_code == 302


def test_a_token_that_is_old_never_acts_by_itself(world: World, ana: Client, path: str) -> None:
    said = answer(world, ana, path, {"respuesta": WORDS, "csrfmiddlewaretoken": "x" * 64})
    assert said.status_code == 403
    assert world.scoped(lambda: Case.objects.get().answer) == ""
