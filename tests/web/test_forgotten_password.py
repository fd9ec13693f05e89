"""«Olvidé mi contraseña»: one answer for everybody, a link that opens once, and nothing else open afterwards."""

import re
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client, RequestFactory

from amate.access.models import Membership
from amate.audit.models import Entry
from amate.messages.models import Message
from amate.promises.models import Promise
from amate.web.forgotten_password import forgotten
from tests.messages.ways import SENDER, by_smtp
from tests.web.office import desk
from tests.world import PASSWORD, World

ASK, LOGIN, ANA = "/cuenta/password/reset/", "/cuenta/login/", "ana@amate.example"
NEW = "otra contraseña más larga"


def post(world: World, client: Client, path: str, **said: str) -> Any:
    return world.inside(lambda: client.post(path, said))


def get(world: World, client: Client, path: str) -> Any:
    return world.inside(lambda: client.get(path))


def link(world: World) -> str:
    """What the last mail carries, without the site."""
    world.settle()
    text = world.mail.mails[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    found = re.search(r"https://facturas\.example(\S+/)\s", text)
    assert found, text
    return found[1]


def opened(world: World, client: Client, path: str) -> str:
    """Where the form is: the token moves into the session, so no address of a later page carries it."""
    to = str(get(world, client, path)["Location"])
    assert to.endswith("-set-password/")
    return to


def enters(world: World, password: str) -> bool:
    return bool(post(world, Client(), LOGIN, login=ANA, password=password).status_code == 302)


def test_a_new_password_is_chosen_by_the_link_of_the_mail(world: World) -> None:
    assert "Olvidé mi contraseña" in get(world, Client(), LOGIN).content.decode()
    client = Client()
    assert post(world, client, ASK, email=ANA.upper())["Location"] == "/cuenta/password/reset/done/"
    assert "Revisa tu correo" in get(world, client, "/cuenta/password/reset/done/").content.decode()
    form = opened(world, client, link(world))
    assert post(world, client, form, password1=NEW, password2=NEW)["Location"] == "/cuenta/password/reset/key/done/"
    assert (enters(world, NEW), enters(world, PASSWORD)) == (True, False)
    world.settle()
    assert "Se cambió la contraseña" in world.mail.mails[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    acts = world.scoped(lambda: [(e.act, e.actor_kind) for e in Entry.objects.filter(family="person").order_by("id")])
    assert acts == [("person.password_reset_asked", "visitor"), ("person.password_reset", "person")]


def test_nobody_learns_whether_there_is_such_an_account(world: World) -> None:
    known, unknown = Client(), Client()
    answers = [post(world, known, ASK, email=ANA), post(world, unknown, ASK, email="nadie@amate.example")]
    assert {(one.status_code, one["Location"], one.content) for one in answers} == {(302, answers[0]["Location"], b"")}
    pages = [get(world, one, answers[0]["Location"]).content for one in (known, unknown)]
    assert pages[0] == pages[1]
    world.settle()
    assert [mail["To"] for mail in world.mail.mails] == [ANA]


def test_nothing_is_looked_up_before_the_answer_has_left(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """So how long an answer takes tells nothing either."""
    looked: list[str] = []
    monkeypatch.setattr("amate.web.forgotten_password.find_forgetful", lambda email: looked.append(email))

    answer = world.inside(lambda: forgotten(RequestFactory().post(ASK, {"email": ANA})))
    assert (answer.status_code, looked) == (302, [])
    world.inside(answer.close)
    assert looked == [ANA]


def test_the_other_sessions_end_and_the_link_opens_once(world: World) -> None:
    desk = world.log_in()
    assert get(world, desk, world.shop.office).status_code == 200
    client = Client()
    post(world, client, ASK, email=ANA)
    path = link(world)
    post(world, client, opened(world, client, path), password1=NEW, password2=NEW)
    assert get(world, desk, world.shop.office).status_code == 302
    assert get(world, client, world.shop.office).status_code == 302  # and who chose it enters like everybody
    assert "Este enlace ya no sirve" in get(world, Client(), path).content.decode()


def test_a_link_dies_with_its_hour_and_with_a_login(world: World, settings: Any) -> None:
    post(world, Client(), ASK, email=ANA)
    path = link(world)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "Este enlace ya no sirve" in get(world, Client(), path).content.decode()
    settings.PASSWORD_RESET_TIMEOUT = 3600
    assert get(world, Client(), path).status_code == 302
    assert enters(world, PASSWORD)
    assert "Este enlace ya no sirve" in get(world, Client(), path).content.decode()


def test_the_second_step_is_still_asked_for(world: World) -> None:
    world.inside(lambda: TOTP.activate(world.shop.owner, generate_totp_secret()))
    client = Client()
    post(world, client, ASK, email=ANA)
    post(world, client, opened(world, client, link(world)), password1=NEW, password2=NEW)
    step = post(world, client, LOGIN, login=ANA, password=NEW)["Location"]
    assert step.startswith("/cuenta/2fa/authenticate/")
    assert get(world, client, world.shop.office).status_code == 302


def test_what_is_kept_opens_nothing(world: World) -> None:
    post(world, Client(), ASK, email=ANA)
    token = link(world).rsplit("key/", 1)[1].rstrip("/")
    kept = world.scoped(lambda: str([*Message.objects.values(), *Promise.objects.values(), *Entry.objects.values()]))
    assert token.split("-", 1)[1] not in kept


def test_a_mailbox_gets_three_mails_an_hour_and_nobody_is_locked_out(world: World) -> None:
    world.time_passes(seconds=3600 - world.now().timestamp() % 3600 + 1)
    for _ in range(5):
        assert post(world, Client(), ASK, email=ANA).status_code == 302
        world.time_passes(seconds=2)
    path = link(world)
    assert len(world.mail.mails) == 3
    assert get(world, Client(), path).status_code == 302  # the one who owns the mailbox still has a good link


def test_one_network_asks_twenty_times_an_hour(world: World) -> None:
    world.time_passes(seconds=3600 - world.now().timestamp() % 3600 + 1)
    answers = [post(world, Client(), ASK, email=f"persona{i}@amate.example").status_code for i in range(21)]
    assert answers == [302] * 20 + [422]
    told = post(world, Client(), ASK, email=ANA).content.decode()
    assert "Demasiados intentos. Espera 60 minutos" in told
    elsewhere = world.inside(lambda: Client().post(ASK, {"email": ANA}, REMOTE_ADDR="203.0.113.9"))
    assert elsewhere.status_code == 302


@pytest.mark.parametrize("email", ["", "ana", "a" * 90 + "@amate.example"])
def test_an_address_that_is_none_is_told_at_its_field(world: World, email: str) -> None:
    answer = post(world, Client(), ASK, email=email)
    assert answer.status_code == 422
    assert answer.content.decode().count("orreo") >= 3


def test_who_works_nowhere_or_was_switched_off_gets_no_mail(world: World) -> None:
    world.inside(lambda: Membership.objects.filter(user=world.other.owner).delete())
    world.shop.owner.is_active = False
    world.inside(world.shop.owner.save)
    for email in (ANA, world.other.owner.email):
        assert post(world, Client(), ASK, email=email).status_code == 302
    world.settle()
    assert world.mail.mails == []


def test_two_passwords_that_differ_or_are_weak_are_refused(world: World) -> None:
    client = Client()
    post(world, client, ASK, email=ANA)
    form = opened(world, client, link(world))
    assert "no son iguales" in post(world, client, form, password1=NEW, password2="otra").content.decode()
    assert "10 caracteres" in post(world, client, form, password1="corta", password2="corta").content.decode()
    assert enters(world, PASSWORD)


def test_the_link_never_passes_a_server_that_a_company_chose(world: World) -> None:
    """Who runs that server would read it, and be that person in other companies too."""
    by_smtp(world)
    post(world, Client(), ASK, email=ANA)
    link(world)
    assert "facturas@amate.example" in world.mail.mails[-1]["From"]
    desk.stamped(world, correo="ingrid@example.com")
    assert SENDER in world.mail.mails[-1]["From"]
