"""`amate serve`: keeps the server, the web and the worker alive, and leaves no process behind.

Each child leads a session of its own, so that whatever it started dies with it. A child that ends is started again, with a
pause that grows while it keeps failing; PostgreSQL is watched the same way.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from amate.running.postgres import Server, ServerRefused

PR_SET_PDEATHSIG = 1
STEADY = 10.0  # seconds after which a child counts as healthy again
LONGEST_PAUSE = 30.0
GRACE = 15.0


@dataclass
class Child:
    """A process to keep alive: its name, its command, and what it needs in its environment."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    failures: int = 0
    not_before: float = 0.0

    def start(self) -> None:
        self.process = subprocess.Popen(
            list(self.command),
            env={**os.environ, **self.env},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
        self.started = time.monotonic()

    def signal(self, number: int) -> None:
        """To the child and all it started."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return

    def watch(self, say: Callable[[str], None]) -> None:
        """Start it when it is due; notice that it ended."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.not_before:
                self.start()
        elif (code := self.process.poll()) is not None:
            self.signal(signal.SIGKILL)  # what it left behind would hold its port
            self.process = None
            self.failures = 0 if now - self.started > STEADY else self.failures + 1
            self.not_before = now + (min(2.0**self.failures, LONGEST_PAUSE) if self.failures else 0.2)
            say(f"{self.name} ended ({code}); starting it again")
        elif self.failures and now - self.started > STEADY:
            self.failures = 0


class Supervisor:
    """Runs until it is told to stop. `server` is the embedded PostgreSQL, if it is ours."""

    def __init__(self, *, children: Sequence[Child], server: Server | None, say: Callable[[str], None] = print) -> None:
        self.children = children
        self.server = server
        self.say = say
        self.stopping = threading.Event()

    def run(self, *, ready: Callable[[], bool], when_ready: Callable[[], None]) -> int:
        """Start everything; once `ready` says so, call `when_ready` once. Returns the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        told = False
        try:
            while not self.stopping.is_set():
                self._watch_server()
                for child in self.children:
                    child.watch(self.say)
                if not told and ready():
                    told = True
                    when_ready()
                self.stopping.wait(0.25)
        finally:
            self._stop()
        return 0

    def _watch_server(self) -> None:
        if self.server is None:
            return
        pid = self.server.pid()
        if pid is not None and _alive(pid):
            return
        self.say("PostgreSQL ended; starting it again")
        try:
            self.server.start()
        except ServerRefused as fault:  # backends of the dead server may still hold its memory for a moment
            self.say(str(fault))
            self.stopping.wait(1)

    def _stop(self) -> None:
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for child in self.children:
            if child.process is not None:
                try:
                    child.process.wait(max(deadline - time.monotonic(), 0.1))
                except subprocess.TimeoutExpired:
                    self.say(f"{child.name} did not stop in time")
                child.signal(signal.SIGKILL)
        if self.server is not None:
            self.server.stop()


def refuse_taken_port(port: int) -> None:
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError as taken:
            raise SystemExit(f"Port {port} is taken by another program. Stop it, or choose another: AMATE_PORT=8080") from taken


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _die_with_parent() -> None:
    """If the supervisor itself is killed, the children end too (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
