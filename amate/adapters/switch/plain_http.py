"""Any system that suspends by one HTTP request and gives back by another, as a person described them (OUTSIDE SRV-5)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx

from amate.adapters.switch import (
    Applied,
    Command,
    HttpAccount,
    Observed,
    State,
    SwitchPermanent,
    SwitchRetryable,
    SwitchUnknown,
)
from amate.adapters.switch.asked import ask_switch
from amate.adapters.switch.plain_request import BadRequest, check_plain
from amate.adapters.template import fill, in_address, in_header, in_json, value_at
from amate.adapters.typed_url import Answer, TypedRequest

LATER = frozenset({408, 425, 429, 502, 503, 504})


class PlainHttp:
    """It keeps no number of ours and is not looked at: an order that came late is not known as late."""

    code = "http"
    observes = False

    def __init__(self, account: HttpAccount, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._account = account
        self._transport = transport

    async def apply(self, command: Command, *, now: datetime) -> Applied:
        if command.state is State.LIMITED:
            raise SwitchPermanent("A este sistema no se le dijo cómo hacer más lento un servicio.")
        try:
            check_plain(self._account)
        except BadRequest as bad:
            raise SwitchPermanent(str(bad)) from bad
        answer = await ask_switch(request_of(self._account, command), transport=self._transport)
        self._see(answer, command)
        return Applied(answer.status, answer.body[:500].decode(errors="replace"))

    async def observe(self, services: Sequence[str], *, now: datetime) -> Mapping[str, Observed]:
        raise SwitchPermanent("Este sistema no dice en qué estado está cada servicio.")

    def _see(self, answer: Answer, command: Command) -> None:
        """What a status leaves open is told again: the request says the whole state."""
        status = answer.status
        said = answer.body[:120].decode(errors="replace").strip()
        if status in (401, 403):
            raise SwitchPermanent(f"El sistema no aceptó la clave (HTTP {status}).")
        if status in LATER:
            raise SwitchRetryable(f"El sistema pide esperar (HTTP {status}).", retry_after=answer.retry_after)
        if 300 <= status < 400:
            raise SwitchPermanent(f"La dirección lleva a otra (HTTP {status}): escribe la definitiva.")
        if 400 <= status < 500:
            raise SwitchPermanent(f"El sistema no aceptó «{command.service}» (HTTP {status}): {said}")
        if status >= 500:
            raise SwitchUnknown(f"El sistema falló (HTTP {status}): {said}")
        if not 200 <= status < 300:
            raise SwitchRetryable(f"El sistema contestó HTTP {status}.")
        account = self._account
        if account.success_at and str(value_at(_json(answer.body), account.success_at)) != account.success:
            raise SwitchRetryable(f"Contestó HTTP {status}, pero no dice «{account.success}» donde debía: {said}")


def request_of(account: HttpAccount, command: Command) -> TypedRequest:
    """What is sent for one order. Raises SwitchPermanent for a name that would lead to another address."""
    if command.service.strip(".") == "":
        raise SwitchPermanent(f"«{command.service}» no puede ir en una dirección: revisa cómo se llama allá.")
    off = command.state is State.SUSPENDED
    values = {
        "service": command.service,
        "customer": command.customer,
        "state": command.state.value,
        "suspended": "true" if off else "false",
        "gen": str(command.gen),
        "reason": command.reason,
    }
    headers = {account.header: fill(account.proof, {"key": account.key}, in_header), "User-Agent": "amate"}
    if account.body:
        headers["Content-Type"] = "application/json"
    url = account.url if off else account.back_url or account.url
    return TypedRequest(
        account.method,
        fill(url, values, in_address),
        {**headers, "Accept-Encoding": "identity"},
        fill(account.body, values, in_json).encode(),
        private=account.private,
    )


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
