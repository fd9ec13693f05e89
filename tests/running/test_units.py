"""The systemd units, the command beside them and the steps of their README speak of one user, one place, one file."""

import configparser
import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

from tests.database import ROOT

FOLDER = ROOT / "docs" / "running"
README = (FOLDER / "README.md").read_text()
STEPS = [line for block in re.findall(r"^```\n(.*?)^```", README, re.S | re.M) for line in block.splitlines()]
SERVICES = sorted(path.name for path in FOLDER.glob("*.service"))
HIDDEN_BY_PROTECT_HOME = ("/home", "/root", "/run/user")
PROGRAM = "/opt/amate/.venv/bin/amate"
SETTINGS = "/etc/amate.env"
HOME = "/var/lib/amate"


def unit(name: str) -> dict[str, dict[str, str]]:
    read = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#", ";"))
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string((FOLDER / name).read_text())
    return {section: dict(read[section]) for section in read.sections()}


def first_step(wanted: str) -> int:
    found = [place for place, step in enumerate(STEPS) if re.search(wanted, step)]
    assert found, f"no step of the README says {wanted}"
    return found[0]


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_runs_what_the_steps_install_as_the_user_they_make(name: str) -> None:
    service = unit(name)["Service"]
    start = first_step(r"systemctl enable --now")
    assert first_step(rf"useradd .*\b{service['User']}$") < start
    assert service["Group"] == service["User"]
    assert first_step(rf"git clone \S+ {PROGRAM.removesuffix('/.venv/bin/amate')} && sudo make -C \S+ install") < start
    assert PROGRAM in service["ExecStart"]
    assert not PROGRAM.startswith(HIDDEN_BY_PROTECT_HOME)
    assert first_step(rf"install -d -o {service['User']} -g {service['User']} -m 0700 .*{HOME}") < start
    assert service["Environment"] == f"AMATE_HOME={HOME}"
    assert service["EnvironmentFile"].removeprefix("-") == SETTINGS
    assert first_step(rf"install -m 0600 /dev/null {SETTINGS}") < start
    assert set(service.get("ReadWritePaths", HOME).split()) <= {HOME}
    assert {f"/var/lib/{folder}" for folder in service["StateDirectory"].split()} >= {HOME}


def test_every_unit_is_installed_by_a_step_or_named_as_a_choice() -> None:
    copied = STEPS[first_step(r"^sudo cp .* /etc/systemd/system/$")].split()
    for path in sorted({*FOLDER.glob("*.service"), *FOLDER.glob("*.timer")}):
        assert f"/opt/amate/docs/running/{path.name}" in copied or f"`{path.name}` is a worker alone" in README
    for word in copied[2:-1]:
        assert (ROOT / word.removeprefix("/opt/amate/")).is_file()
    assert unit("amate-backup.timer")["Timer"]["OnCalendar"]


def test_every_command_of_the_readme_goes_through_the_one_that_knows_user_and_settings() -> None:
    command = "docs/running/amate-command"
    assert first_step(rf"install -m 0755 /opt/amate/{command} /usr/local/bin/amate$") < first_step(r"sudo amate doctor")
    assert (ROOT / command).stat().st_mode & stat.S_IXUSR
    said = {(before, act) for step in STEPS for before, act in re.findall(r"(\S+ )?\bamate ([a-z-]+)", step)}
    acts = {
        (before, act) for before, act in said if act in {"doctor", "backup", "restore", "person", "migrate", "export"}
    }
    assert {act for _, act in acts} >= {"doctor", "backup", "restore", "person"}
    assert {before for before, _ in acts} == {"sudo "}, acts
    for file in re.findall(r"amate (?:backup|restore) (\S+)", "\n".join(STEPS)):
        assert file.startswith("/var/lib/amate-backups/"), "where the user amate may write and read"


def test_the_command_runs_as_the_units_do(tmp_path: Path) -> None:
    """With stand-ins for the programs that need a real installation: what they are told is what counts."""
    for name, script in {
        "id": "echo 0",
        "runuser": 'printf "%s|" "$@"; printf "%s|" "$AMATE_HOME" "$DATABASE_URL" "$AMATE_SMTP_URL"',
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o700)
    settings = tmp_path / "amate.env"
    settings.write_text("# a comment\n\nDATABASE_URL=postgresql://a:b=c@h/d?x=1&y=2\nAMATE_SMTP_URL=smtp://u:p w$x@h")
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "AMATE_SETTINGS": str(settings)}
    command = ["/bin/sh", str(FOLDER / "amate-command"), "backup", "a file.amate"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    service = unit("amate.service")["Service"]
    program = service["ExecStart"].removesuffix(" serve")
    assert done.stdout.split("|") == [
        *("-u", service["User"], "--", program, "backup", "a file.amate"),
        *(HOME, "postgresql://a:b=c@h/d?x=1&y=2", "smtp://u:p w$x@h", ""),
    ]
    assert f"AMATE_SETTINGS:-{SETTINGS}" in (FOLDER / "amate-command").read_text()


def test_the_readmes_name_both_secrets_that_machines_share() -> None:
    for text in (README, (ROOT / "README.md").read_text()):
        for name in ("AMATE_MASTER_KEY_FILE", "AMATE_SECRET_KEY_FILE", "keys/master-key", "keys/secret-key"):
            assert name in text
