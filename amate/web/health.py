"""Is the web alive, and does it reach its database?"""

from django.db import connection
from django.http import HttpRequest, JsonResponse


def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"web": "ok", "database": "ok", "workers": workers_alive()})


def workers_alive() -> int:
    """Workers whose heart beat within 15 seconds."""
    with connection.cursor() as c:
        c.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > clock_timestamp() - interval '15 seconds'"
        )
        row = c.fetchone()
    return row[0] if row else 0
