"""The act of cancelling without HTTP: from a signed request to a code per UUID (ENGINE SIM-5, FISCAL CAN-7)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from lxml import etree

from amate.sandbox.pac.acuses import acuse_of_cancellation
from amate.sandbox.pac.lists import Lists
from amate.sandbox.pac.signed import CANCELA, read_request
from amate.sandbox.pac.standing import (
    IN_PROCESS,
    SUBSTITUTION,
    Clocks,
    deadline_of_acceptance,
    is_cancelled,
    last_moment,
    live_children,
    needs_acceptance,
    outcome,
    read_issued,
    tipo_of,
)
from amate.sandbox.pac.state import Cancellation, Document, Store

MOTIVOS = frozenset({"01", "02", "03", "04"})
ATTITUDES: Mapping[str, str] = {"accept": "Aceptacion", "reject": "Rechazo", "silent": ""}

_UUID = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}")
_FOLIO = f"{{{CANCELA}}}Folios/{{{CANCELA}}}Folio"

# Per UUID, in the order they are looked at, for `--checks`.
UUID_CODES = (
    ("205", "el UUID existe aquí y el SAT ya lo conoce (ajuste sat_lag)", "FISCAL CAN-7"),
    ("203", "el comprobante es de quien firma", "FISCAL CAN-7"),
    ("202", "ya está cancelado, o hay una solicitud en proceso", "FISCAL CAN-7; ENGINE SAFE-10"),
    ("206", "el emisor no es del sector primario (lista primary_sector)", "FISCAL CAN-7"),
    ("207", "Motivo de 01 a 04", "FISCAL CAN-1, CAN-7"),
    ("209", "FolioSustitucion solo con motivo 01", "FISCAL CAN-7"),
    ("208", "con motivo 01, otro UUID vigente del mismo emisor", "FISCAL CAN-7, REL-4"),
    ("212", "el sustituto nombra al cancelado con la relación 04", "FISCAL CAN-7, REL-4"),
    ("204", "ningún documento vigente lo nombra; el sustituto de motivo 01 no cuenta", "FISCAL CAN-5"),
    ("211", "global de RESICO persona física: hasta el 30 de abril", "FISCAL CAN-2"),
    ("210", "hasta el mes de la declaración anual del año de emisión", "FISCAL CAN-2"),
    ("201", "solicitud recibida: sin aceptación, o en proceso según CAN-4", "FISCAL CAN-3, CAN-4"),
)


@dataclass(frozen=True)
class Sat:
    """What the simulated SAT knows while it handles one request. `sat_lag`: seconds it takes to learn of a stamp;
    `attitudes`: RFC of a receiver → accept, reject or silent."""

    store: Store
    lists: Lists
    clocks: Clocks
    ca: bytes
    sat_lag: float = 0.0
    attitudes: Mapping[str, str] = field(default_factory=dict)

    def known(self, uuid: str) -> Document | None:
        """A document the SAT has heard of."""
        found = self.store.by_uuid(uuid)
        late = timedelta(seconds=self.sat_lag)
        return found if found is not None and found.kept_at + late <= self.clocks.now else None


@dataclass(frozen=True, slots=True)
class Answered:
    """Whose request it was, the codes by UUID as he wrote them, and the SAT's acuse."""

    rfc: str
    codes: dict[str, str]
    acuse: bytes


def cancel(signed: bytes, sat: Sat, *, done: bool) -> Answered:
    """Raises `Refusal` for the whole request. Not `done`: answer and keep nothing, which only a fault wants."""
    request = read_request(
        signed, name="Cancelacion", whose="RfcEmisor", says=_has_folios, ca=sat.ca, lists=sat.lists, now=sat.clocks.now
    )
    codes: dict[str, str] = {}
    received: list[Cancellation] = []
    for folio in request.root.iterfind(_FOLIO):
        written = str(folio.get("UUID"))
        asks = _Asks(
            request.rfc, written.upper(), str(folio.get("Motivo") or ""), str(folio.get("FolioSustitucion") or "")
        )
        codes[written] = _code(asks, sat)
        if codes[written] == "201":
            received.append(_received(asks, sat))
    acuse = acuse_of_cancellation(rfc=request.rfc, codes=codes, now=sat.clocks.now)
    if done:
        for one in received:
            sat.store.keep_cancellation(replace(one, acuse=acuse))
    return Answered(request.rfc, codes, acuse)


@dataclass(frozen=True, slots=True)
class _Asks:
    rfc: str
    uuid: str
    motivo: str
    sustitucion: str


def _has_folios(root: etree._Element) -> bool:
    folios = root.findall(_FOLIO)
    return bool(folios) and all(_UUID.fullmatch(str(folio.get("UUID") or "").upper()) for folio in folios)


def _code(asks: _Asks, sat: Sat) -> str:
    document = sat.known(asks.uuid)
    if document is None:
        return "205"
    if document.rfc_emisor != asks.rfc:
        return "203"
    if is_cancelled(document, store=sat.store, clocks=sat.clocks) or _in_process(document, sat):
        return "202"
    if asks.rfc in sat.lists.primary_sector:
        return "206"
    return _code_of_motivo(asks, sat) or _code_of_life(document, asks, sat) or "201"


def _in_process(document: Document, sat: Sat) -> bool:
    return outcome(sat.store.cancellation(document.uuid), sat.clocks) == IN_PROCESS


def _code_of_motivo(asks: _Asks, sat: Sat) -> str | None:
    if asks.motivo not in MOTIVOS:
        return "207"
    if asks.motivo != "01":
        return "209" if asks.sustitucion else None
    substitute = sat.known(asks.sustitucion) if asks.sustitucion.upper() != asks.uuid else None
    if substitute is None or substitute.rfc_emisor != asks.rfc:
        return "208"
    if is_cancelled(substitute, store=sat.store, clocks=sat.clocks):
        return "208"
    return None if tipo_of(substitute, asks.uuid) == SUBSTITUTION else "212"


def _code_of_life(document: Document, asks: _Asks, sat: Sat) -> str | None:
    children = live_children(document, store=sat.store, clocks=sat.clocks)
    if any(child.uuid != asks.sustitucion.upper() for child in children):
        return "204"
    issued = read_issued(document.stamped)
    if sat.clocks.now >= last_moment(issued):
        return "211" if issued.resico_global else "210"
    return None


def _received(asks: _Asks, sat: Sat) -> Cancellation:
    document = sat.known(asks.uuid)
    if document is None:
        raise LookupError(asks.uuid)
    waits = needs_acceptance(read_issued(document.stamped), sat.clocks)
    answer = ATTITUDES[sat.attitudes.get(document.rfc_receptor, "silent")] if waits else ""
    return Cancellation(
        uuid=document.uuid,
        rfc_emisor=document.rfc_emisor,
        rfc_receptor=document.rfc_receptor,
        motivo=asks.motivo,
        sustitucion=asks.sustitucion.upper(),
        asked_at=sat.clocks.now,
        deadline=deadline_of_acceptance(sat.clocks) if waits else None,
        answer=answer,
        answered_at=sat.clocks.now if answer else None,
        acuse=b"",
    )
