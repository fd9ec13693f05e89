"""The REST API as a till calls it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

TIMEOUTS = httpx.Timeout(30)


class Away(Exception):
    """Nobody answered, or something that is not this API; trying later may help. The message (Spanish) says what came."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`body`: of JSON what it says, else an empty object; `raw` is every byte."""

    status: int
    kind: str
    body: dict[str, Any]
    raw: bytes
    retry_after: str = ""


class Api:
    """`url`: of the installation, as https://facturas.example."""

    def __init__(self, url: str, key: str) -> None:
        self._client = httpx.Client(base_url=f"{url.rstrip('/')}/api/v1", timeout=TIMEOUTS)
        self._key = key

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *fault: object) -> None:
        self._client.close()

    def call(
        self, method: str, path: str, body: Any = None, *, content: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        """Raises Away. `content` and `headers` are for who wants to send something else than JSON with the key."""
        said = {"Authorization": f"Bearer {self._key}", **headers}
        if content is None and body is not None:
            content = json.dumps(body).encode()
            said = {"Content-Type": "application/json", **said}
        try:
            found = self._client.request(method, path, content=content, headers=said)
        except httpx.HTTPError as fault:
            raise Away(f"No contesta: {fault or type(fault).__name__}") from fault
        kind = found.headers.get("Content-Type", "").partition(";")[0]
        return Answer(found.status_code, kind, _json(found, kind), found.content, found.headers.get("Retry-After", ""))


def _json(found: httpx.Response, kind: str) -> dict[str, Any]:
    if kind not in ("application/json", "application/problem+json"):
        return {}
    try:
        said = found.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
