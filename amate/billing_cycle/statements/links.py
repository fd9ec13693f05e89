"""The links that open a customer's own page, each in one mail (CYCLE 7): one that shows for thirty days, and for whatever
changes something one that does it once, within a quarter of an hour.

What is kept opens nothing (as of invoices): the token is made of the row's seed by this installation's key, and written into
the mail as it leaves. A link lives no longer than its mail is one of that customer's.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from amate.access.link_token import digest_of, token_of_seed
from amate.audit.record import record
from amate.billing_cycle.statements.models import AccountLink, Purpose
from amate.customers.models import Contact, Customer
from amate.tenancy.writes import insert_unless_there

LIFE = timedelta(days=30)
ONCE = timedelta(minutes=15)


def account_link(*, customer_id: int, key: str, to: str, now: datetime) -> AccountLink:
    """The link of one mail that shows the customer's page, made once a `key`."""
    return _made(customer_id, Purpose.ACCOUNT, key=key, to=to, now=now, expires_at=now + LIFE)


def act_link(*, customer_id: int, purpose: Purpose, key: str, to: str, now: datetime) -> AccountLink:
    """The link of one mail that does one thing once, within a quarter of an hour; ValueError for one that only shows."""
    if purpose == Purpose.ACCOUNT:
        raise ValueError("a link that only shows is no act")
    return _made(customer_id, purpose, key=key, to=to, now=now, expires_at=now + ONCE)


def find_link(token: str, *, acts: bool) -> AccountLink | None:
    """Of this company, whether it still opens or not; None also for one whose mail is no longer its customer's. `acts`: one
    that does something; a link of the other kind is not found by its token."""
    rows = AccountLink.objects.select_related("customer").filter(token_digest=digest_of(token))
    found: AccountLink | None = rows.first()
    if found is None or (found.purpose != Purpose.ACCOUNT) is not acts:
        return None
    return found if found.correo.lower() in mails_of([found.customer]).get(found.customer_id, ()) else None


def use_link(link: AccountLink, *, now: datetime) -> bool:
    """Spend it, in the transaction of what it does. False: somebody else did, or its time is over."""
    rows = AccountLink.objects.standing().filter(pk=link.pk, used_at__isnull=True, expires_at__gt=now)
    return bool(rows.update(used_at=now))


def revoke_links(*, customer_id: int, now: datetime) -> int:
    """None that was mailed until now opens his page any more. Answers how many did."""
    rows = AccountLink.objects.standing().filter(customer_id=customer_id, expires_at__gt=now)
    count = int(rows.update(revoked_at=now))
    if count:
        record("statement.links_revoked", about=f"customer:{customer_id}", now=now, count=count)
    return count


def mails_of(customers: Collection[Customer]) -> dict[int, list[str]]:
    """{customer: the addresses that are his, in lower case}: his own first, then those of who handles payments."""
    found = {one.pk: [one.correo.lower()] if one.correo else [] for one in customers}
    rows = Contact.objects.filter(customer_id__in=found, handles_payments=True).exclude(correo="").order_by("id")
    for customer_id, correo in rows.values_list("customer_id", "correo"):
        if correo.lower() not in found[customer_id]:
            found[customer_id].append(correo.lower())
    return found


def token_of(link: AccountLink) -> str:
    """What the address carries. Only this installation's key can make it: neither the row nor a copy of it can."""
    return _token(link.seed)


def account_site(portal: str) -> str:
    """What stands before the token of a page; `portal` as of `companies.portal_of`."""
    return f"{portal}/cuenta/"


def act_site(portal: str) -> str:
    return f"{portal}/cuenta/una-vez/"


def _made(customer_id: int, purpose: Purpose, *, key: str, to: str, now: datetime, expires_at: datetime) -> AccountLink:
    seed = secrets.token_hex(32)
    made = AccountLink(
        customer_id=customer_id,
        purpose=purpose,
        key=key,
        correo=to,
        seed=seed,
        token_digest=digest_of(_token(seed)),
        made_at=now,
        expires_at=expires_at,
    )
    return made if insert_unless_there(made) else AccountLink.objects.get(key=key)


def _token(seed: str) -> str:
    return token_of_seed(seed, purpose="amate.statements.link")
