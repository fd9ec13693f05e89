"""The company that is simulated: its plans, its customers with what they agreed to, and where it is told of payments."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from amate.billing_cycle.reconciliation.accounts import keep_account
from amate.billing_cycle.reconciliation.models import PaymentReference, ProviderAccount, ReferenceKind
from amate.billing_cycle.service.accounts import keep_switch
from amate.billing_cycle.service.add import add_service
from amate.billing_cycle.service.models import SwitchAccount
from amate.billing_cycle.subscriptions.models import Plan, PlanPrice
from amate.billing_cycle.subscriptions.subscribe import NewSubscription, subscribe
from amate.companies.models import BillingPolicy, Branch, Company
from amate.companies.secrets import seal
from amate.customers.add import add_customer
from amate.fiscal.catalogs import installed
from amate.fiscal.receptor import Receptor, read_receptor
from amate.sandbox.companies import Shop, open_shop
from amate.sandbox.payments import orders
from amate.sandbox.simulation.oracle import Agreement
from amate.sandbox.simulation.outside import PAYMENTS_URL, SWITCH_URL, Outside
from amate.sandbox.simulation.people import SHARES, habit_of
from amate.tenancy.scope import company_scope

IVA = {"impuesto": "002", "tipo_factor": "Tasa", "tasa_o_cuota": "0.160000", "retencion": False}
# Key, unit, every, cents with IVA, how many of a hundred customers.
PLANS = (
    ("mensual", "month", 1, 34_900, 70),
    ("quincenal", "semimonth", 1, 19_901, 8),
    ("catorcenal", "day", 14, 17_500, 6),
    ("semanal", "week", 1, 9_900, 4),  # whose base × 1.16 is a cent off (MON-2)
    ("bimestral", "month", 2, 69_800, 6),
    ("trimestral", "month", 3, 99_999, 4),
    ("anual", "year", 1, 359_900, 2),
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the wheel turns. `weights`: of PLANS, in their order; `policy`: what differs from the house's defaults;
    `within`: days in which everybody subscribes; `shares`: of how people pay; `unwritten`: who of them left no mail."""

    weights: tuple[int, ...] = tuple(said[4] for said in PLANS)
    policy: Mapping[str, Any] = field(default_factory=dict)
    within: int = 31
    shares: Mapping[str, int] = field(default_factory=lambda: SHARES)
    unwritten: frozenset[str] = frozenset()

    @property
    def grace(self) -> int:
        return int(self.policy.get("grace_days", 5))

    @property
    def terms(self) -> int:
        return int(self.policy.get("terms_days", 10))

    @property
    def least(self) -> Decimal:
        """What must be past its grace before anybody is cut for it."""
        return Decimal(self.policy.get("min_overdue_amount", 10))


USUAL = Pace()
# So that weeks show what else takes months: short terms, many short periods, and months whose ends are short.
QUICK = Pace(
    weights=(20, 10, 10, 60, 0, 0, 0),
    policy={"terms_days": 3, "grace_days": 2, "statement_when": "with_invoice"},
    within=5,
)
INVOICED_FIRST = 20  # of a hundred customers: CFDI PPD with the charge, a REP with the payment
FIRST_NAMES = ("Rosa", "Juan", "Lucía", "Pedro", "Elena", "Raúl", "Marta", "Hugo", "Inés", "Óscar", "Sonia", "Iván")
LAST_NAMES = ("Tapia", "Robles", "Cano", "Mora", "Lugo", "Salas", "Vera", "Nava", "Cruz", "Peña", "Ríos", "Solís")


@dataclass(frozen=True, slots=True)
class Member:
    """One simulated customer. `clabe`: his own for life; `line`: what the switch calls his service."""

    customer_id: int
    clabe: str
    line: str
    habit: str


@dataclass(slots=True)
class Simulated:
    company: Company
    members: dict[int, Member]
    agreements: list[Agreement]
    pace: Pace = USUAL


