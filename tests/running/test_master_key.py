"""`amate secrets rotate`: another master key, the same secrets."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from amate.audit.models import Entry
from amate.companies.keep_csd import _opened, keep_csd, open_csd
from amate.companies.models import Csd, DataKey, Emisor
from amate.running.master_key import main
from tests.world import PASSWORD


@pytest.fixture(autouse=True)
def the_server_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amate.running.master_key.server_up", nullcontext)


def test_it_rewraps_the_data_keys_and_touches_no_secret(
    world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMATE_HOME", str(tmp_path))
    minted, rfc = world.minted.csds["moral"], world.scoped(lambda: Emisor.objects.get().rfc)
    world.scoped(lambda: keep_csd(cer=minted.cer, key=minted.key, password=minted.password, rfc=rfc, now=world.now()))
    key_file = tmp_path / "keys" / "master-key"
    before, sealed = key_file.read_bytes(), world.scoped(lambda: bytes(Csd.objects.get().sealed_key))
    wrapped = world.scoped(lambda: bytes(DataKey.objects.latest("id").wrapped))
    assert world.inside(lambda: main(["rotate"])) == 0
    assert key_file.read_bytes() != before
    assert len(key_file.read_bytes().split()) == 1, "the old line is gone once nothing needs it"
    assert world.scoped(lambda: bytes(Csd.objects.get().sealed_key)) == sealed
    assert world.scoped(lambda: bytes(DataKey.objects.latest("id").wrapped)) != wrapped
    assert all(
        world.scoped(lambda: Entry.objects.filter(act="company.rewrapped").count() == 1, shop) for shop in world.shops
    )
    _opened.cache_clear()
    assert world.scoped(lambda: open_csd(now=world.now())).rfc == rfc


SEED = "JBSWY3DPEHPK3PXP"


def test_seeds_of_second_steps_lie_sealed_and_go_along(
    world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMATE_HOME", str(tmp_path))
    owner = world.shop.owner
    world.inside(lambda: TOTP.activate(owner, SEED))
    codes = world.inside(lambda: RecoveryCodes.activate(owner).generate_codes())

    def kept() -> dict[str, str]:
        found = world.inside(lambda: list(Authenticator.objects.filter(user=owner)))
        return {one.type: str(one.data.get("secret") or one.data["seed"]) for one in found}

    before = kept()
    assert SEED not in before["totp"]
    assert SEED.encode().hex() not in before["totp"]
    assert world.inside(lambda: main(["rotate"])) == 0
    assert not set(before.values()) & set(kept().values())
    assert world.inside(lambda: RecoveryCodes.activate(owner).generate_codes()) == codes
    code = format_hotp_value(hotp_value(SEED, next(yield_hotp_counters_from_time())))
    assert _login(world, code).status_code == 302


def test_with_another_master_key_a_second_step_says_why_it_does_not_open(
    world: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AMATE_MASTER_KEY", "la de antes")
    world.inside(lambda: TOTP.activate(world.shop.owner, SEED))
    monkeypatch.setenv("AMATE_MASTER_KEY", "otra")
    code = format_hotp_value(hotp_value(SEED, next(yield_hotp_counters_from_time())))
    answer = _login(world, code)
    assert answer.status_code == 200
    assert "le falta su llave maestra" in answer.content.decode()
    monkeypatch.setenv("AMATE_MASTER_KEY", "otra más\notra")
    assert world.inside(lambda: main(["rotate"])) == 0
    assert "1 segundos pasos no se abren" in capsys.readouterr().out


def _login(world: Any, code: str) -> Any:
    client = Client()
    who = {"login": world.shop.owner.email, "password": PASSWORD}
    world.inside(lambda: client.post("/cuenta/login/", who))
    return world.inside(lambda: client.post("/cuenta/2fa/authenticate/", {"code": code}))


def test_a_key_of_the_environment_is_changed_there(
    world: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AMATE_MASTER_KEY", "una sola")
    assert world.inside(lambda: main(["rotate"])) == 1
    assert "primera línea" in capsys.readouterr().err
