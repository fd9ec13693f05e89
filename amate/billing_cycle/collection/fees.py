"""What it costs to be late and to come back, where the company's rules say so: debts of their own, documented when paid."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from amate.billing_cycle.subscriptions.agreed import closed_around
from amate.billing_cycle.subscriptions.calendar import due_on
from amate.billing_cycle.subscriptions.prices import ONE, Keys, Price, amounts_of, line_json, priced_line
from amate.companies.billing_policy import BillingPolicy
from amate.fiscal.money import Impuesto, q2
from amate.fiscal.tables.impuestos import IVA
from amate.invoices.lines import line_from_json
from amate.ledger.charge import ChargeOf, Order, charge_customers
from amate.ledger.debts import owed_now
from amate.ledger.late_fee import FeeOf, charge_late_fee, mode_of_fee
from amate.ledger.lock import lock_customers
from amate.ledger.models import Charge, Receivable, ReceivableKind

ZERO = Decimal("0.00")
NO_FEE_OF = frozenset({ReceivableKind.FEE, ReceivableKind.OPENING})
ACT = "ACT"  # c_ClaveUnidad: an activity
LATE, RECONNECT = "Recargo por pago tardío", "Reconexión del servicio"


def charge_late_fees(
    *, customer_ids: Collection[int], policy: BillingPolicy, today: date, now: datetime
) -> list[Receivable]:
    """Once a debt, as soon as it is later than the rules bear: an amount, a part of what is left, or both, its IVA inside."""
    if not policy.late_fee_amount and not policy.late_fee_percent:
        return []
    lock_customers(customer_ids)
    borne = timedelta(days=policy.late_fee_after_days)
    late = {
        one.receivable_id: one.left
        for one in owed_now(customer_ids)
        if one.due_on + borne < today and one.kind not in NO_FEE_OF
    }
    charged = set(Receivable.objects.filter(fee_of__in=list(late)).values_list("fee_of_id", flat=True))
    made = []
    for debt in Receivable.objects.filter(pk__in=late.keys() - charged).order_by("id"):
        total = q2(policy.late_fee_amount + late[debt.pk] * policy.late_fee_percent / 100)
        if total > 0:
            charge = _charge(debt, total, key="", concept=LATE)
            fee = FeeOf(debt.pk, "late", 1, charge.total, charge.iva, LATE, _due(policy, today=today), line=charge.line)
            made.append(charge_late_fee(fee=fee, today=today, now=now))
    return [one for one in made if one is not None]


def charge_reconnections(
    *, decisions: Iterable[tuple[int, int]], policy: BillingPolicy, today: date, now: datetime
) -> list[Receivable]:
    """`decisions`: (cut, one of the debts that it was for), of whoever paid. Once a cut. It never holds the service back."""
    if not policy.reconnect_fee:
        return []
    of = {debt: cut for cut, debt in decisions}
    orders = [
        Order(
            customer_id=debt.customer_id,
            branch_id=debt.branch_id,
            kind=ReceivableKind.FEE,
            fiscal_mode=mode_of_fee(debt),
            due_on=_due(policy, today=today),
            charges=[_charge(debt, q2(policy.reconnect_fee), key=f"reconnect:{of[debt.pk]}", concept=RECONNECT)],
            moneda=debt.moneda,
            fee_of=debt.pk,
            uses_credit=policy.applies_credit,
        )
        for debt in Receivable.objects.filter(pk__in=of).order_by("id")
    ]
    return charge_customers(orders, today=today, now=now) if orders else []


def _charge(debt: Receivable, total: Decimal, *, key: str, concept: str) -> ChargeOf:
    """Taxed with the IVA of what it is for, under its key of the SAT: what goes along with a sale is taxed as the sale."""
    kept = Charge.objects.filter(receivable=debt).order_by("id").values_list("line", flat=True).first() or {}
    taxes = tuple(tax for tax in line_from_json(kept).impuestos if _is_iva(tax)) if kept else ()
    objeto_imp = str(kept.get("objeto_imp", "02")) if taxes else "01"
    line = priced_line(Price(total, True, taxes), quantity=ONE, amount=total, discount=ZERO, objeto_imp=objeto_imp)
    amounts = amounts_of(line, debt.moneda)
    keys = Keys(str(kept.get("clave_prod_serv", "")), ACT, "", objeto_imp)
    said = line_json(line, keys=keys, concept=concept) if kept else {}
    return ChargeOf(source_key=key, concept=concept, total=amounts.total, iva=amounts.iva, line=said)


def _is_iva(tax: Impuesto) -> bool:
    return tax.impuesto == IVA and not tax.retencion


def _due(policy: BillingPolicy, *, today: date) -> date:
    closed = closed_around(today) if policy.due_on_bank_days else None
    return due_on(start=today, issued_on=today, terms_days=policy.terms_days, closed=closed)
