"""What a person's account leaves behind: sessions that can be seen and ended, and notes of who came and who tried."""

import re
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.test import Client, RequestFactory

from amate.audit.models import Entry
from amate.web.faults import too_many
from tests.access.team import hired
from tests.world import PASSWORD, World

LOGIN, SESSIONS, ANA = "/cuenta/login/", "/cuenta/sesiones/", "ana@amate.example"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


def enter(world: World, agent: str = FIREFOX, address: str = "203.0.113.9") -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    assert post(world, client, LOGIN, login=ANA, password=PASSWORD).status_code == 302
    return client


def post(world: World, client: Client, path: str, **said: str) -> Any:
    return world.inside(lambda: client.post(path, said))


def get(world: World, client: Client, path: str) -> Any:
    return world.inside(lambda: client.get(path))


def noted(world: World, shop: Any = None) -> list[tuple[str, str, str]]:
    def look() -> list[tuple[str, str, str]]:
        return [(e.act, e.actor_kind, e.actor) for e in Entry.objects.filter(family="session").order_by("id")]

    return list(world.scoped(look, shop))


def test_each_session_is_listed_with_device_place_and_time(world: World) -> None:
    desk, phone = enter(world), enter(world, PHONE, "2001:db8::7")
    rows = get(world, desk, SESSIONS).context["rows"]
    assert [(row.device, row.place, row.current) for row in rows] == [
        ("Firefox en Linux", "203.0.113.9", True),
        ("Chrome en Android", "2001:db8::7", False),
    ]
    assert get(world, phone, SESSIONS).context["rows"][0].device == "Chrome en Android"


def test_when_nobody_knows_the_address_one_still_enters(world: World) -> None:
    client = enter(world, address="")
    assert get(world, client, SESSIONS).context["rows"][0].place == ""


def test_ending_one_session_ends_that_one(world: World) -> None:
    desk, phone, tablet = enter(world), enter(world, PHONE), enter(world, "curl/8")
    target = next(row for row in get(world, desk, SESSIONS).context["rows"] if "Android" in row.device)
    post(world, desk, f"{SESSIONS}cerrar/", sesion=str(target.id))
    assert get(world, phone, world.shop.office).status_code == 302
    assert get(world, desk, world.shop.office).status_code == get(world, tablet, world.shop.office).status_code == 200


def test_ending_all_others_keeps_this_one(world: World) -> None:
    desk, phone, tablet = enter(world), enter(world, PHONE), enter(world, "curl/8")
    post(world, desk, f"{SESSIONS}cerrar/")
    assert [get(world, one, world.shop.office).status_code for one in (desk, phone, tablet)] == [200, 302, 302]
    assert ("session.ended_elsewhere", "person", ANA) in noted(world)


@pytest.mark.parametrize("wanted", ["0", "-1", "x", "9" * 40, "1; DROP"])
def test_a_session_that_is_not_mine_is_not_ended(world: World, wanted: str) -> None:
    theirs = world.log_in(world.other)
    get(world, theirs, world.other.office)
    session = world.inside(lambda: UserSession.objects.get(user=world.other.owner).pk)
    for said in (wanted, str(session)):
        assert post(world, enter(world), f"{SESSIONS}cerrar/", sesion=said).status_code == 302
    assert get(world, theirs, world.other.office).status_code == 200


def test_it_is_seen_again_after_five_minutes_and_not_with_every_page(world: World) -> None:
    client = enter(world)

    def seen() -> Any:
        return world.inside(lambda: UserSession.objects.get(user=world.shop.owner).last_seen_at)

    get(world, client, world.shop.office)
    first = seen()
    world.time_passes(seconds=100)
    get(world, client, world.shop.office)
    assert seen() == first
    world.time_passes(seconds=250)
    get(world, client, world.shop.office)
    assert (seen() - first).total_seconds() >= 300


def test_coming_and_leaving_is_noted_in_each_company_of_that_person(world: World) -> None:
    client = enter(world)
    post(world, client, "/cuenta/logout/")
    assert noted(world) == [("session.started", "person", ANA), ("session.ended", "person", ANA)]
    assert noted(world, world.other) == []


