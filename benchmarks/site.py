"""The product as it runs: web, worker and PostgreSQL, each its own process, and the CPU that each has used."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from amate.running.postgres import Server
from amate.running.supervise import Child
from amate.sandbox.mint import World
from benchmarks.units import cpu_of
from tests.servers import free_port

BACKEND = b"postgres: amate_app amate "
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cpu:
    """CPU seconds, by who used them."""

    web: float
    worker: float
    database: float

    def __sub__(self, before: "Cpu") -> "Cpu":
        return Cpu(self.web - before.web, self.worker - before.worker, self.database - before.database)

    @property
    def total(self) -> float:
        return self.web + self.worker + self.database


@dataclass(frozen=True, slots=True)
class Site:
    url: str
    server: Server
    web: Child
    worker: Child
    pac: str

    def cpu(self) -> Cpu:
        """So far. The database's is that of the backends of web and worker, ended ones included; what the server does
        in the background (checkpoints, WAL writer, autovacuum) is left out, as it is from F."""
        return Cpu(_of_session(self.web), _of_session(self.worker), _of_backends(self.server))


@contextmanager
def running_site(server: Server, world: World) -> Iterator[Site]:
    """One web process with four threads, one worker, and the PAC simulator, which answers at once."""
    from django.conf import settings

    from amate.running.serve import is_ready, web_and_worker

    pac = f"http://127.0.0.1:{(port := free_port())}"
    env = {
        "AMATE_WEB_WORKERS": "1",
        "AMATE_WEB_THREADS": "4",
        "AMATE_PAC_URL": pac,
        "AMATE_PAC_API_URL": pac,
        "AMATE_PAC_USER": world.user,
        "AMATE_PAC_PASSWORD": world.password,
        "AMATE_PAC_CERTIFICATES": str(world.pac_certificate.parent),
    }
    simulator = [sys.executable, "-m", "amate.cli", "sandbox-pac", "--home", str(server.home), "--port", str(port)]
    web, worker = web_and_worker(env)
    children = [Child("sandbox-pac", simulator), web, worker]
    try:
        for child in children:
            child.start()
        _wait_for(children, is_ready)
        yield Site(f"http://127.0.0.1:{settings.PORT}", server, web, worker, pac)
    finally:
        for child in children:
            _end(child)


def _wait_for(children: list[Child], ready: Callable[[], bool]) -> None:
    for _ in range(600):
        for child in children:
            if child.process is None or child.process.poll() is not None:
                raise RuntimeError(f"{child.name} did not start")
        if ready():
            return
        time.sleep(0.1)
    raise RuntimeError("the site did not become ready within a minute")


def _end(child: Child) -> None:
    if child.process is None:
        return
    child.signal(signal.SIGTERM)
    try:
        child.process.wait(20)
    except subprocess.TimeoutExpired:
        child.signal(signal.SIGKILL)
        child.process.wait(5)


# ------------------------------------------------------------ /proc


def _of_session(child: Child) -> float:
    assert child.process is not None
    return sum(_used(pid) for pid, stat in _processes() if int(stat[3]) == child.process.pid)


def _of_backends(server: Server) -> float:
    postmaster = server.pid()
    assert postmaster is not None
    used = 0.0
    for pid, stat in _processes():
        if pid == postmaster:
            used += (int(stat[13]) + int(stat[14])) / TICK  # children that have ended
        elif int(stat[1]) == postmaster and _title(pid).startswith(BACKEND):
            used += _used(pid)
    return used


def _processes() -> Iterator[tuple[int, list[str]]]:
    """Each process with its `stat` from the state on (proc(5), field 3)."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            yield int(folder.name), (folder / "stat").read_text().rpartition(") ")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue


def _title(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def _used(pid: int) -> float:
    try:
        return cpu_of(pid)
    except OSError:
        return 0.0  # it ended meanwhile: its parent's sum has it
