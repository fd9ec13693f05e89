"""What `amate serve` keeps alive, and how it knows that all is well."""

import fcntl
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections

from amate.companies.models import Company
from amate.running.first_run import forget_token, new_token
from amate.running.postgres import ServerRefused, embedded
from amate.running.prepare import prepare
from amate.running.supervise import Child, Supervisor, leaving_by_the_door, refuse_taken_port

# Whatever proxy the environment names, it cannot reach our own loopback.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def web_command() -> list[str]:
    """gunicorn: threads share the process, a killed master takes its workers along."""
    host = os.environ.get("AMATE_BIND", "127.0.0.1")
    return [
        *(sys.executable, "-m", "gunicorn", "amate.web.wsgi"),
        *("--bind", f"{host}:{settings.PORT}"),
        *("--workers", os.environ.get("AMATE_WEB_WORKERS", "2")),
        *("--worker-class", "gthread", "--threads", os.environ.get("AMATE_WEB_THREADS", "4")),
        *("--timeout", "60", "--graceful-timeout", "10", "--keep-alive", "15"),
        *("--worker-tmp-dir", "/dev/shm" if Path("/dev/shm").is_dir() else str(settings.HOME)),  # noqa: S108
        *("--forwarded-allow-ips", ",".join(settings.TRUSTED_PROXIES) or "127.0.0.1"),
        *("--log-level", "warning", "--no-control-socket"),
    ]


def web_and_worker(env: dict[str, str]) -> list[Child]:
    amate = [sys.executable, "-m", "amate.cli"]
    return [Child("web", web_command(), env), Child("worker", [*amate, "worker"], env)]


def serve() -> int:
    """`amate serve`: prepare and keep alive until Ctrl-C."""
    with only_one_here():
        prepare()
        address = f"{settings.PUBLIC_URL}{first_address()}"
        return keep_alive(when_ready=lambda: _say(f"ready: {address}"))


def first_address() -> str:
    """Where an empty installation begins, once; nothing more to say once there is a company."""
    if Company.objects.exists():
        forget_token()
        return ""
    return f"/empezar/{new_token()}  (la primera vez: abre esta dirección para registrar tu empresa)"


def keep_alive(
    *, when_ready: Callable[[], None], extra: Sequence[Child] = (), env: dict[str, str] | None = None
) -> int:
    """Web and worker, until told to stop. `extra` starts first (the demo's sandboxes). Inside `only_one_here`."""
    connections.close_all()  # what prepared the database; the first restart of PostgreSQL would break it
    children = [*extra, *web_and_worker(env or {})]
    server = embedded() if settings.EMBEDDED else None
    return Supervisor(children=children, server=server, say=_say).run(ready=is_ready, when_ready=when_ready)


@contextmanager
def only_one_here() -> Iterator[None]:
    """Port and AMATE_HOME are ours alone, and however this ends the embedded server ends with it."""
    refuse_taken_port(settings.PORT)
    if not settings.EMBEDDED:
        with leaving_by_the_door():
            yield
        return
    with (settings.HOME / "serving.lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServerRefused(
                f"Another Amate already serves {settings.HOME}. Stop it, or choose another AMATE_HOME."
            ) from None
        try:
            with leaving_by_the_door():
                yield
        finally:
            connections.close_all()
            embedded().stop()


def is_ready() -> bool:
    """The web answers, it reaches the database, and a worker's heart beats."""
    return _is_well("/salud/")


def web_answers() -> bool:
    """The web answers and reaches the database, whether or not there is a worker."""
    return _is_well("/salud/web/")


def _is_well(path: str) -> bool:
    try:
        asked = urllib.request.Request(f"http://{_reachable()}:{settings.PORT}{path}", headers={"Host": "127.0.0.1"})
        with _DIRECT.open(asked, timeout=2) as answer:
            return json.load(answer)["ok"] is True
    except (urllib.error.URLError, OSError, ValueError, LookupError, TypeError):  # another program's answer too
        return False


def _reachable() -> str:
    """Where this machine reaches its own web, which may listen on one address only."""
    bound = os.environ.get("AMATE_BIND", "127.0.0.1")
    return "127.0.0.1" if bound in ("0.0.0.0", "::", "[::]") else bound  # noqa: S104 compared, not bound


def _say(sentence: str) -> None:
    print(f"amate: {sentence}", file=sys.stderr, flush=True)
