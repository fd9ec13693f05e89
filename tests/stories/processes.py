"""Worker processes beside a test: on the test's own database, its PAC and its mail server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.database import ROOT

PATIENCE = 60.0


def environment(world: Any, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "AMATE_PAC_URL": world.pac.url,
        "AMATE_PAC_API_URL": world.pac.url,
        "AMATE_PAC_USER": world.minted.user,
        "AMATE_PAC_PASSWORD": world.minted.password,
        "AMATE_PAC_CERTIFICATES": str(world.minted.pac_certificate.parent),
        "AMATE_SMTP_URL": world.mail.url,
        "AMATE_MAIL_FROM": "facturas@amate.example",
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
