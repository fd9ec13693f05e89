"""Disconnect-Request of RFC 5176: whoever is connected must ask RADIUS again, and then meets the group that holds now."""

import asyncio
import hmac
from hashlib import md5

REQUEST, ACK, NAK = 40, 41, 42
USER_NAME, ERROR_CAUSE = 1, 101
NOT_CONNECTED = 503  # Session-Context-Not-Found
TRIES, WAIT = 3, 2.0  # UDP loses packets; seconds for each


class NoAnswer(Exception):
    """Nobody answered who knows the secret: to a packet with another one a NAS says nothing."""


class NotDisconnected(Exception):
    """It answered no. `cause` is its Error-Cause, 0 where it gave none."""

    def __init__(self, cause: int) -> None:
        super().__init__(f"Error-Cause {cause}")
        self.cause = cause


def disconnect_request(*, user: str, secret: bytes, number: int) -> bytes:
    """The packet. Its authenticator is the MD5 of itself with zeros in its place, and the secret (RFC 5176 §2.3).

    >>> disconnect_request(user="svc-1", secret=b"s", number=7).hex()[:8], len(disconnect_request(user="a", secret=b"s", number=1))
    ('2807001b', 23)
    """
    name = user.encode()
    attributes = bytes([USER_NAME, len(name) + 2]) + name
    head = bytes([REQUEST, number]) + (20 + len(attributes)).to_bytes(2, "big")
    signed = md5(head + bytes(16) + attributes + secret, usedforsecurity=False).digest()
    return head + signed + attributes


def read_answer(packet: bytes, *, asked: bytes, secret: bytes) -> bool | None:
    """True: disconnected, or was not connected. None: no answer to what we asked, or signed by somebody else.
    Raises NotDisconnected."""
    if len(packet) < 20 or packet[1] != asked[1] or packet[0] not in (ACK, NAK):
        return None
    length = int.from_bytes(packet[2:4], "big")
    if not 20 <= length <= len(packet):
        return None
    attributes = packet[20:length]
    signed = md5(packet[:4] + asked[4:20] + attributes + secret, usedforsecurity=False).digest()
    if not hmac.compare_digest(signed, packet[4:20]):
        return None
    cause = _cause(attributes)
    if packet[0] == NAK and cause != NOT_CONNECTED:
        raise NotDisconnected(cause)
    return True


async def disconnect(*, address: str, port: int, user: str, secret: bytes, number: int) -> None:
    """Raises NoAnswer, NotDisconnected."""
    asked = disconnect_request(user=user, secret=secret, number=number)
    loop = asyncio.get_running_loop()
    try:
        transport, heard = await loop.create_datagram_endpoint(_Ear, remote_addr=(address, port))
    except OSError as away:
        raise NoAnswer from away
    try:
        for _ in range(TRIES):
            transport.sendto(asked)
            try:
                async with asyncio.timeout(WAIT):
                    while not read_answer(await heard.packets.get(), asked=asked, secret=secret):
                        pass  # noise of somebody else does not end the wait
                    return
            except TimeoutError:
                continue
    finally:
        transport.close()
    raise NoAnswer


class _Ear(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.packets: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.packets.put_nowait(data)


def _cause(attributes: bytes) -> int:
    at = 0
    while at + 2 <= len(attributes) and attributes[at + 1] >= 2:
        kind, size = attributes[at], attributes[at + 1]
        if kind == ERROR_CAUSE and size == 6:
            return int.from_bytes(attributes[at + 2 : at + 6], "big")
        at += size
    return 0
