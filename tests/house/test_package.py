"""The package that is built of this tree: all that the program reads is in it, and it asks for all that it imports."""

import os
import shutil
import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APART = shutil.ignore_patterns(
    ".*", "__pycache__", "*.egg-info", "build", "tests", "docs", "benchmarks", "test-results"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    tree = tmp_path_factory.mktemp("package") / "tree"
    shutil.copytree(ROOT, tree, ignore=APART)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "."]
    subprocess.run(command, cwd=tree, check=True, capture_output=True)
    (made,) = tree.glob("amate-*.whl")
    return zipfile.ZipFile(made)


def test_it_asks_for_what_production_is_compiled_from(wheel: zipfile.ZipFile) -> None:
    (name,) = (one for one in wheel.namelist() if one.endswith(".dist-info/METADATA"))
    asked = message_from_string(wheel.read(name).decode()).get_all("Requires-Dist") or []
    lines = (ROOT / "requirements" / "base.in").read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    plain = [sorted(one.replace(" ", "").replace(">=", "").replace(",", "")) for one in (asked, wanted) for one in one]
    assert len(asked) == len(wanted) > 20
    assert sorted(plain[: len(asked)]) == sorted(plain[len(asked) :])


def test_every_file_of_the_program_is_in_it(wheel: zipfile.ZipFile) -> None:
    tracked = subprocess.run(["git", "ls-files", "amate"], cwd=ROOT, check=True, capture_output=True, text=True)
    files = tracked.stdout.split()
    assert len(files) > 1000
    assert sorted(set(files) - set(wheel.namelist())) == []


def test_the_command_runs_from_it_alone(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "installed")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed"), "AMATE_HOME": str(tmp_path / "home")}
    program = "import amate, amate.cli; print(amate.__file__); raise SystemExit(amate.cli.main())"
    command = [sys.executable, "-c", program, "check-cfdi", "--rules"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "installed") in done.stdout, "it was read from the wheel"
    assert "CFDI40147" in done.stdout
