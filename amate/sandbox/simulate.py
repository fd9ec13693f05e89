"""`amate simulate`: in a database of its own, which holds nothing else and is emptied each time."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from datetime import time as clock
from pathlib import Path

DATABASE = "amate_simulation"
KEPT = ("django_migrations", "django_content_type", "auth_permission", "catalogs_satkey")
SIGNED = 100
DAYS_A_MONTH = 30.44


def main(argv: Sequence[str]) -> int:
    """0 when nothing was violated; 1 when something was; 2 when it may not run here."""
    said = _arguments(argv)
    os.environ["AMATE_DATABASE_NAME"] = DATABASE
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amate.settings")
    import django

    django.setup()
    from django.conf import settings

    if not settings.EMBEDDED:
        sys.stderr.write(
            "La simulación trae su propia base: quita DATABASE_URL, para que nada inventado llegue a la tuya.\n"
        )
        return 2
    from amate.running.prepare import server_up

    with server_up():
        return _run(said)


def _run(said: argparse.Namespace) -> int:
    from django.conf import settings

    from amate.running.postgres import embedded
    from amate.running.prepare import prepare
    from amate.sandbox.companies import NETWORK
    from amate.sandbox.mint import mint_world
    from amate.sandbox.simulation.company import QUICK, USUAL
    from amate.sandbox.simulation.day import quietly
    from amate.sandbox.simulation.run import STARTS, simulate

    embedded().ensure_database(DATABASE, connect="amate_app")
    prepare()
    _empty()
    began = datetime.combine(STARTS, clock(), tzinfo=UTC)
    minted = mint_world(Path(settings.HOME) / "simulation", now=began, ca_key_size=2048)
    days = round(said.months * DAYS_A_MONTH)
    with nullcontext() if said.loud else quietly():
        ran = simulate(
            minted=minted,
            shop=NETWORK,
            customers=said.customers,
            days=days,
            seed=said.seed,
            probability=said.faults,
            pace={"usual": USUAL, "quick": QUICK}[said.pace],
        )
    told = asdict(ran)
    told["invoices_per_sig"] = round(ran.invoices * _sig() / ran.cpu_seconds, 4) if ran.cpu_seconds else None
    if said.json:
        sys.stdout.write(json.dumps(told) + "\n")
    else:
        for name, value in told.items():
            sys.stdout.write(f"{name}: {value}\n")
    failed = bool(ran.broken or ran.paid_but_suspended)
    return 1 if failed or (said.faults and not (ran.crashes and ran.notices_lost)) else 0


def _empty() -> None:
    """What an earlier run left. As the owner: the application may not."""
    from django.db import connections

    with connections["owner"].cursor() as c:
        c.execute(
            f"ALTER DATABASE {DATABASE} SET synchronous_commit = off"
        )  # nothing here is worth a wait for the disk
        c.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = ", ".join(f'"{name}"' for (name,) in c.fetchall() if name not in KEPT)
        c.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    connections["owner"].close()


def _sig() -> float:
    """CPU seconds of one RSA-2048 signature (DECISIONS F)."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    key = rsa.generate_private_key(65537, 2048)
    began = time.process_time()
    for number in range(SIGNED):
        key.sign(str(number).encode(), padding.PKCS1v15(), hashes.SHA256())
    return (time.process_time() - began) / SIGNED


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="amate simulate",
        description="Vive meses de una empresa inventada con el código de verdad, mientras todo falla, y juzga cada día.",
    )
    parser.add_argument("--customers", type=int, default=50, help="cuántos clientes (50)")
    parser.add_argument("--months", type=float, default=3, help="cuántos meses (3)")
    parser.add_argument("--seed", type=int, default=1, help="con la misma semilla pasa lo mismo (1)")
    parser.add_argument(
        "--faults", type=float, default=0.005, help="probabilidad de falla en cada llamada y cada commit (0.005)"
    )
    parser.add_argument(
        "--pace", choices=("usual", "quick"), default="usual", help="quick: plazos cortos y casi todo por semana"
    )
    parser.add_argument("--json", action="store_true", help="la última línea es JSON")
    parser.add_argument("--loud", action="store_true", help="con la bitácora de lo que falla")
    return parser.parse_args(argv)
