"""What a fault makes of a request, before and after the act; the same on every wire (ENGINE SIM-8)."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from amate.sandbox.pac.cuts import Cut, Hang, Truncated
from amate.sandbox.pac.desk import Desk
from amate.sandbox.pac.faults import Fault, read_header


def faults_of(request: Request, desk: Desk, *, act: str = "stamp") -> dict[str, Fault]:
    """Those that strike this request for `act`. Raises ValueError for an X-Sim-Fault that names none."""
    faults = desk.draw_faults(act)
    header = request.headers.get("X-Sim-Fault")
    if header:
        fault = read_header(header)
        faults.setdefault(fault.kind, fault)
    return faults


def before(faults: Mapping[str, Fault]) -> Response | None:
    """What strikes before anything was done."""
    if "hang" in faults:
        return Hang()
    if "drop_before" in faults:
        return Cut()
    if "500_before" in faults:
        return PlainTextResponse("Internal Server Error", status_code=500)
    for kind, status in (("503", 503), ("429", 429)):
        if kind in faults:
            wait = {"Retry-After": str(faults[kind].retry_after)}
            return PlainTextResponse("Intenta más tarde", status_code=status, headers=wait)
    for kind, status in (("html_200", 200), ("html_500", 500)):
        if kind in faults:
            return HTMLResponse("<html><body><h1>Mantenimiento programado</h1></body></html>", status_code=status)
    return None


def after(answer: Response, faults: Mapping[str, Fault]) -> Response:
    """What becomes of an answer on its way."""
    if "hang_after" in faults:
        return Hang()
    if "drop_after" in faults:
        return Cut()
    if "500_after" in faults:
        return PlainTextResponse("Internal Server Error", status_code=500)
    return Truncated(answer) if "truncated" in faults else answer
