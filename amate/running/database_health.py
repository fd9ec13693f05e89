"""What `amate doctor` asks the database: who we are there, which tables, who works, and whether what must hold holds."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from amate.access.signing_key import AnotherSigningKey, refuse_another_signing_key
from amate.audit.models import Inspection
from amate.companies.models import Company
from amate.promises.queues import queues
from amate.running.verdict import Verdict
from amate.tenancy.scope import company_scope

OLDEST = 14  # major version of PostgreSQL (RUNNING 1)
TOLD_AT_ONCE = 5
NOT_LOOKED_AT = timedelta(days=3)
SILENT = timedelta(seconds=30)  # two heartbeats may be late
LATE = timedelta(minutes=10)


def look_at_database(*, now: datetime) -> Iterator[Verdict]:
    """What hangs on an earlier answer is left out when that was bad."""
    server = look_at_server()
    yield server
    if server.mend:
        return
    tables = look_at_tables()
    yield tables
    if not tables.mend:
        yield look_at_signing_key()
    yield look_at_worker()
    if not tables.mend:
        yield look_at_invariants(now=now)


def look_at_server() -> Verdict:
    what = "Base de datos"
    try:
        with connection.cursor() as c:
            c.execute(
                "SELECT current_user, current_setting('server_version'), current_setting('server_version_num')::int, "
                "rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
            )
            role, version, number, almighty = c.fetchone()
    except DatabaseError as fault:
        return Verdict(what, str(fault).strip(), "Revisa DATABASE_URL y que PostgreSQL esté encendido.")
    if number < OLDEST * 10_000:
        return Verdict(what, f"PostgreSQL {version} es demasiado viejo", f"Pásala a PostgreSQL {OLDEST} o más nuevo.")
    if almighty:
        mend = "Usa en DATABASE_URL un rol sin SUPERUSER ni BYPASSRLS: las empresas quedarían a la vista unas de otras."
        return Verdict(what, f"el rol {role} pasa por encima de las políticas", mend)
    return Verdict(what, f"PostgreSQL {version}, como {role}")


def look_at_tables() -> Verdict:
    executor = MigrationExecutor(connection)
    unknown = unknown_migrations(executor.loader)
    if unknown:
        mend = "Instala la versión de Amate que las hizo, o restaura un respaldo anterior: las migraciones no regresan."
        named = ", ".join(".".join(one) for one in unknown[:TOLD_AT_ONCE])
        return Verdict("Tablas", f"las cambió un Amate más nuevo que este ({named})", mend)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Verdict("Tablas", f"faltan {len(waiting)} migraciones", "Corre `amate migrate`.")
    return Verdict("Tablas", "al día")


def unknown_migrations(loader: MigrationLoader) -> list[tuple[str, str]]:
    """Applied to the database, and neither here nor replaced by one that is."""
    known = set(loader.disk_migrations)
    known |= {(app, name) for one in loader.disk_migrations.values() for app, name in one.replaces}
    return sorted(set(loader.applied_migrations) - known)


def look_at_signing_key() -> Verdict:
    what = "Firma de sesiones y enlaces"
    try:
        refuse_another_signing_key()
    except AnotherSigningKey as fault:
        return Verdict(what, "es otra que la de esta instalación", str(fault))
    return Verdict(what, "la de esta instalación")


def look_at_worker() -> Verdict:
    what = "Trabajador"
    with connection.cursor() as c:
        values: list[Any] = [SILENT]
        c.execute("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > clock_timestamp() - %s", values)
        (alive,) = c.fetchone()
    if not alive:
        mend = "Enciende `amate serve` o `amate worker`: sin él nada se sella, se timbra ni se envía."
        return Verdict(what, "ninguno da señales", mend)
    waiting = queues(dead_after=SILENT)
    late = max(waiting, key=lambda one: one.oldest_seconds)
    if late.oldest_seconds > LATE.total_seconds():
        said = (
            f"la fila {late.queue} espera desde hace {late.oldest_seconds / 60:.0f} minutos ({late.waiting} pendientes)"
        )
        mend = "Revisa el registro del trabajador; si solo es mucho trabajo, enciende otro `amate worker`."
        return Verdict(what, said, mend, warning=True)
    return Verdict(what, f"{alive} encendido(s), {sum(one.waiting for one in waiting)} pendientes en fila")


def look_at_invariants(*, now: datetime) -> Verdict:
    """Of the nightly look (worker/inspect.py): what it found, and whether it is done at all."""
    what = "Revisión nocturna"
    broken: list[str] = []
    late: list[str] = []
    for company in Company.objects.order_by("slug"):
        with company_scope(company.pk):
            rows = list(Inspection.objects.order_by("invariant"))
        for row in rows:
            if row.ids:
                named = ", ".join(map(str, row.ids[:TOLD_AT_ONCE]))
                broken.append(f"{company.slug}: {row.get_invariant_display()}: {row.count} ({row.invariant}: {named})")
        looked = [row.checked_at for row in rows if row.checked_at]
        if now - (min(looked) if looked else company.created_at) > NOT_LOOKED_AT:
            late.append(company.slug)
    if broken:
        mend = "Alguien cambió los datos por fuera de Amate, o Amate tiene un defecto: compara con tu último respaldo."
        return Verdict(what, "; ".join(broken), mend)
    if late:
        mend = "La hace el trabajador de 2 a 5 de la mañana, o al encenderse: revisa su registro."
        return Verdict(
            what, f"hace más de 3 días que no se hace ({', '.join(late[:TOLD_AT_ONCE])})", mend, warning=True
        )
    return Verdict(what, "nada roto")
