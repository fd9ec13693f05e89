"""Test databases with the two roles: one template is migrated as the owner, each process clones it, tests run as the app."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

from tests.home import HOME

ROOT = Path(__file__).resolve().parents[1]
KEPT = ("django_migrations", "django_content_type", "auth_permission", "catalogs_satkey")
TRUNCATED_FROM = 4_000_000  # bytes of a table


def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(
        [*ROOT.glob("amate/**/migrations/*.py"), ROOT / "amate/tenancy/policy.py", ROOT / "amate/tenancy/grants.sql"]
    ):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())  # a migration is known by its name
    return digest.hexdigest()[:12]


def template_name() -> str:
    return f"test_template_{fingerprint()}"


def as_owner(database: str = "postgres") -> psycopg.Connection:
    from django.conf import settings

    found = settings.DATABASES["owner"]
    return psycopg.connect(
        host=found.get("HOST"),
        port=found.get("PORT") or None,
        user=found["USER"],
        password=found["PASSWORD"],
        dbname=database,
        autocommit=True,
    )


def as_admin(database: str = "postgres") -> psycopg.Connection:
    """Who may end other people's connections and pass over triggers; with a server of one's own only its owner."""
    from django.conf import settings

    if not settings.EMBEDDED:
        return as_owner(database)
    return psycopg.connect(_admin_url(), dbname=database, autocommit=True)


@cache
def _admin_url() -> str:
    """Read once: a test may give the process another home."""
    from amate.running.postgres import embedded

    return embedded().url("postgres", "postgres")


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Only one test run at a time does this; several runs may share the server."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_template() -> None:
    name = template_name()
    with alone("template"), as_owner() as c:
        with as_admin() as admin:
            _drop_leftovers(admin)
        if c.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name]).fetchone():
            return
        c.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        with as_owner(name) as fresh:
            fresh.execute((ROOT / "amate/tenancy/grants.sql").read_text())
        command = [sys.executable, "-m", "django", "migrate", "--database", "owner", "-v0"]
        subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "AMATE_DATABASE_NAME": name})
        c.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(name)))


def clone_template(name: str) -> None:
    drop_clone(name)
    with alone("clone"), as_owner() as c:
        c.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template_name())
            )
        )


def drop_clone(name: str) -> None:
    with as_admin() as c:
        _drop(c, name)


def empty(name: str) -> None:
    """Every row of every table; the sequences go on, so that no id ever means two things."""
    with as_admin(name) as c:
        found = c.execute(
            "SELECT tablename, pg_relation_size(quote_ident(tablename)::regclass) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        sizes = {table: size for table, size in found if table not in KEPT}
        [(free,)] = c.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchall()
        if free and max(sizes.values()) < TRUNCATED_FROM:
            _delete(c, sizes)
        else:
            tables = sql.SQL(", ").join(map(sql.Identifier, sizes))
            c.execute(sql.SQL("TRUNCATE {} CASCADE").format(tables))


def _delete(c: psycopg.Connection, tables: Iterable[str]) -> None:
    """A truncation makes every table and index anew: half a second, for the few rows of a test."""
    c.execute("SET session_replication_role = replica")  # neither triggers nor references are asked
    c.execute(sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(sql.Identifier(one)) for one in tables))


def _drop(c: psycopg.Connection, name: str) -> None:
    if c.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name]).fetchone():
        c.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(sql.Identifier(name)))
    c.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _drop_leftovers(c: psycopg.Connection) -> None:
    """Databases of runs that were killed, and templates of older migrations."""
    rows = c.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%%'").fetchall()
    for (name,) in rows:
        pid = name.split("_")[2] if name.startswith("test_amate_") else ""
        if (pid.isdecimal() and not Path(f"/proc/{pid}").exists()) or (
            name.startswith("test_template_") and (name != template_name() or not _finished(c, name))
        ):
            _drop(c, name)


def _finished(c: psycopg.Connection, name: str) -> bool:
    """A template whose making was interrupted never became one."""
    return c.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name]).fetchone() is not None
