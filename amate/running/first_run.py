"""The one-time address of an empty installation. Only its digest is kept (`keys/first-run`, 0600)."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from amate.running.home import amate_home, private_folder, write_private

NAME = "first-run"


class AlreadyUsed(Exception):
    """The address was used, or another start of Amate printed a newer one."""


def new_token() -> str:
    """A token for one first run; the one before it is good no more."""
    token = secrets.token_urlsafe(24)
    write_private(private_folder(amate_home() / "keys") / NAME, _digest(token))
    return token


def is_token(token: str) -> bool:
    try:
        return compare_digest(_kept().read_bytes(), _digest(token))
    except FileNotFoundError:
        return False


def forget_token() -> None:
    """There is a company: nobody begins anew."""
    _kept().unlink(missing_ok=True)


@contextmanager
def used_once(token: str) -> Iterator[None]:
    """The token is spent if all goes well inside, and good again if not. Raises AlreadyUsed; of two at once one goes in."""
    if not is_token(token):
        raise AlreadyUsed
    taken = _kept().with_name(f"{NAME}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        _kept().rename(taken)
    except FileNotFoundError:
        raise AlreadyUsed from None
    try:
        yield
    except BaseException:
        taken.rename(_kept())
        raise
    taken.unlink()


def _kept() -> Path:
    return amate_home() / "keys" / NAME


def _digest(token: str) -> bytes:
    return sha256(token.encode()).hexdigest().encode()
