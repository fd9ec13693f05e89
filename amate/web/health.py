"""Is the web alive, and does it reach its database?"""

from django.db import connection
from django.http import HttpRequest, JsonResponse


def alive(request: HttpRequest) -> JsonResponse:
    with connection.cursor() as c:
        c.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > clock_timestamp() - interval '15 seconds'"
        )
        row = c.fetchone()
    return JsonResponse({"web": "ok", "database": "ok", "workers": row[0] if row else 0})
