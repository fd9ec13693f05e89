"""`amate company add`: the first company and its owner. There is no public sign-up (DECISIONS A7)."""

import argparse
import getpass
import sys
from collections.abc import Sequence
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone

from amate.access.keys import SCOPES, make_api_key
from amate.access.models import Membership, Role, User
from amate.companies.found import Founding, found_company, register_company
from amate.companies.keep_csd import keep_csd
from amate.companies.models import Company
from amate.fiscal.csd import CsdRefused
from amate.fiscal.rfc import RfcRefused
from amate.running.prepare import server_up
from amate.tenancy.scope import company_scope


def main(argv: Sequence[str]) -> int:
    said = _arguments(argv)
    password = (
        getpass.getpass("Contraseña de quien administra: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    )
    if len(password) < 10:
        print("La contraseña necesita 10 caracteres o más.", file=sys.stderr)
        return 2
    with server_up():
        return _add(said, password)


def _add(said: argparse.Namespace, password: str) -> int:
    try:
        company = _found(said)
    except (CsdRefused, RfcRefused) as refused:
        print(str(refused), file=sys.stderr)
        return 1
    except IntegrityError:
        print(f"Ya hay una empresa en /f/{said.slug}/. Elige otro --slug.", file=sys.stderr)
        return 1
    user = User.objects.filter(email=said.email.lower()).first() or User.objects.create_user(said.email, password)
    Membership.objects.create(user=user, company=company, role=Role.OWNER)
    key = make_api_key(company=company, name="Primera clave", scopes=SCOPES, now=timezone.now())
    print(f"Empresa lista: /f/{company.slug}/ y /oficina/{company.slug}/\nClave de API (no se vuelve a mostrar): {key}")
    return 0


def _found(said: argparse.Namespace) -> Company:
    """All of it or nothing: a refused CSD leaves no half-founded company."""
    now = timezone.now()
    company = register_company(slug=said.slug, now=now)
    try:
        with company_scope(company.pk):
            founding = Founding(
                rfc=said.rfc,
                nombre=said.nombre,
                regimen_fiscal=said.regimen,
                nombre_comercial=said.nombre_comercial or said.nombre,
                cp=said.cp,
                telefono=said.telefono,
                correo=said.correo,
            )
            found_company(founding=founding, now=now)
            if said.cer:
                keep_csd(
                    cer=said.cer.read_bytes(),
                    key=said.key.read_bytes(),
                    password=said.key_password_file.read_text().strip(),
                    rfc=said.rfc,
                    now=now,
                )
    except BaseException:
        with transaction.atomic():
            Company.objects.filter(pk=company.pk).delete()
        raise
    return company


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="amate company", description=__doc__)
    add = parser.add_subparsers(dest="act", required=True).add_parser(
        "add", help="la contraseña se lee de la terminal o de stdin"
    )
    for name, meaning in (
        ("slug", "su lugar en las direcciones: /f/SLUG/"),
        ("rfc", "RFC de la empresa"),
        ("nombre", "nombre como lo tiene el SAT, sin S.A. de C.V."),
        ("regimen", "clave del régimen fiscal, como 601"),
        ("cp", "código postal del lugar de expedición"),
        ("email", "correo con el que entra quien administra"),
    ):
        add.add_argument(f"--{name}", required=True, help=meaning)
    for name, meaning in (
        ("nombre-comercial", "como lo conocen sus clientes"),
        ("telefono", ""),
        ("correo", "para respuestas"),
    ):
        add.add_argument(f"--{name}", default="", help=meaning)
    add.add_argument("--cer", type=Path, help="CSD: archivo .cer")
    add.add_argument("--key", type=Path, help="CSD: archivo .key")
    add.add_argument("--key-password-file", type=Path, help="archivo con la contraseña de la llave")
    return parser.parse_args(argv)
