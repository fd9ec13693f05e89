"""A mail server that delivers to nobody: it keeps every mail and shows it on a page (demo and tests)."""

import argparse
import asyncio
import html
import itertools
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import uvicorn
from aiosmtpd.controller import UnthreadedController
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

CSP = "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"


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
            f'<li><a href="/{number}">{_e(mail["Subject"])}</a> · {_e(mail["To"])} · {_e(mail["Date"])}</li>'
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
        facts = "".join(f"<p><b>{name}:</b> {_e(mail[name])}</p>" for name in ("From", "Reply-To", "To", "Date"))
        text = _e(body.get_content()) if body else ""
        return _page(str(mail["Subject"]), f'{facts}<pre>{text}</pre><ul>{files}</ul><p><a href="/">Todos</a></p>')

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
    whole = f'<!doctype html><html lang="es-MX"><meta charset="utf-8"><title>{_e(title)}</title><h1>{_e(title)}</h1>{body}</html>'
    return HTMLResponse(whole, headers={"Content-Security-Policy": CSP})


def _e(text: object) -> str:
    return html.escape(str(text or ""))
