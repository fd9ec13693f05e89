"""A signed notice to an address that somebody of a company typed (OUTSIDE SIG-5, SRV-2), and what its answer means."""

import json
from datetime import datetime
from typing import Any

import httpx

from amate.adapters.switch.signing import BadKey, signature
from amate.adapters.typed_url import TypedRequest, UrlAway, UrlRefused, UrlSilent, ask


class NotTaken(Exception):
    """Told again later. The message is for people (es-MX); `after` in seconds, where it says so."""

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class NoMore(Exception):
    """It asks to be told nothing more, or the address may not be: a person must look."""


def signed_request(
    *, url: str, keys: tuple[str, ...], message_id: str, body: bytes, now: datetime, private: frozenset[str]
) -> TypedRequest:
    """JSON with the three headers of Standard Webhooks. Raises BadKey."""
    stamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "amate",
        "webhook-id": message_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": signature(keys=keys, message_id=message_id, timestamp=stamp, body=body),
    }
    return TypedRequest("POST", url, headers, body, private=private)


async def tell(
    *,
    url: str,
    keys: tuple[str, ...],
    message_id: str,
    said: dict[str, Any],
    now: datetime,
    private: frozenset[str] = frozenset(),
    transport: httpx.AsyncBaseTransport | None = None,
) -> None:
    """Returns when it was taken: any 2xx. No redirect is followed. Raises NotTaken, NoMore."""
    body = json.dumps(said, ensure_ascii=False).encode()
    try:
        request = signed_request(url=url, keys=keys, message_id=message_id, body=body, now=now, private=private)
        answer = await ask(request, transport=transport)
    except (BadKey, UrlRefused) as refused:
        raise NoMore(str(refused)) from refused
    except (UrlAway, UrlSilent) as away:
        raise NotTaken(str(away)) from away
    if 200 <= answer.status < 300:
        return
    if answer.status == 410:
        raise NoMore("Contestó que ya no quiere avisos (HTTP 410).")
    raise NotTaken(f"No tomó el aviso (HTTP {answer.status}).", after=answer.retry_after)
