"""The REPs of payments of PPD invoices: one a payment, or one a month and receiver, as the company's rules say (2.7.1.32)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from amate.billing_cycle.reconciliation.document_rules import MONTHLY, MXN, Owes, owed_by, rep_day
from amate.billing_cycle.reconciliation.paid_debts import PaidDebt, paid_debts, untold_payments
from amate.billing_cycle.reconciliation.take_back import being_taken_back
from amate.companies.billing_policy import BillingPolicy
from amate.companies.day import zone_of_company
from amate.fiscal.clock import fecha, zone_of
from amate.invoices.models import Invoice, Origin
from amate.invoices.payments import Received, banks_from_json
from amate.invoices.rep import draft_reps as draft_all
from amate.ledger.models import Allocation, Payment
from amate.ledger.owe_documents import owe_documents

NOON = time(12)
BEGINS = time(0, 10)  # of the company's day: when what waited for it goes out
OF_ONE_REP = 100


@dataclass(slots=True)
class Reps:
    """`payments`: those that are told now; `troubles` as `document_payment.Documented`."""

    drafted: int = 0
    payments: set[int] = field(default_factory=set)
    troubles: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Told:
    """Parts of one payment that one receiver's REP tells together: each of another invoice."""

    payment: Payment
    rfc: str
    parts: dict[int, Allocation] = field(default_factory=dict)


def draft_reps(
    debts: Sequence[PaidDebt], *, payment_ids: Collection[int], policy: BillingPolicy, today: date, now: datetime
) -> Reps:
    """Of the parts of these payments that no REP tells yet: those whose day has come are told, and for the others there is a
    promise of that day."""
    done = Reps()
    zone = zone_of_company()
    gone = being_taken_back([part.payment for debt in debts for part in debt.open_money])
    due, later = _sorted_out(debts, set(payment_ids) - gone, policy, zone, today=today)
    for day, payments in later.items():
        owe_documents(payments, now=now, at=datetime.combine(day, BEGINS, zone))
    if due and policy.rep_when == MONTHLY:  # with what else its receiver paid that month
        others = untold_payments({one.payment.customer_id for one in due if one.payment.customer_id is not None})
        others = sorted(set(others) - gone)
        debts = [one for one in paid_debts(others) if owed_by(one.facts(policy))[0] is Owes.REP]
        due, _ = _sorted_out(debts, others, policy, zone, today=today)
    _draft(_together(due, monthly=policy.rep_when == MONTHLY), done, now=now)
    return done


def _sorted_out(
    debts: Sequence[PaidDebt], payment_ids: Collection[int], policy: BillingPolicy, zone: ZoneInfo, *, today: date
) -> tuple[list[_Told], dict[date, set[int]]]:
    """What is told now, and the payments of each later day."""
    due: list[_Told] = []
    later: dict[date, set[int]] = defaultdict(set)
    for debt in debts:
        for part in debt.open_money:
            if part.payment_id not in payment_ids:
                continue
            applied_on = part.created_at.astimezone(zone).date()
            paid_on = part.payment.paid_on
            day = rep_day(when=policy.rep_when, day=policy.rep_day, paid_on=paid_on, applied_on=applied_on)
            if day > today:
                later[day].add(part.payment_id)
            else:
                _put(due, debt, part)
    return due, later


def _put(due: list[_Told], debt: PaidDebt, part: Allocation) -> None:
    """With the other parts of its payment, unless one of them pays the same invoice: a REP tells a payment of it once."""
    invoice = debt.invoice
    assert invoice is not None
    for told in due:
        if told.payment.pk == part.payment_id and told.rfc == invoice.rfc and invoice.pk not in told.parts:
            told.parts[invoice.pk] = part
            return
    due.append(_Told(part.payment, invoice.rfc, {invoice.pk: part}))


def _together(due: Sequence[_Told], *, monthly: bool) -> list[list[_Told]]:
    if not monthly:
        return [[one] for one in due]
    of: dict[tuple[int | None, str, int, int], list[_Told]] = defaultdict(list)
    for one in due:
        of[one.payment.customer_id, one.rfc, one.payment.paid_on.year, one.payment.paid_on.month].append(one)
    return [some[at : at + OF_ONE_REP] for some in of.values() for at in range(0, len(some), OF_ONE_REP)]


def _draft(wanted: Sequence[Sequence[_Told]], done: Reps, *, now: datetime) -> None:
    lawful = []
    for some in wanted:
        if foreign := next((one.payment for one in some if one.payment.moneda != MXN), None):
            why = f"El pago es en {foreign.moneda}: haz su complemento con el tipo de cambio de su día."
            done.troubles |= {one.payment.pk: why for one in some}
        else:
            lawful.append(some)
    received = [[_received(one, now=now) for one in some] for some in lawful]
    for some, made in zip(lawful, draft_all(wanted=received, origin=Origin.SYSTEM, now=now), strict=True):
        if isinstance(made, Invoice):
            done.drafted += 1
            done.payments |= {one.payment.pk for one in some}
        else:
            done.troubles |= {one.payment.pk: str(made) for one in some}


def _received(told: _Told, *, now: datetime) -> Received:
    payment = told.payment
    first = min(part.pk for part in told.parts.values())
    branch = next(iter(told.parts.values())).receivable.branch
    return Received(
        key=f"payment:{payment.pk}:{first}",
        fecha_pago=_fecha_pago(payment, branch.cp, now=now),
        forma_pago=payment.forma_pago,
        monto=sum((part.amount for part in told.parts.values()), Decimal("0.00")),
        applied={pk: part.amount for pk, part in told.parts.items()},
        moneda=payment.moneda,
        num_operacion=payment.num_operacion,
        banks=banks_from_json(payment.banks),
        parts={pk: part.pk for pk, part in told.parts.items()},
    )


def _fecha_pago(payment: Payment, cp: str, *, now: datetime) -> datetime:
    """The hour of the place, on the day it counts from; noon where the hour is of another day. Never after the REP's own."""
    local = payment.paid_at.astimezone(zone_of(cp)).replace(tzinfo=None, microsecond=0)
    if local.date() != payment.paid_on:
        local = datetime.combine(payment.paid_on, NOON)
    return min(local, fecha(cp, now))
