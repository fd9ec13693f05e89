"""Hosting accounts of a cPanel server, suspended and given back by its WHM (OUTSIDE SRV-5). The reason of a suspension bears
our mark: what somebody else suspended is never given back by us."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from amate.adapters.switch import (
    Applied,
    Command,
    Observed,
    State,
    SwitchPermanent,
    SwitchRetryable,
    SwitchUnknown,
    WhmAccount,
)
from amate.adapters.switch.asked import ask_switch
from amate.adapters.switch.mark import gen_of, mark_of
from amate.adapters.switch.whm_address import PORT, at_its_port, check_whm
from amate.adapters.typed_url import Answer, TypedRequest, UrlRefused

MOST = 16_000_000  # bytes of a whole list, and of what a suspension prints
SEEN = "user,suspended,suspendreason"
UNKNOWN = ("does not exist", "no such user", "not exist")
NOT_ALLOWED = ("permission", "access denied", "privilege", "do not have access")
Row = Mapping[str, Any]


class Whm:
    """Only a suspended account keeps a number, in its reason: an order to suspend that came late is seen, and mended, when it
    is observed."""

    code = "whm"
    observes = True

    def __init__(self, account: WhmAccount) -> None:
        self._account = account
        self._host = str(urlsplit(account.url).hostname)

    async def apply(self, command: Command, *, now: datetime) -> Applied:
        if command.state is State.LIMITED:
            raise SwitchPermanent("WHM no tiene un servicio más lento: solo suspende y activa.")
        said = await self._ask("accountsummary", {"user": command.service})
        found = [row for row in _rows(said, self._host) if row.get("user") == command.service]
        if not found:
            raise self._unknown(command.service)
        cut = _cut(found[0])
        if command.state is State.SUSPENDED:
            if cut:
                return Applied(0, "La cuenta ya estaba suspendida.")
            reason = mark_of(command.service, command.gen)
            await self._ask("suspendacct", {"user": command.service, "reason": reason}, changes=True)
            return Applied(0, "Cuenta suspendida.")
        if not cut:
            return Applied(0, "La cuenta ya estaba activa.")
        why = str(found[0].get("suspendreason", ""))
        gen = gen_of(why, command.service)
        if gen is None:
            raise SwitchPermanent(f"Alguien suspendió la cuenta en WHM («{why[:80]}»): actívala allá.")
        if gen > command.gen:
            return Applied(0, "Ya tenía una orden más nueva.")
        await self._ask("unsuspendacct", {"user": command.service}, changes=True)
        return Applied(0, "Cuenta activa.")

    async def observe(self, services: Sequence[str], *, now: datetime) -> Mapping[str, Observed]:
        """One question for the whole server: each costs it a process."""
        rows = {row.get("user"): row for row in _rows(await self._ask("listaccts", {"want": SEEN}), self._host)}
        return {name: _seen(name, rows[name]) for name in services if name in rows}

    async def _ask(self, what: str, facts: Mapping[str, str], *, changes: bool = False) -> Row:
        account = self._account
        try:
            check_whm(account.url, private=account.private)
        except UrlRefused as refused:
            raise SwitchPermanent(str(refused)) from refused
        request = TypedRequest(
            "GET",
            f"{at_its_port(account.url)}/json-api/{what}?{urlencode({'api.version': '1', **facts})}",
            {"Authorization": f"whm {account.user}:{account.token}", "Accept-Encoding": "identity"},
            private=account.private,
            most=MOST,
            ports=frozenset({PORT}),
        )
        try:
            answer = await ask_switch(request)
        except SwitchUnknown as silent:
            if changes:
                raise
            raise SwitchRetryable(str(silent)) from silent
        return self._read(answer, facts.get("user", ""), changes=changes)

    def _read(self, answer: Answer, user: str, *, changes: bool) -> Row:
        if answer.status in (401, 403):
            raise SwitchPermanent(
                f"{self._host} no aceptó el token, o le falta permiso: necesita list-accts y suspend-acct."
            )
        if answer.status != 200:
            if changes and answer.status >= 500:
                raise SwitchUnknown(f"{self._host} falló al cambiarlo (HTTP {answer.status}).")
            raise SwitchRetryable(f"{self._host} contestó HTTP {answer.status}.", retry_after=answer.retry_after)
        said = _json(answer.body)
        head = said.get("metadata") if isinstance(said, dict) else None
        if not isinstance(head, dict) or "result" not in head:
            if changes:
                raise SwitchUnknown(f"{self._host} no dijo si lo hizo.")
            raise SwitchRetryable(f"{self._host} no contestó como un WHM.")
        if str(head["result"]) != "1":
            raise self._no(str(head.get("reason", "")), user)
        data = said.get("data")
        return data if isinstance(data, dict) else {}

    def _no(self, why: str, user: str) -> SwitchPermanent | SwitchRetryable:
        if any(word in why.lower() for word in UNKNOWN):
            return self._unknown(user)
        if any(word in why.lower() for word in NOT_ALLOWED):
            return SwitchPermanent(f"Al token le falta permiso en {self._host}: {why[:120]}")
        return SwitchRetryable(f"{self._host} no quiso: {why[:160] or 'no dijo por qué'}")

    def _unknown(self, user: str) -> SwitchPermanent:
        return SwitchPermanent(f"{self._host} no tiene la cuenta «{user}»: revisa cómo se llama allá.")


def _rows(data: Row, host: str) -> list[Row]:
    rows = data.get("acct")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SwitchRetryable(f"{host} no contestó como un WHM.")
    return rows


def _seen(service: str, row: Row) -> Observed:
    if not _cut(row):
        return Observed(State.ACTIVE, None)
    return Observed(State.SUSPENDED, gen_of(str(row.get("suspendreason", "")), service))


def _cut(row: Row) -> bool:
    return str(row.get("suspended", "0")) == "1"


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
