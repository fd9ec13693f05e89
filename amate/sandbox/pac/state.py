"""What the simulated PAC remembers, behind a small door: memory for tests, PostgreSQL for demos (ENGINE SIM-3)."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Document:
    """One stamped CFDI. `sha256` hex of the sealed bytes; `fecha_timbrado` as written; `kept_at` aware."""

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


class Store(Protocol):
    """Documents are never changed. `settings` is one JSON object: clock, lists, credits, faults."""

    def by_sha256(self, sha256: str) -> Document | None: ...

    def by_sello(self, sello: str) -> Document | None: ...

    def by_uuid(self, uuid: str) -> Document | None: ...

    def by_customid(self, customid: str) -> Document | None:
        """The newest with that customid."""

    def keep(self, document: Document) -> None: ...

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
        self._settings = "{}"

    def by_sha256(self, sha256: str) -> Document | None:
        return self._by.get(("sha256", sha256))

    def by_sello(self, sello: str) -> Document | None:
        return self._by.get(("sello", sello))

    def by_uuid(self, uuid: str) -> Document | None:
        return self._by.get(("uuid", uuid.upper()))

    def by_customid(self, customid: str) -> Document | None:
        return self._by.get(("customid", customid))

    def keep(self, document: Document) -> None:
        self._documents.append(document)
        for name in ("sha256", "sello", "uuid", "customid"):
            self._by[name, getattr(document, name)] = document

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
        self._settings = "{}"

    def close(self) -> None:
        """Nothing to close."""
