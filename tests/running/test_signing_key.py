"""Every machine signs sessions and links with the same key, or says so before it begins."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

from amate.access.signing_key import AnotherSigningKey, keep_signing_key, refuse_another_signing_key
from amate.running.doctor import diagnose
from amate.running.master_key import main as secrets
from amate.running.postgres import ServerRefused
from amate.running.prepare import agree_on_the_signing_key
from tests.database import ROOT


@pytest.fixture
def another(monkeypatch: pytest.MonkeyPatch) -> Any:
    """From then on this process is a second machine, with the key that it made for itself."""
    return lambda: monkeypatch.setattr(settings, "SECRET_KEY", "made here, and nowhere else known")


def test_what_was_migrated_first_decides_and_another_key_is_refused(committed: str, another: Any) -> None:
    agree_on_the_signing_key(ours=False)
    agree_on_the_signing_key(ours=False)
    another()
    with pytest.raises(ServerRefused, match="keys/secret-key"):
        agree_on_the_signing_key(ours=False)


def test_what_serves_one_machine_or_was_restored_takes_the_key_it_has(committed: str, another: Any) -> None:
    agree_on_the_signing_key(ours=True)
    another()
    agree_on_the_signing_key(ours=True)
    refuse_another_signing_key()


def test_a_key_that_was_changed_on_purpose_is_adopted(committed: str, another: Any) -> None:
    keep_signing_key()
    another()
    with pytest.raises(AnotherSigningKey, match="amate secrets adopt"):
        refuse_another_signing_key()
    assert secrets(["adopt"]) == 0
    refuse_another_signing_key()


def test_a_worker_of_a_second_machine_does_not_begin(committed: str) -> None:
    keep_signing_key()
    environment = {**os.environ, "AMATE_SECRET_KEY": "made there, and nowhere else known"}
    command = [sys.executable, "-m", "amate.cli", "worker"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "AMATE_SECRET_KEY_FILE" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_doctor_says_what_to_copy(world: Any, another: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SMTP_URL", world.mail.url)
    monkeypatch.setenv("AMATE_PAC_URL", world.pac.url)

    def verdict() -> str:
        found = world.inside(lambda: list(diagnose(clock=world.now)))
        return next(one.mend for one in found if one.what.startswith("Firma"))

    world.inside(keep_signing_key)
    assert verdict() == ""
    another()
    assert "keys/secret-key" in verdict()
