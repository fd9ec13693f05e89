"""A mail server that delivers to nobody: it keeps every mail and shows it on a page (demo and tests)."""

import argparse
import asyncio
import html
import itertools
import re
from collections.abc import Sequence
from datetime import UTC
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import uvicorn
from aiosmtpd.controller import UnthreadedController
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

CSP = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
LETTER_CSP = f"sandbox allow-top-navigation-by-user-activation; {CSP}"
_STYLE = (
    "body{margin:2rem auto;max-width:44rem;padding:0 1rem;background:#faf7f0;color:#16211d;"
    "font:400 1rem/1.5 Figtree,system-ui,sans-serif;overflow-wrap:anywhere}h1{font-size:1.75rem;line-height:1.15}"
    "a{color:#0b5f4d}li{margin-block:.75rem}pre{padding:1rem;background:#fff;font:inherit;white-space:pre-wrap}"
    ":focus-visible{outline:3px solid #f2b100;outline-offset:2px}"
)
CENTRAL = ZoneInfo("America/Mexico_City")  # where the demo's shop is
_FACTS = (("From", "De"), ("To", "Para"), ("Reply-To", "Se responde a"))
_LINK = re.compile(r"https?://[^\s<]+")


class Mailbox:
    """Mails as files, newest last; a restart keeps them."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        taken = [int(path.stem) for path in folder.glob("*.eml")]
        self._numbers = itertools.count(max(taken, default=0) + 1)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 aiosmtpd's name
        path = self._folder / f"{next(self._numbers):06d}.eml"
        path.write_bytes(envelope.content)
        return "250 kept"

    def all(self) -> list[tuple[int, EmailMessage]]:
        return [(int(path.stem), self._read(path)) for path in sorted(self._folder.glob("*.eml"), reverse=True)]

    def one(self, number: int) -> EmailMessage:
        path = self._folder / f"{number:06d}.eml"
        if not path.exists():
            raise HTTPException(404)
        return self._read(path)

    @staticmethod
    def _read(path: Path) -> EmailMessage:
        return message_from_bytes(path.read_bytes(), policy=policy.default)


def create_app(box: Mailbox) -> Starlette:
    def listing(request: Request) -> Response:
        rows = "".join(
            f'<li><a href="/{number}">{_e(mail["Subject"])}</a><br>{_e(mail["To"])} · {_when(mail)}</li>'
            for number, mail in box.all()
        )
        return _page("Correo enviado", f"<ul>{rows}</ul>" if rows else "<p>Todavía no se ha enviado ningún correo.</p>")

    def show(request: Request) -> Response:
        number = int(request.path_params["number"])
        mail = box.one(number)
        body = mail.get_body(("plain",))
        files = "".join(
            f'<li><a href="/{number}/{i}">{_e(part.get_filename())}</a></li>'
            for i, part in enumerate(mail.iter_attachments())
        )
        facts = "".join(f"<b>{word}:</b> {_e(mail[name])}<br>" for name, word in _FACTS if mail[name])
        seen = f'<p><a href="/{number}/carta">Verlo como carta</a></p>' if mail.get_body(("html",)) else ""
        text = _LINK.sub(r'<a href="\g<0>">\g<0></a>', _e(body.get_content())) if body else ""
        facts += f"<b>Fecha:</b> {_when(mail)}"
        return _page(
            str(mail["Subject"]),
            f'<p>{facts}</p>{seen}<pre>{text}</pre><ul>{files}</ul><p><a href="/">Todos los correos</a></p>',
        )

    def letter(request: Request) -> Response:
        """The mail as a reader of mails draws it: without scripts, and with nothing from elsewhere."""
        body = box.one(int(request.path_params["number"])).get_body(("html",))
        if body is None:
            raise HTTPException(404)
        return HTMLResponse(body.get_content(), headers={"Content-Security-Policy": LETTER_CSP})

    def attachment(request: Request) -> Response:
        mail = box.one(int(request.path_params["number"]))
        parts = list(mail.iter_attachments())
        index = int(request.path_params["index"])
        if index >= len(parts):
            raise HTTPException(404)
        content = parts[index].get_payload(decode=True)
        headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        return Response(content, media_type=parts[index].get_content_type(), headers=headers)

    routes = [
        Route("/", listing),
        Route("/{number:int}", show),
        Route("/{number:int}/carta", letter),
        Route("/{number:int}/{index:int}", attachment),
    ]
    return Starlette(routes=routes)


def main(argv: Sequence[str]) -> int:
    """`amate sandbox-mail`: SMTP on one port of this machine, the page on another."""
    parser = argparse.ArgumentParser(prog="amate sandbox-mail", description=__doc__)
    parser.add_argument("--smtp-port", type=int, default=8003)
    parser.add_argument("--port", type=int, default=8002, help="the page")
    parser.add_argument("--folder", type=Path, required=True, help="where the mails are kept")
    asked = parser.parse_args(argv)
    asyncio.run(_run(Mailbox(asked.folder), smtp_port=asked.smtp_port, port=asked.port))
    return 0


async def _run(box: Mailbox, *, smtp_port: int, port: int) -> None:
    controller = UnthreadedController(
        box, hostname="127.0.0.1", port=smtp_port, loop=asyncio.get_running_loop(), decode_data=False
    )
    controller.server = await controller._create_server()
    config = uvicorn.Config(create_app(box), host="127.0.0.1", port=port, log_level="warning")
    await uvicorn.Server(config).serve()
    controller.server.close()


def _page(title: str, body: str) -> HTMLResponse:
    whole = (
        '<!doctype html><html lang="es-MX"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_e(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{_e(title)}</h1>{body}</main></body></html>"
    )
    return HTMLResponse(whole, headers={"Content-Security-Policy": CSP})


def _when(mail: EmailMessage) -> str:
    try:
        said = parsedate_to_datetime(str(mail["Date"]))
    except ValueError:
        return ""
    # "-0000" is UTC that does not say where it was written, and read without a zone.
    return f"{(said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(CENTRAL):%d/%m/%Y %H:%M}"


def _e(text: object) -> str:
    return html.escape(str(text or ""))
