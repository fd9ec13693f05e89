"""`/_sim/`: a page to look at what the simulator holds and to play the receiver. Only from this machine, without scripts."""

from datetime import datetime
from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from amate.sandbox.mint import NO_VALIDITY
from amate.sandbox.pac.cancelling import ATTITUDES
from amate.sandbox.pac.desk import Desk
from amate.sandbox.pac.loopback import only_here
from amate.sandbox.pac.standing import IN_PROCESS, read_issued, standing
from amate.sandbox.pac.state import Document
from amate.sandbox.pac.zones import CENTRAL

SHOWN = 100
_CSP = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_STYLE = """
body{margin:2rem auto;max-width:72rem;padding:0 1rem;background:#faf7f0;color:#16211d;font:400 1rem/1.5 Figtree,system-ui,sans-serif}
h1{font-size:1.75rem;line-height:1.15}h2{font-size:1.375rem}p.soft{color:#4a5852}a{color:#0b5f4d}
table{width:100%;border-collapse:collapse;background:#fff}th,td{text-align:left;padding:.5rem;border-bottom:1px solid #ddd7c9;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}code{font-size:.875rem;overflow-wrap:anywhere}
form{display:inline}button{min-height:2.25rem;padding:.25rem .75rem;border:1px solid #76837d;border-radius:.5rem;background:#fff;font:inherit;cursor:pointer}
button.yes{background:#0b5f4d;border-color:#0b5f4d;color:#fff}:focus-visible{outline:3px solid #f2b100;outline-offset:2px}
@media(max-width:40rem){thead{display:none}tr{display:block;padding:.5rem 0;border-bottom:1px solid #ddd7c9}td,td.n{display:block;padding:.1rem .5rem;border:0;text-align:left}}
"""
_ANSWERS = (("accept", "Aceptar", "yes"), ("reject", "Rechazar", ""), ("silent", "Callar", ""))


def page_routes(desk: Desk) -> list[Route]:
    page = _Page(desk)
    return [
        Route("/_sim/", only_here(page.show)),
        Route("/_sim/page/receiver/{uuid}", only_here(page.answer), methods=["POST"]),
        Route("/_sim/page/acceptance", only_here(page.wait), methods=["POST"]),
    ]


class _Page:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: Request) -> Response:
        newest = self._desk.store.recent(SHOWN)
        clocks = self._desk.sat().clocks
        rows = "".join(self._row(document) for document in newest)
        table = (
            '<table><thead><tr><th scope="col">Documento</th><th scope="col">Emisor → receptor</th>'
            '<th scope="col" class="n">Total</th><th scope="col">Timbrado</th><th scope="col">Ante el SAT</th>'
            f'<th scope="col">El receptor</th></tr></thead><tbody>{rows}</tbody></table>'
        )
        left = self._desk.stamps_left
        facts = (
            f"Documentos: {self._desk.store.count()} · timbres: {'sin límite' if left is None else left} · "
            f"fallas puestas: {len(self._desk.faults)}"
        )
        body = (
            f"<h1>Simulador de PAC y SAT</h1><p><strong>{NO_VALIDITY}.</strong> {facts}</p>"
            f"<h2>Relojes</h2><p>Timbrado: {_time(clocks.now)} · Aceptación: {_time(clocks.acceptance)} (centro). "
            f"{_form('acceptance', (('1', 'Pasa 1 día hábil', ''), ('3', 'Pasan 3 días hábiles', '')))}</p>"
            f"<h2>Documentos</h2>{table if newest else '<p class=soft>Todavía no hay documentos timbrados.</p>'}"
        )
        return HTMLResponse(_whole(body), headers={"Content-Security-Policy": _CSP})

    async def answer(self, request: Request) -> Response:
        """The receiver of one document. One that no longer waits is left as it is."""
        said = await _said(request)
        if said not in ATTITUDES:
            raise ValueError(f"answer is one of {', '.join(ATTITUDES)}")
        try:
            self._desk.play(request.path_params["uuid"], said)
        except LookupError as nothing:
            return HTMLResponse(_whole(_refused(nothing)), status_code=409, headers={"Content-Security-Policy": _CSP})
        return RedirectResponse("/_sim/", status_code=303)

    async def wait(self, request: Request) -> Response:
        self._desk.advance_acceptance(working_days=int(await _said(request)))
        return RedirectResponse("/_sim/", status_code=303)

    def _row(self, document: Document) -> str:
        sat = self._desk.sat()
        stands = standing(document, store=sat.store, clocks=sat.clocks)
        words = " · ".join(
            escape(word) for word in (stands.estado, stands.es_cancelable, stands.estatus_cancelacion) if word
        )
        plays = _form(f"receiver/{document.uuid}", _ANSWERS) if stands.estatus_cancelacion == IN_PROCESS else ""
        return (
            f'<tr><td>{escape(read_issued(document.stamped).tipo)} <a href="/_sim/documents/{document.uuid}">'
            f"<code>{document.uuid}</code></a></td>"
            f"<td>{escape(document.rfc_emisor)} → {escape(document.rfc_receptor)}</td>"
            f'<td class="n">{escape(document.total)}</td><td>{escape(document.fecha_timbrado)}</td>'
            f"<td>{words}</td><td>{plays}</td></tr>"
        )


def _form(act: str, choices: tuple[tuple[str, str, str], ...]) -> str:
    buttons = "".join(
        f'<button name="answer" value="{value}"{" class=" + kind if kind else ""}>{text}</button> '
        for value, text, kind in choices
    )
    return f'<form method="post" action="/_sim/page/{act}">{buttons}</form>'


async def _said(request: Request) -> str:
    """Read by hand: a form of one field needs no parser of files. Raises ValueError."""
    said = parse_qs((await request.body())[:1000].decode())
    if len(said.get("answer", [])) != 1:
        raise ValueError("answer is missing")
    return said["answer"][0]


def _whole(body: str) -> str:
    return (
        '<!doctype html><html lang="es-MX"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Simulador de PAC</title><style>{_STYLE}</style></head><body><main>{body}</main></body></html>"
    )


def _refused(why: Exception) -> str:
    return f'<h1>Ya no espera respuesta</h1><p>{escape(str(why))}</p><p><a href="/_sim/">Volver</a></p>'


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(CENTRAL):%d/%m/%Y %H:%M}"
