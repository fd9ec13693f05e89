"""`amate secrets rotate`: another master key, the same secrets."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from amate.companies.keep_csd import _opened, keep_csd, open_csd
from amate.companies.models import Csd, DataKey, Emisor
from amate.running.master_key import main


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
    _opened.cache_clear()
    assert world.scoped(lambda: open_csd(now=world.now())).rfc == rfc


def test_a_key_of_the_environment_is_changed_there(
    world: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AMATE_MASTER_KEY", "una sola")
    assert world.inside(lambda: main(["rotate"])) == 1
    assert "primera línea" in capsys.readouterr().err
