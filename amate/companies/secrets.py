"""What the database keeps encrypted (OUTSIDE SEC): AES-256-GCM under the installation's master key."""

import os
import secrets
from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from amate.running.home import is_kept, kept_secret

VERSION = b"\x01"
NONCE = 12
NAME = "master-key"


class WrongMasterKey(RuntimeError):
    """What is stored was encrypted under another master key; the message says how to mend it."""


@cache
def _cipher() -> AESGCM:
    return AESGCM(sha256(_named() or kept_secret(NAME)).digest())


def _named() -> bytes:
    file = os.environ.get("AMATE_MASTER_KEY_FILE")
    return Path(file).read_bytes().strip() if file else os.environ.get("AMATE_MASTER_KEY", "").encode()


def encrypt(plain: bytes, *, about: str) -> bytes:
    """`about` names what it is (company, kind): a row moved to another place does not decrypt there."""
    nonce = secrets.token_bytes(NONCE)
    return VERSION + nonce + _cipher().encrypt(nonce, plain, about.encode())


def decrypt(kept: bytes, *, about: str) -> bytes:
    if kept[:1] != VERSION:
        raise WrongMasterKey("Lo guardado tiene una forma de cifrado que este Amate no conoce: actualiza Amate.")
    if not _named() and not is_kept(NAME):  # on a further machine a new key would open nothing and hide the cause
        raise WrongMasterKey(
            "Falta la llave maestra de esta instalación: copia keys/master-key de la máquina que guardó el CSD, "
            "o nómbrala en AMATE_MASTER_KEY_FILE."
        )
    try:
        return _cipher().decrypt(kept[1 : 1 + NONCE], kept[1 + NONCE :], about.encode())
    except InvalidTag as fault:
        raise WrongMasterKey(
            "La llave maestra no abre lo guardado: se cifró con otra. Regresa el archivo keys/master-key de tu AMATE_HOME "
            "(o AMATE_MASTER_KEY), o vuelve a subir el CSD."
        ) from fault
