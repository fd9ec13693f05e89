"""`amate doctor`: what is wrong with this installation, in plain words, each with what mends it."""

import argparse
import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from shutil import disk_usage

import httpx
from django.conf import settings
from django.utils import timezone

from amate.adapters.pac import PacAccount, PacError, open_pac
from amate.alerts.causes import mark_of
from amate.companies.keep_csd import NoCsd, open_csd
from amate.companies.models import Company, Csd, Emisor
from amate.companies.secrets import WrongMasterKey
from amate.running.database_health import look_at_database
from amate.running.mail_health import look_at_company_mails, look_at_house_mail, look_at_sender
from amate.running.pac_accounts import BadAccounts, pac_accounts
from amate.running.pacs_heard import NAMES
from amate.running.postgres import ServerRefused
from amate.running.prepare import server_up
from amate.running.serve import web_answers
from amate.running.verdict import Verdict
from amate.tenancy.scope import company_scope

CLOCK_MAY_DIFFER = timedelta(minutes=2)  # a PAC refuses a Fecha of the future
LITTLE_DISK = 2_000_000_000


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
            found = list(look_at_database(now=clock()))
            yield from found
            if not any(one.what in ("Base de datos", "Tablas") and one.mend for one in found):
                yield from _seals(now=clock())
                yield from look_at_company_mails()
    except ServerRefused as refused:
        yield Verdict("PostgreSQL", "no arranca", str(refused))
    yield from _pacs(clock)
    yield look_at_house_mail()
    yield look_at_sender()


def _port() -> Verdict:
    what = f"Puerto {settings.PORT}"
    if web_answers():
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
    left = newest.valid_to - now
    soon = mark_of(left) is not None
    return Verdict(what, f"vigente {left.days} días más", mend if soon else "", warning=soon)


def _pacs(clock: Callable[[], datetime]) -> Iterator[Verdict]:
    try:
        accounts = pac_accounts()
    except BadAccounts as bad:
        yield Verdict("PAC", "mal configurado", str(bad))
        return
    for account in accounts:
        yield _pac(account, what="PAC" if len(accounts) == 1 else f"PAC {NAMES[account.code]}")
    yield _clock(clock, against=accounts[0])


def _pac(account: PacAccount, *, what: str) -> Verdict:
    if not account.user:
        return Verdict(
            what, "sin cuenta", "Fija AMATE_PAC_USER y AMATE_PAC_PASSWORD_FILE (y AMATE_PAC_URL si es otro)."
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
        return Verdict(what, str(fault), "Revisa la red, la dirección, el usuario y la contraseña del PAC.")
    if stamps == 0:
        return Verdict(what, "la cuenta no tiene timbres", "Compra timbres con tu PAC: lo pendiente sale solo.")
    if not account.certificates:
        mend = "Pon los .cer del PAC en una carpeta y nómbrala en AMATE_PAC_CERTIFICATES: sin ellos no se cree ningún timbre."
        return Verdict(what, "responde, pero no hay con qué verificar sus timbres", mend)
    return Verdict(what, "responde; timbres sin límite" if stamps is None else f"responde; quedan {stamps} timbres")


def _clock(clock: Callable[[], datetime], *, against: PacAccount) -> Verdict:
    """Against the PAC's own clock, as its answers tell it: it is the one that judges Fecha."""
    try:
        told = httpx.head(against.services_url, timeout=5).headers.get("Date")
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
