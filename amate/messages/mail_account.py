"""Mails about a person's account: a way back in, a new address to confirm, and word of every change.

They leave in the name of the company whose worker sends them. Of a link nothing is kept: it is written in as it leaves.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from amate.access.change_mail import change_token
from amate.access.forgotten_password import reset_token
from amate.access.models import User
from amate.access.tell_person import NOTICES
from amate.adapters.messages import Outgoing
from amate.companies.models import Branch
from amate.fiscal.clock import zone_of
from amate.messages.mail import claim_mail, outgoing, render_mail
from amate.messages.way import Way
from amate.papers.dates import in_full
from amate.tenancy.scope import open_company


def prepare_password_reset(
    *, user_id: int, key: str, site: str, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    """`site` is what stands before the token. None: it was sent before, or the person works here no more."""
    user = _member(user_id)
    if user is None:
        return None
    link = f"{site}{reset_token(user)}/"
    return _prepare("password_reset", user, to=user.email, key=key, site=site, link=link, way=way, now=now)


def prepare_mail_change(
    *, user_id: int, to: str, key: str, site: str, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    """To the new address, which has to show that it is read. `site` is what stands before the token."""
    user = _member(user_id)
    if user is None:
        return None
    link = f"{site}{change_token(user, to=to)}/"
    return _prepare("mail_change", user, to=to, key=key, site=site, link=link, way=way, now=now)


def prepare_notice(
    *, user_id: int, notice: str, at: datetime, to: str, key: str, site: str, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    """Word of a change that was made `at` that moment. `site` is where the person looks after the account."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return None
    facts = {"happened": NOTICES[notice], "when": in_full(at.astimezone(_zone())), "link": site}
    return _send("account_notice", user, to=to, key=key, shown=facts, sent=facts, way=way, now=now)


def _prepare(
    kind: str, user: User, *, to: str, key: str, site: str, link: str, way: Way, now: datetime
) -> tuple[int, Outgoing] | None:
    return _send(kind, user, to=to, key=key, shown={"link": f"{site}…/"}, sent={"link": link}, way=way, now=now)


def _send(
    kind: str,
    user: User,
    *,
    to: str,
    key: str,
    shown: dict[str, Any],
    sent: dict[str, Any],
    way: Way,
    now: datetime,
) -> tuple[int, Outgoing] | None:
    """Write what may be `shown` to whoever reads the table, and hand over what is `sent`."""
    facts: dict[str, Any] = {"person": user, "usted": False}  # to colleagues, however a company speaks to its customers
    about = f"person:{user.pk}"
    message = claim_mail(key=key, kind=kind, about=about, to=to, facts=facts | shown, way=way, now=now)
    if message is None:
        return None
    _, text, html = render_mail(kind, facts | sent, way=way)
    return message.pk, replace(outgoing(message, way=way), text=text, html=html)


def _member(user_id: int) -> User | None:
    """A person who was let go meanwhile gets no way in through this company."""
    rows = User.objects.filter(pk=user_id, is_active=True, memberships__company_id=open_company())
    found: User | None = rows.first()
    return found


def _zone() -> Any:
    cp = Branch.objects.order_by("id").values_list("cp", flat=True).first()
    return zone_of(cp) if cp else timezone.get_default_timezone()
