"""What a person may describe of a system that is told by plain requests: seen without asking anybody."""

import re

from amate.adapters.switch import HttpAccount
from amate.adapters.template import is_json, moves_its_server, places_of
from amate.adapters.typed_url import UrlRefused, check

METHODS = ("POST", "PUT", "PATCH", "DELETE", "GET")
PLACES = ("service", "customer", "state", "suspended", "gen", "reason")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,59}")
OURS = frozenset({"host", "content-length", "content-type", "transfer-encoding", "connection", "accept-encoding"})


class BadRequest(ValueError):
    """The description cannot work. `field` and the message (es-MX) say what to mend."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def check_plain(account: HttpAccount) -> None:
    """Raises BadRequest."""
    back = account.back_url or account.url
    for field, url in (("url", account.url), ("back_url", back)):
        _check_url(field, url, account)
    _check_body(account)
    if back == account.url and not {"state", "suspended"} & places_of(account.url, account.body):
        raise BadRequest("back_url", "Falta la dirección que reactiva, o {{state}} en la dirección o en el cuerpo.")
    _check_proof(account)


def _check_url(field: str, url: str, account: HttpAccount) -> None:
    if moves_its_server(url):
        raise BadRequest(field, "El servidor de la dirección no puede cambiar con cada servicio.")
    _known(field, url)
    if "service" not in places_of(url, account.body):
        raise BadRequest(field, "Falta decir dónde va {{service}}: en la dirección o en el cuerpo.")
    try:
        check(re.sub(r"\{\{.*?\}\}", "0", url), private=account.private)
    except UrlRefused as refused:
        raise BadRequest(field, str(refused)) from refused


def _check_body(account: HttpAccount) -> None:
    if account.method not in METHODS:
        raise BadRequest("method", f"Usa {', '.join(METHODS)}.")
    if account.body and account.method in ("GET", "DELETE"):
        raise BadRequest("body", f"{account.method} no lleva cuerpo: déjalo vacío o elige otro método.")
    _known("body", account.body)
    if account.body and not is_json(account.body, PLACES):
        raise BadRequest("body", "El cuerpo no es JSON: revisa comillas y comas.")


def _check_proof(account: HttpAccount) -> None:
    if not _HEADER.fullmatch(account.header) or account.header.lower() in OURS:
        raise BadRequest("header", "Eso no es un encabezado para una clave: suele ser Authorization o X-API-Key.")
    if places_of(account.proof) != {"key"}:
        raise BadRequest("proof", "Escribe {{key}} donde va la clave, y nada más entre llaves.")
    for field, said in (("proof", account.proof), ("password", account.key)):
        if not all(" " <= letter <= "~" for letter in said):
            raise BadRequest(field, "Un encabezado no lleva acentos ni saltos de línea.")


def _known(field: str, template: str) -> None:
    unknown = sorted(places_of(template) - set(PLACES))
    if unknown:
        usable = ", ".join("{{" + name + "}}" for name in PLACES)
        raise BadRequest(field, f"No hay {{{{{unknown[0]}}}}}: usa {usable}.")
