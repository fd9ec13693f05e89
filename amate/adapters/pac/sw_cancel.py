"""What SW Sapien's answers about cancellations mean, from their status and bytes alone (ENGINE SW, FISCAL CAN-7).

SW writes the SAT's code per UUID into `data`, or the SAT's refusal of the whole request into a message as `CA305`.
"""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from amate.adapters.pac import PacAmbiguous, PacRejected
from amate.adapters.pac.checked import checked_acuse
from amate.adapters.pac.sw_wire import Unauthorized, json_object, raise_by_status

NONE_PENDING = "1101"

_SAT_CODE = re.compile(r"\b(?:CA)?((?:20|30)\d|21[0-2]|310|10\d\d|110[01])\b")
# SW's own: the request never left it.
_NOT_SENT = re.compile(r"\b(CACFDI33|CA1000)\b")


def read_receipt(
    *, status: int, retry_after: float | None, body: bytes, uuid: UUID, rfc: str, received: str
) -> tuple[Mapping[UUID, str], bytes]:
    """Codes by UUID and the acuse. `received` is the code that must come with an acuse ("201", "1000").

    Raises `Unauthorized`, `PacRejected` (the whole request refused), `PacUnavailable`, `PacAmbiguous`.
    """
    said = json_object(body)
    if said is None:
        raise_by_status(status, retry_after)
        raise PacAmbiguous(f"HTTP {status} sin una respuesta que se pueda leer ({len(body)} bytes)")
    data = said["data"] if isinstance(said.get("data"), dict) else {}
    codes = _codes(data) or _code_of_a_refusal(said, status=status, retry_after=retry_after, uuid=uuid)
    if uuid not in codes:
        raise PacAmbiguous(f"El PAC respondió por otro comprobante: {', '.join(str(other) for other in codes)}")
    return codes, checked_acuse(data.get("acuse"), uuid=uuid, code=codes[uuid], rfc=rfc, received=received)


def read_pending(*, status: int, retry_after: float | None, body: bytes) -> list[UUID]:
    """Raises as `read_receipt`."""
    said = json_object(body)
    if said is None:
        raise_by_status(status, retry_after)
        raise PacAmbiguous(f"HTTP {status} sin una respuesta que se pueda leer ({len(body)} bytes)")
    data = said["data"] if isinstance(said.get("data"), dict) else {}
    waiting = data.get("uuid")
    if said["status"] == "success" and isinstance(waiting, list):
        return [_uuid(one) for one in waiting]
    if NONE_PENDING in (str(said.get("codStatus")), str(data.get("codEstatus"))) or NONE_PENDING in _said_codes(said):
        return []
    _refuse(said, status=status, retry_after=retry_after)
    raise PacAmbiguous(f"HTTP {status}: {str(said.get('message'))[:200]}")


def _codes(data: Mapping[str, Any]) -> dict[UUID, str]:
    """Of a cancellation `{"uuid": {UUID: code}}`, of an answer `{"folios": [{uuid, estatusUUID}]}`."""
    by_uuid, folios = data.get("uuid"), data.get("folios")
    if isinstance(by_uuid, dict):
        return {_uuid(uuid): _bare(code) for uuid, code in by_uuid.items()}
    if isinstance(folios, list):
        return {_uuid(row.get("uuid")): _bare(row.get("estatusUUID")) for row in folios if isinstance(row, dict)}
    return {}


def _code_of_a_refusal(
    said: Mapping[str, Any], *, status: int, retry_after: float | None, uuid: UUID
) -> dict[UUID, str]:
    """A refusal of the one UUID we asked for, told in a message only."""
    if said["status"] == "success":
        raise PacAmbiguous("El PAC dice que sí y no dice de qué comprobante")
    for code in _said_codes(said):
        if code.startswith(("20", "21", "100")) and code != "1000":
            return {uuid: code}
    _refuse(said, status=status, retry_after=retry_after)
    raise PacAmbiguous(f"HTTP {status}: {_told(said)[:200]}")


def _refuse(said: Mapping[str, Any], *, status: int, retry_after: float | None) -> None:
    """Returns only when the answer leaves it open what happened."""
    told = _told(said)
    if told.startswith("AU") or status == 401:
        raise Unauthorized(told)
    for code in _said_codes(said):
        if code.startswith(("30", "31")):
            raise PacRejected(code, str(said.get("message") or ""), str(said.get("messageDetail") or ""))
    unsent = _NOT_SENT.search(told)
    if unsent is not None:
        raise PacRejected(unsent[1], str(said.get("message") or ""), str(said.get("messageDetail") or ""))
    raise_by_status(status, retry_after)


def _told(said: Mapping[str, Any]) -> str:
    return f"{said.get('message') or ''} {said.get('messageDetail') or ''}".strip()


def _said_codes(said: Mapping[str, Any]) -> list[str]:
    return _SAT_CODE.findall(_told(said))


def _bare(code: object) -> str:
    return str(code).strip().removeprefix("CA")


def _uuid(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as broken:
        raise PacAmbiguous(f"El PAC respondió con un UUID que no lo es: {str(text)[:40]}") from broken
