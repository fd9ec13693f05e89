"""A MikroTik RouterOS: whoever is cut goes into an address list of its firewall, or his PPP secret is disabled and his
session ended (OUTSIDE SRV-4). Of the list only what bears our mark is touched."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import urlsplit

from amate.adapters.switch import (
    Applied,
    Command,
    Observed,
    RouterAccount,
    State,
    SwitchPermanent,
    SwitchRetryable,
)
from amate.adapters.switch.mark import gen_of, mark_of
from amate.adapters.switch.router_address import PORTS, check_router
from amate.adapters.switch.router_api import open_api
from amate.adapters.switch.router_rest import RestLine
from amate.adapters.switch.router_said import Refused, RouterLine, Row
from amate.adapters.typed_url import UrlRefused

LIST, SECRET, SESSION = "/ip/firewall/address-list", "/ppp/secret", "/ppp/active"
SEEN = (".id", "address", "comment", "disabled", "dynamic")
NOT_ALLOWED = ("not enough permissions", "permission", "not allowed")


class RouterOs:
    """An entry of the list stays after the service is back, disabled, and keeps the number of that order: so one that comes
    late is known as late. A PPP secret keeps none: what came late there is seen, and mended, when it is observed."""

    code = "routeros"
    observes = True

    def __init__(self, account: RouterAccount) -> None:
        self._account = account

    async def apply(self, command: Command, *, now: datetime) -> Applied:
        try:
            async with self._line() as line:
                if self._account.by == "secret":
                    return Applied(0, await _by_secret(line, command))
                return Applied(0, await self._by_list(line, command))
        except Refused as no:
            if any(word in str(no).lower() for word in NOT_ALLOWED):
                raise SwitchPermanent(
                    f"El usuario no tiene permiso en el router ({no}): necesita read, write y api o rest-api."
                ) from no
            raise SwitchRetryable(f"El router no quiso: {no}") from no

    async def observe(self, services: Sequence[str], *, now: datetime) -> Mapping[str, Observed]:
        try:
            async with self._line() as line:
                if self._account.by == "secret":
                    rows = await line.rows(SECRET, {}, ("name", "disabled"))
                    known = {row.get("name", ""): Observed(_cut_if(_off(row)), None) for row in rows}
                    return {one: known[one] for one in services if one in known}
                listed = {name: await line.rows(LIST, {"list": name}, SEEN) for name in self._lists}
        except Refused as no:
            raise SwitchRetryable(f"El router no quiso: {no}") from no
        there: dict[str, dict[str, list[Row]]] = {}
        for name, found in listed.items():
            for row in found:
                there.setdefault(row.get("address", ""), {}).setdefault(name, []).append(row)
        return {one: self._seen(one, there.get(_address(one), {})) for one in services}

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[RouterLine]:
        try:
            check_router(self._account.url, private=self._account.private)
        except UrlRefused as refused:
            raise SwitchPermanent(str(refused)) from refused
        if urlsplit(self._account.url).scheme in PORTS:
            async with open_api(self._account) as line:
                yield line
        else:
            yield RestLine(self._account)

    async def _by_list(self, line: RouterLine, command: Command) -> str:
        address, wanted = _address(command.service), self._list_of(command.state)
        rows = {name: _static(await line.rows(LIST, {"list": name, "address": address}, SEEN)) for name in self._lists}
        if any((_gen(row, command.service) or 0) > command.gen for there in rows.values() for row in there):
            return "Ya tenía una orden más nueva."
        # What is wanted first: between two lists nobody is served as if he owed nothing.
        found = [
            await self._set(line, command, name, rows[name], cut=name == wanted)
            for name in sorted(rows, key=lambda one: one != wanted)
        ]
        said = f"En la lista {wanted}." if wanted else f"Fuera de {' y '.join(self._lists)}."
        return " ".join(filter(None, (said, *found)))

    async def _set(self, line: RouterLine, command: Command, name: str, rows: list[Row], *, cut: bool) -> str:
        """Answers what is worth telling of it."""
        ours = [row for row in rows if _gen(row, command.service) is not None]
        marked = {"comment": mark_of(command.service, command.gen), "disabled": "no" if cut else "yes"}
        address = _address(command.service)
        if ours:
            await line.change(LIST, ours[0][".id"], marked)
        elif rows and (cut or command.state is not State.SUSPENDED):  # who is cut may be in another list besides
            return _of_somebody(rows, cut=cut, where=f"{address} en la lista {name}")
        elif cut or (command.gen > 1 and name == self._account.list_name):
            await line.add(LIST, {"list": name, "address": address, **marked})
        return ""

    @property
    def _lists(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for one in (self._account.list_name, self._account.slow_list) if one))

    def _list_of(self, state: State) -> str:
        """Of whoever is in that state; empty: of none."""
        if state is State.LIMITED and not self._account.slow_list:
            raise SwitchPermanent("Falta la lista de quienes van más lento: escríbela en el sistema.")
        lists = {State.SUSPENDED: self._account.list_name, State.LIMITED: self._account.slow_list}
        return lists.get(state, "")

    def _seen(self, service: str, rows: Mapping[str, list[Row]]) -> Observed:
        static = {name: _static(there) for name, there in rows.items()}
        gens = [gen for there in static.values() for row in there if (gen := _gen(row, service)) is not None]
        on = {name for name, there in static.items() if any(not _off(row) for row in there)}
        state = next((one for one in (State.SUSPENDED, State.LIMITED) if self._is_in(one, on)), None)
        return Observed(state or State.ACTIVE, max(gens, default=None))

    def _is_in(self, state: State, on: set[str]) -> bool:
        name = self._account.list_name if state is State.SUSPENDED else self._account.slow_list
        return name in on


async def _by_secret(line: RouterLine, command: Command) -> str:
    if command.state is State.LIMITED:
        raise SwitchPermanent("Un PPP secret se deshabilita o no: para ir más lento hacen falta listas.")
    rows = await line.rows(SECRET, {"name": command.service}, (".id", "name", "disabled"))
    if not rows:
        raise SwitchPermanent(f"El router no tiene el PPP secret «{command.service}»: revisa cómo se llama allá.")
    cut = command.state is State.SUSPENDED
    for row in rows:
        if _off(row) is not cut:
            await line.change(SECRET, row[".id"], {"disabled": "yes" if cut else "no"})
    if not cut:
        return "Secret habilitado."
    # The secret first: whoever is put out before that comes straight in again.
    sessions = await line.rows(SESSION, {"name": command.service}, (".id",))
    for one in sessions:
        try:
            await line.remove(SESSION, one[".id"])
        except Refused as no:
            if "no such item" not in str(no):
                raise
    return f"Secret deshabilitado; sesiones cerradas: {len(sessions)}."


def _of_somebody(rows: list[Row], *, cut: bool, where: str) -> str:
    """Somebody put it there himself: never taken away by us. Raises SwitchPermanent where it contradicts the order."""
    if all(_off(row) is cut for row in rows):
        raise SwitchPermanent(
            f"Alguien puso a mano {where}, {'apagada' if cut else 'y sigue ahí'}: quítala en el router."
        )
    return f"Alguien puso a mano {where}: ya estaba {'ahí' if cut else 'libre'}."


def _static(rows: list[Row]) -> list[Row]:
    """Without those that the router makes itself of a name in the list."""
    return [row for row in rows if row.get("dynamic", "false") != "true"]


def _gen(row: Row, service: str) -> int | None:
    return gen_of(row.get("comment", ""), service)


def _off(row: Row) -> bool:
    return row.get("disabled", "false") in ("true", "yes")


def _cut_if(cut: bool) -> State:
    return State.SUSPENDED if cut else State.ACTIVE


def _address(service: str) -> str:
    """As the router writes it.

    >>> _address("10.0.0.5/32"), _address(" 10.0.0.0/24")
    ('10.0.0.5', '10.0.0.0/24')
    """
    return service.strip().removesuffix("/32")
