"""A PostgreSQL of the benchmarks' own, in a folder that goes away with them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from amate.running.postgres import Server
from tests.servers import free_port

DATABASE = "one_f"


@contextmanager
def scratch_server() -> Iterator[Server]:
    """An embedded server in a temporary AMATE_HOME. Enter it before anything reads Amate's settings."""
    home = Path(tempfile.mkdtemp(prefix="amate-bench-"))
    for name in ("DATABASE_URL", "AMATE_OWNER_DATABASE_URL", "AMATE_DATABASE_NAME"):
        os.environ.pop(name, None)
    os.environ.update(
        AMATE_HOME=str(home),
        AMATE_PORT=str(free_port()),
        AMATE_LOG_LEVEL="WARNING",
        DJANGO_SETTINGS_MODULE="amate.settings",
    )
    server = Server(home)
    try:
        server.start()
        server.ensure_database(DATABASE)
        yield server
    finally:
        server.stop()
        shutil.rmtree(home)


def url_of_f(server: Server) -> str:
    return server.url("amate_owner", DATABASE)
