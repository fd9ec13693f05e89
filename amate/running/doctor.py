"""`amate doctor`: what is wrong with this installation, in plain words, each with what mends it."""

import argparse
import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from shutil import disk_usage

import httpx
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from amate.access.signing_key import AnotherSigningKey, refuse_another_signing_key
from amate.adapters.messages import MessengerUnavailable
from amate.adapters.messages.email import Smtp
from amate.adapters.pac import PacError, open_pac
from amate.alerts.causes import DAYS
from amate.companies.keep_csd import NoCsd, open_csd
from amate.companies.models import Company, Csd, Emisor
from amate.companies.secrets import WrongMasterKey
from amate.running.pac_account import pac_account
from amate.running.postgres import ServerRefused
from amate.running.prepare import server_up
from amate.running.serve import is_ready
from amate.tenancy.scope import company_scope

CLOCK_MAY_DIFFER = timedelta(minutes=2)  # a PAC refuses a Fecha of the future
LITTLE_DISK = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """`mend`: what to do about it, empty when all is well. A `warning` stops nothing yet."""

    what: str
    said: str
    mend: str = ""
    warning: bool = False

    @property
    def mark(self) -> str:
        return "ok   " if not self.mend else "ojo  " if self.warning else "FALLA"


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="amate doctor", description=__doc__)
    parser.parse_args(argv)
    bad = 0
    for verdict in diagnose(clock=timezone.now):
        print(f"{verdict.mark}  {verdict.what}: {verdict.said}", flush=True)
        if verdict.mend:
            print(f"       → {verdict.mend}", flush=True)
        bad += bool(verdict.mend) and not verdict.warning
    print("\nTodo bien." if not bad else f"\n{bad} cosa(s) por arreglar.")
    return 1 if bad else 0


def diagnose(*, clock: Callable[[], datetime]) -> Iterator[Verdict]:
    """One check after the other; what needs the database is left out once it is away."""
    yield _port()
    yield _disk()
    try:
        with server_up():
            database = _database()
            yield database
            if not database.mend:
                migrations = _migrations()
                yield migrations
                if not migrations.mend:
                    yield _signing_key()
                yield _worker()
                yield from _seals(now=clock())
    except ServerRefused as refused:
        yield Verdict("PostgreSQL", "no arranca", str(refused))
    yield _pac()
    yield _clock(clock)
    yield _mail()


def _port() -> Verdict:
    what = f"Puerto {settings.PORT}"
    if is_ready():
        return Verdict(what, "Amate atiende ahí")
    with socket.socket() as s:
        s.settimeout(2)
        if s.connect_ex(("127.0.0.1", settings.PORT)):
            return Verdict(what, "libre; Amate no está encendido")
    mend = "Detén ese programa o elige otro puerto: AMATE_PORT=8080. Si es Amate, aún no termina de arrancar."
    return Verdict(what, "lo ocupa otro programa", mend)


def _disk() -> Verdict:
    free = disk_usage(settings.HOME).free
    said = f"{free / 1e9:.1f} GB libres en {settings.HOME}"
    return Verdict("Disco", said, "Libera espacio: sin él no se guarda ni una venta." if free < LITTLE_DISK else "")


def _database() -> Verdict:
    try:
        with connection.cursor() as c:
            c.execute(
                "SELECT current_user, current_setting('server_version'), rolsuper OR rolbypassrls FROM pg_roles "
                "WHERE rolname = current_user"
            )
            role, version, almighty = c.fetchone()
    except DatabaseError as fault:
        return Verdict("Base de datos", str(fault).strip(), "Revisa DATABASE_URL y que PostgreSQL esté encendido.")
    if almighty:
        mend = "Usa en DATABASE_URL un rol sin SUPERUSER ni BYPASSRLS: las empresas quedarían a la vista unas de otras."
        return Verdict("Base de datos", f"el rol {role} pasa por encima de las políticas", mend)
    return Verdict("Base de datos", f"PostgreSQL {version}, como {role}")


def _migrations() -> Verdict:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Verdict("Tablas", f"faltan {len(waiting)} migraciones", "Corre `amate migrate`.")
    return Verdict("Tablas", "al día")


def _signing_key() -> Verdict:
    try:
        refuse_another_signing_key()
    except AnotherSigningKey as fault:
        return Verdict("Firma de sesiones y enlaces", "es otra que la de esta instalación", str(fault))
    return Verdict("Firma de sesiones y enlaces", "la de esta instalación")


