"""Billing: up to a hundred payers in one transaction and a fixed number of statements, however many they are."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from amate.billing_cycle.subscriptions.agreed import Agreed, Tariff, agreed_with, closed_around, tariff_of
from amate.billing_cycle.subscriptions.calendar import BadGrid
from amate.billing_cycle.subscriptions.due import TooMuchBacklog
from amate.billing_cycle.subscriptions.models import Parking, Period, PeriodState, Subscription
from amate.billing_cycle.subscriptions.orders import INVOICED_FIRST, Bill, Group, Rules, bill_of, grouped
from amate.billing_cycle.subscriptions.prices import NoPrice
from amate.billing_cycle.subscriptions.words import UnknownWord
from amate.companies.billing_policy import FiscalMode, billing_policy_on
from amate.companies.models import Branch
from amate.customers.models import FiscalProfile
from amate.fiscal.comprobante import DocumentRefused
from amate.fiscal.heading import MXN
from amate.fiscal.money import MoneyRefused
from amate.invoices.issue_many import DraftOf, issue_many
from amate.invoices.models import Origin
from amate.ledger.charge import AT_ONCE, ChargeOf, Order, charge_customers
from amate.ledger.lock import lock_customers
from amate.ledger.models import Charge, Receivable, ReceivableKind
from amate.promises.kinds import BATCH
from amate.tenancy.writes import insert_all

POR_DEFINIR = "99"
# What a person must mend in what was agreed; anything else is a defect of ours and rolls the batch back.
REFUSALS = (NoPrice, TooMuchBacklog, MoneyRefused, BadGrid, UnknownWord, DocumentRefused)
ADVANCE = """
UPDATE subscriptions_subscription s
SET next_k = w.next_k, next_on = w.next_on, state = w.state,
    state_since = CASE WHEN s.state = w.state THEN s.state_since ELSE %s END
FROM unnest(%s::bigint[], %s::int[], %s::date[], %s::text[]) AS w(id, next_k, next_on, state)
WHERE s.id = w.id AND s.state = 'active'
"""
SETTLE = """
UPDATE subscriptions_oneoff o
SET used = o.used + w.used, charge_id = coalesce(w.charge_id, o.charge_id),
    settled_at = CASE WHEN w.charge_id IS NOT NULL OR o.used + w.used = o.amount THEN %s END
