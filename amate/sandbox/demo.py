"""`amate demo`: the whole product on this machine, with two invented companies, a PAC that has no validity, and a mailbox."""

import json
import secrets
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils import timezone

from amate.access.keys import find_api_key
from amate.access.models import Role, User
from amate.companies.models import Company
from amate.running.home import private_folder, write_private
from amate.running.postgres import embedded
from amate.running.prepare import prepare
from amate.running.serve import keep_alive, only_one_here
from amate.running.supervise import Child
from amate.sandbox.companies import SHOPS, fresh_ticket, hire, open_api, open_shop, stock_the_past
from amate.sandbox.demo_environment import forget_environment, keep_environment
from amate.sandbox.mint import World, mint_world
from amate.sandbox.network import Outside, open_network, point_network
from amate.sandbox.pac.postgres import PostgresStore
from amate.self_invoicing.codes import show_code
from amate.self_invoicing.links import qr_url

EMAIL = "demo@amate.example"


@dataclass(frozen=True, slots=True)
class Ports:
    pac: int
    mail: int
    smtp: int
    payments: int
    switch: int


def demo() -> int:
    """Prepare, load the demo once, and serve until Ctrl-C. A second start keeps the data and offers a fresh note."""
    if not settings.EMBEDDED:
        sys.exit(
            "The demo brings its own PostgreSQL: unset DATABASE_URL, so that invented sales never reach your data."
        )
    manifest = settings.HOME / "demo.json"
    with only_one_here(), _only_while_ready(manifest):
        _say("preparing (the first start takes about a minute)")
        prepare()
        return _serve(manifest)


@contextmanager
def _only_while_ready(manifest: Path) -> Iterator[None]:
    """Whoever finds `demo.json` may use what it says: an old one goes first, ours goes at the end."""
    manifest.unlink(missing_ok=True)
    try:
        yield
    finally:
        manifest.unlink(missing_ok=True)
        forget_environment(manifest.parent)


def _serve(manifest: Path) -> int:
    now = timezone.now()
    world = mint_world(settings.HOME / "sandbox", now=now)
    ports = Ports(*_free_ports(5, after=settings.PORT))
    facts = _load(world, now=now)
    network = _network(world, facts, now=now)
    env = _environment(world, ports)

    def when_ready() -> None:
        said = _manifest(facts, world, ports, now=timezone.now()) | _of_the_network(network, ports)
        connections.close_all()
        keep_environment(settings.HOME, {**env, "AMATE_PORT": str(settings.PORT)})
        write_private(manifest, json.dumps(said, ensure_ascii=False, indent=1).encode())
        _greet(said, manifest)

    children = [*_sandboxes(ports, env), *_simulators(network, ports, env, now=now)]
    connections.close_all()
    return keep_alive(extra=children, env=env, when_ready=when_ready)


def _load(world: World, *, now: datetime) -> dict[str, str]:
    """The companies, their people and their past; made once. The login and key are kept where only we read them.

    A first start may be killed at any line: each step is done if it is not done yet.
    """
    kept = private_folder(settings.HOME / "keys") / "demo.json"
    facts: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    if facts and Company.objects.filter(slug=SHOPS[0].slug).exists() and find_api_key(facts["api_key"], now=now):
        return facts
    facts = {"password": secrets.token_urlsafe(12)}
    if (user := User.objects.filter(email=EMAIL).first()) is not None:
        user.set_password(facts["password"])
        user.save(update_fields=["password"])
    for shop in SHOPS:
        company, branch = open_shop(shop=shop, world=world, now=now, sandbox=True)
        stock_the_past(company=company, branch=branch, now=now)
        hire(company=company, email=EMAIL, password=facts["password"], nombre="Ana Ruiz", role=Role.OWNER)
        facts.setdefault("api_key", open_api(company=company, now=now))
    write_private(kept, json.dumps(facts).encode())
    return facts


def _network(world: World, facts: dict[str, str], *, now: datetime) -> Company | None:
    """The internet provider, whose first start lives through its year."""
    _sandbox_database()
    store = PostgresStore(embedded().url("amate_sandbox", "amate_sandbox"))
    try:
        company = open_network(world=world, store=store, now=now)
    finally:
        store.close()
    if company is not None:
        hire(company=company, email=EMAIL, password=facts["password"], nombre="Ana Ruiz", role=Role.OWNER)
    return company


def _simulators(network: Company | None, ports: Ports, env: dict[str, str], *, now: datetime) -> list[Child]:
    """Who pays the internet provider, and what serves its customers."""
    if network is None:
        return []
    at = Outside(f"http://127.0.0.1:{ports.payments}", f"http://127.0.0.1:{ports.switch}")
    with_what = point_network(company=network, at=at, folder=settings.HOME / "sandbox", now=now)
    amate = [sys.executable, "-m", "amate.cli"]
    told = [one if not one.startswith("/avisos/") else settings.PUBLIC_URL + one for one in with_what["payments"]]
    return [
        Child("sandbox-payments", [*amate, "sandbox-payments", "--port", str(ports.payments), *told], env),
        Child("sandbox-switch", [*amate, "sandbox-switch", "--port", str(ports.switch), *with_what["switch"]], env),
    ]


