"""`amate backup FILE`: everything of the installation in one file, but for the keys (DECISIONS E8)."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connections
from django.utils import timezone

from amate import __version__
from amate.audit.record import record
from amate.companies.models import Company
from amate.companies.secrets import encrypt
from amate.running.postgres import binaries, embedded
from amate.running.prepare import server_up
from amate.tenancy.scope import company_scope

MANIFEST, DUMP = "manifest.json", "database.dump"
# Sealed under the master key and kept in the manifest: whoever cannot open it may not restore.
SAMPLE, SAMPLE_ABOUT = b"amate", "backup"
BLOCK = 1 << 20


class Refused(Exception):
    """What was asked cannot be done; the sentence says what mends it. Nothing was written."""


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="amate backup", description=__doc__)
    parser.add_argument("file", type=Path, help="un archivo nuevo; nunca se escribe encima de otro")
    said = parser.parse_args(argv)
    return told(lambda: back_up(said.file, now=timezone.now()))


def told(act: Callable[[], str]) -> int:
    """Do it with the server up and print what it says, or why it refuses. Answers the command's exit code."""
    try:
        with server_up():
            print(act())
    except Refused as refused:
        print(str(refused), file=sys.stderr)
        return 1
    return 0


def back_up(target: Path, *, now: datetime) -> str:
    """One consistent moment of the database, readable by nobody else. Raises Refused."""
    if target.exists():
        raise Refused(f"{target} ya existe: nombra un archivo nuevo.")
    partial = target.with_name(f".{target.name}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                digest = _dump(archive)
                archive.writestr(MANIFEST, json.dumps(_manifest(digest, now=now), indent=1))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    for company_id in Company.objects.order_by("id").values_list("id", flat=True):
        with company_scope(company_id):  # each one's data left with it
            record("company.backed_up", about="", now=now)
    size = target.stat().st_size / 1e6
    return (
        f"{target}: {size:.1f} MB, todo hasta el {now:%Y-%m-%d %H:%M:%S} UTC.\n"
        f"No lleva llaves. Guarda aparte {settings.HOME / 'keys'} (o tu AMATE_MASTER_KEY): "
        "sin la llave maestra una copia restaurada no puede sellar."
    )


def owner_environment() -> tuple[str, dict[str, str]]:
    """The owner's database for PostgreSQL's own programs: a name, and the rest as environment. Raises Refused."""
    if "owner" not in settings.DATABASES:
        raise Refused("Falta AMATE_OWNER_DATABASE_URL: el rol de la aplicación no puede leerlo todo.")
    found: dict[str, Any] = settings.DATABASES["owner"]
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    return str(found["NAME"]), {**os.environ, **{name: str(found[key]) for name, key in names.items() if key in found}}


def program(name: str) -> str:
    """pg_dump or pg_restore, of at least the server's major version. Raises Refused."""
    wanted = connections["owner"].pg_version // 10_000  # type: ignore[attr-defined]
    for path in (shutil.which(name), str(binaries(embedded().home) / "bin" / name)):
        if path and Path(path).exists() and _major(path) >= wanted:
            return path
    raise Refused(f"El servidor es PostgreSQL {wanted}: instala su {name} y ponlo en el PATH.")


def _major(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split()[2].split(".")[0])


def _dump(archive: zipfile.ZipFile) -> str:
    """Stream the dump into the archive; answers its SHA-256. As the owner, whose policies show every company's rows."""
    database, environment = owner_environment()
    command = [program("pg_dump"), "--format=custom", "--enable-row-security", "--dbname", database]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as dumping:
        assert dumping.stdout is not None
        assert dumping.stderr is not None
        with archive.open(DUMP, "w", force_zip64=True) as entry:
            digest = copied(dumping.stdout, entry)
        said = dumping.stderr.read().decode(errors="replace")
    if dumping.returncode != 0:
        raise Refused(f"pg_dump no terminó: {said.strip()[-500:]}")
    return digest


def copied(source: IO[bytes], target: IO[bytes]) -> str:
    """Copy in blocks; answers the SHA-256 of what passed."""
    digest = sha256()
    while block := source.read(BLOCK):
        digest.update(block)
        target.write(block)
    return digest.hexdigest()


def _manifest(digest: str, *, now: datetime) -> dict[str, Any]:
    with connections["owner"].cursor() as c:
        c.execute("SELECT app, max(name) FROM django_migrations GROUP BY app ORDER BY app")
        migrations = dict(c.fetchall())
    return {
        "amate": __version__,
        "made_at": now.isoformat(),
        "postgresql": connections["owner"].pg_version // 10_000,  # type: ignore[attr-defined]
        "sha256": digest,
        "migrations": migrations,
        "sample": encrypt(SAMPLE, about=SAMPLE_ABOUT).hex(),
    }
