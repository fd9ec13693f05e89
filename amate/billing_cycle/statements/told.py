"""What a statement of account tells, as plain values; and the same as JSON, which is what a snapshot keeps for ever."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Any

ZERO = Decimal("0.00")
BUCKETS = ("por_vencer", "1-30", "31-60", "61-90", "91+")


class RowKind(StrEnum):
    """Which sum of the summary a row belongs to."""

    CHARGE = "charge"
    PAYMENT = "payment"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True)
class Row:
    """One movement. `amount` above zero is owed, below it pays; `balance` is the one after it. `late`: it counts from a day of
    an earlier statement, which had not heard of it."""

    day: date
    document: str
    concept: str
    kind: RowKind
    amount: Decimal
    balance: Decimal
    late: bool = False

    @property
    def charge(self) -> Decimal | None:
        return self.amount if self.amount > 0 else None

    @property
    def payment(self) -> Decimal | None:
        return -self.amount if self.amount < 0 else None


@dataclass(frozen=True, slots=True)
class Item:
    """What is left of a debt. `late`: days after its due day, below zero before it."""

    receivable_id: int
    document: str
    concept: str
    issued_on: date
    due_on: date
    total: Decimal
    left: Decimal
    late: int


@dataclass(frozen=True, slots=True)
class ServiceState:
    """`state` in words; `why` it is held back, empty when it is not."""

    name: str
    active: bool
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Way:
    """One way to pay: its title and what has to be copied from it, as (label, value)."""

    kind: str
    title: str
    says: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Voucher:
    """One way to pay one debt, for exactly what was left of it, on `until` at the latest. `reference`: what is shown or copied;
    of a card there is only the `url`. `where` it is taken: shops or a bank."""

    receivable_id: int
    kind: str
    title: str
    amount: Decimal
    reference: str
    url: str
    where: str
    until: date

    @property
    def barcode(self) -> str:
        """What a till reads, as Code 128; empty where nobody scans anything."""
        return self.reference if self.kind == "cash" else ""


@dataclass(frozen=True, slots=True)
class Party:
    """Of the company: RFC, telephone, mail. Of the customer: `number` and RFC."""

    nombre: str
    rfc: str
    number: int = 0
    telefono: str = ""
    correo: str = ""


@dataclass(frozen=True, slots=True)
class Promised:
    amount: Decimal
    until: date


@dataclass(frozen=True, slots=True)
class Told:
    """`opening` + charges − payments + adjustments = `closing`, to the cent. `credit`: what stands in his favour, which is in
    `closing` already. `since` to `fecha_corte`, both included, are the days of its movements."""

    emisor: Party
    customer: Party
    moneda: str
    since: date
    fecha_corte: date
    opening: Decimal
    charges: Decimal
    payments: Decimal
    adjustments: Decimal
    closing: Decimal
    rows: tuple[Row, ...]
    items: tuple[Item, ...]
    ageing: tuple[Decimal, ...]
    services: tuple[ServiceState, ...]
    ways: tuple[Way, ...]
    credit: Decimal
    promise: Promised | None
    next_charge_on: date | None
    vouchers: tuple[Voucher, ...] = ()

    @property
    def vouched(self) -> list[tuple[Item, list[Voucher]]]:
        """The debts that may be paid at vouchers of their own."""
        pairs = [
            (item, [one for one in self.vouchers if one.receivable_id == item.receivable_id]) for item in self.items
        ]
        return [(item, some) for item, some in pairs if some]

    @property
    def owed(self) -> Decimal:
        return sum((one.left for one in self.items), ZERO)

    @property
    def overdue(self) -> Decimal:
        return sum(self.ageing[1:], ZERO)

    @property
    def to_pay(self) -> Decimal:
        """What he may be asked for: never below zero."""
        return max(self.closing, ZERO)

    @property
    def pay_before(self) -> date | None:
        """The earliest due day of what is still to come; with anything overdue, none: it is due now."""
        if self.overdue:
            return None
        return min((one.due_on for one in self.items), default=None)


def facts_of(told: Told) -> dict[str, Any]:
    """As JSON keeps it: amounts and days as text."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(told), default=str))
    return plain


def told_of(facts: Mapping[str, Any]) -> Told:
    """The values that `facts_of` wrote down."""
    return Told(
        emisor=Party(**facts["emisor"]),
        customer=Party(**facts["customer"]),
        moneda=facts["moneda"],
        since=_day(facts["since"]),
        fecha_corte=_day(facts["fecha_corte"]),
        **{
            name: Decimal(facts[name])
            for name in ("opening", "charges", "payments", "adjustments", "closing", "credit")
        },
        rows=_all(
            facts["rows"],
            lambda one: Row(
                **one | _typed(one, days=("day",), sums=("amount", "balance")) | {"kind": RowKind(one["kind"])}
            ),
        ),
        items=_all(
            facts["items"], lambda one: Item(**one | _typed(one, days=("issued_on", "due_on"), sums=("total", "left")))
        ),
        ageing=tuple(Decimal(one) for one in facts["ageing"]),
        services=_all(facts["services"], lambda one: ServiceState(**one)),
        ways=_all(facts["ways"], lambda one: Way(one["kind"], one["title"], tuple((a, b) for a, b in one["says"]))),
        promise=Promised(**_typed(facts["promise"], days=("until",), sums=("amount",))) if facts["promise"] else None,
        next_charge_on=_day(facts["next_charge_on"]) if facts["next_charge_on"] else None,
        vouchers=_all(
            facts.get("vouchers", ()), lambda one: Voucher(**one | _typed(one, days=("until",), sums=("amount",)))
        ),
    )


def digest_of(facts: Mapping[str, Any]) -> str:
    """SHA-256 of the facts, whatever order a database gives them back in."""
    whole = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(whole.encode()).hexdigest()


def _typed(said: Mapping[str, Any], *, days: Sequence[str], sums: Sequence[str]) -> dict[str, Any]:
    return {name: _day(said[name]) for name in days} | {name: Decimal(said[name]) for name in sums}


def _all(rows: Sequence[Mapping[str, Any]], one: Callable[[Any], Any]) -> tuple[Any, ...]:
    return tuple(one(dict(row)) for row in rows)


def _day(text: str) -> date:
    return date.fromisoformat(text)
