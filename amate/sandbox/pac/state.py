"""What the simulated PAC remembers, behind a small door: memory for tests, PostgreSQL for demos (ENGINE SIM-3)."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Document:
    """One stamped CFDI. `sha256` hex of the sealed bytes; `fecha_timbrado` as written; `kept_at` aware; `related`: the
    UUIDs it names, as relations and as documents it pays."""

    uuid: str
    sha256: str
    sello: str
    customid: str
    rfc_emisor: str
    rfc_receptor: str
    total: str
    stamped: bytes
    fecha_timbrado: str
    no_certificado: str
    no_certificado_sat: str
    sello_sat: str
    cadena: str
    kept_at: datetime
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The last request for one UUID. `deadline` (on the acceptance clock) is None when nobody has to accept; `answer` is
    Aceptacion, Rechazo or empty. Instants are aware."""

    uuid: str
    rfc_emisor: str
    rfc_receptor: str
    motivo: str
    sustitucion: str
    asked_at: datetime
    deadline: datetime | None
    answer: str
    answered_at: datetime | None
    acuse: bytes


class Store(Protocol):
    """Documents are never changed, a cancellation is replaced by the next of its UUID. `settings` is one JSON object: clock, lists, credits, faults."""

    def by_sha256(self, sha256: str) -> Document | None: ...

    def by_sello(self, sello: str) -> Document | None: ...

    def by_uuid(self, uuid: str) -> Document | None: ...

    def by_customid(self, customid: str) -> Document | None:
        """The newest with that customid."""

    def naming(self, uuid: str) -> list[Document]:
        """Those that name it, oldest first."""

    def keep(self, document: Document) -> None: ...

    def cancellation(self, uuid: str) -> Cancellation | None: ...

    def keep_cancellation(self, cancellation: Cancellation) -> None: ...

    def unanswered(self, rfc_receptor: str) -> list[Cancellation]:
        """Requests of that receiver which asked for an answer and got none, oldest first; also those past their time."""

    def recent(self, limit: int) -> list[Document]: ...

    def count(self) -> int: ...

    def settings(self) -> dict[str, Any]: ...

    def keep_settings(self, settings: dict[str, Any]) -> None: ...

    def reset(self) -> None: ...

    def close(self) -> None: ...


class MemoryStore:
    """Forgets everything when the process ends."""

    def __init__(self) -> None:
        self._documents: list[Document] = []
        self._by: dict[tuple[str, str], Document] = {}
        self._naming: dict[str, list[Document]] = {}
        self._cancellations: dict[str, Cancellation] = {}
        self._settings = "{}"

    def by_sha256(self, sha256: str) -> Document | None:
        return self._by.get(("sha256", sha256))

    def by_sello(self, sello: str) -> Document | None:
        return self._by.get(("sello", sello))

    def by_uuid(self, uuid: str) -> Document | None:
        return self._by.get(("uuid", uuid.upper()))

    def by_customid(self, customid: str) -> Document | None:
        return self._by.get(("customid", customid))

    def naming(self, uuid: str) -> list[Document]:
        return list(self._naming.get(uuid.upper(), ()))

    def keep(self, document: Document) -> None:
        self._documents.append(document)
        for uuid in document.related:
            self._naming.setdefault(uuid, []).append(document)
        for name in ("sha256", "sello", "uuid", "customid"):
            self._by[name, getattr(document, name)] = document

    def cancellation(self, uuid: str) -> Cancellation | None:
        return self._cancellations.get(uuid.upper())

    def keep_cancellation(self, cancellation: Cancellation) -> None:
        self._cancellations.pop(cancellation.uuid, None)
        self._cancellations[cancellation.uuid] = cancellation

    def unanswered(self, rfc_receptor: str) -> list[Cancellation]:
        return [
            one
            for one in self._cancellations.values()
            if one.rfc_receptor == rfc_receptor and one.deadline is not None and not one.answer
        ]

    def recent(self, limit: int) -> list[Document]:
        return self._documents[: -limit - 1 : -1]

    def count(self) -> int:
        return len(self._documents)

    def settings(self) -> dict[str, Any]:
        return dict(json.loads(self._settings))

    def keep_settings(self, settings: dict[str, Any]) -> None:
        self._settings = json.dumps(settings)

    def reset(self) -> None:
        self._documents.clear()
        self._by.clear()
        self._naming.clear()
        self._cancellations.clear()
        self._settings = "{}"

    def close(self) -> None:
        """Nothing to close."""
