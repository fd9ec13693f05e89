"""The portal's visits: found by an opaque cookie, emptied when they are a day old."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from amate.access.link_token import digest_of
from amate.self_invoicing.models import Ticket, Visit
from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.writes import insert

LIFE = timedelta(hours=24)

# With all that says where it stands, for a visit that has its invoice: the page that waits asks this every two seconds.
_OF_TOKEN = Compiled(
    lambda: Visit.objects.select_related("ticket__branch", "invoice__claim").filter(
        token_digest=Arg("digest"), seen_at__gt=Arg("since")
    )
)


def open_visit(*, ticket: Ticket, now: datetime, fiscal: dict[str, Any] | None = None) -> tuple[Visit, str]:
    """A new visit for a ticket that was proved by code and total; `fiscal`: what its owner typed before and carries on.
    The token is given once, to the browser."""
    token = secrets.token_urlsafe(24)
    visit = Visit(token_digest=digest_of(token), ticket=ticket, fiscal=fiscal or {}, started_at=now, seen_at=now)
    insert(visit)
    return visit, token


def find_visit(*, token: str, now: datetime) -> Visit | None:
    """The living visit of a browser, or None."""
    if not token:
        return None
    return _OF_TOKEN.first(digest=digest_of(token), since=now - LIFE)


def forget_stale_visits(*, now: datetime) -> int:
    """Erase what was typed and never issued (FEATURES 4.2)."""
    return int(Visit.objects.filter(seen_at__lte=now - LIFE).exclude(fiscal={}).update(fiscal={}))
