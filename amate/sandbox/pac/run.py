"""`amate sandbox-pac`: the simulator as a process of its own."""

import argparse
import os
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from psycopg.conninfo import conninfo_to_dict

from amate.sandbox.mint import NO_VALIDITY, mint_world
from amate.sandbox.pac.admin import checks
from amate.sandbox.pac.app import create_app
from amate.sandbox.pac.desk import NotASandbox
from amate.sandbox.pac.postgres import PostgresStore
from amate.sandbox.pac.state import MemoryStore, Store

PORT = 8090


class Refused(Exception):
    """It would not be safe to start; the message says what mends it."""


def main(argv: Sequence[str]) -> int:
    """Serve until interrupted. Answers 2 when it refuses to start."""
    said = _arguments(argv)
    if said.checks:
        _print_checks()
        return 0
    try:
        _serve(said)
    except (Refused, NotASandbox) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    return 0


def store_url(*, asked: str | None, sandbox: str | None, product: str | None) -> str | None:
    """Where to keep its documents; None is in memory. Raises `Refused` rather than touch a customer's database (E1)."""
    url = asked or sandbox
    if url is None and product is not None:
        raise Refused(
            "DATABASE_URL apunta a la base de un cliente y el simulador no escribe ahí. "
            "Dale la suya en SANDBOX_DATABASE_URL o con --database-url."
        )
    if url is not None and product is not None and _same_database(url, product):
        raise Refused("La base del simulador es la misma que DATABASE_URL. Dale una base aparte.")
    return url


def _same_database(one: str, other: str) -> bool:
    """Whoever connects: another role on the same database is still the customer's database."""

    def place(url: str) -> tuple[str, ...]:
        said = conninfo_to_dict(url)
        return tuple(
            str(said.get(name) or default) for name, default in (("host", ""), ("port", "5432"), ("dbname", ""))
        )

    return place(one) == place(other)


def _serve(said: argparse.Namespace) -> None:
    url = store_url(
        asked=said.database_url,
        sandbox=os.environ.get("SANDBOX_DATABASE_URL") or None,
        product=os.environ.get("DATABASE_URL") or None,
    )
    world = mint_world(Path(said.home).expanduser().absolute() / "sandbox", now=datetime.now(UTC))
    store: Store = MemoryStore() if url is None else PostgresStore(url)
    try:
        app = create_app(world, store, lambda: datetime.now(UTC))
        listening = socket.create_server((said.host, said.port))
        host, port = listening.getsockname()[:2]
        sys.stdout.write(f"Simulador de PAC, {NO_VALIDITY}: http://{host}:{port}\n")
        sys.stdout.flush()
        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=2)
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        store.close()


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="amate sandbox-pac",
        description=f"Simula un PAC (SW Sapien) para demos y pruebas. Nada de lo que timbra tiene valor: {NO_VALIDITY}.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="dirección en la que escucha (127.0.0.1)")
    parser.add_argument("--port", type=int, default=PORT, help=f"puerto; 0 elige uno libre ({PORT})")
    parser.add_argument("--home", default=_default_home(), help="carpeta de datos; sus certificados van en sandbox/")
    parser.add_argument(
        "--database-url", help="su propia base PostgreSQL; sin ella, y sin SANDBOX_DATABASE_URL, memoria"
    )
    parser.add_argument("--checks", action="store_true", help="enlista lo que revisa, con su fuente, y lo que no")
    return parser.parse_args(argv)


def _default_home() -> str:
    """As the product finds its own, without importing it: the simulator shares no code with it."""
    named = os.environ.get("AMATE_HOME")
    if named:
        return named
    if os.geteuid() == 0:
        return "/var/lib/amate"
    return str(Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "amate")


def _print_checks() -> None:
    listed = checks()
    lines = [f"{row['code']:<10} {row['message']}  [{row['source']}]" for row in listed["checks"]]
    lines += ["", "No revisa:", *(f"  {line}" for line in listed["not_checked"])]
    lines += ["", "Fallas que simula:", *(f"  {kind:<18} {text}" for kind, text in listed["faults"].items())]
    sys.stdout.write("\n".join(lines) + "\n")
