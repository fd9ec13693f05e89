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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psycopg

from amate.running.postgres import Server, ServerRefused

PR_SET_PDEATHSIG = 1
STEADY = 10.0  # seconds after which a child counts as healthy again
LONGEST_PAUSE = 30.0
GRACE = 15.0
STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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
                try:
                    self.start()
                except OSError as fault:  # no memory or no process number left: as if it had ended at once
                    self._rest(now)
                    say(f"{self.name} cannot start: {fault}")
        elif (code := self.process.poll()) is not None:
            self.signal(signal.SIGKILL)  # what it left behind would hold its port
            self.process = None
            self._rest(now)
            say(f"{self.name} ended ({code}); starting it again")
        elif self.failures and now - self.started > STEADY:
            self.failures = 0

    def _rest(self, now: float) -> None:
        """One that was healthy comes back at once; one that keeps failing waits longer each time."""
        self.failures = 0 if self.started and now - self.started > STEADY else self.failures + 1
        self.not_before = now + (min(2.0**self.failures, LONGEST_PAUSE) if self.failures else 0.2)


class Supervisor:
    """Runs until it is told to stop. `server` is the embedded PostgreSQL, if it is ours: it is kept alive here, and
    stopped by whoever started it."""

    def __init__(self, *, children: Sequence[Child], server: Server | None, say: Callable[[str], None] = print) -> None:
        self.children = children
        self.server = server
        self.say = _heard_or_not(say)
        self.stopping = threading.Event()

    def run(self, *, ready: Callable[[], bool], when_ready: Callable[[], None]) -> int:
        """Start everything; once `ready` says so, call `when_ready` once. Returns the exit code."""
        for number in STOP:
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
        if self.server.running():
            return
        self.say("PostgreSQL ended; starting it again")
        try:
            self.server.start()
        # Backends of the dead server may still hold its memory for a moment, or it dies again while we look.
        except (ServerRefused, psycopg.Error) as fault:
            self.say(str(fault))
            self.stopping.wait(1)

    def _stop(self) -> None:
        self.say("stopping, some seconds")
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


def refuse_taken_port(port: int) -> None:
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError as taken:
            raise SystemExit(
                f"Port {port} is taken by another program. Stop it, or choose another: AMATE_PORT=8080"
            ) from taken


@contextmanager
def leaving_by_the_door(*, code: int = 0) -> Iterator[None]:
    """Before the supervisor takes over, a signal ends the work as an exception does: what was started is stopped.

    `code` is what the process then answers.
    """

    def leave(*_: object) -> None:
        for number in STOP:
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not interrupt the stopping
        raise SystemExit(code)

    for number in STOP:
        signal.signal(number, leave)
    yield


def _heard_or_not(say: Callable[[str], None]) -> Callable[[str], None]:
    """A closed terminal must not keep us from stopping the children."""

    def quietly(sentence: str) -> None:
        with suppress(OSError, ValueError):
            say(sentence)

    return quietly


def _die_with_parent() -> None:
    """If the supervisor itself is killed, the children end too (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
