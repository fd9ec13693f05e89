"""What of the simulator answers this machine only."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Handler = Callable[[Request], Awaitable[Response]]


def only_here(handler: Handler) -> Handler:
    """Only from this machine, and by no page of another site that this machine's browser shows. Mistakes are told to the
    caller."""

    async def guarded(request: Request) -> Response:
        if request.client is None or not _is_loopback(request.client.host):
            return JSONResponse({"error": "only from this machine"}, status_code=403)
        if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
            return JSONResponse({"error": "asked by another site"}, status_code=403)
        try:
            return await handler(request)
        except (ValueError, LookupError, TypeError, AttributeError) as wrong:
            return JSONResponse({"error": f"{type(wrong).__name__}: {wrong}"}, status_code=422)

    return guarded


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
