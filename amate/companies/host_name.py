"""A host name as somebody types it: what it must be to be the portal's own."""

import re
from collections.abc import Collection
from ipaddress import ip_address

from django.http.request import validate_host

LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
LONGEST = 253


class HostRefused(ValueError):
    """The message says what to write instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def read_host(typed: str, *, ours: Collection[str]) -> str:
    """The name as the network writes it, in ASCII and lower case. `ours`: the installation's own names, as Django's
    ALLOWED_HOSTS has them. Raises HostRefused.

    >>> read_host(" Facturas.Peña.mx. ", ours=[])
    'facturas.xn--pea-8ma.mx'
    """
    text = typed.strip().lower().removesuffix(".")
    if not text:
        raise HostRefused("Escribe el dominio, como facturas.tutienda.mx")
    if any(sign in text for sign in "/:@?# "):
        raise HostRefused("Escribe solo el nombre, como facturas.tutienda.mx: sin https:// ni diagonales")
    try:
        host = text.encode("idna").decode()
    except UnicodeError as wrong:
        raise HostRefused("Ese no es un nombre de dominio. Revísalo: es como facturas.tutienda.mx") from wrong
    labels = host.split(".")
    if len(host) > LONGEST or not all(LABEL.fullmatch(label) for label in labels) or _is_address(host):
        raise HostRefused("Ese no es un nombre de dominio. Revísalo: es como facturas.tutienda.mx")
    if len(labels) < 2 or labels[-1].isdecimal():
        raise HostRefused("Al dominio le falta algo: escríbelo completo, como facturas.tutienda.mx")
    if validate_host(host, [one for one in ours if one != "*"]):
        raise HostRefused("Ese es el nombre de todo este sistema. Elige uno tuyo, como facturas.tutienda.mx")
    return host


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
