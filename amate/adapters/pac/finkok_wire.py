"""Finkok's SOAP: what we write, and what an answer means from its status and bytes alone (ENGINE FINKOK).

A well-formed answer decides; the HTTP status speaks only when the body does not. No zeep: the envelopes are a few lines,
and a client that reads a WSDL at its start depends on one more thing of the PAC.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from lxml import etree

from amate.adapters.pac import PacAmbiguous, PacRejected, PacUnavailable
from amate.adapters.pac.line import Reply, busy
from amate.fiscal.xml import MalformedXml, parse

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACE = "http://facturacion.finkok.com/{service}"

ALREADY_STAMPED = "307"
NEVER_SEEN = "603"  # "El CFDI no contiene un timbre previo", the answer of `stamped`
# Who we are, not what we sent: 300 user or password, 501 not authenticated, 702 RFC not in the account, 703 suspended,
# 706 not a partner. Nothing was processed, and another PAC may well stamp it.
CREDENTIALS = frozenset({"300", "501", "702", "703", "706"})
SAT_AWAY = "708"  # Finkok could not reach the SAT: nobody knows how far it came
# Finkok documents no one code for an empty account, so its words must do.
_NO_CREDITS = re.compile(r"\b(sin|no)\b.{0,40}\b(timbres|saldo|cr[eé]ditos?)\b", re.IGNORECASE)
_PREVIOUS = re.compile(r"timbre previo|previamente timbrado|timbrado previamente", re.IGNORECASE)
_NONE_PREVIOUS = re.compile(r"no contiene un timbre previo", re.IGNORECASE)
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Incident:
    """One `Incidencia`. `code` as Finkok writes it: a number, `CFDI40119`, or nothing."""

    code: str
    message: str
    extra: str = ""

    @property
    def never_seen(self) -> bool:
        return self.code == NEVER_SEEN or bool(_NONE_PREVIOUS.search(self.message))

    @property
    def already_stamped(self) -> bool:
        return not self.never_seen and (self.code == ALREADY_STAMPED or bool(_PREVIOUS.search(self.message)))


@dataclass(frozen=True, slots=True)
class StampAnswer:
    """Of `stamp` and `stamped`. `xml` None: it brought none. With `xml`, incidents are warnings. `uuid`: as told beside."""

    xml: bytes | None
    uuid: str
    incidents: tuple[Incident, ...]

    @property
    def already_stamped(self) -> bool:
        return any(one.already_stamped for one in self.incidents)

    @property
    def never_seen(self) -> bool:
        return any(one.never_seen for one in self.incidents)


class Said:
    """The result element of an answer, read by local names: Finkok changes its prefixes and namespaces."""

    def __init__(self, node: etree._Element) -> None:
        self._node = node

    def text(self, name: str) -> str:
        """Of a direct child; empty when it is absent or empty."""
        return next((str(child.text or "").strip() for child in self._children(name)), "")

    def each(self, *path: str) -> list["Said"]:
        """The elements at the end of `path`."""
        found = [self]
        for name in path:
            found = [Said(child) for one in found for child in one._children(name)]
        return found

    def having(self, *names: str) -> list["Said"]:
        """Every element below this one with all these children, each with a text."""
        below = [Said(node) for node in self._node.iterdescendants() if isinstance(node.tag, str)]
        return [one for one in below if all(one.text(name) for name in names)]

    @property
    def own_text(self) -> str:
        return str(self._node.text or "").strip()

    def _children(self, name: str) -> Iterator[etree._Element]:
        return (child for child in self._node if _local(child) == name)


def envelope(service: str, operation: str, fields: Mapping[str, str]) -> bytes:
    """A request. Raises ValueError for text that XML cannot carry, without saying the text: it may be a password."""
    for name, value in fields.items():
        if _UNWRITABLE.search(value):
            raise ValueError(f"{name} holds a control character, which no XML can carry")
    inside = "".join(f"<f:{name}>{escape(value)}</f:{name}>" for name, value in fields.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<e:Envelope xmlns:e="{SOAP}" xmlns:f="{NAMESPACE.format(service=service)}"><e:Header/>'
        f"<e:Body><f:{operation}>{inside}</f:{operation}></e:Body></e:Envelope>"
    ).encode()


def read_result(operation: str, reply: Reply) -> Said:
    """The result of `operation`. Raises `PacUnavailable`, and `PacAmbiguous` for whatever is no answer of Finkok's."""
    away = busy(reply)
    if away is not None:
        raise away
    try:
        root = parse(reply.body)
    except MalformedXml as broken:
        raise PacAmbiguous(
            f"HTTP {reply.status} sin una respuesta que se pueda leer ({len(reply.body)} bytes)"
        ) from broken
    body = root.find(f"{{{SOAP}}}Body")
    told = next((child for child in body if isinstance(child.tag, str)), None) if body is not None else None
    if told is None or root.tag != f"{{{SOAP}}}Envelope":
        raise PacAmbiguous(f"HTTP {reply.status}: la respuesta no es un sobre SOAP")
    if _local(told) == "Fault":
        raise PacAmbiguous(f"HTTP {reply.status}: {Said(told).text('faultstring')[:200]}")
    results = [child for child in told if _local(child) == f"{operation}Result"]
    if _local(told) != f"{operation}Response" or len(results) != 1:
        raise PacAmbiguous(f"HTTP {reply.status}: el PAC respondió {_local(told)} a {operation}")
    return Said(results[0])


def read_stamp(said: Said) -> StampAnswer:
    """Of `stamp`, `quick_stamp` or `stamped`. Raises `PacRejected`, `PacUnavailable`, `PacAmbiguous`.

    "It was stamped before" and "I never saw it" are answers, and so are warnings on a success.
    """
    incidents = tuple(
        Incident(one.text("CodigoError"), one.text("MensajeIncidencia"), one.text("ExtraInfo"))
        for one in said.each("Incidencias", "Incidencia")
    )
    text = said.text("xml")
    answer = StampAnswer(text.encode() if text else None, said.text("UUID"), incidents)
    if answer.xml is not None or answer.already_stamped or answer.never_seen:
        return answer
    if not incidents:
        raise PacAmbiguous(f"Sin XML y sin incidencias: {said.text('CodEstatus')[:200]}")
    refuse(incidents[0])
    raise PacAmbiguous(f"Incidencia sin código: {incidents[0].message[:200]}")


def refuse(incident: Incident) -> None:
    """What an incident without a stamp means; returns when it says nothing that we know."""
    if incident.code in CREDENTIALS:
        raise PacUnavailable(
            "credentials",
            f"El PAC no acepta la cuenta ({incident.code}: {incident.message}). Revisa la cuenta del PAC.",
        )
    if _NO_CREDITS.search(incident.message):
        raise PacUnavailable("credits", f"El PAC no tiene timbres para esta cuenta: {incident.message}")
    if incident.code == SAT_AWAY:
        raise PacAmbiguous(f"{incident.code}: {incident.message}")
    if incident.code:
        raise PacRejected(incident.code, incident.message, incident.extra)


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""
