"""Where a WHM may be asked: by its own port with TLS, and no other."""

import re
from urllib.parse import urlsplit

from amate.adapters.typed_url import UrlRefused, check

PORT = 2087  # 2086 is the same without TLS


def check_whm(url: str, *, private: frozenset[str]) -> None:
    """What can be seen of its address without asking anybody. Raises UrlRefused.

    >>> check_whm("https://servidor.example", private=frozenset())
    """
    check(at_its_port(url), private=private, ports=frozenset({PORT}))
    parts = urlsplit(url)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise UrlRefused("Escribe solo el servidor y su puerto: https://servidor.example:2087")


def at_its_port(url: str) -> str:
    """
    >>> at_its_port("https://servidor.example/"), at_its_port("https://servidor.example:2087")
    ('https://servidor.example:2087', 'https://servidor.example:2087')
    """
    bare = url.strip().rstrip("/")
    return f"{bare}:{PORT}" if re.fullmatch(r"https://[^/:\[\]]+", bare) else bare


def check_token(token: str) -> bool:
    """Whether it may stand in a header; none typed is none to look at.

    >>> [check_token(one) for one in ("", "ABC123", "con espacio", "ñ")]
    [True, True, False, False]
    """
    return re.fullmatch(r"[!-~]*", token) is not None
