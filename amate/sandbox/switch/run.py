"""`amate sandbox-switch`: the simulated system as a process of its own."""

import argparse
import base64
import secrets
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

import uvicorn

from amate.sandbox.switch.app import create_app
from amate.sandbox.switch.board import Board

PORT = 8092


def main(argv: Sequence[str]) -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        prog="amate sandbox-switch", description="Simula el sistema que corta y reconecta servicios por aviso firmado."
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"puerto de esta máquina; 0 elige uno libre ({PORT})")
    parser.add_argument("--seed", type=int, default=1, help="con la misma semilla pasa lo mismo (1)")
    parser.add_argument("--key", action="append", help="llave whsec_ de los avisos; sin ella se inventa una")
    said = parser.parse_args(argv)
    keys = said.key or ["whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()]
    board = Board(keys=keys, seed=said.seed, clock=lambda: datetime.now(UTC))
    listening = socket.create_server(("127.0.0.1", said.port))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    sys.stdout.write(f"Simulador de servicios: {url}/services (y {url}/observe)\nLlave: {keys[0]}\n")
    sys.stdout.flush()
    config = uvicorn.Config(
        create_app(board), log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=2
    )
    with suppress(KeyboardInterrupt):  # Ctrl-C is how one ends it
        uvicorn.Server(config).run(sockets=[listening])
    return 0
