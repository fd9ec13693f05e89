"""A person enters with another address, once the new mailbox has shown that it is hers."""

import re
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from amate.access.models import User
from amate.audit.models import Entry
from tests.world import PASSWORD, World

ASK, LOGIN, ANA, NEW = "/cuenta/correo/", "/cuenta/login/", "ana@amate.example", "ana.ruiz@nuevo.example"


def post(world: World, client: Client, path: str, **said: str) -> Any:
    return world.inside(lambda: client.post(path, said))


def get(world: World, client: Client, path: str) -> Any:
    return world.inside(lambda: client.get(path))


def entered(world: World, email: str = ANA) -> Client:
    """Somebody who has just shown who it is."""
    client = Client()
    assert post(world, client, LOGIN, login=email, password=PASSWORD).status_code == 302
    again = get(world, client, ASK)["Location"]
    assert post(world, client, again, password=PASSWORD)["Location"] == ASK
    return client


def link(world: World) -> str:
    world.settle()
    mail = next(one for one in reversed(world.mail.mails) if one["To"] == NEW)
    found = re.search(r"https://facturas\.example(\S+/)\s", mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert found
    return found[1]


def test_the_address_changes_when_the_new_mailbox_confirms(world: World) -> None:
    client, elsewhere = entered(world), world.log_in()
    get(world, elsewhere, world.shop.office)
    assert NEW in post(world, client, ASK, correo=NEW.upper()).content.decode()
    path = link(world)
    assert world.inside(lambda: User.objects.filter(email=NEW).exists()) is False
    assert NEW in get(world, client, path).content.decode()
    assert post(world, client, path)["Location"] == "/cuenta/2fa/"
    assert f"Desde ahora entras con {NEW}" in get(world, client, "/cuenta/2fa/").content.decode()
    assert get(world, client, world.shop.office).status_code == 200
    assert get(world, elsewhere, world.shop.office).status_code == 302
    assert post(world, Client(), LOGIN, login=NEW, password=PASSWORD).status_code == 302
    assert post(world, Client(), LOGIN, login=ANA, password=PASSWORD).status_code == 200
    world.settle()
    assert world.mail.mails[-1]["To"] == ANA
    entry = world.scoped(lambda: Entry.objects.get(act="person.mail_changed"))
    assert (entry.detail["before"], entry.detail["mail"]) == (ANA, NEW)
    assert get(world, client, path).status_code == 404


def test_without_showing_who_one_is_nothing_is_asked(world: World) -> None:
    client = Client()
    post(world, client, LOGIN, login=ANA, password=PASSWORD)
    assert post(world, client, ASK, correo=NEW)["Location"].startswith("/cuenta/reauthenticate/")
    world.settle()
    assert world.mail.mails == []


def test_a_link_opens_nothing_for_another_account_or_without_one(world: World) -> None:
    post(world, entered(world), ASK, correo=NEW)
    path = link(world)
    assert post(world, Client(), path)["Location"].startswith("/cuenta/login/")
    assert post(world, world.log_in(world.other), path).status_code == 404
    assert world.inside(lambda: User.objects.filter(email=NEW).exists()) is False


def test_an_address_of_somebody_else_is_asked_for_alike_and_never_taken(world: World) -> None:
    client = entered(world)
    free = post(world, client, ASK, correo=NEW).content.decode().replace(NEW, "X")
    taken = world.other.owner.email
    assert post(world, client, ASK, correo=taken).content.decode().replace(taken, "X") == free
    path = link(world)
    world.inside(lambda: User.objects.create_user(NEW, PASSWORD))
    assert post(world, client, path).status_code == 404
    assert world.inside(lambda: User.objects.get(pk=world.shop.owner.pk).email) == ANA


def test_an_old_or_a_made_up_link_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = entered(world)
    post(world, client, ASK, correo=NEW)
    path = link(world)
    forged = signing.dumps({"user": world.shop.owner.pk, "from": ANA, "to": NEW}, key="x" * 50)
    assert get(world, client, f"/cuenta/correo/{forged}/").status_code == 404
    monkeypatch.setattr("time.time", lambda real=__import__("time").time: real() + 3700)
    assert get(world, client, path).status_code == 404


@pytest.mark.parametrize(
    ("correo", "told"), [("", "Escribe tu correo nuevo"), ("ana", "le falta algo"), (ANA, "Con ese correo ya entras")]
)
def test_what_is_no_new_address_is_told_at_its_field(world: World, correo: str, told: str) -> None:
    answer = post(world, entered(world), ASK, correo=correo)
    assert (answer.status_code, answer.content.decode().count(told)) == (422, 2)
