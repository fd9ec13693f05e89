"""The demo's internet provider: a company with a year behind it, lived by the simulation, and the simulators it goes on with."""

import asyncio
import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from amate.billing_cycle.collection.models import PromiseToPay
from amate.billing_cycle.collection.promise_to_pay import promise_to_pay
from amate.billing_cycle.reconciliation.models import PaymentReference, ProviderAccount
from amate.billing_cycle.service.models import SwitchAccount
from amate.companies.day import day_of
from amate.companies.models import Company
from amate.companies.secrets import unseal
from amate.ledger.models import Receivable
from amate.promises.step import close_lines
from amate.running.home import private_folder, write_private
from amate.sandbox.companies import NETWORK
from amate.sandbox.mint import World
from amate.sandbox.pac.state import Store
from amate.sandbox.simulation.company import Pace
from amate.sandbox.simulation.day import Life, quietly
from amate.sandbox.simulation.outside import API_KEY
from amate.sandbox.simulation.run import found_life
from amate.tenancy.scope import company_scope

CUSTOMERS, MONTHS = 12, 12
# When the worker of the past looked up: bills, payments, last warnings, cuts. Every day would take a minute to live.
DAYS_OF_A_MONTH = (1, 10, 15, 19)
ONCE_A_DAY = (time(11),)
# By month from the first; who pays in time left no mail, so that a year is no thousand letters.
SLOWLY = Pace(
    weights=(100, 0, 0, 0, 0, 0, 0),
    within=1,
    shares={"early": 20, "punctual": 30, "late": 20, "slow": 20, "never": 10},
    unwritten=frozenset({"early", "punctual"}),
)
SEED = 7


@dataclass(frozen=True, slots=True)
class Outside:
    """Where the simulators of this start answer."""

    payments: str
    switch: str


def open_network(*, world: World, store: Store, now: datetime) -> Company | None:
    """The company with its year, made by the first start. None: this home is of an older Amate and lacks its CSD."""
    if NETWORK.role not in world.csds:
        return None
    known = Company.objects.filter(slug=NETWORK.slug).first()
    if known is not None:
        return known
    first = (now.replace(day=1) - timedelta(days=30 * (MONTHS - 1))).date().replace(day=1)
    life = found_life(
        minted=world, shop=NETWORK, customers=CUSTOMERS, seed=SEED, probability=0, starts=first, pace=SLOWLY,
        store=store, sandbox=True,
    )  # fmt: skip
    life.outside.path, life.stops = "", ONCE_A_DAY
    with quietly():
        asyncio.run(_live(life, first, today=now.date()))
    close_lines()
    with company_scope(life.company_id):
        _word_of_somebody(now)
    return life.simulated.company


async def _live(life: Life, first: date, *, today: date) -> None:
    async def nothing() -> None:
        pass

    day = first
    while day < today:
        if day.day in DAYS_OF_A_MONTH or day > today - timedelta(days=3):
            await life.day(day, after_each=nothing)
        day += timedelta(days=1)


def _word_of_somebody(now: datetime) -> None:
    """One of those who owe promises to pay."""
    today = day_of(now)
    late = Receivable.objects.unpaid().filter(due_on__lt=today).order_by("-due_on", "pk").first()
    if late is None or PromiseToPay.objects.exists():
        return
    promise_to_pay(
        customer_id=late.customer_id,
        amount=late.total,
        until=today + timedelta(days=4),
        by="demo@amate.example",
        by_staff=True,
        beyond_limit=False,
        today=today,
        now=now,
    )


def point_network(*, company: Company, at: Outside, folder: Path, now: datetime) -> dict[str, list[str]]:
    """Its accounts lead to the simulators of this start. Answers what each simulator is to be started with."""
    kept = private_folder(folder / "payments")
    key = _signing_key(kept / "signing.pem")
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    with company_scope(company.pk):
        ProviderAccount.objects.update(
            api_url=at.payments, webhook_keys=pem, cursor="", created_at=now, away_since=None
        )
        SwitchAccount.objects.update(url=f"{at.switch}/services", observe_url=f"{at.switch}/observe", disabled_at=None)
        account = ProviderAccount.objects.get()
        switch = SwitchAccount.objects.get()
        assert switch.secret is not None
        secret = unseal(bytes(switch.secret), field="switch.key").decode()
        payers = [
            {"name": one.customer.nombre, "email": one.customer.correo or "demo@amate.example", "phone": "5555550100",
             "clabe": one.value}
            for one in PaymentReference.objects.select_related("customer").filter(
                kind="clabe", receivable__isnull=True
            ).order_by("pk")
        ]  # fmt: skip
    write_private(kept / "payers.json", json.dumps(payers).encode())
    return {
        "payments": [
            "--api-key", API_KEY, "--signing-key", str(kept / "signing.pem"), "--payers", str(kept / "payers.json"),
            "--webhook", f"/avisos/{company.slug}/pagos/{account.pk}/",
        ],
        "switch": ["--key", secret],
    }  # fmt: skip


def _signing_key(path: Path) -> rsa.RSAPrivateKey:
    if not path.exists():
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        write_private(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key
