"""The command: what it refuses, and the process it is."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from amate.sandbox.mint import load_world
from amate.sandbox.pac.run import Refused, main, store_url
from tests.sandbox.documents import sealed
from tests.sandbox.serving import Simulator, call

PRODUCT, OWN = "postgresql://h/amate", "postgresql://h/sandbox"


def test_it_never_writes_into_a_customers_database() -> None:
    with pytest.raises(Refused, match="SANDBOX_DATABASE_URL"):
        store_url(asked=None, sandbox=None, product=PRODUCT)
    with pytest.raises(Refused, match="aparte"):
        store_url(asked=None, sandbox=PRODUCT, product=PRODUCT)
    with pytest.raises(Refused, match="aparte"):
        store_url(asked=PRODUCT, sandbox=OWN, product=PRODUCT)
    with pytest.raises(Refused, match="aparte"):
        store_url(asked="postgresql://other:role@h:5432/amate", sandbox=None, product=PRODUCT)


def test_it_takes_its_own_database_or_memory() -> None:
    assert store_url(asked=None, sandbox=None, product=None) is None
    assert store_url(asked=None, sandbox=OWN, product=PRODUCT) == OWN
    assert store_url(asked="postgresql://h/third", sandbox=OWN, product=None) == "postgresql://h/third"


def test_the_command_refuses_with_a_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", PRODUCT)
    monkeypatch.delenv("SANDBOX_DATABASE_URL", raising=False)
    assert main(["--home", str(tmp_path)]) == 2
    assert "SANDBOX_DATABASE_URL" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_it_lists_its_checks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--checks"]) == 0
    told = capsys.readouterr().out
    assert "CFDI40119" in told
    assert "No revisa:" in told
    assert "drop_after" in told


@contextmanager
def running(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    clean = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    command = "import sys; from amate.sandbox.pac.run import main; sys.exit(main(sys.argv[1:]))"
    process = subprocess.Popen(
        [sys.executable, "-c", command, "--port", "0", "--home", str(home)],
        env=clean,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().split()[-1]
    finally:
        process.kill()
        process.wait()


def test_it_is_a_process_of_its_own_that_stamps_and_leaves_when_asked(tmp_path: Path, now: datetime) -> None:
    with running(tmp_path) as (process, url):
        assert "SIN VALIDEZ FISCAL" in httpx.get(url, trust_env=False).text
        world = load_world(tmp_path / "sandbox")
        document = sealed(world, now=now)
        simulator = Simulator(url, world)
        stamped = call(simulator.account(), lambda pac: pac.stamp(document, key="k"))
        assert stamped.no_certificado_sat == world.pac.no_certificado
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) in (0, -signal.SIGINT)
