"""The balances of a file: each debt opens in the ledger once, as one that was income before us, and is voided while nobody
has paid of it."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from amate.companies.billing_policy import FiscalMode, billing_policy_on
from amate.companies.day import day_of
from amate.companies.models import Branch
from amate.customers.models import Customer
from amate.intake.balance_rows import Balance
from amate.intake.columns import LABELS
from amate.intake.found import Good
from amate.intake.models import Batch
from amate.intake.options import Options
from amate.intake.owners import NOBODY, owners_of
from amate.intake.told import Told
from amate.ledger.charge import AT_ONCE, ChargeOf, Order, charge_customers
from amate.ledger.credit import CreditOf, credit_customer
from amate.ledger.models import Allocation, Charge, Payment, PaymentKind, ReceivableKind, ReceivableState
from amate.ledger.reverse import NotReversible, Why, reverse_payment
from amate.ledger.void import void_receivable

UNDONE = "Se deshizo la importación"
NO_BRANCH = "Abre una sucursal en Ajustes: cada adeudo es de una"
MXN = "MXN"
_KEY = "opening:"
_AGAIN = re.compile(r"~[0-9]+$")  # of what was voided and came once more


def look_at_balances(batch: Batch, chunk: list[Good[Balance]], told: Told, now: datetime) -> None:
    _sort(chunk, told)


def keep_balances(batch: Batch, chunk: list[Good[Balance]], told: Told, now: datetime) -> None:
    fresh = _sort(chunk, told)
    branch = _branch(batch)
    if not fresh or branch is None:
        return
    today = day_of(now)
    terms = timedelta(days=billing_policy_on(today).terms_days)
    orders = [_order(*one, batch=batch, branch=branch, terms=terms) for one in fresh if one[1].amount > 0]
    for some in _parts(orders):
        charge_customers(some, today=today, now=now)
    for customer, one, key in fresh:
        if one.amount < 0:
            credit = CreditOf(customer.pk, PaymentKind.OPENING, key, -one.amount, note=_note(batch))
            credit_customer(credit=credit, today=today, now=now)


def take_back_balances(batch: Batch, now: datetime) -> tuple[int, int]:
    """How many were voided, and how many stay, since something of them is paid, or was."""
    today, undone, kept = day_of(now), 0, 0
    rows = Charge.objects.filter(source_key__startswith=_KEY, line__batch=batch.pk).select_related("receivable")
    for one in rows.order_by("customer_id", "id"):
        paid = Allocation.objects.live().filter(receivable=one.receivable_id).exists()
        if paid or one.receivable.state != ReceivableState.OPEN:
            kept += 1
            continue
        void_receivable(receivable_id=one.receivable_id, why=UNDONE, today=today, now=now)
        undone += 1
    for credit in Payment.objects.filter(kind=PaymentKind.OPENING, note=_note(batch)).order_by("customer_id", "id"):
        try:
            if credit.allocations.live().exists():
                raise NotReversible
            reverse_payment(payment_id=credit.pk, why=Why.CANCELLED, note=UNDONE, today=today, now=now)
            undone += 1
        except NotReversible:
            kept += 1
    return undone, kept


def _sort(chunk: Sequence[Good[Balance]], told: Told) -> list[tuple[Customer, Balance, str]]:
    """Count them; the new ones with their customer and the key under which they open."""
    has_branch = Branch.objects.open().exists()
    owners = owners_of({one.thing.owner for one in chunk})
    live, times = _opened({one.pk for one in owners.values()})
    fresh = []
    for one in chunk:
        said = one.thing
        customer = owners.get(said.owner)
        if not has_branch:
            told.turned_bad(one, "", NO_BRANCH)
            continue
        if customer is None and not said.brought:
            told.turned_bad(one, LABELS["balances"]["cliente"], NOBODY.format(said.owner))
            continue
        key = f"{customer.pk if customer else 0}:{said.reference}"
        if key in live:
            told.counts.repeated += 1
            continue
        told.counts.new += 1
        told.counts.total += said.amount if said.moneda == MXN else 0
        if customer is not None:
            before = times.get(key, 0)
            fresh.append((customer, said, f"{key}~{before + 1}" if before else key))
    return fresh


def _opened(customers: set[int]) -> tuple[set[str], dict[str, int]]:
    """What these customers opened with already: what stands, and how often each came. What was voided may come again."""
    live: set[str] = set()
    times: dict[str, int] = {}
    charges = Charge.objects.filter(customer__in=customers, source_key__startswith=_KEY)
    found = [
        (key.removeprefix(_KEY), state != ReceivableState.VOID)
        for key, state in charges.values_list("source_key", "receivable__state")
    ]
    in_favour = Payment.objects.filter(customer__in=customers, kind=PaymentKind.OPENING)
    found += [(key, gone is None) for key, gone in in_favour.values_list("provider_ref", "reversed_on")]
    for key, stands in found:
        base = _AGAIN.sub("", key)
        times[base] = times.get(base, 0) + 1
        if stands:
            live.add(base)
    return live, times


def _order(customer: Customer, one: Balance, key: str, *, batch: Batch, branch: Branch, terms: timedelta) -> Order:
    line: dict[str, object] = {"batch": batch.pk, "uuid": one.uuid, "reference": one.reference}
    if one.parcialidad is not None:
        line["parcialidad"] = one.parcialidad
    return Order(
        customer_id=customer.pk,
        branch_id=branch.pk,
        kind=ReceivableKind.OPENING,
        fiscal_mode=FiscalMode.PPD if one.uuid else FiscalMode.AVISO,
        due_on=one.due_on or one.issued_on + terms,
        issued_on=one.issued_on,
        moneda=one.moneda,
        charges=[ChargeOf(f"{_KEY}{key}", one.concept, one.amount, iva=one.iva, line=line)],
    )


def _branch(batch: Batch) -> Branch | None:
    """The one that was chosen for the source, or the first that is open."""
    code = Options.of(batch.source.options).branch
    rows = Branch.objects.open().order_by("id")
    return rows.filter(code=code).first() or rows.first()


def _parts(orders: Sequence[Order]) -> "list[Sequence[Order]]":
    return [orders[start : start + AT_ONCE] for start in range(0, len(orders), AT_ONCE)]


def _note(batch: Batch) -> str:
    return f"Importación {batch.pk}"