def test_who_works_for_two_is_noted_in_both(world: World) -> None:
    from amate.access.models import Role

    hired(world, ANA, Role.SUPPORT, shop=world.other)
    enter(world)
    assert noted(world) == noted(world, world.other) == [("session.started", "person", ANA)]


def test_a_wrong_password_is_noted_and_a_strangers_mail_never(world: World) -> None:
    post(world, Client(), LOGIN, login=ANA.upper(), password="otra cosa larga")
    post(world, Client(), LOGIN, login="nadie@amate.example", password="otra cosa larga")
    assert noted(world) == [("session.refused", "visitor", "")]
    kept = [world.scoped(lambda: list(Entry.objects.values()), shop) for shop in (world.shop, world.other)]
    assert "nadie@amate.example" not in str(kept)
    assert "otra cosa larga" not in str(kept)


def test_a_wrong_code_is_noted(world: World) -> None:
    world.inside(lambda: TOTP.activate(world.shop.owner, generate_totp_secret()))
    client = Client()
    step = post(world, client, LOGIN, login=ANA, password=PASSWORD)["Location"]
    post(world, client, step, code="000000")
    assert noted(world) == [("session.code_refused", "visitor", "")]


def test_changing_the_password_and_the_second_step_are_noted(world: World) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    client = enter(world)
    new = "otra contraseña más larga"
    post(world, client, "/cuenta/password/change/", oldpassword=PASSWORD, password1=new, password2=new)
    client = Client()
    post(world, client, LOGIN, login=ANA, password=new)
    activate = "/cuenta/2fa/totp/activate/"
    again = get(world, client, activate)["Location"]
    post(world, client, again, password=new)
    secret = re.search(r'class="mono wrap">([A-Z2-7]+)<', get(world, client, activate).content.decode())
    assert secret
    code = format_hotp_value(hotp_value(secret[1], next(yield_hotp_counters_from_time())))
    post(world, client, activate, code=str(code))
    post(world, client, "/cuenta/2fa/totp/deactivate/")
    acts = world.scoped(lambda: set(Entry.objects.filter(family="person").values_list("act", flat=True)))
    assert {"person.password_changed", "person.second_step_added", "person.second_step_removed"} <= acts


@pytest.mark.parametrize(
    ("path", "said", "told"),
    [
        (LOGIN, {"login": "", "password": ""}, "Escribe tu correo"),
        (LOGIN, {"login": "ana", "password": "x"}, "Al correo le falta algo"),
        (LOGIN, {"login": ANA, "password": "x"}, "El correo o la contraseña no son correctos. Revísalos"),
    ],
)
def test_the_door_speaks_to_you(world: World, path: str, said: dict[str, str], told: str) -> None:
    page = post(world, Client(), path, **said).content.decode()
    assert told in page
    assert not re.search(r"Introduzca|Debe escribir|ha especificado|\bsu contraseña|[Uu]sted", page)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            {"oldpassword": "x", "password1": "una larga y nueva", "password2": "una larga y nueva"},
            "Esa no es tu contrase",
        ),
        ({"oldpassword": PASSWORD, "password1": "una larga y nueva", "password2": "otra"}, "no son iguales"),
        ({"oldpassword": "", "password1": "", "password2": ""}, "Escribe la contraseña que usas hoy"),
        ({"oldpassword": PASSWORD, "password1": "corta", "password2": "corta"}, "10 caracteres"),
    ],
)
def test_changing_the_password_speaks_to_you(world: World, said: dict[str, str], told: str) -> None:
    page = post(world, enter(world), "/cuenta/password/change/", **said).content.decode()
    assert told in page
    assert not re.search(r"Introduzca|Debe escribir|Escriba|Por favor|\bsu contraseña", page)


def test_too_many_is_our_own_page(world: World) -> None:
    client = enter(world)
    answers = [
        post(world, client, "/cuenta/password/change/", oldpassword="x", password1="y", password2="y") for _ in range(8)
    ]
    told = next(answer for answer in answers if answer.status_code == 429)
    page = told.content.decode()
    assert "Demasiados intentos" in page
    assert 'lang="es-MX"' in page
    request = RequestFactory().get("/cuenta/login/")
    assert too_many(request).status_code == 429
