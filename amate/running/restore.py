"""`amate restore FILE`: a backup into an empty installation, and what to look at before it goes on working."""

import argparse
import json
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from amate.audit.record import record
from amate.companies.models import Company
from amate.companies.secrets import WrongMasterKey, decrypt
from amate.companies.shut_portal import shut_portal
from amate.invoices.after_restore import ask_for_what_was_sealed, hold_what_may_exist, leave_out_folios
from amate.running.backup import DUMP, MANIFEST, SAMPLE, SAMPLE_ABOUT, Refused, copied, owner_environment, program, told
from amate.running.prepare import prepare
from amate.self_invoicing.after_restore import BELIEVED_FOR, remember_restore
from amate.tenancy.half_restored import begin_restore, end_restore
from amate.tenancy.scope import company_scope


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="amate restore", description=__doc__)
    parser.add_argument("file", type=Path, help="lo que escribió `amate backup`")
    said = parser.parse_args(argv)
    return told(lambda: restore(said.file, now=timezone.now()))


def restore(source: Path, *, now: datetime) -> str:
    """All of it or nothing, into a database without tables. Raises Refused. Interrupted half-way, nobody serves the rest."""
    _refuse_full_database()
    with _opened(source) as archive:
        manifest = _manifest(archive)
        _refuse_newer(manifest)
        _refuse_without_key(manifest)
        begin_restore()
        try:
            _load(archive, manifest)
        except Refused:
            end_restore()
            raise
    connections.close_all()
    prepare(restoring=True)
    said = _hold(made_at=datetime.fromisoformat(manifest["made_at"]), now=now)
    end_restore()
    return said


def _hold(*, made_at: datetime, now: datetime) -> str:
    """What may have been stamped, printed or numbered since the backup was made is left to people."""
    held = asked = 0
    folios = []
    for company_id, slug in Company.objects.order_by("slug").values_list("id", "slug"):
        with company_scope(company_id):
            shut_portal(now=now)
            remember_restore(made_at=made_at, now=now)
            record("company.restored", about="", now=now, made_at=made_at.date().isoformat())
            held += hold_what_may_exist(now=now)
            asked += ask_for_what_was_sealed(now=now)
            left_out = leave_out_folios(made_at=made_at, now=now)
        folios += [f"{slug}, serie {name}: del {last + 1} al {first - 1}" for name, last, first in left_out]
    return _what_to_look_at(made_at, held=held, asked=asked, folios=folios)


def _what_to_look_at(made_at: datetime, *, held: int, asked: int, folios: list[str]) -> str:
    return (
        f"Restaurado: todo hasta el {made_at:%Y-%m-%d %H:%M:%S} UTC. El portal queda apagado hasta que lo enciendas en "
        "Ajustes › Portal; antes:\n"
        f"1. Facturas selladas sin respuesta: {asked}. Se le preguntan al PAC tal como están, y nunca se sellan de nuevo "
        "solas: la que el PAC no confirme espera a una persona.\n"
        f"2. Facturas que en el respaldo aún no se sellaban, o se corregían: {held}. Esperan en Pendientes: si la "
        "instalación vieja siguió trabajando después, búscalas en tu PAC antes de reintentar.\n"
        "3. Las ventas posteriores al respaldo no están. Vuelve a mandarlas desde la caja o el archivo (ninguna se "
        f"duplica). La que llegue con el código que su nota lleva impreso lo conserva, durante {BELIEVED_FOR.days} días: "
        "su papel y su QR siguen sirviendo. La que llegue sin él recibe uno nuevo: reimprime esas notas en Ventas y "
        "cámbiaselas a quien vuelva con la suya. Cada caja que vende sin red pide además un bloque nuevo de códigos.\n"
        "4. Los CFDI posteriores al respaldo tampoco están: descárgalos del SAT o de tu PAC. La nota que ya tiene el suyo "
        "aquí se ve sin facturar: bloquéala en Ventas, o tendría dos.\n"
        "5. Folios que se saltan, porque pudieron darse después del respaldo (un hueco es legal, un doble no):\n"
        + ("".join(f"   {line}\n" for line in folios) or "   ninguno\n")
        + "6. No vuelvas a encender la instalación vieja: las dos timbrarían por su cuenta."
    )


def _refuse_full_database() -> None:
    owner_environment()
    with connections["owner"].cursor() as c:
        c.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        (tables,) = c.fetchone()
    if tables:
        raise Refused(
            "Esta instalación ya tiene datos. Restaura en una nueva: otro AMATE_HOME, o una base de datos vacía."
        )


def _opened(source: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except (OSError, zipfile.BadZipFile) as fault:
        raise Refused(f"{source} no se puede leer como respaldo de Amate: {fault}") from fault


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    except (KeyError, ValueError) as fault:
        raise Refused("Este archivo no es un respaldo de Amate, o le falta el final.") from fault
    return manifest


def _refuse_newer(manifest: dict[str, Any]) -> None:
    known = dict(sorted(MigrationLoader(None).disk_migrations))
    for app, name in manifest["migrations"].items():
        if app not in known or name > known[app]:
            raise Refused(
                f"El respaldo es de un Amate más nuevo ({manifest['amate']}): instala primero esa versión o una posterior."
            )
    ours = connections["owner"].pg_version // 10_000  # type: ignore[attr-defined]
    if manifest["postgresql"] > ours:
        raise Refused(
            f"El respaldo es de PostgreSQL {manifest['postgresql']} y este servidor es {ours}: usa uno más nuevo."
        )


def _refuse_without_key(manifest: dict[str, Any]) -> None:
    try:
        opened = decrypt(bytes.fromhex(manifest["sample"]), about=SAMPLE_ABOUT)
    except WrongMasterKey as fault:
        raise Refused(
            "La llave maestra de esta instalación no es la del respaldo. Copia la keys/master-key de entonces a "
            f"{settings.HOME / 'keys'} (o fija AMATE_MASTER_KEY) y vuelve a intentar. ({fault})"
        ) from fault
    assert opened == SAMPLE


def _load(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    database, environment = owner_environment()
    with tempfile.NamedTemporaryFile(dir=settings.HOME) as dump:
        with archive.open(DUMP) as entry:
            digest = copied(entry, dump)
        dump.flush()
        if digest != manifest["sha256"]:
            raise Refused("El respaldo está dañado: su contenido no es el que se escribió. Usa otra copia.")
        command = [program("pg_restore"), "--no-owner", "--exit-on-error", "--single-transaction"]
        done = subprocess.run(
            [*command, "--dbname", database, dump.name], env=environment, capture_output=True, text=True
        )
    if done.returncode != 0:
        raise Refused(f"PostgreSQL no aceptó el respaldo, y no quedó nada de él: {done.stderr.strip()[-500:]}")