FROM unnest(%s::bigint[], %s::numeric[], %s::bigint[]) AS w(id, used, charge_id)
WHERE o.id = w.id
"""


@dataclass(slots=True)
class Billed:
    """What one call did."""

    charges: int = 0
    receivables: int = 0
    drafts: int = 0
    skipped: int = 0
    parked: int = 0
    total: Decimal = Decimal("0.00")

    def __iadd__(self, other: "Billed") -> "Billed":
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))
        return self


def bill_customers(*, payer_ids: Sequence[int], reviewed: bool | None, today: date, now: datetime) -> Billed:
    """Charge everything of these payers that is due by `today`, oldest first, and draft its invoices where the mode says so.
    `reviewed`: only the plans that a person reviews first, or only the others; None: all.

    Whoever asks twice, or beside another, finds nothing due: it is read again under the customer's lock. Of a payer whose
    agreement cannot be billed nothing is written but his parking. Raises whatever is no fault of his agreement; then
    nothing was written, and the caller goes on one by one.
    """
    lock_customers(payer_ids)
    # Read in a new statement, so that it sees what whoever held the lock before wrote (C6).
    parked = set(Parking.objects.open().filter(customer_id__in=payer_ids).values_list("customer_id", flat=True))
    due = Subscription.objects.due(today).filter(payer_id__in=[pk for pk in payer_ids if pk not in parked])
    files = agreed_with(list(due.select_related("customer").order_by("pk")))
    if not files:
        return Billed()
    tariff = tariff_of(files)
    if reviewed is not None:
        files = [one for one in files if tariff.plans[one.next_term.plan_id].reviewed == reviewed]
    rules = Rules(billing_policy_on(today), closed_around(today), today)
    files = _without_debtors(files, tariff, rules)
    bills, refused = _decided(files, tariff, rules)
    profiles = _profiles(bills, refused)
    return _write(
        [one for one in bills if one.agreed.subscription.payer_id not in refused],
        profiles=profiles,
        refused=refused,
        rules=rules,
        now=now,
    )


def _decided(files: Sequence[Agreed], tariff: Tariff, rules: Rules) -> tuple[list[Bill], dict[int, str]]:
    """The bills, and the sentence for each payer who has one that cannot be made."""
    bills, refused = [], {}
    for one in files:
        try:
            bill = bill_of(one, tariff, rules)
            _check_currency(bill)
            bills.append(bill)
        except REFUSALS as fault:
            refused[one.subscription.payer_id] = f"{one.subscription.customer.nombre}: {fault}"
    return bills, refused


def _check_currency(bill: Bill) -> None:
    """Raises DocumentRefused: nobody has written the rate of an invoice that is issued with the charge (CFDI40116)."""
    for group, _ in bill.charges:
        if group.mode in INVOICED_FIRST and group.moneda != MXN:
            raise DocumentRefused(
                "moneda", f"Su plan se cobra en {group.moneda} y su factura pide un tipo de cambio: usa aviso de cobro"
            )


def _without_debtors(files: list[Agreed], tariff: Tariff, rules: Rules) -> list[Agreed]:
    """No more CFDI for whoever has not paid so many: he waits, and is billed when he has (policy `stop_after_unpaid`)."""
    most = rules.policy.stop_after_unpaid
    if most is None:
        return files
    invoiced = {one.subscription.payer_id for one in files if _mode(one, tariff, rules) in INVOICED_FIRST}
    if not invoiced:
        return files
    owing: dict[int, int] = {}
    late = Receivable.objects.unpaid().filter(customer_id__in=invoiced, due_on__lt=rules.today)
    for customer_id in late.values_list("customer_id", flat=True):
        owing[customer_id] = owing.get(customer_id, 0) + 1
    return [
        one
        for one in files
        if owing.get(one.subscription.payer_id, 0) < most or _mode(one, tariff, rules) not in INVOICED_FIRST
    ]


def _mode(one: Agreed, tariff: Tariff, rules: Rules) -> str:
    plan = tariff.plans[one.next_term.plan_id]
    return one.subscription.fiscal_mode or plan.fiscal_mode or rules.policy.fiscal_mode


def _profiles(bills: Sequence[Bill], refused: dict[int, str]) -> dict[int, FiscalProfile]:
    """Of whoever gets an invoice now, the data that hold today; who has none is refused with a sentence."""
    wanted = {group.customer_id for bill in bills for group, _ in bill.charges if group.mode in INVOICED_FIRST}
    if not wanted:
        return {}
    found = {one.customer_id: one for one in FiscalProfile.objects.current().filter(customer_id__in=wanted)}
    for bill in bills:
        one = bill.agreed.subscription
        if one.customer_id in wanted and one.customer_id not in found:
            refused[one.payer_id] = (
                f"Faltan los datos fiscales de {one.customer.nombre}: captúralos en su ficha, o cámbialo a aviso de cobro"
            )
    return {pk: profile for pk, profile in found.items() if pk is not None}


def _write(
    bills: Sequence[Bill],
    *,
    profiles: dict[int, FiscalProfile],
    refused: dict[int, str],
    rules: Rules,
    now: datetime,
) -> Billed:
    insert_all([Parking(customer_id=pk, error=why[:400], parked_at=now) for pk, why in refused.items()])
    groups = grouped(bills)
    made = _charge(groups, rules=rules, now=now)
    charges = {one.source_key: one for debt in made for one in debt.made_of}
    insert_all(_periods(bills, charges, now=now))
    _advance(bills, now=now)
    _settle(bills, charges, now=now)
    drafts = _draft(dict(zip(groups, made, strict=True)), profiles, now=now)
    return Billed(
        charges=len(charges),
        receivables=len(made),
        drafts=drafts,
        skipped=sum(one.state != PeriodState.CHARGED for bill in bills for one in bill.periods),
        parked=len(refused),
        total=sum((one.total for one in made), Decimal("0.00")),
    )


def _charge(groups: dict[Group, list[ChargeOf]], *, rules: Rules, now: datetime) -> list[Receivable]:
    orders = [
        Order(
            customer_id=group.payer_id,
            branch_id=group.branch_id,
            kind=ReceivableKind.INVOICE if group.mode in INVOICED_FIRST else ReceivableKind.AVISO,
            fiscal_mode=FiscalMode(group.mode),
            due_on=group.due_on,
            charges=charges,
            moneda=group.moneda,
            uses_credit=rules.policy.applies_credit,
        )
        for group, charges in groups.items()
    ]
    made: list[Receivable] = []
    for at in range(0, len(orders), AT_ONCE):
        made += charge_customers(orders[at : at + AT_ONCE], today=rules.today, now=now)
    if sum(len(one.made_of) for one in made) != sum(map(len, groups.values())):
        raise AssertionError("a period that is not billed has a charge: nothing is written")
    return made


def _periods(bills: Sequence[Bill], charges: dict[str, Charge], *, now: datetime) -> list[Period]:
    return [
        Period(
            subscription_id=bill.agreed.subscription.pk,
            k=one.due.span.k,
            starts_on=one.due.span.start,
            ends_on=one.due.span.end,
            state=one.state,
            is_stub=one.due.span.is_stub,
            charge_id=charges[one.source_key].pk if one.source_key else None,
            why=one.why,
            made_at=now,
        )
        for bill in bills
        for one in bill.periods
    ]


def _advance(bills: Sequence[Bill], *, now: datetime) -> None:
    if not bills:
        return
    rows = [
        (one.agreed.subscription.pk, one.work.next_k, one.next_on, "ended" if one.work.over else "active")
        for one in bills
    ]
    with connection.cursor() as c:
        c.execute(ADVANCE, [now, *(list(column) for column in zip(*rows, strict=True))])
        if c.rowcount != len(rows):
            raise AssertionError("a subscription ended while its payer was locked: nothing is written")


def _settle(bills: Sequence[Bill], charges: dict[str, Charge], *, now: datetime) -> None:
    """Extras that were charged, and what was used of credits."""
    rows = [(pk, Decimal(0), charges[key].pk) for bill in bills for pk, key in bill.settled.items()]
    rows += [(pk, used, None) for bill in bills for pk, used in bill.used.items()]  # type: ignore[misc]
    if not rows:
        return
    with connection.cursor() as c:
        c.execute(SETTLE, [now, *(list(column) for column in zip(*rows, strict=True))])


def _draft(made: dict[Group, Receivable], profiles: dict[int, FiscalProfile], *, now: datetime) -> int:
    wanted = {group: debt for group, debt in made.items() if group.mode in INVOICED_FIRST}
    if not wanted:
        return 0
    branches = {one.pk: one for one in Branch.objects.filter(pk__in={group.branch_id for group in wanted})}
    drafts = [
        DraftOf(
            branch=branches[group.branch_id],
            profile=profiles[group.customer_id],
            correo="",
            lines=[dict(one.line) for one in debt.made_of],
            total=debt.total,
            withheld=debt.withheld,
            forma_pago=POR_DEFINIR if group.mode == FiscalMode.PPD else group.forma_pago,
            metodo_pago="PPD" if group.mode == FiscalMode.PPD else "PUE",
            moneda=group.moneda,
            receivable_id=debt.pk,
            unpaid=group.mode == FiscalMode.PUE_MES,
        )
        for group, debt in wanted.items()
    ]
    return len(issue_many(drafts, origin=Origin.SYSTEM, priority=BATCH, now=now))
