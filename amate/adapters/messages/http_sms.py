"""SMS through whatever gateway takes an HTTP request: its address, headers and body are templates (OUTSIDE MSG-4)."""

import json
from dataclasses import dataclass
from typing import Any

from amate.adapters.messages import BadAddress, Cause, MessengerUnavailable
from amate.adapters.messages import plain as one_line
from amate.adapters.messages.sms import Gateway, Text, check_gateway
from amate.adapters.template import fill, in_address, in_header, in_json, value_at
from amate.adapters.typed_url import Answer, TypedRequest, UrlAway, UrlRefused, UrlSilent, ask


@dataclass(frozen=True, slots=True)
class HttpSms:
    """Raises BadTemplate when it is made with a gateway that cannot work."""

    gateway: Gateway

    def __post_init__(self) -> None:
        check_gateway(self.gateway)

    async def send(self, message: Text) -> str:
        request = request_of(self.gateway, message)
        try:
            answer = await ask(request)
        except UrlRefused as refused:
            raise MessengerUnavailable(str(refused), cause=Cause.PRIVATE) from refused
        except UrlAway as away:
            raise MessengerUnavailable(str(away), cause=Cause.SERVER) from away
        except UrlSilent as silent:
            raise MessengerUnavailable(str(silent), cause=Cause.SILENT) from silent
        return _taken(self.gateway, answer)


def request_of(gateway: Gateway, message: Text) -> TypedRequest:
    """What is sent for one message."""
    values = {"to": message.to, "text": message.text, "id": message.mark, "sender": gateway.sender, "key": gateway.key}
    kinds = {"json": "application/json", "form": "application/x-www-form-urlencoded"}
    headers = {name: fill(value, values, in_header) for name, value in gateway.headers.items()}
    if gateway.kind in kinds and gateway.body:
        headers.setdefault("Content-Type", kinds[gateway.kind])
    body = fill(gateway.body, values, in_json if gateway.kind == "json" else in_address)
    return TypedRequest(
        gateway.method, fill(gateway.url, values, in_address), headers, body.encode(), private=gateway.private
    )


def _taken(gateway: Gateway, answer: Answer) -> str:
    said = one_line(answer.body)
    lowered = said.lower()
    status = answer.status
    if status < 500 and status != 429 and any(word.lower() in lowered for word in gateway.bad_number):
        raise BadAddress(said)
    if status == 429 or status >= 500:
        raise MessengerUnavailable(f"{status}: {said}", cause=Cause.BUSY, after=answer.retry_after)
    if status in (401, 403):
        raise MessengerUnavailable(f"{status}: {said}", cause=Cause.LOGIN)
    if not 200 <= status < 300:
        raise MessengerUnavailable(f"{status}: {said}", cause=Cause.REFUSED)
    parsed = _json(answer.body)
    if gateway.success_at and str(value_at(parsed, gateway.success_at)) not in gateway.success:
        raise MessengerUnavailable(said, cause=Cause.REFUSED)
    found = value_at(parsed, gateway.id_at) if gateway.id_at else None
    return "" if found is None else str(found)[:100]


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
