"""A signed notice to the customer's own system, which turns the service on or off (OUTSIDE SRV-2)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx

from amate.adapters.signed_notice import signed_request
from amate.adapters.switch import (
    Applied,
    Command,
    Observed,
    State,
    SwitchAccount,
    SwitchPermanent,
    SwitchRetryable,
)
from amate.adapters.switch.asked import ask_switch
from amate.adapters.switch.signing import BadKey
from amate.adapters.typed_url import Answer

MOST_BYTES = 20_000
MOST_ASKED = 40  # services of one question: their answer must fit in what is read of it
TYPES = {State.SUSPENDED: "service.suspended", State.ACTIVE: "service.reactivated", State.LIMITED: "service.limited"}
LATER = frozenset({429, 502, 503, 504})


class Webhook:
    """`observe` asks where `observe_url` is set, with the same signature: `{"services": […]}` is answered with
    `{"services": {name: {"state": …, "gen": …}}}`."""

    code = "webhook"

    def __init__(self, account: SwitchAccount, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._account = account
        self._transport = transport
        self.observes = bool(account.observe_url)

    async def apply(self, command: Command, *, now: datetime) -> Applied:
        said = {
            "type": TYPES[command.state],
            "timestamp": command.at.isoformat(),
            "data": {
                "service": command.service,
                "customer": command.customer,
                "state": command.state.value,
                "gen": command.gen,
                "reason": command.reason,
            },
        }
        message_id = f"amate-{command.service}-{command.gen}"
        answer = await self._tell(self._account.url, said, message_id=message_id, now=now)
        return Applied(answer.status, answer.body[:500].decode(errors="replace"))

    async def observe(self, services: Sequence[str], *, now: datetime) -> Mapping[str, Observed]:
        if not self.observes:
            raise SwitchPermanent("Este sistema no dice en qué estado está cada servicio.")
        seen: dict[str, Observed] = {}
        for start in range(0, len(services), MOST_ASKED):
            asked = list(services[start : start + MOST_ASKED])
            said = {"type": "service.observe", "services": asked}
            message_id = f"amate-observe-{int(now.timestamp())}-{start}"
            answer = await self._tell(self._account.observe_url, said, message_id=message_id, now=now)
            seen |= _observed(answer.body, asked)
        return seen

    async def _tell(self, url: str, said: dict[str, Any], *, message_id: str, now: datetime) -> Answer:
        body = json.dumps(said, ensure_ascii=False).encode()
        if len(body) > MOST_BYTES:
            raise SwitchPermanent("El aviso pasa de 20 kB: acorta el motivo o los nombres.")
        keys, private = self._account.keys, self._account.private
        try:
            request = signed_request(url=url, keys=keys, message_id=message_id, body=body, now=now, private=private)
        except BadKey as bad:
            raise SwitchPermanent(str(bad)) from bad
        answer = await ask_switch(request, transport=self._transport)
        _see(answer)
        return answer


def _see(answer: Answer) -> None:
    """A redirect is no yes: it is not followed, and may be a page of maintenance."""
    status = answer.status
    if 200 <= status < 300:
        return
    if status == 410:
        raise SwitchPermanent("El sistema del cliente pidió que no se le avise más (HTTP 410).", gone=True)
    if status in LATER:
        raise SwitchRetryable(f"El sistema pide esperar (HTTP {status}).", retry_after=answer.retry_after)
    raise SwitchRetryable(f"El sistema no aceptó el aviso (HTTP {status}).", retry_after=answer.retry_after)


def _observed(body: bytes, asked: list[str]) -> dict[str, Observed]:
    try:
        said = json.loads(body)["services"]
        return {
            name: Observed(
                State(said[name]["state"]), None if said[name].get("gen") is None else int(said[name]["gen"])
            )
            for name in asked
            if name in said
        }
    except (ValueError, KeyError, TypeError, AttributeError) as odd:
        raise SwitchRetryable("El sistema no dijo el estado de los servicios en la forma esperada.") from odd
