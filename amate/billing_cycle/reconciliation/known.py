"""What a batch of deposits is compared with, read in a fixed number of statements however many they are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from amate.adapters.bank.text import origins
from amate.billing_cycle.reconciliation.match import NEAR_DAYS, Deposit, Given, Known, Told, marks_in, numbers_in
from amate.billing_cycle.reconciliation.models import (
    BankAccount,
    BankLine,
    BankShare,
    LearnedOrigin,
    PaymentReference,
    ReportedPayment,
)
from amate.billing_cycle.reconciliation.type_payment import TYPED
from amate.companies.models import Emisor
from amate.customers.models import Customer
from amate.customers.remaining import find_remaining
from amate.fiscal.rfc import GENERICS
from amate.ledger.debts import debts_of
from amate.ledger.models import Payment

NEAR = timedelta(days=NEAR_DAYS)


@dataclass(frozen=True, slots=True)
class Ours:
    """What says nothing of who paid: the company's own RFC and its CLABEs."""

    marks: frozenset[str]


def ours() -> Ours:
    rfcs = Emisor.objects.values_list("rfc", flat=True)
    clabes = BankAccount.objects.exclude(clabe="").values_list("clabe", flat=True)
    return Ours(frozenset([*rfcs, *clabes, *GENERICS]))


def deposit_of(line: BankLine, own: Ours) -> Deposit:
    said = f"{line.text} {line.reference}".upper()
    for mark in own.marks:
        said = said.replace(mark, " ")
    return Deposit(line.day, line.amount, line.text, line.reference, frozenset(filter(None, origins(said))))


@dataclass(frozen=True, slots=True)
class Signs:
    """What the texts name, before anybody is locked; `customers` are all whom they may be of."""

    given: Mapping[str, Collection[Given]]
    numbers: Mapping[int, int]
    learned: Mapping[str, Collection[int]]
    customers: frozenset[int]


def signs_of(deposits: Sequence[Deposit], account: BankAccount) -> Signs:
    given: dict[str, list[Given]] = defaultdict(list)
    marks = {mark for one in deposits for mark in marks_in(one)}
    wanted = {number for one in deposits for numbers in numbers_in(one).values() for number in numbers}
    from_where = {origin for one in deposits for origin in one.origins}
    for row in PaymentReference.objects.filter(value__in=marks):
        given[row.value].append(Given(row.customer_id, row.receivable_id))
    numbers = {one.number: _remaining(one) for one in Customer.objects.filter(number__in=wanted)}
    learned: dict[str, set[int]] = defaultdict(set)
    rows = LearnedOrigin.objects.filter(origin__in=from_where, forgotten_at__isnull=True)
    for origin, customer_id in rows.values_list("origin", "customer_id"):
        learned[origin].add(customer_id)
    for one in Customer.objects.filter(rfc__in=from_where, merged_into__isnull=True):
        learned[one.rfc].add(one.pk)
    told = [*_reports(deposits), *_typed(deposits, account)]
    customers = {one.customer_id for rows in given.values() for one in rows} | set(numbers.values())
    customers |= {pk for rows in learned.values() for pk in rows} | {one.customer_id for one in told}
    return Signs(given, numbers, learned, frozenset(customers))


def known_of(
    deposits: Sequence[Deposit], signs: Signs, account: BankAccount, *, also: Mapping[int, str] | None = None
) -> Known:
    """Read once the customers of the signs are locked, so that nobody types a payment of theirs meanwhile. `also`: customers
    whose names are compared too, for guesses."""
    names = dict(also or {})
    names |= Customer.objects.filter(pk__in=signs.customers).values_list("pk", "nombre")
    owed: dict[int, list[Decimal]] = defaultdict(list)
    debts = debts_of(names)
    for debt in sorted(debts, key=lambda one: (one.receivable.due_on, one.receivable.pk)):
        if debt.left and debt.receivable.moneda == "MXN":
            owed[debt.receivable.customer_id].append(debt.left)
    return Known(
        given=signs.given,
        numbers=signs.numbers,
        learned=signs.learned,
        reports=_reports(deposits),
        typed=_typed(deposits, account),
        owed=owed,
        names=names,
    )


def _reports(deposits: Sequence[Deposit]) -> list[Told]:
    rows = ReportedPayment.objects.filter(state=ReportedPayment.State.OPEN, **_about(deposits, "paid_on"))
    return _told(rows.values_list("pk", "customer_id", "amount", "paid_on", "reference").order_by("pk"))


def _typed(deposits: Sequence[Deposit], account: BankAccount) -> list[Told]:
    """Typed as money that came in at this bank, and told by no line yet."""
    rows = Payment.objects.live().filter(
        provider=TYPED, account=account.ledger_account, customer__isnull=False, **_about(deposits, "paid_on")
    )
    found = _told(rows.values_list("pk", "customer_id", "amount", "paid_on", "num_operacion").order_by("pk"))
    ids = [one.id for one in found]
    if not ids:
        return []
    taken = {
        *BankLine.objects.filter(payment_id__in=ids).values_list("payment_id", flat=True),
        *BankShare.objects.filter(payment_id__in=ids).values_list("payment_id", flat=True),
    }
    return [one for one in found if one.id not in taken]


def _about(deposits: Sequence[Deposit], day: str) -> dict[str, object]:
    days = [one.day for one in deposits]
    return {
        "amount__in": {one.amount for one in deposits},
        f"{day}__range": (min(days) - NEAR, max(days) + NEAR),
    }


def _told(rows: Iterable[tuple[object, ...]]) -> list[Told]:
    return [Told(*row) for row in rows]  # type: ignore[arg-type]


def _remaining(customer: Customer) -> int:
    return customer.pk if customer.merged_into_id is None else find_remaining(customer).pk