def _worker() -> Verdict:
    with connection.cursor() as c:
        c.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > clock_timestamp() - interval '30 seconds'"
        )
        (alive,) = c.fetchone()
        c.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND "
            "(scheduled_at IS NULL OR scheduled_at < clock_timestamp() - interval '1 minute')"
        )
        (waiting,) = c.fetchone()
    if alive:
        return Verdict("Trabajador", f"{alive} encendido(s), {waiting} pendientes en fila")
    mend = "Enciende `amate serve` o `amate worker`: sin él nada se sella, se timbra ni se envía."
    return Verdict("Trabajador", "ninguno da señales", mend)


def _seals(*, now: datetime) -> Iterator[Verdict]:
    for company in Company.objects.order_by("slug"):
        with company_scope(company.pk):
            yield _seal(company.slug, now=now)


def _seal(slug: str, *, now: datetime) -> Verdict:
    what = f"Sello de /f/{slug}/"
    rfc = Emisor.objects.values_list("rfc", flat=True).get()
    newest = Csd.objects.in_use().first()
    mend = f"Guarda un CSD vigente: Ajustes → Sello digital, o `amate company csd --slug {slug}`."
    if newest is None:
        return Verdict(what, "no hay ninguno", mend)
    if newest.valid_to <= now:
        return Verdict(what, f"venció el {newest.valid_to:%Y-%m-%d}", mend)
    try:
        opened = open_csd(now=now)
    except (NoCsd, WrongMasterKey) as closed:
        return Verdict(what, "no se puede abrir", str(closed))
    if opened.certificate.rfc != rfc:
        return Verdict(what, f"es de {opened.certificate.rfc} y la empresa es {rfc}", mend)
    days = (newest.valid_to - now).days
    soon = next((limit for limit in DAYS[1:] if days <= limit), None)
    return Verdict(what, f"vigente {days} días más", mend if soon else "", warning=soon is not None)


def _pac() -> Verdict:
    account = pac_account()
    if not account.user:
        return Verdict(
            "PAC", "sin cuenta", "Fija AMATE_PAC_USER y AMATE_PAC_PASSWORD_FILE (y AMATE_PAC_URL si es otro)."
        )

    async def left() -> int | None:
        pac = open_pac(account)
        try:
            return await pac.balance()
        finally:
            await pac.aclose()

    try:
        stamps = asyncio.run(left())
    except PacError as fault:
        return Verdict("PAC", str(fault), "Revisa la red, la dirección, el usuario y la contraseña del PAC.")
    if stamps == 0:
        return Verdict("PAC", "la cuenta no tiene timbres", "Compra timbres con tu PAC: lo pendiente sale solo.")
    if not account.certificates:
        mend = "Pon los .cer del PAC en una carpeta y nómbrala en AMATE_PAC_CERTIFICATES: sin ellos no se cree ningún timbre."
        return Verdict("PAC", "responde, pero no hay con qué verificar sus timbres", mend)
    return Verdict("PAC", "responde; timbres sin límite" if stamps is None else f"responde; quedan {stamps} timbres")


def _clock(clock: Callable[[], datetime]) -> Verdict:
    """Against the PAC's own clock, as its answers tell it: it is the one that judges Fecha."""
    try:
        told = httpx.head(pac_account().services_url, timeout=5).headers.get("Date")
    except httpx.HTTPError:
        told = None
    if told is None:
        return Verdict(
            "Reloj", "no hay con qué compararlo", "Cuando el PAC responda, vuelve a correr esto.", warning=True
        )
    ahead = clock() - parsedate_to_datetime(told)
    if abs(ahead) <= CLOCK_MAY_DIFFER:
        return Verdict("Reloj", "coincide con el del PAC")
    minutes = round(abs(ahead).total_seconds() / 60)
    side = "adelantado" if ahead > timedelta() else "atrasado"
    return Verdict(
        "Reloj", f"{minutes} minutos {side}", "Pon la máquina en hora (NTP): el PAC rechaza fechas del futuro."
    )


def _mail() -> Verdict:
    try:
        asyncio.run(Smtp(settings.SMTP_URL, seconds=8).check())
    except MessengerUnavailable as away:
        mend = "Revisa AMATE_SMTP_URL (servidor, usuario y contraseña). Las facturas se emiten; los correos esperan."
        return Verdict("Correo", str(away), mend)
    return Verdict("Correo", "el servidor nos deja entrar")
