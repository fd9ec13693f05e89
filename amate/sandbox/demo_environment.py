"""What the running demo told its web and worker, kept so that a command beside it sees the same PAC and the same mail."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from amate.running.home import amate_home, write_private

NAME = "demo-environment.json"


def keep_environment(folder: Path, told: Mapping[str, str]) -> None:
    write_private(folder / NAME, json.dumps(dict(told)).encode())


def forget_environment(folder: Path) -> None:
    (folder / NAME).unlink(missing_ok=True)


def take_environment() -> None:
    """Before the settings are read. What this command was told itself goes before; without a running demo nothing is taken."""
    try:
        told: dict[str, str] = json.loads((amate_home() / NAME).read_text())
    except (FileNotFoundError, PermissionError):
        return
    for name, value in told.items():
        os.environ.setdefault(name, value)
