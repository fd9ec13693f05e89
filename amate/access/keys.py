"""API keys: made once, shown once, found by digest."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from amate.access.models import ApiKey
from amate.access.wished_key import KeyWasMade, secret_of_wish, shows_again
from amate.audit.record import record
from amate.companies.models import Company
from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.scope import open_company
from amate.tenancy.writes import insert_unless_there

PREFIX = "amate_"
SCOPES = (
    "tickets:write",
    "tickets:read",
    "invoices:read",
    "standing:read",
    "customers:write",
    "customers:read",
    "subscriptions:write",
    "subscriptions:read",
    "payments:write",
    "payments:read",
)


class UnknownScope(ValueError):
    """Nobody may ask for it: the API knows no such permission."""


def make_api_key(*, company: Company, name: str, scopes: Iterable[str], now: datetime, wish: str = "") -> str:
    """A new key, inside the company's scope. The answer is the only copy there will ever be. `wish`: of the page that
    asks; pressed twice it is one key, and both answers show it. Raises UnknownScope, KeyWasMade.
    """
    wanted = [scope for scope in SCOPES if scope in set(scopes)]
    if strange := set(scopes) - set(wanted):
        raise UnknownScope(", ".join(sorted(strange)))
    key = PREFIX + (_of_wish(wish) if wish else secrets.token_urlsafe(32))
    row = ApiKey(
        company=company,
        name=name,
        prefix=key[: len(PREFIX) + 6],
        digest=_digest(key),
        scopes=wanted,
        created_at=now,
    )
    if not insert_unless_there(row):
        made = ApiKey.objects.get(digest=row.digest)
        if made.revoked_at is not None:
            raise KeyWasMade
        shows_again(made.created_at, now=now)
        return key
    record("key.made", about=f"key:{row.pk}", now=now, name=name, prefix=row.prefix, scopes=wanted)
    return key


def revoke_api_key(*, key_id: int, now: datetime) -> ApiKey | None:
    """The key of the open company stops working with the next request. None: there is none, or it was revoked before."""
    rows = ApiKey.objects.filter(company_id=open_company(), revoked_at__isnull=True)
    row = rows.select_for_update(no_key=True).filter(pk=key_id).first()
    if row is not None:
        row.revoked_at = now
        row.save(update_fields=["revoked_at"])
        record("key.revoked", about=f"key:{row.pk}", now=now, name=row.name, prefix=row.prefix)
    return row


_LIVE = Compiled(lambda: ApiKey.objects.select_related("company").filter(digest=Arg("digest"), revoked_at__isnull=True))


def find_api_key(key: str, *, now: datetime) -> ApiKey | None:
    """The live key that was presented, or None. Notes the day of its last use."""
    if not key.startswith(PREFIX):
        return None
    row = _LIVE.first(digest=_digest(key))
    if row is not None and row.last_used_on != now.date():
        ApiKey.objects.filter(pk=row.pk).update(last_used_on=now.date())
    return row


def _of_wish(wish: str) -> str:
    return urlsafe_b64encode(secret_of_wish(wish, purpose="amate.access.keys")).rstrip(b"=").decode()


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()
