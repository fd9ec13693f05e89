"""What a merchant sees of a call that a fault strikes, before it is done and after."""

from starlette.responses import HTMLResponse, PlainTextResponse, Response

from amate.sandbox.pac.cuts import Cut, Hang


def before(struck: str) -> Response | None:
    if struck in ("hang", "drop_before"):
        return Hang() if struck == "hang" else Cut()
    if struck == "html":
        return HTMLResponse("<html><body><h1>Mantenimiento</h1></body></html>")
    if struck == "500_before":
        return PlainTextResponse("Internal Server Error", status_code=500)
    if struck in ("down", "429"):
        return PlainTextResponse(
            "Try later", status_code=503 if struck == "down" else 429, headers={"Retry-After": "30"}
        )
    return None


def after(answer: Response, struck: str) -> Response:
    if struck == "500_after":
        return PlainTextResponse("Internal Server Error", status_code=500)
    return Cut() if struck == "drop_after" else answer
