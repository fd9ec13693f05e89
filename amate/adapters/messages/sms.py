"""A text for a telephone, and the description of whoever takes it there (OUTSIDE MSG-4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from amate.adapters.messages import BadAddress
from amate.adapters.template import is_json, moves_its_server, places_of

PLACES = ("to", "text", "id", "sender", "key")
_MEXICAN = re.compile(r"(?:\+?52)?(?:1|04[45])?(\d{10})")


class BadTemplate(ValueError):
    """The gateway's description cannot work. The message is for people."""


@dataclass(frozen=True, slots=True)
class Text:
    """`to` as `telephone` writes it; `mark`: our own name for it, the same each time it is sent."""

    to: str
    text: str
    mark: str


@dataclass(frozen=True, slots=True)
class Gateway:
    """`url`, `body` and the values of `headers` may hold `{{to}}`, `{{text}}`, `{{id}}`, `{{sender}}`, `{{key}}`; each
    is written as its place wants it. `kind`: json, form or none.

    It was taken if the status is 2xx and, where `success_at` names a place in the JSON (`messages.0.status`), one of
    `success` stands there. `id_at`: where its own name for the message stands. `bad_number`: what its answer says when
    the number is none.
    """

    url: str
    method: str = "POST"
    kind: str = "json"
    body: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    sender: str = ""
    key: str = field(default="", repr=False)
    success_at: str = ""
    success: frozenset[str] = frozenset()
    id_at: str = ""
    bad_number: tuple[str, ...] = ()
    private: frozenset[str] = frozenset()


class Texter(Protocol):
    async def send(self, message: Text) -> str:
        """Hand it over. Answers the gateway's own name for it, empty if it gave none. Raises BadAddress or
        MessengerUnavailable."""


def telephone(said: str) -> str:
    """+52 and ten digits, without the 1 that mobiles had. Raises BadAddress.

    >>> telephone("55 1234 5678"), telephone("+52 1 55-1234-5678"), telephone("044 5512345678")
    ('+525512345678', '+525512345678', '+525512345678')
    """
    digits = re.sub(r"[\s().-]", "", said)
    found = _MEXICAN.fullmatch(digits)
    if found is None or found[1].startswith("0") or not digits.isascii():
        raise BadAddress(f"“{said[:30]}” no es un teléfono de México: son 10 dígitos.")
    return f"+52{found[1]}"


def check_gateway(gateway: Gateway) -> None:
    """Raises BadTemplate."""
    if gateway.method not in ("GET", "POST") or gateway.kind not in ("json", "form", "none"):
        raise BadTemplate("El envío es GET o POST, y el cuerpo json, form o ninguno.")
    used = places_of(gateway.url, gateway.body, *gateway.headers.values())
    unknown = used - set(PLACES)
    if unknown:
        raise BadTemplate(
            f"No hay {{{{{sorted(unknown)[0]}}}}}: usa {', '.join('{{' + name + '}}' for name in PLACES)}."
        )
    if not {"to", "text"} <= used:
        raise BadTemplate("Falta decir dónde van {{to}} y {{text}}.")
    if ("key" in used) != bool(gateway.key):
        raise BadTemplate(
            "Falta la clave que va en {{key}}."
            if "key" in used
            else "Escribe {{key}} donde va la clave: en un encabezado."
        )
    if moves_its_server(gateway.url):
        raise BadTemplate("El servidor de la dirección no puede cambiar con cada mensaje.")
    if gateway.kind == "json" and gateway.body and not is_json(gateway.body, PLACES):
        raise BadTemplate("El cuerpo no es JSON: revisa comillas y comas.")
