"""Customers, what they are charged and what they pay, by the ledger's own acts."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from amate.companies.models import Branch
from amate.customers.add import add_customer
from amate.customers.models import Customer
from amate.ledger.charge import ChargeOf, Order, charge_customers
from amate.ledger.models import FiscalMode, Receivable, ReceivableKind
from amate.ledger.queries import balance_of
from amate.ledger.receive import Incoming, Received, receive_payment

DAY = date(2026, 3, 1)


def at(day: date) -> datetime:
    """Noon in central Mexico."""
    return datetime.combine(day, time(18), tzinfo=UTC)


def customer(nombre: str = "Rosa Pérez") -> Customer:
    return add_customer(nombre=nombre, receptor=None, correo="", now=at(DAY))


def d(amount: Any) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))


def with_iva(source: str, total: Any) -> ChargeOf:
    """A charge with IVA of 16 % inside its total."""
    whole = d(total)
    return ChargeOf(source, f"Servicio {source}", whole, iva=whole - d(whole / Decimal("1.16")))


def order(who: Customer, *charges: ChargeOf, mode: FiscalMode = FiscalMode.PPD, **more: Any) -> Order:
    by_mode = ReceivableKind.INVOICE if mode in (FiscalMode.PPD, FiscalMode.PUE_MES) else ReceivableKind.AVISO
    facts = {"kind": by_mode, "due_on": DAY + timedelta(days=10), "fiscal_mode": mode, **more}
    return Order(customer_id=who.pk, branch_id=_branch(), charges=charges, **facts)


def charged(who: Customer, source: str, total: Any, *, day: date = DAY, **more: Any) -> Receivable:
    facts = {"due_on": day + timedelta(days=10), **more}
    [one] = charge_customers([order(who, with_iva(source, total), **facts)], today=day, now=at(day))
    return one


def incoming(reference: str, amount: Any, *, day: date = DAY, **more: Any) -> Incoming:
    facts = {"provider": "conekta", "account": "puente:conekta", "forma_pago": "03", **more}
    return Incoming(provider_ref=reference, amount=d(amount), paid_at=at(day), paid_on=day, **facts)


def pays(
    who: Customer | None, reference: str, amount: Any, *, day: date = DAY, chosen: Sequence[int] = (), **more: Any
) -> Received:
    return receive_payment(
        incoming=incoming(reference, amount, day=day, **more),
        customer_id=who.pk if who else None,
        chosen=chosen,
        today=day,
        now=at(day),
    )


def again(one: Receivable) -> Receivable:
    return Receivable.objects.get(pk=one.pk)


def balance(who: Customer, day: date = DAY) -> Decimal:
    return balance_of(who.pk, as_of=day)


def accounts() -> dict[str, Decimal]:
    """What stands in each account of the company, zeros left out."""
    with connection.cursor() as c:
        c.execute("SELECT account, sum(amount) FROM ledger_journalline GROUP BY 1 HAVING sum(amount) <> 0")
        return dict(c.fetchall())


def _branch() -> int:
    found: int = Branch.objects.order_by("id").values_list("pk", flat=True)[0]
    return found
