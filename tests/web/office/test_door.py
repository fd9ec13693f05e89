"""Login, logout, two steps; nobody signs up."""

import re
from typing import Any

from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from django.test import Client

from amate.access.models import User
from tests.world import PASSWORD, World

LOGIN = "/cuenta/login/"


def test_a_person_enters_with_mail_and_password(world: World) -> None:
    client = Client()
    answer = _post(world, client, LOGIN, login="ana@amate.example", password=PASSWORD)
    assert answer["Location"] == "/oficina/"
    assert world.inside(lambda: client.get(world.shop.office)).status_code == 200


def test_after_entering_one_goes_where_one_wanted(world: World) -> None:
    client = Client()
    wanted = f"{world.shop.office}facturas/"
    login = world.inside(lambda: client.get(wanted))["Location"]
    form = world.inside(lambda: client.get(login)).content.decode()
    assert f'value="{wanted}"' in form
    assert _post(world, client, LOGIN, login="ana@amate.example", password=PASSWORD, next=wanted)["Location"] == wanted


def test_a_wrong_password_and_an_unknown_mail_look_the_same(world: World) -> None:
    known = _post(world, Client(), LOGIN, login="ana@amate.example", password="otra cosa larga")
    unknown = _post(world, Client(), LOGIN, login="nadie@amate.example", password="otra cosa larga")
    assert _errors(known) == _errors(unknown) != []


def test_leaving_ends_the_session(world: World) -> None:
    client = world.log_in()
    assert "¿Cerrar tu sesión?" in world.inside(lambda: client.get("/cuenta/logout/")).content.decode()
    _post(world, client, "/cuenta/logout/")
    assert world.inside(lambda: client.get(world.shop.office)).status_code == 302


def test_nobody_signs_up(world: World) -> None:
    page = world.inside(lambda: Client().get("/cuenta/signup/"))
    assert page.status_code == 404
    _post(world, Client(), "/cuenta/signup/", email="intruso@example.com", password1=PASSWORD, password2=PASSWORD)
    assert world.inside(lambda: User.objects.filter(email="intruso@example.com").exists()) is False
    assert "signup" not in world.inside(lambda: Client().get(LOGIN)).content.decode()


def test_two_steps_are_switched_on_asked_for_and_switched_off(world: World) -> None:
    client = Client()
    _post(world, client, LOGIN, login="ana@amate.example", password=PASSWORD)
    activate = "/cuenta/2fa/totp/activate/"
    confirm = world.inside(lambda: client.get(activate))["Location"]
    assert "Confirma que eres tú" in world.inside(lambda: client.get(confirm)).content.decode()
    assert _post(world, client, confirm, password=PASSWORD)["Location"] == activate
    page = world.inside(lambda: client.get(activate)).content.decode()
    assert 'src="data:image/svg' in page
    found = re.search(r'class="mono wrap">([A-Z2-7]+)<', page)
    assert found
    secret = found[1]
    assert _post(world, client, activate, code=_code(secret)).status_code == 302
    assert "Activa" in world.inside(lambda: client.get("/cuenta/2fa/")).content.decode()
    codes = world.inside(lambda: client.get("/cuenta/2fa/recovery-codes/")).content.decode()
    recovery = re.findall(r"<li>([0-9a-z]{8,})</li>", codes)
    assert len(recovery) == 10

    second = Client()
    answer = _post(world, second, LOGIN, login="ana@amate.example", password=PASSWORD)
    assert answer["Location"].startswith("/cuenta/2fa/authenticate/")
    assert world.inside(lambda: second.get(world.shop.office)).status_code == 302
    assert _post(world, second, "/cuenta/2fa/authenticate/", code="000000").status_code == 200
    assert _post(world, second, "/cuenta/2fa/authenticate/", code=recovery[0]).status_code == 302
    assert world.inside(lambda: second.get(world.shop.office)).status_code == 200

    assert _post(world, client, "/cuenta/2fa/totp/deactivate/").status_code == 302
    assert "Inactiva" in world.inside(lambda: client.get("/cuenta/2fa/")).content.decode()


def _code(secret: str) -> str:
    from allauth.mfa.totp.internal.auth import format_hotp_value

    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))


def _post(world: World, client: Client, path: str, **said: str) -> Any:
    return world.inside(lambda: client.post(path, said))


def _errors(answer: Any) -> list[str]:
    return re.findall(r'field-error"[^>]*>(.*?)</p>|<li>([^<]*)</li>', answer.content.decode())
