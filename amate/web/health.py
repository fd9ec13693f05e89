"""Is all well? For whoever watches the installation, and for a load balancer that asks about this web alone."""

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from amate.running.pacs_heard import pacs_heard
from amate.web.watchers_token import is_watcher


def alive(request: HttpRequest) -> JsonResponse:
    """`/salud/`: 503 unless the database answers and a worker's heart beats.

    Everybody learns no more than that; what is missing, and what the PACs say, is told to who knows the token.
    """
    workers = _workers()
    parts = (
        {"database": _database(workers), "workers": workers or 0, "pacs": pacs_told()} if is_watcher(request) else {}
    )
    return _told(parts, well=bool(workers))


def web(request: HttpRequest) -> JsonResponse:
    """`/salud/web/`: 503 only if this web does not reach its database. Sales and claims are taken without a worker too,
    so a load balancer that asked for one would shut every web for nothing."""
    return _told({}, well=_workers() is not None)


def pacs_told() -> dict[str, dict[str, object]]:
    """By PAC, as the worker of this machine last heard: `stamps_left` null is without a limit or not known."""
    return {
        one.code: {
            "state": one.state,
            "stamps_left": one.left,
            "latency_seconds": one.latency,
            "resting": one.resting,
        }
        for one in pacs_heard(now=timezone.now())
    }


def workers_alive() -> int:
    """Workers whose heart beat within 15 seconds."""
    with connection.cursor() as c:
        c.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > clock_timestamp() - interval '15 seconds'"
        )
        row = c.fetchone()
    return row[0] if row else 0


def _workers() -> int | None:
    """None: the database does not answer. Why is for the log of PostgreSQL, not for everybody."""
    try:
        return workers_alive()
    except (OperationalError, InterfaceError):
        connection.close()
        return None


def _database(workers: int | None) -> str:
    return "no responde" if workers is None else "ok"


def _told(parts: dict[str, object], *, well: bool) -> JsonResponse:
    answer = JsonResponse({"ok": well, **parts}, status=200 if well else 503)
    answer["Cache-Control"] = "no-store"
    return answer
