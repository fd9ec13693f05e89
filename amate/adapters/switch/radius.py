"""FreeRADIUS by its own SQL tables: whoever is cut gets one more group, before his others; then his session is closed
(OUTSIDE SRV-3). Users and their own groups are never touched, so that to give the service back is to take our row away."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import psycopg

from amate.adapters.switch import (
    Applied,
    Command,
    Observed,
    RadiusAccount,
    State,
    SwitchPermanent,
    SwitchRetryable,
    SwitchUnknown,
)
from amate.adapters.switch.disconnect import NoAnswer, NotDisconnected, disconnect
from amate.adapters.typed_url import UrlAway, UrlRefused, address_of

FIRST = -1000  # of the groups of a user the lowest is read first, and without Fall-Through the only one
CONNECT, STATEMENT = 5, 5_000  # seconds; milliseconds
KNOWN = """SELECT username FROM radcheck WHERE username = ANY(%(names)s)
UNION SELECT username FROM radusergroup WHERE username = ANY(%(names)s) AND groupname <> ALL(%(ours)s)"""
OURS = "SELECT username, groupname FROM radusergroup WHERE username = ANY(%(names)s) AND groupname = ANY(%(ours)s)"


class Radius:
    """It keeps no number of ours: an order that came late is seen, and mended, when it is observed."""

    code = "radius"
    observes = True

    def __init__(self, account: RadiusAccount) -> None:
        self._account = account

    async def apply(self, command: Command, *, now: datetime) -> Applied:
        account, name = self._account, command.service
        nas = await _address(account.nas_host, private=account.private) if account.nas_host else ""
        await self._write(name, group=self._group_of(command.state))
        if not nas:
            return Applied(0, "Grupo escrito; la sesión abierta sigue hasta que se reconecte.")
        try:
            await disconnect(
                address=nas,
                port=account.nas_port,
                user=name,
                secret=account.nas_secret.encode(),
                number=command.gen % 256,
            )
        except NoAnswer as silent:
            raise SwitchRetryable(
                f"El grupo quedó escrito, pero {account.nas_host} no contestó al cerrar la sesión: "
                "revisa su dirección, el puerto y el secreto de CoA."
            ) from silent
        except NotDisconnected as refused:
            raise SwitchRetryable(
                f"El grupo quedó escrito, pero {account.nas_host} no quiso cerrar la sesión ({refused})."
            ) from refused
        return Applied(0, "Grupo escrito y sesión cerrada.")

    async def observe(self, services: Sequence[str], *, now: datetime) -> Mapping[str, Observed]:
        asked = {"names": list(services), "ours": self._ours}
        try:
            async with await self._connect() as connection:
                known = {row[0] for row in await (await connection.execute(KNOWN, asked)).fetchall()}
                rows = await (await connection.execute(OURS, asked)).fetchall()
        except psycopg.Error as fault:
            raise _said(fault) from fault
        cut = {name for name, group in rows if group == self._account.group}
        slow = {name for name, _ in rows} - cut
        return {
            name: Observed(
                State.SUSPENDED if name in cut else State.LIMITED if name in slow else State.ACTIVE,
                None,
            )
            for name in services
            if name in known
        }

    @property
    def _ours(self) -> list[str]:
        return [one for one in (self._account.group, self._account.slow_group) if one]

    def _group_of(self, state: State) -> str:
        """Of whoever is in that state; empty: of none."""
        if state is State.LIMITED and not self._account.slow_group:
            raise SwitchPermanent("Falta el grupo de quienes van más lento: escríbelo en el sistema.")
        return {State.SUSPENDED: self._account.group, State.LIMITED: self._account.slow_group}.get(state, "")

    async def _write(self, name: str, *, group: str) -> None:
        row = {"names": [name], "name": name, "ours": self._ours, "group": group, "first": FIRST}
        try:
            async with await self._connect() as connection:
                if not await (await connection.execute(KNOWN, row)).fetchone():
                    raise SwitchPermanent(f"RADIUS no tiene al usuario «{name}»: revisa cómo se llama allá.")
                await connection.execute(
                    "DELETE FROM radusergroup WHERE username = %(name)s AND groupname = ANY(%(ours)s)", row
                )
                if group:
                    await connection.execute(
                        "INSERT INTO radusergroup (username, groupname, priority) VALUES (%(name)s, %(group)s, %(first)s)",
                        row,
                    )
        except psycopg.Error as fault:
            raise _said(fault) from fault

    async def _connect(self) -> psycopg.AsyncConnection:
        account = self._account
        return await psycopg.AsyncConnection.connect(
            **await _where(account),
            port=account.port,
            dbname=account.database,
            user=account.user,
            password=account.password,
            connect_timeout=CONNECT,
            application_name="amate",
            options=f"-c statement_timeout={STATEMENT}",
        )


async def _where(account: RadiusAccount) -> dict[str, Any]:
    """Of a private server the operator answers for the way to it; any other proves by its certificate who it is."""
    private = account.host in account.private
    if account.host.startswith("/"):
        if not private:
            raise _closed_door(account.host)
        return {"host": account.host}
    address = await _address(account.host, private=account.private)
    proof = {"sslmode": "prefer"} if private else {"sslmode": "verify-full", "sslrootcert": "system"}
    return {"host": account.host, "hostaddr": address, **proof}


async def _address(host: str, *, private: frozenset[str]) -> str:
    """Looked up once, and then that very address is asked (SRV-6)."""
    try:
        return str(await address_of(host, 0, private=host in private))
    except UrlAway as unknown:
        raise SwitchRetryable(str(unknown)) from unknown
    except UrlRefused as refused:
        raise _closed_door(host) from refused


def _closed_door(host: str) -> SwitchPermanent:
    return SwitchPermanent(
        f"{host} lleva a una red privada: quien administra la instalación debe abrirla (AMATE_PRIVATE_SWITCH_HOSTS)."
    )


def _said(fault: psycopg.Error) -> SwitchPermanent | SwitchRetryable | SwitchUnknown:
    if isinstance(fault, (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable)):
        return SwitchPermanent(
            "La base de RADIUS no nos deja leer radcheck ni cambiar radusergroup, o no tiene esas tablas."
        )
    if isinstance(fault, psycopg.OperationalError):
        return SwitchRetryable("La base de RADIUS no contesta o no aceptó el usuario y la contraseña.")
    return SwitchUnknown(f"La base de RADIUS contestó con un error: {type(fault).__name__}.")
