"""A key that one wish of a page makes: pressed twice it is the same key, shown by both answers."""

from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from amate.tenancy.scope import open_company

SHOWN_AGAIN = timedelta(minutes=1)


class KeyWasMade(Exception):
    """The same wish made it some time ago: it is shown no more."""


def secret_of_wish(wish: str, *, purpose: str) -> bytes:
    """32 bytes, as secret as the key of the installation, and the same for the second press."""
    return salted_hmac(purpose, f"{open_company()}:{wish}", algorithm="sha256").digest()


def shows_again(made_at: datetime, *, now: datetime) -> None:
    """Raises KeyWasMade once the second press comes too late to be one."""
    if now - made_at > SHOWN_AGAIN:
        raise KeyWasMade
