"""The portal's visits: found by an opaque cookie, emptied when they are a day old."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from amate.access.link_token import digest_of
from amate.invoices.models import Invoice
from amate.self_invoicing.models import Claim, Ticket, Visit
from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.writes import insert, rewrite

LIFE = timedelta(hours=24)

# With its invoice, if it has one: the page that waits asks this every two seconds.
_OF_TOKEN = Compiled(
    lambda: Visit.objects.select_related("ticket__branch", "invoice").filter(
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


def open_proved_visit(*, invoice: Invoice, now: datetime) -> tuple[Visit, str] | None:
    """As `open_visit`, for whoever showed that this invoice is his own: he may download it and have it corrected. None if no
    note is told by it any more, or ever was."""
    held = Claim.objects.live().select_related("ticket__branch").filter(invoice=invoice)
    tickets = [claim.ticket for claim in held.order_by("pk")]
    if not tickets:
        return None
    visit, token = open_visit(ticket=tickets[0], now=now)
    rewrite(visit, invoice_id=invoice.pk, may_download=True, also=[ticket.pk for ticket in tickets[1:]])
    return visit, token


def find_visit(*, token: str, now: datetime) -> Visit | None:
    """The living visit of a browser, or None."""
    if not token:
        return None
    return _OF_TOKEN.first(digest=digest_of(token), since=now - LIFE)


def forget_stale_visits(*, now: datetime) -> int:
    """Erase what was typed and never issued (FEATURES 4.2)."""
    return int(Visit.objects.filter(seen_at__lte=now - LIFE).exclude(fiscal={}).update(fiscal={}))
