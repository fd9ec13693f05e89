"""Somebody forgot the password: a link by mail that opens once, for an hour, and only until somebody enters."""

from datetime import datetime

from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.tokens import default_token_generator

from amate.access.models import User
from amate.audit.record import record
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise


def find_forgetful(email: str) -> User | None:
    """The active account of that address which belongs to some company, whose mail carries the link."""
    found: User | None = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    return found if found is not None and found.memberships.exists() else None


def ask_reset(*, user: User, now: datetime) -> None:
    """Owe the mail, inside the scope of a company of that person. Nothing of the account changes yet."""
    key = f"password-reset:{user.pk}:{int(now.timestamp() * 1000)}"
    promise("reset_password", key=key, now=now, priority=SOMEBODY_WAITS, user_id=user.pk, message=key)
    record("person.password_reset_asked", about=f"person:{user.pk}", now=now, mail=user.email)


def reset_token(user: User) -> str:
    """What the link carries: made anew by who sends it, from this installation's secret. It is kept nowhere, and dies with
    the hour, the next login, or another password."""
    return f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
