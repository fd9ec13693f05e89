"""The supervisor: what ends is started again, with a growing pause; nothing outlives it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from amate.running import supervise
from amate.running.postgres import ServerRefused
from amate.running.supervise import Child, Supervisor, refuse_taken_port
from tests.servers import free_port
from tests.stories.processes import until

PYTHON = [sys.executable, "-c"]
SLEEPS = "import time; time.sleep(600)"
# Writes the pid of a grandchild, then sleeps; both would sleep for ever.
HAS_A_CHILD = f"import subprocess, sys, pathlib\np = subprocess.Popen([sys.executable, '-c', '{SLEEPS}'])\npathlib.Path(sys.argv[1]).write_text(str(p.pid))\n{SLEEPS}"
DEAF = f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('ready', flush=True)\n{SLEEPS}"


@pytest.fixture
def started() -> Iterator[list[Child]]:
    children: list[Child] = []
    yield children
    for child in children:
        child.signal(signal.SIGKILL)
        if child.process is not None:
            child.process.wait(10)


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() == b""
    except OSError:
        return True


def test_one_that_fails_at_once_is_started_again_with_a_growing_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(supervise.time, "monotonic", lambda: now[0])
    child = Child("fails", [*PYTHON, "raise SystemExit(3)"])
    said: list[str] = []
    pauses = []
    for _ in range(7):
        child.watch(said.append)
        assert child.process is not None
        child.process.wait(30)
        child.watch(said.append)
        assert child.process is None
        pauses.append(child.not_before - now[0])
        now[0] = child.not_before - 0.1
        child.watch(said.append)
        assert child.process is None, "it was started before its time"
        now[0] = child.not_before
    assert pauses == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    assert said[0] == "fails ended (3); starting it again"


def test_one_that_was_healthy_comes_back_at_once(monkeypatch: pytest.MonkeyPatch, started: list[Child]) -> None:
    now = [1000.0]
    monkeypatch.setattr(supervise.time, "monotonic", lambda: now[0])
    child = Child("worker", [*PYTHON, SLEEPS], failures=3)
    started.append(child)
    child.watch(print)
    now[0] += supervise.STEADY + 1
    child.watch(print)
    assert child.failures == 0, "ten quiet seconds are forgiven"
    assert child.process is not None
    child.process.kill()
    child.process.wait(10)
    child.watch(print)
    assert child.not_before - now[0] == pytest.approx(0.2)


def test_one_that_cannot_even_start_does_not_end_the_supervisor() -> None:
    child = Child("nothing", ["/does/not/exist"])
    said: list[str] = []
    child.watch(said.append)
    assert child.process is None
    assert child.not_before > time.monotonic()
    assert "nothing cannot start" in said[0]


def test_what_a_dead_child_started_dies_with_it(tmp_path: Path, started: list[Child]) -> None:
    told = tmp_path / "pid"
    child = Child("web", [*PYTHON, HAS_A_CHILD, str(told)])
    started.append(child)
    child.watch(print)
    until(lambda: told.exists() and told.read_text(), what="the grandchild")
    grandchild = int(told.read_text())
    assert not gone(grandchild)
    assert child.process is not None
    child.process.kill()
    child.process.wait(10)
    child.watch(lambda sentence: None)
    until(lambda: gone(grandchild), seconds=5, what="the grandchild's end")


def test_stopping_asks_waits_and_then_kills(monkeypatch: pytest.MonkeyPatch, started: list[Child]) -> None:
    monkeypatch.setattr(supervise, "GRACE", 1.0)
    polite, deaf = Child("polite", [*PYTHON, SLEEPS]), Child("deaf", [*PYTHON, DEAF])
    started += [polite, deaf]
    said: list[str] = []

    def sayer(sentence: str) -> None:
        said.append(sentence)
        raise OSError("the terminal is gone")

    supervisor = Supervisor(children=[polite, deaf], server=None, say=sayer)
    stop_when_listening(supervisor, deaf)
    assert in_main_thread(supervisor) == 0
    assert said == ["stopping, some seconds", "deaf did not stop in time"]
    assert polite.process is not None
    assert polite.process.returncode == -signal.SIGTERM
    assert deaf.process is not None
    assert deaf.process.wait(5) == -signal.SIGKILL


def test_it_tells_once_that_all_is_ready_and_restarts_what_ends(started: list[Child]) -> None:
    child = Child("worker", [*PYTHON, SLEEPS], failures=0, started=1.0)
    started.append(child)
    times = []
    supervisor = Supervisor(children=[child], server=None, say=lambda sentence: None)

    def ready() -> bool:
        if len(times) == 0:
            return child.process is not None
        return True

    def kill_then_stop() -> None:
        until(lambda: child.process is not None and times)
        assert child.process is not None
        first = child.process.pid
        os.kill(first, signal.SIGKILL)
        until(lambda: child.process is not None and child.process.pid != first)
        supervisor.stopping.set()

    thread = threading.Thread(target=kill_then_stop)
    thread.start()
    assert in_main_thread(supervisor, ready=ready, when_ready=lambda: times.append(1)) == 0
    thread.join(10)
    assert times == [1]


def test_a_database_that_does_not_start_is_tried_again() -> None:
    class Server:
        tries = 0

        def running(self) -> bool:
            return self.tries >= 3

        def start(self) -> None:
            self.tries += 1
            raise ServerRefused("its memory is still in use")

    server: Any = Server()
    said: list[str] = []
    supervisor = Supervisor(children=[], server=server, say=said.append)
    supervisor.stopping.wait = lambda timeout=None: False  # type: ignore[method-assign]
    threading.Thread(target=lambda: (until(lambda: server.tries >= 3), supervisor.stopping.set())).start()
    assert in_main_thread(supervisor) == 0
    assert said.count("its memory is still in use") == 3


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    script = (
        "import sys, time, pathlib\n"
        "from amate.running.supervise import Child\n"
        f"child = Child('x', [sys.executable, '-c', {SLEEPS!r}])\n"
        "child.start()\n"
        "pathlib.Path(sys.argv[1]).write_text(str(child.process.pid))\n"
        "time.sleep(600)"
    )
    supervisor = subprocess.Popen([*PYTHON, script, str(told)])
    until(lambda: told.exists() and told.read_text(), what="the child")
    pid = int(told.read_text())
    supervisor.kill()
    supervisor.wait(10)
    until(lambda: gone(pid), seconds=5, what="the child's end")


def test_a_taken_port_is_refused_with_the_way_out() -> None:
    import socket

    port = free_port()
    with socket.socket() as s:
        s.bind(("127.0.0.1", port))
        s.listen()
        with pytest.raises(SystemExit, match=f"Port {port} is taken.*AMATE_PORT"):
            refuse_taken_port(port)
    refuse_taken_port(port)


def stop_when_listening(supervisor: Supervisor, child: Child) -> None:
    """Stop it once the child has had time to close its ears."""

    def stop() -> None:
        until(lambda: child.process is not None)
        assert child.process is not None
        status = Path(f"/proc/{child.process.pid}/status")
        until(lambda: ignores_term(status.read_text()), what="its deafness")
        supervisor.stopping.set()

    threading.Thread(target=stop).start()


def ignores_term(status: str) -> bool:
    ignored = next(line for line in status.splitlines() if line.startswith("SigIgn"))
    return bool(int(ignored.split()[1], 16) & 1 << (signal.SIGTERM - 1))


def in_main_thread(supervisor: Supervisor, ready: Any = lambda: False, when_ready: Any = lambda: None) -> int:
    """`run` takes the signals over; give them back to pytest."""
    kept = {number: signal.getsignal(number) for number in supervise.STOP}
    try:
        return supervisor.run(ready=ready, when_ready=when_ready)
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
