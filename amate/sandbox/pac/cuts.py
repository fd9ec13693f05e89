"""Answers that are no answers: a cut connection, half a body, silence (ENGINE SIM-8)."""

import asyncio

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from amate.sandbox.pac.faults import Fault


async def rest(faults: dict[str, Fault]) -> None:
    """The latency of the day."""
    if "latency" in faults:
        await asyncio.sleep(faults["latency"].delay)


class Cut(Response):
    """The connection breaks without a byte."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["sim.transport"].abort()
        await _gone(receive)


class Hang(Response):
    """Nothing, until the client gives up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _gone(receive)


class Truncated(Response):
    """The headers promise everything; half of it comes."""

    def __init__(self, whole: Response) -> None:
        super().__init__()
        self._whole = whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        whole = self._whole
        await send({"type": "http.response.start", "status": whole.status_code, "headers": whole.raw_headers})
        half = bytes(whole.body)[: len(whole.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await asyncio.sleep(0.05)  # abort() would also throw away what is still to be written
        scope["sim.transport"].abort()
        await _gone(receive)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
