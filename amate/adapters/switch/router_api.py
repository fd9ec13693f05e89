"""The API of RouterOS on a socket: log in, read a table, change it (OUTSIDE SRV-4)."""

import asyncio
import hmac
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from urllib.parse import urlsplit

from amate.adapters.switch import RouterAccount, SwitchPermanent, SwitchRetryable, SwitchUnknown
from amate.adapters.switch.router_address import PORTS
from amate.adapters.switch.router_said import Refused, Row
from amate.adapters.switch.router_words import OddWords, facts_of, facts_said, read_sentence, sentence
from amate.adapters.typed_url import UrlAway, UrlRefused, address_of

CONNECT, ANSWER = 5.0, 20.0  # seconds
MOST_ROWS = 100_000
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class ApiLine:
    def __init__(self, stream: Stream, host: str) -> None:
        self._reader, self._writer = stream
        self._host = host

    async def rows(self, path: str, where: Mapping[str, str], want: tuple[str, ...]) -> list[Row]:
        """Raises Refused, SwitchRetryable."""
        asked = [f"?{name}={value}" for name, value in where.items()]
        return await self._say([f"{path}/print", f"=.proplist={','.join(want)}", *asked], changes=False)

    async def add(self, path: str, facts: Mapping[str, str]) -> None:
        await self._say([f"{path}/add", *facts_said(facts)], changes=True)

    async def change(self, path: str, row: str, facts: Mapping[str, str]) -> None:
        await self._say([f"{path}/set", *facts_said({".id": row, **facts})], changes=True)

    async def remove(self, path: str, row: str) -> None:
        await self._say([f"{path}/remove", f"=.id={row}"], changes=True)

    async def log_in(self, user: str, password: str) -> None:
        try:
            said = await self._say(["/login", *facts_said({"name": user, "password": password})], changes=False)
        except Refused as no:
            raise SwitchPermanent(f"{self._host} no aceptó el usuario o la contraseña ({no}).") from no
        if said:  # before 6.43 it asks for something else, which is no secret on the way
            raise SwitchPermanent(f"{self._host} es anterior a RouterOS 6.43: actualízalo.")

    async def _say(self, words: list[str], *, changes: bool) -> list[Row]:
        try:
            async with asyncio.timeout(ANSWER):
                self._writer.write(sentence(words))
                await self._writer.drain()
                return await self._answer()
        except (OSError, EOFError, OddWords) as broken:  # TimeoutError is an OSError
            # Of what was only asked nothing can have changed.
            fault = SwitchUnknown if changes else SwitchRetryable
            raise fault(f"{self._host} no terminó de contestar: {type(broken).__name__}") from broken

    async def _answer(self) -> list[Row]:
        rows: list[Row] = []
        refusal: str | None = None
        while True:
            words = await read_sentence(self._reader)
            match words[:1]:
                case ["!re"] if len(rows) < MOST_ROWS:
                    rows.append(facts_of(words))
                case ["!trap"]:
                    refusal = refusal or facts_of(words).get("message", "sin motivo")
                case ["!done"] if refusal is not None:
                    raise Refused(refusal)
                case ["!done"]:
                    asked = facts_of(words)
                    return [asked] if "ret" in asked and not rows and len(asked["ret"]) == 32 else rows
                case ["!empty"]:
                    continue
                case _:  # !fatal, after which it hangs up
                    raise OddWords


@asynccontextmanager
async def open_api(account: RouterAccount) -> AsyncIterator[ApiLine]:
    """Raises SwitchPermanent, SwitchRetryable."""
    parts = urlsplit(account.url)
    host, port = str(parts.hostname), parts.port or PORTS[parts.scheme]
    stream = await _connected(account, host, port, tls=parts.scheme == "api-ssl")
    try:
        line = ApiLine(stream, host)
        await line.log_in(account.user, account.password)
        yield line
    finally:
        stream[1].close()


async def _connected(account: RouterAccount, host: str, port: int, *, tls: bool) -> Stream:
    trust = _trust(account.fingerprint) if tls else None
    try:
        address = await address_of(host, port, private=host in account.private)
        async with asyncio.timeout(CONNECT):
            stream = await asyncio.open_connection(
                str(address), port, ssl=trust, server_hostname=host if trust else None
            )
    except UrlRefused as refused:
        raise SwitchPermanent(str(refused)) from refused
    except ssl.SSLCertVerificationError as strange:
        raise SwitchPermanent(
            f"El certificado de {host} no lo firma ninguna autoridad: escribe su huella SHA-256."
        ) from strange
    except (UrlAway, OSError) as away:
        raise SwitchRetryable(f"{host} no contesta en el puerto {port}: {type(away).__name__}") from away
    if tls and account.fingerprint:
        shown = stream[1].get_extra_info("ssl_object").getpeercert(binary_form=True)
        if not hmac.compare_digest(sha256(shown).hexdigest(), account.fingerprint):
            stream[1].close()
            raise SwitchPermanent(
                f"El certificado de {host} no es el de la huella que escribiste. Si lo cambiaste, escribe la nueva."
            )
    return stream


def _trust(fingerprint: str) -> ssl.SSLContext:
    trust = ssl.create_default_context()
    if fingerprint:  # it is looked at by itself, before anything is said
        trust.check_hostname = False
        trust.verify_mode = ssl.CERT_NONE
    return trust
