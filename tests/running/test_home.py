"""AMATE_HOME and its secrets."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from amate.cli import main
from amate.running import home
from amate.running.home import amate_home, kept_secret, private_folder, write_private


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AMATE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_secret_is_made_once_and_is_its_owners_only(own_home: Path) -> None:
    first = kept_secret("master-key")
    assert kept_secret("master-key") == first
    assert len(first) > 40
    assert stat.S_IMODE((own_home / "keys" / "master-key").stat().st_mode) == 0o600
    assert stat.S_IMODE((own_home / "keys").stat().st_mode) == 0o700
    assert [path.name for path in (own_home / "keys").iterdir()] == ["master-key"], "something was left behind"


def test_many_who_need_it_first_at_once_get_the_same(own_home: Path) -> None:
    private_folder(own_home / "keys")
    for number in range(20):
        start = Barrier(8)

        def ask(_: int, name: str = f"key-{number}", start: Barrier = start) -> bytes:
            start.wait(10)
            return kept_secret(name)

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(ask, range(8)))) == 1


def test_a_private_file_is_never_readable_by_others_and_never_half_written(own_home: Path) -> None:
    path = private_folder(own_home) / "demo.json"
    write_private(path, b"one")
    write_private(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in own_home.iterdir()] == ["demo.json"]


def test_a_folder_that_stood_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir(mode=0o755)
    assert stat.S_IMODE(private_folder(tmp_path / "keys").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("root", "environment", "expected"),
    [
        (True, {}, "/var/lib/amate"),
        (False, {"XDG_DATA_HOME": "/data/ana"}, "/data/ana/amate"),
        (False, {"HOME": "/home/ana"}, "/home/ana/.local/share/amate"),
        (True, {"AMATE_HOME": "/srv//x/../amate/"}, "/srv/amate"),
    ],
)
def test_where_it_lies_unless_told(
    monkeypatch: pytest.MonkeyPatch, root: bool, environment: dict[str, str], expected: str
) -> None:
    for name in ("AMATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(home.os, "geteuid", lambda: 0 if root else 1000)
    assert amate_home() == Path(expected)


def test_root_restores_into_nobody_elses_home(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own_home.mkdir()
    if os.geteuid() == 0:
        os.chown(own_home, 65534, 65534)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert main(["restore", "night.amate"]) == 1
    assert "no puede abrir" in capsys.readouterr().err
    assert list(own_home.iterdir()) == []
