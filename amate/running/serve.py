"""What `amate serve` keeps alive, and how it knows that all is well."""

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings

from amate.running.postgres import embedded
from amate.running.prepare import prepare
from amate.running.supervise import Child, Supervisor, refuse_taken_port


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


def serve(
    *,
    extra: Sequence[Child] = (),
    env: dict[str, str] | None = None,
    when_ready: Callable[[], None] | None = None,
    prepared: bool = False,
) -> int:
    """Prepare and keep alive until Ctrl-C. `extra` starts first (the demo's sandboxes)."""
    refuse_taken_port(settings.PORT)
    if not prepared:
        prepare()
    children = [*extra, *web_and_worker(env or {})]
    server = embedded() if settings.EMBEDDED else None
    say = _say
    supervisor = Supervisor(children=children, server=server, say=say)
    return supervisor.run(ready=is_ready, when_ready=when_ready or (lambda: say(f"ready: {settings.PUBLIC_URL}")))


def is_ready() -> bool:
    """The web answers, it reaches the database, and a worker's heart beats."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{settings.PORT}/salud/", timeout=2) as answer:
            return bool(json.load(answer)["workers"] > 0)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _say(sentence: str) -> None:
    print(f"amate: {sentence}", file=sys.stderr, flush=True)
