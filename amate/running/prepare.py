"""Bringing an installation up to date before anything serves: database, tables, SAT keys, static files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, connections

from amate.running.postgres import ServerRefused, embedded
from amate.running.supervise import leaving_by_the_door
from amate.tenancy.half_restored import HalfRestored, refuse_half_restored

GRANTS = Path(__file__).resolve().parents[1] / "tenancy" / "grants.sql"


def prepare(*, restoring: bool = False) -> None:
    """Start the embedded server if it is ours, migrate as the owner, fill what is empty. Safe to repeat.

    `restoring`: this machine goes on in the place of the one whose database it was.
    """
    if settings.EMBEDDED:
        embedded().start()
    if not restoring:
        _refuse_half_restored()
    if "owner" not in settings.DATABASES:
        _refuse_unmigrated()
    else:
        _migrate()
        _fill_catalogs()
    agree_on_the_signing_key(ours=restoring or settings.EMBEDDED)
    call_command("collectstatic", interactive=False, verbosity=0)


def prepare_only() -> None:
    """`amate migrate`: as `prepare`, and the embedded server is left as it was found."""
    with server_up():
        prepare()


@contextmanager
def server_up() -> Iterator[None]:
    """The embedded server, if it is ours, running for as long as this lasts; stopped again if it was not before."""
    if not settings.EMBEDDED or embedded().running():
        yield
        return
    try:
        with leaving_by_the_door(code=130):
            embedded().start()
            yield
    finally:
        connections.close_all()
        embedded().stop()


def _migrate() -> None:
    with connections["owner"].cursor() as c:
        c.execute(GRANTS.read_text())
    call_command("migrate", database="owner", verbosity=0)


def _refuse_half_restored() -> None:
    try:
        refuse_half_restored()
    except HalfRestored as fault:
        raise ServerRefused(str(fault)) from fault
    except DatabaseError as fault:
        raise ServerRefused(f"No se puede leer la base de datos: {fault}") from fault


def agree_on_the_signing_key(*, ours: bool) -> None:
    """An embedded database serves one machine: whichever key it has is the right one."""
    from amate.access.signing_key import (
        AnotherSigningKey,
        keep_signing_key,
        refuse_another_signing_key,
        signing_key_is_kept,
    )

    if ours or ("owner" in settings.DATABASES and not signing_key_is_kept()):
        keep_signing_key()
    try:
        refuse_another_signing_key()
    except AnotherSigningKey as fault:
        raise ServerRefused(str(fault)) from fault


def _fill_catalogs() -> None:
    from amate.catalogs.fill import fill_keys, keys_are_filled
    from amate.catalogs.in_force import refresh
    from amate.fiscal.catalogs import search_rows

    if not keys_are_filled():
        fill_keys(rows=search_rows(refresh(database="owner")))


def _refuse_unmigrated() -> None:
    """Without the owner's address we cannot migrate: say so before the first page fails."""
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as fault:
        raise ServerRefused(f"No se puede leer la base de datos: {fault}") from fault
    if waiting:
        raise ServerRefused(
            f"The database lacks {len(waiting)} migrations. Run `amate migrate` with AMATE_OWNER_DATABASE_URL set."
        )
