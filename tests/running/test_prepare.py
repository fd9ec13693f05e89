"""Commands that need the database for a moment leave the embedded server as they found it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from amate.sandbox.mint import mint_world
from tests.database import ROOT
from tests.stories.processes import processes_of, until

MIGRATE = "import django; django.setup(); from amate.running.prepare import prepare_only; prepare_only()"
CONNECT = "import django; django.setup(); from amate.running.prepare import prepare; prepare()"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="amate-"))
    yield folder
    for pid in processes_of(folder):
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder)


def run(home: Path, *command: str, **more: str) -> "subprocess.Popen[str]":
    env = {name: value for name, value in os.environ.items() if not name.startswith(("AMATE_", "DATABASE_URL"))}
    env |= {"AMATE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "amate.settings", **more}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=env, text=True, **pipes)  # type: ignore[call-overload]


def test_a_migration_that_is_interrupted_leaves_no_server(home: Path) -> None:
    migrating = run(home, "-c", MIGRATE)
    until((home / "pg" / "data" / "postmaster.pid").exists, what="PostgreSQL")
    migrating.send_signal(signal.SIGTERM)
    assert migrating.wait(60) == 130
    assert processes_of(home) == {}


def test_the_next_one_goes_on_and_leaves_no_server_either(home: Path) -> None:
    migrating = run(home, "-c", MIGRATE)
    _, complaint = migrating.communicate(timeout=250)
    assert migrating.returncode == 0, complaint
    assert processes_of(home) == {}


def test_the_first_company_is_added_while_nothing_runs(home: Path) -> None:
    minted = mint_world(home / "minted", now=datetime.now(UTC), ca_key_size=2048).csds["moral"]
    for name, content in (("a.cer", minted.cer), ("a.key", minted.key), ("a.txt", minted.password.encode())):
        (home / name).write_bytes(content)
    says = ["company", "add", "--slug", "tienda", "--rfc", "CEA210315XX4", "--nombre", "CAFETERIA EL AMATE"]
    says += ["--regimen", "601", "--cp", "44100", "--email", "ana@example.com"]
    says += ["--cer", f"{home}/a.cer", "--key", f"{home}/a.key", "--key-password-file", f"{home}/a.txt"]
    adding = run(home, "-m", "amate.cli", *says)
    told, complaint = adding.communicate("una contraseña larga\n", timeout=250)
    assert adding.returncode == 0, complaint
    assert "/f/tienda/" in told
    assert "amate_" in told
    assert processes_of(home) == {}

    again = run(home, "-m", "amate.cli", *says)
    _, complaint = again.communicate("una contraseña larga\n", timeout=250)
    assert again.returncode == 1
    assert "Ya hay una empresa en /f/tienda/" in complaint
    assert processes_of(home) == {}


def test_an_unmigrated_or_unreachable_database_is_refused_with_what_to_do(home: Path) -> None:
    """In production the web has no owner's password: it cannot migrate, and says so before the first page fails."""
    unreachable = run(home, "-c", CONNECT, DATABASE_URL="postgresql://amate_app:x@127.0.0.1:1/amate")
    _, complaint = unreachable.communicate(timeout=60)
    assert unreachable.returncode == 1
    assert "No se puede leer la base de datos" in complaint
    assert "Traceback" not in complaint
