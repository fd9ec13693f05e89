"""A person enters with another address from now on, once the new mailbox has shown that it is hers."""

from datetime import datetime, timedelta

from django.core import signing

from amate.access.end_sessions import end_sessions
from amate.access.models import User
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise

VALID_FOR = timedelta(hours=1)
SALT = "amate.access.change_mail"


class ChangeGone(LookupError):
    """The link is too old, was used, or is of another account: ask for the change again."""


def ask_mail_change(*, user: User, to: str, now: datetime) -> None:
    """Owe the mail to the new address, inside the scope of a company of that person."""
    key = f"mail-change:{user.pk}:{int(now.timestamp() * 1000)}"
    promise("change_mail", key=key, now=now, priority=SOMEBODY_WAITS, user_id=user.pk, to=to, message=key)


def change_token(user: User, *, to: str) -> str:
    """What the link carries. It is good while the account still has the address it had, and is kept nowhere."""
    return signing.dumps({"user": user.pk, "from": user.email, "to": to}, salt=SALT)


def asked_for(token: str, *, user: User) -> str:
    """The new address of that link. Raises ChangeGone."""
    try:
        said = signing.loads(token, salt=SALT, max_age=VALID_FOR)
    except signing.BadSignature as bad:
        raise ChangeGone from bad
    if (said["user"], said["from"]) != (user.pk, user.email):
        raise ChangeGone
    return str(said["to"])


def change_mail(*, token: str, user: User, keep: str | None) -> str:
    """Write the new address and end the other sessions (`keep` is the key of this one). Answers the address before.

    In a transaction of its own: an account belongs to no company. Raises ChangeGone, also when somebody else has that
    address meanwhile.
    """
    to = asked_for(token, user=user)
    if User.objects.filter(email=to).exists():
        raise ChangeGone
    before = user.email
    if not User.objects.filter(pk=user.pk, email=before).update(email=to):
        raise ChangeGone
    user.email = to
    end_sessions(user_id=user.pk, keep=keep)
    return before
