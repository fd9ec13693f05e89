"""A line to a server whose name a company typed: never into a private network, unless the operator says so (NET-1)."""

import asyncio
import socket
from ipaddress import ip_address

from amate.adapters.messages import Cause, MessengerUnavailable
from amate.adapters.public_address import is_public

# What mail servers listen on; anything else would make a port scanner of us.
PORTS = frozenset({25, 26, 465, 587, 2465, 2525, 2587})
WAY_OUT = (
    "está en una red privada: quien administra esta instalación puede permitirlo con AMATE_PRIVATE_MAIL_HOSTS={host}"
)


async def line_to(host: str, port: int, *, private: frozenset[str], seconds: float) -> socket.socket:
    """A connected socket. `private`: hosts that the operator opened, on any port.

    The name is resolved once and every address must be public, so that it cannot point elsewhere a moment later.
    Raises MessengerUnavailable.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as unknown:
        raise MessengerUnavailable(f"No existe el servidor {host}", cause=Cause.SERVER) from unknown
    if host not in private:
        if port not in PORTS:
            raise MessengerUnavailable(f"{port} no es un puerto de correo", cause=Cause.PRIVATE)
        if not all(is_public(ip_address(str(address[0]).partition("%")[0])) for *_, address in found):
            raise MessengerUnavailable(f"{host} {WAY_OUT.format(host=host)}", cause=Cause.PRIVATE)
    family, kind, protocol, _, address = found[0]
    line = socket.socket(family, kind, protocol)
    line.setblocking(False)
    try:
        await asyncio.wait_for(loop.sock_connect(line, address), seconds)
    except (OSError, TimeoutError) as deaf:
        line.close()
        raise MessengerUnavailable(f"{host} no contesta en el puerto {port}", cause=Cause.SERVER) from deaf
    except BaseException:
        line.close()
        raise
    return line
