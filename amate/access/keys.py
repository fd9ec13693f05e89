"""API keys: made once, shown once, found by digest."""

import secrets
from datetime import datetime
from hashlib import sha256

from amate.access.models import ApiKey
from amate.companies.models import Company

PREFIX = "amate_"
SCOPES = ("tickets:write", "tickets:read", "invoices:read")


def make_api_key(*, company: Company, name: str, scopes: tuple[str, ...], now: datetime) -> str:
    """A new key. The answer is the only copy there will ever be."""
    key = PREFIX + secrets.token_urlsafe(32)
    ApiKey.objects.create(
        company=company,
        name=name,
        prefix=key[: len(PREFIX) + 6],
        digest=_digest(key),
        scopes=list(scopes),
        created_at=now,
    )
    return key


def find_api_key(key: str, *, now: datetime) -> ApiKey | None:
    """The live key that was presented, or None. Notes the day of its last use."""
    if not key.startswith(PREFIX):
        return None
    row = ApiKey.objects.select_related("company").filter(digest=_digest(key), revoked_at__isnull=True).first()
    if row is not None and row.last_used_on != now.date():
        ApiKey.objects.filter(pk=row.pk).update(last_used_on=now.date())
    return row


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()
