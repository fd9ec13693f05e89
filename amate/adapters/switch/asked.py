"""A request to the address of a system that serves: what its silence means for an order."""

import httpx

from amate.adapters.switch import SwitchPermanent, SwitchRetryable, SwitchUnknown
from amate.adapters.typed_url import Answer, TypedRequest, UrlAway, UrlRefused, UrlSilent, ask


async def ask_switch(request: TypedRequest, *, transport: httpx.AsyncBaseTransport | None = None) -> Answer:
    """Raises SwitchPermanent, SwitchRetryable, SwitchUnknown; judges no status."""
    try:
        return await ask(request, transport=transport)
    except UrlRefused as refused:
        raise SwitchPermanent(str(refused)) from refused
    except UrlAway as away:
        raise SwitchRetryable(str(away)) from away
    except UrlSilent as silent:
        raise SwitchUnknown(str(silent)) from silent
