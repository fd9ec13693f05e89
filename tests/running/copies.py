"""Backing up and restoring, as the tests of both do it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections

from amate.promises.step import close_lines
from amate.running.backup import back_up
from amate.running.restore import restore as restore_here
from tests.database import ROOT


def run(database: str, *command: str, **env: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "AMATE_DATABASE_NAME": database, **env}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)


def restore(database: str, file: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    return run(database, "-m", "amate.cli", "restore", str(file), **env)


@contextmanager
def living_in(world: Any, database: str) -> Iterator[None]:
    """The world's house is that database; the other one is switched off."""

    def move(name: str) -> None:
        connections.close_all()
        close_lines()
        for alias in connections:
            connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = name

    home = str(settings.DATABASES["default"]["NAME"])
    world.inside(lambda: move(database))
    try:
        yield
    finally:
        world.inside(lambda: move(home))


@contextmanager
def restored(world: Any, database: str, file: Path) -> Iterator[str]:
    """Living in the restored copy. Gives what the restore says."""
    with living_in(world, database):
        yield world.inside(lambda: restore_here(file, now=world.now()))


def backed_up(world: Any, tmp_path: Path) -> Path:
    file = tmp_path / "respaldo.amate"
    world.inside(lambda: back_up(file, now=world.now()))
    return file


def rows(c: psycopg.Connection, query: str) -> list[tuple[Any, ...]]:
    return c.execute(query).fetchall()  # type: ignore[call-overload,no-any-return]
