"""The link in the mail of an invoice: its files without an account, until a day, and until somebody takes it back.

What is kept opens nothing (as of invitations): the token is made of the row's seed by this installation's key, and written
into the mail as it leaves.
"""

import secrets
from datetime import datetime, timedelta

from amate.access.link_token import digest_of, token_of_seed
from amate.audit.record import record
from amate.invoices.models import DownloadLink
from amate.tenancy.writes import insert_unless_there

LIFE = timedelta(days=180)


def link_for(*, invoice_id: int, key: str, to: str, now: datetime) -> DownloadLink:
    """The link of one mail, made once a `key`."""
    seed = secrets.token_hex(32)
    made = DownloadLink(
        invoice_id=invoice_id,
        key=key,
        correo=to,
        seed=seed,
        token_digest=digest_of(_token(seed)),
        made_at=now,
        expires_at=now + LIFE,
    )
    return made if insert_unless_there(made) else DownloadLink.objects.get(key=key)


def find_link(token: str) -> DownloadLink | None:
    """Of this company, whether it still opens or not."""
    rows = DownloadLink.objects.select_related("invoice__branch", "invoice__stamp")
    found: DownloadLink | None = rows.filter(token_digest=digest_of(token)).first()
    return found


def revoke_links(*, invoice_id: int, now: datetime) -> int:
    """None that was mailed until now opens the invoice any more. Answers how many did."""
    count = int(DownloadLink.objects.standing().filter(invoice_id=invoice_id).update(revoked_at=now))
    if count:
        record("invoice.links_revoked", about=f"invoice:{invoice_id}", now=now, count=count)
    return count


def token_of(link: DownloadLink) -> str:
    """What the address carries. Only this installation's key can make it: neither the row nor a copy of it can."""
    return _token(link.seed)


def _token(seed: str) -> str:
    return token_of_seed(seed, purpose="amate.invoices.link")
