"""What the database keeps sealed (OUTSIDE SEC-1): a master key wraps each company's data key, which seals its secrets.

Master keys are lines of `AMATE_HOME/keys/master-key`, or of what `AMATE_MASTER_KEY_FILE` or `AMATE_MASTER_KEY` names. The
first line wraps; the others still open what has not been rewrapped since.
"""

import os
import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from amate.companies.models import DataKey
from amate.running.home import is_kept, kept_secret
from amate.tenancy.scope import open_company

VERSION = b"\x01"
NONCE = 12
NAME = "master-key"


class WrongMasterKey(RuntimeError):
    """What is stored was sealed under another master key; the message says how to mend it."""


def seal(plain: bytes, *, field: str) -> bytes:
    """`0x01 | nonce | ciphertext and tag`, bound to the open company and `field` ("csd.key"): a blob that is moved to
    another company or column does not open there."""
    return _closed(_key_in_force(), plain, _bound_to(field))


def unseal(kept: bytes, *, field: str) -> bytes:
    """Raises WrongMasterKey. The worker and the command line ask for it; the web seals, and opens only what proves a
    notice that comes in (decision 0008)."""
    _refuse_without_master(kept)
    return _opened(_data_keys(), kept, _bound_to(field))


def encrypt(plain: bytes, *, about: str) -> bytes:
    """Of the installation, not of a company: under the master key itself, bound to what it is about."""
    return _closed(masters()[0], plain, about.encode())


def decrypt(kept: bytes, *, about: str) -> bytes:
    """What `encrypt` made. Raises WrongMasterKey."""
    _refuse_without_master(kept)
    return _opened(masters(), kept, about.encode())


def rewrap() -> int:
    """Put the company's data keys under the first master key. Answers how many still cannot be opened.

    What they seal is not touched, so it takes a moment however much that is.
    """
    first, lost = fingerprint(masters()[0]), 0
    for row in DataKey.objects.exclude(master=first):
        key = _unwrapped(row)
        if key is None:
            lost += 1
            continue
        DataKey.objects.filter(pk=row.pk).update(master=first, wrapped=aes_key_wrap(masters()[0], key))
    return lost


def masters() -> list[bytes]:
    """The master keys, 256 bits each, the one that wraps first. Read anew each time: another process may rotate them."""
    return [sha256(line).digest() for line in master_lines()]


def master_lines() -> list[bytes]:
    """As they are written, one a line; a line may hold spaces."""
    said = named_master() or kept_secret(NAME)
    return [line.strip() for line in said.splitlines() if line.strip()]


def named_master() -> bytes:
    """What the environment says; empty when the key lies in AMATE_HOME."""
    file = os.environ.get("AMATE_MASTER_KEY_FILE")
    return Path(file).read_bytes().strip() if file else os.environ.get("AMATE_MASTER_KEY", "").strip().encode()


def fingerprint(master: bytes) -> str:
    """Names a master key without telling anything of it."""
    return sha256(b"amate master key" + master).hexdigest()[:16]


def _closed(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def _opened(keys: list[bytes], kept: bytes, bound_to: bytes) -> bytes:
    for key in keys:
        try:
            return AESGCM(key).decrypt(kept[1 : 1 + NONCE], kept[1 + NONCE :], bound_to)
        except InvalidTag:
            continue  # it may lie under an older key
    raise WrongMasterKey(
        "La llave maestra no abre lo guardado: se cifró con otra. Regresa el archivo keys/master-key de tu AMATE_HOME "
        "(o AMATE_MASTER_KEY), o vuelve a subir el CSD."
    )


def _refuse_without_master(kept: bytes) -> None:
    if kept[:1] != VERSION:
        raise WrongMasterKey("Lo guardado tiene una forma de cifrado que este Amate no conoce: actualiza Amate.")
    # On a further machine a new master key would open nothing and hide the cause.
    if not named_master() and not is_kept(NAME):
        raise WrongMasterKey(
            "Falta la llave maestra de esta instalación: copia keys/master-key de la máquina que guardó el CSD, "
            "o nómbrala en AMATE_MASTER_KEY_FILE."
        )


def _key_in_force() -> bytes:
    """The newest data key that opens, or a new one. Two may be made at once: each opens what it sealed."""
    known = _data_keys()
    if known:
        return known[0]
    key, master = secrets.token_bytes(32), masters()[0]
    DataKey.objects.create(master=fingerprint(master), wrapped=aes_key_wrap(master, key))
    return key


def _data_keys() -> list[bytes]:
    keys = [_unwrapped(row) for row in DataKey.objects.order_by("-id")]
    return [key for key in keys if key is not None]


def _unwrapped(row: DataKey) -> bytes | None:
    for master in masters():
        if fingerprint(master) == row.master:
            try:
                return aes_key_unwrap(master, bytes(row.wrapped))
            except InvalidUnwrap:
                return None
    return None


def _bound_to(field: str) -> bytes:
    return f"company:{open_company()}:{field}".encode()
