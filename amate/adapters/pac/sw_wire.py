"""What an answer of SW Sapien means, from its status and bytes alone (ENGINE SW, PAC).

A well-formed body decides; the HTTP status speaks only when the body does not.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from amate.adapters.pac import PacAmbiguous, PacKeyConflict, PacRejected, PacUnavailable

ALREADY_STAMPED = "307"
KEY_REUSED = "CFDI3307"
SERVER_FAULTS = range(500, 600)
UNCONTROLLED = "CO1000"  # SW's own "unexpected error": nobody knows how far it came

# SAT codes, and SW's own prefixes (AU credentials, CC and CO form) of four digits. Of the bare numbers only the SAT's own:
# "504 Gateway Timeout" is no verdict about a document.
_CODE = re.compile(r"\s*(CFDI\d+|CRP\d+|[A-Z]{2}\d{4}|30[1-8]|40[1-3])\b")
# SW documents no code for an empty account, so its words must do.
_NO_CREDITS = re.compile(r"\b(sin|no)\b.{0,40}\b(timbres|saldo|cr[eé]ditos?)\b", re.IGNORECASE)


class Unauthorized(Exception):
    """The token is missing, expired or refused; the request was not processed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A well-formed answer. `code` is None on a plain success; `xml` is the stamped CFDI when it brought one."""

    code: str | None
    xml: bytes | None
    data: Mapping[str, Any]


def read_answer(*, status: int, retry_after: float | None, body: bytes) -> Answer:
    """Raises `Unauthorized`, `PacRejected`, `PacUnavailable`, `PacAmbiguous`; a 307 is an `Answer`."""
    said = json_object(body)
    if said is None:
        raise_by_status(status, retry_after)
        raise PacAmbiguous(f"HTTP {status} sin una respuesta que se pueda leer ({len(body)} bytes)")
    data = said.get("data")
    code = _code(said, data)
    message, detail = str(said.get("message") or ""), str(said.get("messageDetail") or "")
    if said["status"] == "success" or code == ALREADY_STAMPED:
        return Answer(code=code, xml=_xml(data), data=data if isinstance(data, dict) else {})
    if code is None or (code.isdecimal() and status in (401, *SERVER_FAULTS)):
        raise_by_status(status, retry_after)
    if status in SERVER_FAULTS and (code is None or code.isdecimal()):
        raise PacAmbiguous(f"HTTP {status}: {message[:200]}")
    _refuse(code=code, message=message, detail=detail)
    if _NO_CREDITS.search(message):
        raise PacUnavailable("credits", f"El PAC no tiene timbres para esta cuenta: {message}")
    raise PacAmbiguous(f"HTTP {status}, error sin código: {message[:200]}")


def json_object(body: bytes) -> dict[str, Any] | None:
    """An answer in SW's own form, or None."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    if isinstance(said, dict) and said.get("status") in ("success", "error"):
        return said
    return None


def _code(said: Mapping[str, Any], data: object) -> str | None:
    found = _CODE.match(str(said.get("message") or ""))
    if found:
        return found[1]
    inner = data.get("code") if isinstance(data, dict) else None
    found = _CODE.match(str(inner or ""))
    return found[1] if found else None


def _refuse(*, code: str | None, message: str, detail: str) -> None:
    if code is None:
        return
    if code.startswith("AU"):
        raise Unauthorized(message)
    if code == UNCONTROLLED:
        raise PacAmbiguous(message)
    if code == KEY_REUSED:
        raise PacKeyConflict(f"{message} {detail}".strip())
    raise PacRejected(code, message, detail)


def raise_by_status(status: int, retry_after: float | None) -> None:
    """Raises for the statuses that say by themselves that nothing was processed."""
    if status == 401:
        raise Unauthorized("HTTP 401")
    if status == 429 or (status == 503 and retry_after is not None):
        raise PacUnavailable("busy", f"El PAC está saturado (HTTP {status}).", retry_after=retry_after)


def _xml(data: object) -> bytes | None:
    text = data.get("cfdi") if isinstance(data, dict) else data
    return text.encode() if isinstance(text, str) and text.lstrip("\ufeff \r\n\t").startswith("<") else None
