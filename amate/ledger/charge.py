"""Customers are charged: what they owe from now on, and whatever stood in their favour pays it at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from amate.audit.record import record
from amate.ledger.allocate import apply_all, credits_of
from amate.ledger.entries import lines_of_issue
from amate.ledger.lock import lock_customers
from amate.ledger.models import Charge, FiscalMode, Receivable, ReceivableKind
from amate.ledger.post import Event, post
from amate.ledger.rules import whole_cents
from amate.tenancy.writes import insert_all

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class ChargeOf:
    """One amount for one source. `total` is what is to be paid: base + iva + ieps − withheld, to the cent. `line` as its
    document will carry it; `service_to` is the day after the last."""

    source_key: str
    concept: str
    total: Decimal
    iva: Decimal = Decimal("0.00")
    ieps: Decimal = Decimal("0.00")
    withheld: Decimal = Decimal("0.00")
    line: Mapping[str, Any] = field(default_factory=dict)
    service_from: date | None = None
    service_to: date | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """Charges that become one receivable. `issued_on` before today only for an opening balance; `fee_of`: the receivable a
    late fee is of; `uses_credit`: what stands in the customer's favour pays it at once."""

    customer_id: int
    branch_id: int
    kind: ReceivableKind
    fiscal_mode: FiscalMode
    due_on: date
    charges: Sequence[ChargeOf]
    moneda: str = "MXN"
    issued_on: date | None = None
    fee_of: int | None = None
    uses_credit: bool = True


def charge_customers(orders: Sequence[Order], *, today: date, now: datetime) -> list[Receivable]:
    """Charge up to 100 orders at once, in a fixed number of statements. A charge whose source is charged already is left
    out, and an order of which nothing remains. Answers in the order given, each with its charges in `made_of`.

    Raises ValueError for more than 100 orders, fractions of a cent or an order that is dated after today, `customers.remaining.Merged` for a
    customer who was merged.
    """
    if len(orders) > AT_ONCE:
        raise ValueError(f"{len(orders)} orders at once: at most {AT_ONCE}")
    if not orders:
        return []
    lock_customers(order.customer_id for order in orders)
    fresh = _not_charged_yet(orders)
    if not fresh:
        return []
    made = [_receivable(order, charges, today=today, now=now) for order, charges in fresh]
    insert_all(made)
    charges = [_charge(one, debt, now=now) for debt, (_, ones) in zip(made, fresh, strict=True) for one in ones]
    insert_all(charges)
    for debt in made:
        debt.made_of = tuple(one for one in charges if one.receivable_id == debt.pk)
    events = [Event(f"receivable:{one.pk}", one.issued_on, one.moneda, lines_of_issue(one)) for one in made]
    post(events, today=today, now=now)
    _note(made, now=now)
    credit = {order.customer_id for order, _ in fresh if order.uses_credit}
    apply_all(credits_of(credit, today=today), today=today, now=now)
    return made


def _not_charged_yet(orders: Sequence[Order]) -> list[tuple[Order, list[ChargeOf]]]:
    keys = [one.source_key for order in orders for one in order.charges]
    seen = set(Charge.objects.filter(source_key__in=keys).values_list("source_key", flat=True))
    found = []
    for order in orders:
        charges = []
        for one in order.charges:
            if one.source_key not in seen:
                seen.add(one.source_key)
                charges.append(one)
        if charges:
            found.append((order, charges))
    return found


def _receivable(order: Order, charges: Sequence[ChargeOf], *, today: date, now: datetime) -> Receivable:
    issued_on = order.issued_on or today
    if issued_on > today or (issued_on < today and order.kind != ReceivableKind.OPENING):
        raise ValueError(f"an order is of {today}, not of {issued_on}; only an opening balance may be of a day before")
    return Receivable(
        customer_id=order.customer_id,
        branch_id=order.branch_id,
        kind=order.kind,
        fiscal_mode=order.fiscal_mode,
        issued_on=issued_on,
        due_on=max(order.due_on, issued_on),
        moneda=order.moneda,
        total=sum(whole_cents(one.total) for one in charges),
        iva=sum(whole_cents(one.iva) for one in charges),
        ieps=sum(whole_cents(one.ieps) for one in charges),
        withheld=sum(whole_cents(one.withheld) for one in charges),
        fee_of_id=order.fee_of,
        created_at=now,
    )


def _charge(one: ChargeOf, debt: Receivable, *, now: datetime) -> Charge:
    return Charge(
        customer_id=debt.customer_id,
        receivable=debt,
        source_key=one.source_key,
        concept=one.concept,
        line=dict(one.line),
        total=one.total,
        iva=one.iva,
        ieps=one.ieps,
        withheld=one.withheld,
        service_from=one.service_from,
        service_to=one.service_to,
        created_at=now,
    )


def _note(made: Sequence[Receivable], *, now: datetime) -> None:
    about = f"customer:{made[0].customer_id}" if len({one.customer_id for one in made}) == 1 else ""
    record(
        "receivable.charged",
        about=about,
        now=now,
        count=len(made),
        receivables=[one.pk for one in made],
        total=str(sum(one.total for one in made)),
    )
