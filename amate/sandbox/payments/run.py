"""`amate sandbox-payments`: the simulated provider as a process of its own."""

import argparse
import json
import secrets
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from amate.sandbox.payments.app import create_app
from amate.sandbox.payments.desk import Desk

PORT = 8091


def main(argv: Sequence[str]) -> int:
    """Serve until interrupted."""
    said = _arguments(argv)
    standing = said.at
    desk = Desk(
        seed=said.seed,
        clock=(lambda: standing) if standing is not None else (lambda: datetime.now(UTC)),
        api_key=said.api_key or "key_" + secrets.token_urlsafe(16),
        signing_key=None if said.signing_key is None else _key(said.signing_key),
    )
    if said.payers is not None:
        desk.know(json.loads(said.payers.read_text()))
    desk.book.webhooks = list(said.webhook)
    app = create_app(desk, by_itself=not said.only_when_told)
    listening = socket.create_server(("127.0.0.1", said.port))
    port = listening.getsockname()[1]
    sys.stdout.write(
        f"Simulador de pagos, nadie cobra aquí: http://127.0.0.1:{port}\nPágina: http://127.0.0.1:{port}/_sim/\n"
        f"Llave: {desk.api_key}\n"
    )
    sys.stdout.flush()
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="on", timeout_graceful_shutdown=2)
    with suppress(KeyboardInterrupt):  # Ctrl-C is how one ends it
        uvicorn.Server(config).run(sockets=[listening])
    return 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="amate sandbox-payments", description="Simula a Conekta y Digital FEMSA para demos y pruebas, sin dinero."
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"puerto de esta máquina; 0 elige uno libre ({PORT})")
    parser.add_argument("--seed", type=int, default=1, help="con la misma semilla pasa lo mismo (1)")
    parser.add_argument("--api-key", default="", help="la llave del comercio; sin ella se inventa una")
    parser.add_argument("--webhook", action="append", default=[], help="a dónde van los avisos; se puede repetir")
    parser.add_argument("--signing-key", type=Path, help="PEM con la que firma sus avisos; sin ella inventa una")
    parser.add_argument("--payers", type=Path, help="JSON de quienes ya tienen su CLABE de por vida")
    parser.add_argument("--at", type=_instant, help="reloj detenido en ese instante, p. ej. 2026-01-01T12:00:00-06:00")
    parser.add_argument("--only-when-told", action="store_true", help="manda avisos solo cuando lo pide /_sim/deliver")
    return parser.parse_args(argv)


def _key(path: Path) -> RSAPrivateKey:
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError(f"{path} is not an RSA key")
    return key


def _instant(said: str) -> datetime:
    at = datetime.fromisoformat(said)
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError("le falta la zona horaria")
    return at
