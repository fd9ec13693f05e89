"""The same tables by the REST of RouterOS 7 (OUTSIDE SRV-4)."""

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from amate.adapters.switch import RouterAccount, SwitchPermanent, SwitchRetryable, SwitchUnknown
from amate.adapters.switch.asked import ask_switch
from amate.adapters.switch.router_said import Refused, Row
from amate.adapters.typed_url import Answer, TypedRequest

MOST = 4_000_000  # bytes of a whole list


class RestLine:
    def __init__(self, account: RouterAccount) -> None:
        self._account = account
        self._host = str(urlsplit(account.url).hostname)

    async def rows(self, path: str, where: Mapping[str, str], want: tuple[str, ...]) -> list[Row]:
        asked = urlencode({**where, ".proplist": ",".join(want)})
        said = await self._ask("GET", f"{path}?{asked}")
        if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
            raise SwitchRetryable(f"{self._host} no contestó como un RouterOS 7.")
        return [{name: str(value) for name, value in one.items()} for one in said]

    async def add(self, path: str, facts: Mapping[str, str]) -> None:
        await self._ask("PUT", path, facts)

    async def change(self, path: str, row: str, facts: Mapping[str, str]) -> None:
        await self._ask("PATCH", f"{path}/{quote(row, safe='*')}", facts)

    async def remove(self, path: str, row: str) -> None:
        await self._ask("DELETE", f"{path}/{quote(row, safe='*')}")

    async def _ask(self, method: str, path: str, facts: Mapping[str, str] | None = None) -> Any:
        proof = base64.b64encode(f"{self._account.user}:{self._account.password}".encode()).decode()
        request = TypedRequest(
            method,
            f"{self._account.url.rstrip('/')}/rest{path}",
            {"Authorization": f"Basic {proof}", "Content-Type": "application/json", "Accept-Encoding": "identity"},
            json.dumps(facts).encode() if facts is not None else b"",
            private=self._account.private,
            most=MOST,
        )
        try:
            answer = await ask_switch(request)
        except SwitchUnknown as silent:
            if method == "GET":
                raise SwitchRetryable(str(silent)) from silent
            raise
        return self._read(answer, changes=method != "GET")

    def _read(self, answer: Answer, *, changes: bool) -> Any:
        said = _json(answer.body)
        if 200 <= answer.status < 300:
            return said
        if answer.status == 401:
            raise SwitchPermanent(f"{self._host} no aceptó el usuario o la contraseña.")
        if answer.status in (400, 404, 406) and isinstance(said, dict):
            raise Refused(str(said.get("detail") or said.get("message") or answer.status))
        if answer.status >= 500 and changes:
            raise SwitchUnknown(f"{self._host} falló al cambiarlo (HTTP {answer.status}).")
        raise SwitchRetryable(f"{self._host} contestó HTTP {answer.status}.", retry_after=answer.retry_after)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
