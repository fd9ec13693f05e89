"""Processes and threads beside a test: workers on the test's own database, buyers with connections of their own."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from django.db import connections

from amate.promises.models import Promise
from tests.database import ROOT

T = TypeVar("T")
PATIENCE = 60.0


@contextmanager
def house_of(minted: Any, pac: Any, mail: Any, database_name: str) -> Iterator[Any]:
    """One world for a whole file, so that folios and stamps are counted across all its tests."""
    from tests.database import empty
    from tests.world import World

    pac.reset()
    mail.clear()
    world = World(minted=minted, pac=pac, mail=mail)
    world.open()
    try:
        yield world
    finally:
        world.close()
        empty(database_name)


class Crowd:
    """Threads with connections of their own, which start each act at the same instant."""

    def __init__(self, size: int) -> None:
        self._pool = ThreadPoolExecutor(size)
        self._size = size

    def at_once(self, *acts: Callable[[], T]) -> list[T | BaseException]:
        """What each act returned or raised, in the order given."""
        assert len(acts) <= self._size, "they would not all start"
        start = threading.Barrier(len(acts))

        def run(act: Callable[[], T]) -> T | BaseException:
            start.wait(PATIENCE)
            try:
                return act()
            except Exception as fault:  # noqa: BLE001 the test looks at it
                return fault

        return list(self._pool.map(run, acts))

    def go_home(self) -> None:
        together = threading.Barrier(self._size)

        def leave(_: int) -> None:
            together.wait(PATIENCE)
            connections.close_all()

        list(self._pool.map(leave, range(self._size)))
        self._pool.shutdown()


def outside(*, minted: Any, pac: Any, mail: Any) -> dict[str, str]:
    """Where a process finds the PAC and the mail server of the tests."""
    return {
        "AMATE_PAC_URL": pac.url,
        "AMATE_PAC_API_URL": pac.url,
        "AMATE_PAC_USER": minted.user,
        "AMATE_PAC_PASSWORD": minted.password,
        "AMATE_PAC_CERTIFICATES": str(minted.pac_certificate.parent),
        "AMATE_SMTP_URL": mail.url,
        "AMATE_MAIL_FROM": "facturas@amate.example",
    }


def environment(world: Any, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        **outside(minted=world.minted, pac=world.pac, mail=world.mail),
        "AMATE_LOG_LEVEL": "ERROR",
        "AMATE_HEARTBEAT": "0.3",
        "AMATE_STALLED": "3",
        **more,
    }


@contextmanager
def worker_process(world: Any, *arguments: str, **more: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "tests.stories.dying_worker", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(world, **more), stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def stamped_by(pac: Any) -> list[str]:
    """The UUID of every document that the PAC ever stamped (its list shows a hundred unless asked for more)."""
    found = pac.admin("documents?limit=10000", None, method="GET")
    return [document["uuid"].lower() for document in found["documents"]]


def open_promises(world: Any) -> int:
    """Whatever the hour: at night a worker asks the SAT about some documents, minutes after they were stamped."""
    return int(world.scoped(lambda: Promise.objects.open().exclude(kind="ask_sat").count()))


def dies_by_its_own_hand(process: "subprocess.Popen[bytes]") -> bool:
    return process.wait(PATIENCE) == -signal.SIGKILL


def until(true: Callable[[], Any], *, seconds: float = PATIENCE, what: str = "it") -> float:
    """Wait until it is true; answers how many seconds that took."""
    start = time.monotonic()
    while not true():
        if time.monotonic() - start > seconds:
            raise AssertionError(f"{what} did not come within {seconds:.0f} s")
        time.sleep(0.1)
    return time.monotonic() - start


def processes_of(home: Path) -> dict[int, str]:
    """Every living process that works for this AMATE_HOME: by its environment or its command line."""
    found: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
            told = (entry / "environ").read_bytes() if os.access(entry / "environ", os.R_OK) else b""
        except OSError:
            continue
        if command and (os.fsencode(home) in command or b"AMATE_HOME=" + os.fsencode(home) + b"\0" in told):
            found[int(entry.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    return found
