"""`amate company`: a company and its owner, and the renewal of its CSD. There is no public sign-up (DECISIONS A7)."""

import argparse
import getpass
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from amate.access.enrol_owner import enrol_owner
from amate.access.keys import SCOPES, make_api_key
from amate.access.models import User
from amate.companies.found import Founding, RegimenRefused, SlugTaken, founded
from amate.companies.keep_csd import keep_csd
from amate.companies.models import Company, Emisor
from amate.fiscal.clock import UnknownPlace
from amate.fiscal.csd import CsdRefused
from amate.fiscal.rfc import RfcRefused
from amate.fiscal.text import TextRefused
from amate.running.prepare import server_up
from amate.tenancy.scope import company_scope

SHORTEST_PASSWORD = 10


class Refused(Exception):
    """What was asked cannot be done; the sentence says what mends it. Nothing was written."""


def main(argv: Sequence[str]) -> int:
    said, now = _arguments(argv), timezone.now()
    try:
        with server_up():
            print(_add(said, now=now) if said.act == "add" else _renew(said, now=now))
    except (Refused, CsdRefused, RegimenRefused, RfcRefused, TextRefused, UnknownPlace) as refused:
        print(str(refused), file=sys.stderr)
        return 1
    return 0


def _add(said: argparse.Namespace, *, now: datetime) -> str:
    """All of it or nothing: what is refused leaves no half-founded company behind."""
    known = User.objects.filter(email=said.email.lower()).exists()
    password = "" if known else _password()
    try:
        with founded(slug=said.slug, founding=_founding(said), sandbox=said.sandbox, now=now) as company:
            if said.cer:
                _keep(said, rfc=said.rfc, now=now)
            enrol_owner(company=company, email=said.email, nombre="", password=password, now=now)
            key = make_api_key(company=company, name="Primera clave", scopes=SCOPES, now=now)
    except SlugTaken:
        raise Refused(f"Ya hay una empresa en /f/{said.slug}/. Elige otro --slug.") from None
    told = f"\n{said.email} ya tenía cuenta: entra con su contraseña de siempre." if known else ""
    return f"Empresa lista: /f/{said.slug}/ y /oficina/{said.slug}/{told}\nClave de API (no se vuelve a mostrar): {key}"


def _founding(said: argparse.Namespace) -> Founding:
    return Founding(
        rfc=said.rfc,
        nombre=said.nombre,
        regimen_fiscal=said.regimen,
        nombre_comercial=said.nombre_comercial or said.nombre,
        cp=said.cp,
        telefono=said.telefono,
        correo=said.correo,
    )


def _renew(said: argparse.Namespace, *, now: datetime) -> str:
    company = Company.objects.filter(slug=said.slug).first()
    if company is None:
        raise Refused(f"No hay ninguna empresa en /f/{said.slug}/.")
    with company_scope(company.pk):
        number = _keep(said, rfc=Emisor.objects.get().rfc, now=now)
    return f"CSD {number} guardado. Lo que esperaba por él se reintenta solo."


def _keep(said: argparse.Namespace, *, rfc: str, now: datetime) -> str:
    if not (said.cer and said.key and said.key_password_file):
        raise Refused("El CSD son tres cosas: --cer, --key y --key-password-file.")
    cer, key, password = (_read(path) for path in (said.cer, said.key, said.key_password_file))
    kept = keep_csd(cer=cer, key=key, password=password.decode().strip(), rfc=rfc, now=now)
    return kept.no_certificado


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise Refused(f"No se puede leer {path}: {fault.strerror}.") from fault


def _password() -> str:
    typed = getpass.getpass("Contraseña: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    if len(typed) < SHORTEST_PASSWORD:
        raise Refused(f"La contraseña necesita {SHORTEST_PASSWORD} caracteres o más.")
    return typed


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="amate company", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    add = acts.add_parser("add", help="la contraseña se lee de la terminal o de la entrada estándar")
    csd = acts.add_parser("csd", help="guarda un CSD nuevo; el anterior deja de usarse cuando vence")
    for name, meaning in (
        ("rfc", "RFC de la empresa"),
        ("nombre", "nombre como lo tiene el SAT, sin S.A. de C.V."),
        ("regimen", "clave del régimen fiscal, como 601"),
        ("cp", "código postal del lugar de expedición"),
        ("email", "correo con el que entra quien administra"),
    ):
        add.add_argument(f"--{name}", required=True, help=meaning)
    add.add_argument(
        "--sandbox", action="store_true", help="solo para probar: su reloj se puede adelantar; es para siempre"
    )
    add.add_argument("--nombre-comercial", default="", help="como lo conocen sus clientes")
    add.add_argument("--telefono", default="", help="para dudas de sus clientes")
    add.add_argument("--correo", default="", help="a donde responden sus clientes")
    for act in (add, csd):
        act.add_argument("--slug", required=True, help="su lugar en las direcciones: /f/SLUG/")
        act.add_argument("--cer", type=Path, help="CSD: archivo .cer")
        act.add_argument("--key", type=Path, help="CSD: archivo .key")
        act.add_argument("--key-password-file", type=Path, help="archivo con la contraseña de la llave")
    return parser.parse_args(argv)
