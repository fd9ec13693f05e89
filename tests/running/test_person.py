"""`amate person`: a way back in for whom nobody else can help."""

import io
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from amate.access.models import Role
from amate.audit.models import Entry
from amate.running.person import main
from tests.access.team import hired
from tests.world import World

ANA, NEW = "ana@amate.example", "otra contraseña más larga"


def noted(world: World, shop: Any) -> list[tuple[str, str]]:
    return world.scoped(lambda: list(Entry.objects.filter(family="person").values_list("act", "actor_kind")), shop)


def test_the_only_owner_gets_rid_of_a_lost_second_step(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    hired(world, ANA, Role.SUPPORT, shop=world.other)
    world.inside(lambda: TOTP.activate(world.shop.owner, generate_totp_secret()))
    open_before = world.log_in()
    assert world.inside(lambda: open_before.get(world.shop.office)).status_code == 200
    assert world.inside(lambda: main(["reset-second-step", ANA.upper()])) == 0
    assert "ya no tiene segundo paso" in capsys.readouterr().out
    assert world.inside(lambda: Authenticator.objects.count()) == 0
    assert world.inside(lambda: open_before.get(world.shop.office)).status_code == 302
    for shop in (world.shop, world.other):
        assert noted(world, shop) == [("person.second_step_reset", "system")]
    world.settle()
    assert [mail["To"] for mail in world.mail.mails] == [ANA]


def test_a_password_is_set_from_the_machine(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{NEW}\n"))
    assert world.inside(lambda: main(["password", ANA])) == 0
    entered = world.inside(lambda: Client().post("/cuenta/login/", {"login": ANA, "password": NEW}))
    assert entered.status_code == 302
    assert noted(world, world.shop) == [("person.password_reset", "system")]
    assert NEW not in capsys.readouterr().out


def test_a_refusal_says_what_mends_it(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert world.inside(lambda: main(["reset-second-step", "nadie@amate.example"])) == 1
    assert "Revisa el correo" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("corta\n"))
    assert world.inside(lambda: main(["password", ANA])) == 1
    assert "10" in capsys.readouterr().err
    assert noted(world, world.shop) == []
