"""Walking the pages of subscriptions as a person does: look first, then press the button that the page gave."""

import re
from typing import Any

from tests.web.office.desk import Office
from tests.web.office.test_imports import post

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?')
PLAN = {
    "nombre": "Internet 50",
    "precio": "$599.00",
    "sin_impuestos": "0",
    "impuestos": "02|002:Tasa:0.16",
    "frecuencia": "month:1",
    "corte": "start",
    "in_advance": "1",
    "reviewed": "0",
    "concept": "Internet de {mes}",
    "clave_prod_serv": "81112100",
    "clave_unidad": "E48",
    "first_stub": "prorate",
    "last_stub": "cut",
    "desde": "2020-01-01",
}


def hidden(page: str) -> dict[str, str]:
    """What the page carries for itself."""
    return {name: value or "" for name, value in HIDDEN.findall(page) if name != "csrfmiddlewaretoken"}


def looks(office: Office, path: str, data: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The page after "Ver": what is to be sent to go on, and what it says."""
    first = hidden(office.text(path)) | data
    answer = post(office, path, first | {"ver": "1"})
    page = str(answer.content.decode())
    assert answer.status_code == 200, page[-4000:]
    return first | hidden(page) | data, page


def decides(office: Office, path: str, data: dict[str, Any], *, button: str = "confirmar") -> Any:
    """Looks and then does it."""
    sent, _ = looks(office, path, data)
    return post(office, path, sent | {button: "1"})
