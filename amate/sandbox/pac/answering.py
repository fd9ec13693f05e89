"""The receiver's side: what waits for his answer, and his signed yes or no (ENGINE SIM-7)."""

import re
from dataclasses import replace

from lxml import etree

from amate.sandbox.pac.acuses import acuse_of_answer
from amate.sandbox.pac.cancelling import ATTITUDES, Answered, Sat
from amate.sandbox.pac.signed import CANCELA, read_request
from amate.sandbox.pac.standing import IN_PROCESS, outcome
from amate.sandbox.pac.state import Cancellation

_FOLIOS = f"{{{CANCELA}}}Folios"
_UUID = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}")

# Per UUID, for `--checks`.
ANSWER_CODES = (
    ("1005", "el UUID tiene la forma de un UUID", "SAT, servicio de aceptación y rechazo"),
    ("1001", "hay una solicitud en espera de este receptor", "SAT, servicio de aceptación y rechazo"),
    ("1002", "la solicitud no tenía respuesta", "SAT, servicio de aceptación y rechazo"),
    ("1000", "respuesta recibida", "SAT, servicio de aceptación y rechazo"),
)


def pending(rfc: str, sat: Sat) -> list[Cancellation]:
    """Cancellations that wait for `rfc`'s answer, oldest first."""
    return [one for one in sat.store.unanswered(rfc) if outcome(one, sat.clocks) == IN_PROCESS]


def answer(signed: bytes, sat: Sat) -> Answered:
    """Raises `Refusal` for the whole request."""
    request = read_request(
        signed,
        name="SolicitudAceptacionRechazo",
        whose="RfcReceptor",
        says=_has_answers,
        ca=sat.ca,
        lists=sat.lists,
        now=sat.clocks.now,
    )
    answers: dict[str, tuple[str, str]] = {}
    for folio in request.root.iterfind(_FOLIOS):
        uuid, said = _said(folio, "UUID"), _said(folio, "Respuesta")
        answers[uuid] = (_put(request.rfc, uuid.upper(), said, sat), said)
    acuse = acuse_of_answer(
        rfc=request.rfc,
        rfc_pac=str(request.root.get("RfcPacEnviaSolicitud") or ""),
        answers=answers,
        now=sat.clocks.now,
    )
    return Answered(request.rfc, {uuid: code for uuid, (code, _) in answers.items()}, acuse)


def play(uuid: str, attitude: str, sat: Sat) -> str:
    """What the receiver of one request does, at the simulator's own table. The outcome, in the SAT's words.

    Raises LookupError when nothing waits for him; KeyError for another attitude than accept, reject, silent.
    """
    found = sat.store.cancellation(uuid)
    if found is None or outcome(found, sat.clocks) != IN_PROCESS:
        raise LookupError(f"no cancellation of {uuid} waits for its receiver")
    said = ATTITUDES[attitude]
    if said:
        found = replace(found, answer=said, answered_at=sat.clocks.now)
        sat.store.keep_cancellation(found)
    return outcome(found, sat.clocks)


def _put(rfc: str, uuid: str, said: str, sat: Sat) -> str:
    if not _UUID.fullmatch(uuid):
        return "1005"
    found = sat.store.cancellation(uuid)
    stands = outcome(found, sat.clocks)
    if found is None or found.rfc_receptor != rfc or not stands:
        return "1001"
    if found.answer and stands != IN_PROCESS:
        return "1002"
    if stands != IN_PROCESS:
        return "1001"
    sat.store.keep_cancellation(replace(found, answer=said, answered_at=sat.clocks.now))
    return "1000"


def _has_answers(root: etree._Element) -> bool:
    folios = root.findall(_FOLIOS)
    known = set(ATTITUDES.values()) - {""}
    return bool(folios) and all(_said(folio, "Respuesta") in known for folio in folios)


def _said(folio: etree._Element, name: str) -> str:
    """Some write an element, some an attribute."""
    return (folio.findtext(f"{{{CANCELA}}}{name}") or str(folio.get(name) or "")).strip()
