"""Standard Webhooks 1.0: what proves to a customer's system that we said it (OUTSIDE SIG-5)."""

import base64
import binascii
import hmac
import secrets
from hashlib import sha256

PREFIX = "whsec_"


class BadKey(ValueError):
    """Not a key of Standard Webhooks. The message is for people."""


def new_key() -> str:
    return key_of(secrets.token_bytes(32))


def key_of(secret: bytes) -> str:
    """As Standard Webhooks writes it."""
    return PREFIX + base64.b64encode(secret).decode()


def signature(*, keys: tuple[str, ...], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one for each key. `timestamp`: epoch seconds. Raises BadKey.

    >>> signature(keys=("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",), message_id="msg_1", timestamp=1763755200,
    ...           body=b'{"type":"service.suspend"}')
    'v1,oI6cijGWuwM0uqYy/SKt0gFmjWj/gYZfKyzCsvsosj4='
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    made = (base64.b64encode(hmac.digest(_secret(key), signed, sha256)).decode() for key in keys)
    return " ".join(f"v1,{one}" for one in made)


def _secret(key: str) -> bytes:
    try:
        secret = base64.b64decode(key.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as broken:
        raise BadKey("La llave no es base64 con whsec_ al principio.") from broken
    if not 24 <= len(secret) <= 64:
        raise BadKey("La llave debe tener de 24 a 64 bytes.")
    return secret
