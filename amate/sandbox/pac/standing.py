"""How a stamped CFDI stands at the simulated SAT: live, waiting, cancelled, and whether anybody must accept (FISCAL CAN)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache

from lxml import etree

from amate.sandbox.pac.lists import GENERIC
from amate.sandbox.pac.schema import CFDI
from amate.sandbox.pac.state import Cancellation, Document, Store
from amate.sandbox.pac.windows import exact
from amate.sandbox.pac.workdays import after_working_days
from amate.sandbox.pac.zones import CENTRAL, read_fecha

IN_PROCESS, REFUSED = "En proceso", "Solicitud rechazada"
ALONE, ACCEPTED, BY_SILENCE = "Cancelado sin aceptación", "Cancelado con aceptación", "Plazo vencido"
SUBSTITUTION = "04"

_SMALL = Fraction(1000)
_ALONE_KINDS = frozenset("ENT")


@dataclass(frozen=True, slots=True)
class Clocks:
    """`now` is the PAC's; the acceptance clock runs apart from it. `closed`: days that an admin took from the SAT."""

    now: datetime
    acceptance: datetime
    closed: Collection[date] = ()


@dataclass(frozen=True, slots=True)
class Issued:
    """What a cancellation looks at. `fecha` aware; `pesos` the Total in MXN; `relations`: UUID → TipoRelacion."""

    tipo: str
    rfc_receptor: str
    pesos: Fraction
    fecha: datetime
    moral: bool
    resico_global: bool
    relations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """The three words of FISCAL CAN-6 that change."""

    estado: str
    es_cancelable: str
    estatus_cancelacion: str


@lru_cache(maxsize=512)
def read_issued(stamped: bytes) -> Issued:
    root = etree.fromstring(stamped)
    emisor, receptor = root.find(f"{{{CFDI}}}Emisor"), root.find(f"{{{CFDI}}}Receptor")
    if emisor is None or receptor is None:
        raise LookupError("this CFDI was not stamped here")
    rfc = str(emisor.get("Rfc"))
    is_global = root.find(f"{{{CFDI}}}InformacionGlobal") is not None
    return Issued(
        tipo=str(root.get("TipoDeComprobante")),
        rfc_receptor=str(receptor.get("Rfc")),
        pesos=exact(str(root.get("Total"))) * exact(str(root.get("TipoCambio") or "1")),
        fecha=read_fecha(str(root.get("Fecha")), cp=str(root.get("LugarExpedicion"))),
        moral=len(rfc) == 12,
        resico_global=is_global and len(rfc) == 13 and emisor.get("RegimenFiscal") == "626",
        relations={
            str(node.get("UUID")).upper(): str(group.get("TipoRelacion"))
            for group in root.iterfind(f"{{{CFDI}}}CfdiRelacionados")
            for node in group.iterfind(f"{{{CFDI}}}CfdiRelacionado")
        },
    )


def needs_acceptance(issued: Issued, clocks: Clocks) -> bool:
    """CAN-3, CAN-4. A REP always does since 2026, also on its first day: that case is unsure, so the harder answer."""
    if issued.rfc_receptor in GENERIC or issued.tipo in _ALONE_KINDS:
        return False
    if issued.tipo == "P":
        return True
    fresh = clocks.now < after_working_days(issued.fecha, 1, clocks.closed)
    return not fresh and issued.pesos > _SMALL


def last_moment(issued: Issued) -> datetime:
    """CAN-2: the month of the annual return for the year of issue has ended."""
    month = 4 if issued.moral and not issued.resico_global else 5
    year = issued.fecha.astimezone(CENTRAL).year + 1
    return datetime.combine(date(year, month, 1), time(), tzinfo=CENTRAL)


def deadline_of_acceptance(clocks: Clocks) -> datetime:
    """CAN-3: three working days after the request, on the acceptance clock."""
    return after_working_days(clocks.acceptance, 3, clocks.closed)


def outcome(cancellation: Cancellation | None, clocks: Clocks) -> str:
    """EstatusCancelacion; empty when nothing was asked."""
    if cancellation is None or cancellation.asked_at > clocks.now:
        return ""
    if cancellation.deadline is None:
        return ALONE
    if cancellation.answered_at is not None and cancellation.answered_at <= clocks.now:
        return ACCEPTED if cancellation.answer == "Aceptacion" else REFUSED
    return BY_SILENCE if clocks.acceptance >= cancellation.deadline else IN_PROCESS


def is_cancelled(document: Document, *, store: Store, clocks: Clocks) -> bool:
    return outcome(store.cancellation(document.uuid), clocks) in (ALONE, ACCEPTED, BY_SILENCE)


def live_children(document: Document, *, store: Store, clocks: Clocks) -> list[Document]:
    """Live documents that name it: payments, credit notes, substitutes (CAN-5)."""
    named = [child for child in store.naming(document.uuid) if child.kept_at <= clocks.now]
    return [child for child in named if not is_cancelled(child, store=store, clocks=clocks)]


def standing(document: Document, *, store: Store, clocks: Clocks) -> Standing:
    """A substitute (04) does not take EsCancelable away: motivo 01 may name it."""
    status = outcome(store.cancellation(document.uuid), clocks)
    if status in (ALONE, ACCEPTED, BY_SILENCE):
        return Standing("Cancelado", "", status)
    issued = read_issued(document.stamped)
    children = live_children(document, store=store, clocks=clocks)
    held = any(tipo_of(child, document.uuid) != SUBSTITUTION for child in children)
    if held or clocks.now >= last_moment(issued):
        return Standing("Vigente", "No cancelable", status)
    waits = status == IN_PROCESS or needs_acceptance(issued, clocks)
    return Standing("Vigente", "Cancelable con aceptación" if waits else "Cancelable sin aceptación", status)


def tipo_of(child: Document, uuid: str) -> str:
    """TipoRelacion by which `child` names it; empty for a payment."""
    return read_issued(child.stamped).relations.get(uuid, "")


def behind(clocks: Clocks, seconds: float) -> Clocks:
    """How the world stood so long ago: what a service that lags would say."""
    late = timedelta(seconds=seconds)
    return Clocks(clocks.now - late, clocks.acceptance - late, clocks.closed)
