"""What Finkok's answers about cancellations mean (ENGINE FINKOK, FISCAL CAN-7)."""

import re
from collections.abc import Mapping
from uuid import UUID

from amate.adapters.pac import PacAmbiguous, PacRejected, PacUnavailable
from amate.adapters.pac.finkok_wire import CREDENTIALS, SAT_AWAY, Said

# Finkok looks at how the CFDI stands before it asks the SAT, and says so in its own words.
OWN_WORDS = {"no_cancelable": "204"}
NOT_FOUND = "205"
_NOT_FOUND = re.compile(r"no encontrado", re.IGNORECASE)
_CODE = re.compile(r"\s*(?:CA)?(\d{3,4})\b")


def read_codes(said: Said, *, uuid: UUID) -> Mapping[UUID, str]:
    """Of `cancel_signature`: the SAT's code by UUID, the one asked for among them.

    Raises `PacRejected` (the whole request refused), `PacUnavailable` (708: it was not handed in), `PacAmbiguous`.
    """
    codes = {
        _uuid(folio.text("UUID")): _meant(folio.text("EstatusUUID"))
        for folio in said.each("Folios", "Folio")
        if folio.text("EstatusUUID")
    }
    if not codes:
        return {uuid: _refused(said.text("CodEstatus") or said.text("error"))}
    if uuid not in codes:
        raise PacAmbiguous(f"El PAC respondió por otro comprobante: {', '.join(str(other) for other in codes)}")
    if codes[uuid] == SAT_AWAY:
        raise PacUnavailable("network", "Finkok no pudo llegar al SAT (708): la solicitud no se presentó.")
    return codes


def read_answers(said: Said, *, uuid: UUID) -> Mapping[UUID, str]:
    """Of `accept_reject_signature`: code by UUID, in whichever of its two lists it stands. Raises as `read_codes`."""
    codes = {_uuid(row.text("uuid")): _meant(row.text("status")) for row in said.having("uuid", "status")}
    if not codes:
        code = _refused(said.text("error") or said.text("CodEstatus"))
        raise PacRejected(code, said.text("error") or said.text("CodEstatus"))
    if uuid not in codes:
        raise PacAmbiguous(f"El PAC respondió por otro comprobante: {', '.join(str(other) for other in codes)}")
    return codes


def read_pending(said: Said) -> list[UUID]:
    """Of `get_pending`. Raises `PacRejected`, `PacUnavailable`, `PacAmbiguous`."""
    error = said.text("error")
    if error:
        code = _refused(error)
        raise PacRejected(code, error)
    return [_uuid(one.own_text) for one in said.each("uuids", "string")]


def _refused(told: str) -> str:
    """A no to the whole request. Answers 205 for a CFDI that it does not know; raises for the rest."""
    if _NOT_FOUND.search(told):
        return NOT_FOUND
    found = _CODE.match(told)
    if found is None:
        raise PacAmbiguous(f"El PAC no dice qué pasó con la solicitud: {told[:200]}")
    code = found[1]
    if code == SAT_AWAY:
        raise PacUnavailable("network", "Finkok no pudo llegar al SAT (708): la solicitud no se presentó.")
    if code in CREDENTIALS:
        raise PacUnavailable("credentials", f"El PAC no acepta la cuenta ({told[:200]}). Revisa la cuenta del PAC.")
    raise PacRejected(code, told)


def _meant(status: str) -> str:
    return OWN_WORDS.get(status, status.removeprefix("CA"))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as broken:
        raise PacAmbiguous(f"El PAC respondió con un UUID que no lo es: {text[:40]}") from broken
