"""`amate secrets rotate`: a new master key, and under it every company's data key and every person's second step.

What the data keys seal is not touched. `amate secrets adopt`: the key that signs sessions and links was changed on purpose.
"""

import argparse
import secrets
import sys
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from amate.access.second_step import rewrap_seeds
from amate.access.signing_key import keep_signing_key
from amate.audit.record import record
from amate.companies.models import Company
from amate.companies.secrets import NAME, master_lines, named_master, rewrap
from amate.running.home import amate_home, write_private
from amate.running.prepare import server_up
from amate.tenancy.scope import company_scope

ELSEWHERE = (
    "La llave maestra la da el entorno: pon una nueva como primera línea de AMATE_MASTER_KEY_FILE (la anterior debajo), "
    "reinicia todo y repite esta orden; si termina bien, quita la línea anterior."
)


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="amate secrets", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("rotate", help="cambia la llave maestra")
    acts.add_parser("adopt", help="la llave de esta máquina firma desde ahora sesiones y enlaces")
    said = parser.parse_args(argv)
    with server_up():
        return _rotate(now=timezone.now()) if said.act == "rotate" else _adopt()


def _adopt() -> int:
    keep_signing_key()
    print("Esta llave firma desde ahora. Cópiala a tus demás máquinas y reinícialas; las sesiones abiertas se cierran.")
    return 0


def _rotate(*, now: datetime) -> int:
    named = named_master()
    if named and len(master_lines()) < 2:
        print(ELSEWHERE, file=sys.stderr)
        return 1
    if not named:
        _write([secrets.token_urlsafe(32).encode(), *master_lines()])
    lost = 0
    for company_id in Company.objects.values_list("id", flat=True):
        with company_scope(company_id):
            lost += rewrap()
            record("company.rewrapped", about="", now=now)
    with transaction.atomic():
        lost_seeds = rewrap_seeds()
    if lost:
        print(f"{lost} llaves de datos no se abren con ninguna llave maestra: esas empresas vuelven a subir su CSD.")
    if lost_seeds:
        print(
            f"{lost_seeds} segundos pasos no se abren con ninguna llave maestra: quítaselo a cada persona que no pueda "
            "entrar con «amate person reset-second-step CORREO» y que lo active otra vez."
        )
    if not named:
        # Until here both lines stood: a run that was killed half-way loses nothing and may be repeated.
        _write(master_lines()[:1])
    print("Llave maestra cambiada. Respalda keys/master-key otra vez, y cópiala a tus demás máquinas.")
    return 0


def _write(lines: list[bytes]) -> None:
    write_private(amate_home() / "keys" / NAME, b"\n".join(lines))
