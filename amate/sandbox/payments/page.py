"""`/_sim/`: a page to play the customer: pay what is open, a peso less or more, twice. Only from this machine, no scripts."""

from datetime import UTC, datetime
from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from amate.sandbox.pac.loopback import only_here
from amate.sandbox.payments.admin import to_cents
from amate.sandbox.payments.book import Order, Refused, Source
from amate.sandbox.payments.desk import Desk

SHOWN = 100
_CSP = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_STYLE = """
body{margin:2rem auto;max-width:72rem;padding:0 1rem;background:#faf7f0;color:#16211d;font:400 1rem/1.5 Figtree,system-ui,sans-serif}
h1{font-size:1.75rem;line-height:1.15}h2{font-size:1.375rem}p.soft{color:#4a5852}
table{width:100%;border-collapse:collapse;background:#fff}th,td{text-align:left;padding:.5rem;border-bottom:1px solid #ddd7c9;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}code{font-size:.875rem;overflow-wrap:anywhere}
form{display:flex;gap:.5rem;flex-wrap:wrap}button,input{min-height:2.75rem;padding:.25rem .75rem;border:1px solid #76837d;border-radius:.5rem;background:#fff;font:inherit}
button{cursor:pointer}button.yes{background:#0b5f4d;border-color:#0b5f4d;color:#fff}input{width:9rem}:focus-visible{outline:3px solid #f2b100;outline-offset:2px}
.wrap{overflow-x:auto}
"""
WAYS = {"spei": "SPEI", "cash": "Efectivo", "card": "Tarjeta"}
WORDS = {
    "pending_payment": "Por pagar",
    "paid": "Pagada",
    "partially_paid": "Pagada en parte",
    "expired": "Vencida",
    "canceled": "Cancelada",
    "refunded": "Devuelta",
    "partially_refunded": "Devuelta en parte",
    "charged_back": "Contracargo",
}


def page_routes(desk: Desk) -> list[Route]:
    page = _Page(desk)
    return [
        Route("/_sim/", only_here(page.show)),
        Route("/_sim/page/pay", only_here(page.pay), methods=["POST"]),
    ]


class _Page:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: Request) -> Response:
        book = self._desk.book
        newest = list(book.orders.values())[: -SHOWN - 1 : -1]
        rows = "".join(_order(one) for one in newest)
        kept = "".join(_source(one) for one in list(book.sources.values())[:SHOWN])
        body = (
            "<h1>Simulador de pagos</h1><p><strong>Nadie cobra aquí.</strong> Haz de cliente: paga una referencia y tu "
            f"sistema recibe el aviso. Reloj: {book.now():%d/%m/%Y %H:%M} UTC · "
            f"avisos en espera: {self._desk.teller.waiting} · fallas puestas: {len(self._desk.faults)}</p>"
            "<h2>Cobros</h2>"
            + (_table(("Referencia", "Cobro", "Importe", "Estado", "Pagar"), rows) if rows else _none("cobros"))
            + "<h2>Referencias fijas</h2>"
            + (_table(("Referencia", "Cliente", "", "", "Pagar"), kept) if kept else _none("referencias fijas"))
        )
        return HTMLResponse(_whole(body), headers={"Content-Security-Policy": _CSP})

    async def pay(self, request: Request) -> Response:
        """A form of three fields, read by hand: it needs no parser of files."""
        said = parse_qs((await request.body())[:2000].decode())
        amount = said.get("amount", [""])[0].strip()
        try:
            for _ in range(2 if "twice" in said else 1):
                self._desk.pays(said["reference"][0], cents=to_cents(amount) if amount else None)
        except Refused as refused:
            body = f'<h1>No se pudo pagar</h1><p>{escape(refused.message)}</p><p><a href="/_sim/">Volver</a></p>'
            return HTMLResponse(_whole(body), status_code=409, headers={"Content-Security-Policy": _CSP})
        return RedirectResponse("/_sim/", status_code=303)


def _order(one: Order) -> str:
    first = one.charges[0]
    came = sum(charge.amount for charge in one.charges if charge.paid_at)
    until = datetime.fromtimestamp(first.expires_at, UTC).strftime("%d/%m/%Y") if first.expires_at else "no vence"
    words = WORDS.get(one.status, one.status)
    if came and came != one.amount:
        words += f": entraron ${came / 100:,.2f}"
    plays = _form(first.reference, one.amount) if one.status not in ("expired", "canceled") else ""
    return (
        f"<tr><td><code>{escape(first.reference)}</code><br>{WAYS[first.way]} · {until}</td>"
        f"<td>{escape(str(one.metadata.get('reference', '')))}<br>{escape(str(one.customer.get('name') or ''))}</td>"
        f'<td class="n">${one.amount / 100:,.2f}</td><td>{escape(words)}</td><td>{plays}</td></tr>'
    )


def _source(one: Source) -> str:
    return (
        f"<tr><td><code>{escape(one.reference)}</code><br>{WAYS[one.way]}</td>"
        f"<td><code>{escape(one.customer_id)}</code></td><td></td><td></td><td>{_form(one.reference, None)}</td></tr>"
    )


def _form(reference: str, cents: int | None) -> str:
    value = f"{cents / 100:.2f}" if cents is not None else ""
    return (
        f'<form method="post" action="/_sim/page/pay"><input type="hidden" name="reference" value="{escape(reference)}">'
        f'<input name="amount" inputmode="decimal" aria-label="Importe en pesos" value="{value}" required>'
        '<button class="yes">Pagar</button><button name="twice" value="1">Dos veces</button></form>'
    )


def _table(heads: tuple[str, ...], rows: str) -> str:
    head = "".join(f'<th scope="col"{" class=n" if one == "Importe" else ""}>{one}</th>' for one in heads)
    return f'<div class="wrap"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _none(what: str) -> str:
    return f'<p class="soft">Todavía no hay {what}.</p>'


def _whole(body: str) -> str:
    return (
        '<!doctype html><html lang="es-MX"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Simulador de pagos</title><style>{_STYLE}</style></head><body><main>{body}</main></body></html>"
    )
