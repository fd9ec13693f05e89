"""Five days before: who could not be invoiced as things stand, and what the company itself lacks. Each with the way to mend
it, while there is time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from amate.billing_cycle.subscriptions.agreed import agreed_with, tariff_of
from amate.billing_cycle.subscriptions.models import Parking, Subscription
from amate.billing_cycle.subscriptions.orders import INVOICED_FIRST
from amate.billing_cycle.subscriptions.prices import NoPrice, price_on
from amate.companies.billing_policy import billing_policy_on
from amate.companies.models import Csd
from amate.customers.models import FiscalProfile
from amate.fiscal.catalogs import Catalogs
from amate.fiscal.receptor import ReceptorRefused, read_receptor
from amate.fiscal.rfc import GENERICS

DAYS = 5
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Lack:
    """`about` as the audit names things (`customer:7`, `plan:2`, `csd`): where its page is. `says` is for people."""

    code: str
    about: str
    says: str


def preflight(
    *, today: date, now: datetime, catalogs: Catalogs, stamps_left: int | None, days: int = DAYS
) -> list[Lack]:
    """All that would stop a charge of the days until `today` + `days`. `stamps_left`: of the PAC, None if nobody knows."""
    until = today + timedelta(days=days)
    found: list[Lack] = []
    invoices, last = 0, 0
    while rows := list(
        Subscription.objects.due(until).filter(pk__gt=last).select_related("customer").order_by("pk")[:AT_ONCE]
    ):
        lacks, count = _of(rows, today=today, catalogs=catalogs)
        found += lacks
        invoices += count
        last = rows[-1].pk
    return [*_of_the_company(invoices, now=now, until=until, stamps_left=stamps_left), *found]


def _of_the_company(invoices: int, *, now: datetime, until: date, stamps_left: int | None) -> list[Lack]:
    if not invoices:
        return []
    found = []
    csd = Csd.objects.seals_at(now).first()
    if csd is None:
        found.append(Lack("no_csd", "csd", "No hay sello digital vigente: sube el CSD en Ajustes › Sello"))
    elif csd.valid_to < now + timedelta(days=DAYS):
        found.append(Lack("csd_ends", "csd", f"El sello digital vence antes del {until:%d/%m/%Y}: sube el nuevo"))
    if stamps_left is not None and stamps_left < invoices:
        found.append(Lack("few_stamps", "pac", f"Quedan {stamps_left} timbres y hacen falta {invoices}: compra más"))
    return found


def _of(rows: list[Subscription], *, today: date, catalogs: Catalogs) -> tuple[list[Lack], int]:
    policy = billing_policy_on(today)
    files = agreed_with(rows)
    tariff = tariff_of(files)
    parked = set(
        Parking.objects.open()
        .filter(customer_id__in=[one.payer_id for one in rows])
        .values_list("customer_id", flat=True)
    )
    profiles = {
        one.customer_id: one
        for one in FiscalProfile.objects.current().filter(customer_id__in=[one.customer_id for one in rows])
    }
    found, invoices = [], 0
    for file in files:
        one, term = file.subscription, file.next_term
        plan = tariff.plans[term.plan_id]
        about = f"customer:{one.customer_id}"
        if one.payer_id in parked:
            found.append(Lack("parked", f"customer:{one.payer_id}", f"{one.customer.nombre} espera a que lo revises"))
        try:
            day = one.next_on or today
            price_on(tariff.prices.get(plan.pk, []), max(day, term.from_on), own=term.price, rfc="", plan=plan.nombre)
        except NoPrice as missing:
            found.append(Lack("no_price", f"plan:{plan.pk}", str(missing)))
        if (one.fiscal_mode or plan.fiscal_mode or policy.fiscal_mode) in INVOICED_FIRST:
            invoices += 1
            found += _of_profile(
                profiles.get(one.customer_id), about=about, nombre=one.customer.nombre, catalogs=catalogs
            )
    return found, invoices


def _of_profile(profile: FiscalProfile | None, *, about: str, nombre: str, catalogs: Catalogs) -> list[Lack]:
    """By the rules that the portal holds people to: what the SAT would refuse is told now."""
    if profile is None:
        return [Lack("no_fiscal_data", about, f"Faltan los datos fiscales de {nombre}")]
    if profile.rfc in GENERICS:
        return []
    try:
        read_receptor(
            rfc=profile.rfc,
            nombre=profile.nombre,
            domicilio_fiscal=profile.domicilio_fiscal,
            regimen_fiscal=profile.regimen_fiscal,
            uso_cfdi=profile.uso_cfdi,
            catalogs=catalogs,
            keep_suffix=True,
        )
    except ReceptorRefused as wrong:
        return [Lack(f"fiscal.{field}", about, f"{nombre}: {says}") for field, says in wrong.errors.items()]
    return []
