"""The token of a link that leaves in a mail: made of its row's seed by this installation's key, so that neither the row nor a
copy of it opens anything."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from django.utils.crypto import salted_hmac


def token_of_seed(seed: str, *, purpose: str) -> str:
    """What the address carries. `purpose`: of one kind of link, so that no other's token opens it."""
    made = salted_hmac(purpose, seed, algorithm="sha256").digest()
    return urlsafe_b64encode(made).decode().rstrip("=")


def digest_of(token: str) -> str:
    """What the row keeps, to find it by."""
    return sha256(token.encode()).hexdigest()