def found_simulated(
    *, shop: Shop, outside: Outside, customers: int, starts: date, dice: random.Random, now: datetime,
    pace: Pace = USUAL, sandbox: bool = False,
) -> Simulated:  # fmt: skip
    """Everybody subscribes within the first month. Opens its scopes itself: this is an edge."""
    company, branch = open_shop(shop=shop, world=outside.minted, now=now, sandbox=sandbox)
    with company_scope(company.pk):
        BillingPolicy.objects.get_or_create(
            effective_from=date(2020, 1, 1),
            # Or the oracle would have to know who owes how much to say which periods there are.
            defaults={"stop_after_unpaid": None, **pace.policy},
        )
        plans = [_plan(*said[:4], now=now) for said in PLANS]
        account = keep_account(
            code="conekta",
            name="Conekta",
            private_key=outside.desk.api_key,
            webhook_keys=outside.desk.teller.public_key,
            api_url=PAYMENTS_URL,
            now=now,
        )
        switch, _ = keep_switch(name="Red", url=f"{SWITCH_URL}/services", observe_url=f"{SWITCH_URL}/observe", now=now)
        SwitchAccount.objects.filter(pk=switch.pk).update(secret=seal(outside.switch_key.encode(), field="switch.key"))
    outside.path = f"/avisos/{company.slug}/pagos/{account.pk}/"
    found = Simulated(company, {}, [], pace)
    for number in range(customers):
        with company_scope(company.pk):
            _join(found, number, plans, branch, account, switch, outside, starts=starts, pace=pace, dice=dice, now=now)
    return found


def _plan(key: str, unit: str, every: int, cents: int, *, now: datetime) -> Plan:
    plan, fresh = Plan.objects.get_or_create(
        key=key,
        defaults={
            "nombre": f"Internet {key}",
            "concept": "Internet {periodo}",
            "clave_prod_serv": "81112100",
            "unit": unit,
            "every": every,
            "changed_at": now,
        },
    )
    if fresh:
        PlanPrice.objects.create(
            plan=plan, valid_from=date(2020, 1, 1), amount=Decimal(cents) / 100, includes_tax=True, taxes=[IVA]
        )
    return plan


def _join(
    found: Simulated, number: int, plans: list[Plan], branch: Branch, account: ProviderAccount, switch: SwitchAccount,
    outside: Outside, *, starts: date, pace: Pace, dice: random.Random, now: datetime,
) -> None:  # fmt: skip
    said = dice.choices(PLANS, weights=pace.weights)[0]
    plan = plans[PLANS.index(said)]
    name = _name(number)
    receptor = _receptor(number, name) if dice.randrange(100) < INVOICED_FIRST else None
    habit = habit_of(pace.shares, dice)
    correo = "" if habit in pace.unwritten else f"c{number}@example.com"
    customer = add_customer(nombre=name, receptor=receptor, correo=correo, now=now)
    anchor = starts + timedelta(days=dice.randrange(pace.within))
    if said[1] == "semimonth":
        anchor = anchor.replace(day=1 if anchor.day < 16 else 16)
    asked = NewSubscription(
        customer_id=customer.pk,
        branch_id=branch.pk,
        plan_id=plan.pk,
        starts_on=anchor,
        fiscal_mode="ppd" if receptor else "",
    )
    subscription = subscribe(asked=asked, today=min(starts, anchor), now=now)
    line = f"linea-{number:05d}"
    add_service(
        customer_id=customer.pk, subscription_id=subscription.pk, switch=switch, external_id=line, name="Casa", now=now
    )
    outside.board.services[line] = ("active", 0)  # it is there before we are told to serve it
    book = outside.desk.book
    who = {"name": name, "email": f"c{number}@example.com", "phone": "5555550100"}
    payer = orders.create_customer(book, {**who, "payment_sources": [{"type": "spei_recurrent"}]})
    clabe = payer.sources[0].reference
    PaymentReference.objects.create(
        kind=ReferenceKind.CLABE, value=clabe, customer=customer, account=account, created_at=now
    )
    found.members[customer.pk] = Member(customer.pk, clabe, line, habit)
    found.agreements.append(Agreement(subscription.pk, customer.pk, said[1], said[2], anchor, said[3]))


def _name(number: int) -> str:
    """
    >>> _name(0), _name(1), _name(13), len({_name(number) for number in range(1728)})
    ('Rosa Mora Tapia', 'Juan Ríos Robles', 'Juan Ríos Cano', 1728)
    """
    first, twelve, gross = number % 12, number // 12, number // 144
    return f"{FIRST_NAMES[first]} {LAST_NAMES[(7 * first + 3 + gross) % 12]} {LAST_NAMES[(first + twelve) % 12]}"


def _receptor(number: int, name: str) -> Receptor:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    rfc = f"XO{letters[number // 576 % 24]}{letters[number // 24 % 24]}740919{letters[number % 24]}4{number // 13824}"
    read = read_receptor(
        rfc=rfc,
        nombre=name,
        domicilio_fiscal="76028",
        regimen_fiscal="612",
        uso_cfdi="G03",
        catalogs=installed(),
    )
    return read.receptor