def _of_the_network(network: Company | None, ports: Ports) -> dict[str, str]:
    if network is None:
        return {}
    site = settings.PUBLIC_URL
    return {
        "network_url": f"{site}/oficina/{network.slug}/",
        "payments_url": f"http://127.0.0.1:{ports.payments}/_sim/",
        "clock_url": f"{site}/oficina/{network.slug}/ajustes/reloj/",
    }


def _environment(world: World, ports: Ports) -> dict[str, str]:
    """What web and worker must know of the sandboxes. Secrets travel by the environment of our own children only."""
    pac = f"http://127.0.0.1:{ports.pac}"
    return {
        "AMATE_PAC_URL": pac,
        "AMATE_PAC_API_URL": pac,
        "AMATE_PAC_USER": world.user,
        "AMATE_PAC_PASSWORD": world.password,
        "AMATE_PAC_CERTIFICATES": str(world.pac_certificate.parent),
        "AMATE_SMTP_URL": f"smtp://127.0.0.1:{ports.smtp}",
        "AMATE_MAIL_FROM": "facturas@amate.example",
        "AMATE_PRIVATE_SWITCH_HOSTS": "127.0.0.1",
        "AMATE_SIMULATORS": ",".join(f"http://127.0.0.1:{port}" for port in (ports.pac, ports.payments, ports.switch)),
    }


def _sandbox_database() -> None:
    server = embedded()
    server.ensure_role("amate_sandbox")
    server.ensure_database("amate_sandbox", owner="amate_sandbox", connect="amate_sandbox")


def _sandboxes(ports: Ports, env: dict[str, str]) -> list[Child]:
    server = embedded()
    amate = [sys.executable, "-m", "amate.cli"]
    mails = ["--folder", str(settings.HOME / "sandbox-mail"), "--port", str(ports.mail), "--smtp-port", str(ports.smtp)]
    store = {**env, "SANDBOX_DATABASE_URL": server.url("amate_sandbox", "amate_sandbox")}
    return [
        Child("sandbox-pac", [*amate, "sandbox-pac", "--home", str(settings.HOME), "--port", str(ports.pac)], store),
        Child("sandbox-mail", [*amate, "sandbox-mail", *mails], env),
    ]


def _manifest(facts: dict[str, str], world: World, ports: Ports, *, now: datetime) -> dict[str, Any]:
    shop = SHOPS[0]
    ticket = fresh_ticket(company=Company.objects.get(slug=shop.slug), now=now)
    site = settings.PUBLIC_URL
    return {
        "portal_url": f"{site}/f/{shop.slug}/",
        "ticket": {
            "code": show_code(ticket.code),
            "total": f"{ticket.total:.2f}",
            "qr_url": qr_url(portal=f"{site}/f/{shop.slug}", code=ticket.code, total_cents=ticket.total_cents),
        },
        "backoffice_url": f"{site}/oficina/{shop.slug}/",
        "user": EMAIL,
        "password": facts["password"],
        "api_url": f"{site}/api/v1",
        "api_key": facts["api_key"],
        "pac_url": f"http://127.0.0.1:{ports.pac}",
        "pac_certificate": str(world.pac_certificate),
        "company_rfc": shop.founding.rfc,
        "mail_url": f"http://127.0.0.1:{ports.mail}/",
    }


def _greet(said: dict[str, Any], manifest: Path) -> None:
    sys.stdout.write(
        f"""
Amate está listo. Nada de lo que se timbra aquí tiene validez fiscal.

  Portal       {said["portal_url"]}
    código     {said["ticket"]["code"]}
    total      {said["ticket"]["total"]}
    como QR    {said["ticket"]["qr_url"]}
  Oficina      {said["backoffice_url"]}
    usuario    {said["user"]}
    contraseña {said["password"]}
  Proveedor de internet, con un año de cobranza
    oficina    {said.get("network_url", "(esta carpeta es de un Amate anterior)")}
    pagos      {said.get("payments_url", "")}  (juega a que un cliente paga)
    reloj      {said.get("clock_url", "")}  (adelanta los días)
  API          {said["api_url"]}  (clave en {manifest})
  Correo       {said["mail_url"]}  (lo que se envió)
  PAC          {said["pac_url"]}/_sim/  (lo que timbró el simulador)

Ctrl-C termina; los datos se quedan en {settings.HOME}.

"""
    )
    sys.stdout.flush()


def _free_ports(count: int, *, after: int) -> list[int]:
    found: list[int] = []
    port = after
    while len(found) < count:
        port += 1
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
    return found


def _say(sentence: str) -> None:
    sys.stderr.write(f"amate: {sentence}\n")
