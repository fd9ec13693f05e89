"""What the database keeps encrypted (OUTSIDE SEC): AES-256-GCM under the installation's master key."""

import os
import secrets
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from amate.running.home import kept_secret

VERSION = b"\x01"
NONCE = 12


class WrongMasterKey(RuntimeError):
    """What is stored was encrypted under another master key; the message says how to mend it."""


@cache
def _cipher() -> AESGCM:
    file = os.environ.get("AMATE_MASTER_KEY_FILE")
    named = Path(file).read_bytes().strip() if file else os.environ.get("AMATE_MASTER_KEY", "").encode()
    return AESGCM(sha256(named or kept_secret("master-key")).digest())


def encrypt(plain: bytes, *, about: str) -> bytes:
    """`about` names what it is (company, kind): a row moved to another place does not decrypt there."""
    nonce = secrets.token_bytes(NONCE)
    return VERSION + nonce + _cipher().encrypt(nonce, plain, about.encode())


def decrypt(kept: bytes, *, about: str) -> bytes:
    if kept[:1] != VERSION:
        raise WrongMasterKey("Lo guardado tiene una forma de cifrado que este Amate no conoce: actualiza Amate.")
    try:
        return _cipher().decrypt(kept[1 : 1 + NONCE], kept[1 + NONCE :], about.encode())
    except InvalidTag as fault:
        raise WrongMasterKey(
            "La llave maestra no abre lo guardado: se cifró con otra. Regresa el archivo keys/master-key de tu AMATE_HOME "
            "(o AMATE_MASTER_KEY), o vuelve a subir el CSD."
        ) from fault
