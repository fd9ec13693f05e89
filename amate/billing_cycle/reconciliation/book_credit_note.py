"""What a credit note does to the debt that its invoice told: from its stamp on it lowers it, until the SAT cancels it (CYCLE 4).

The books follow the SAT's word and come after it, by promise: the stamp's transaction holds the document, and a customer is
locked before any document (C6). Looked at again, nothing doubles: a note is booked once, by its UUID.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from amate.billing_cycle.collection.reassess import reassess_customers
from amate.billing_cycle.reconciliation.take_back import take_back_payment
from amate.fiscal.instalments import taxes_of
from amate.fiscal.rounding import over, q2, times
from amate.fiscal.tables.impuestos import IEPS, IVA
from amate.invoices.concepts import concepts_from_json
from amate.invoices.models import AT_THE_SAT, Invoice, Kind, Relation
from amate.ledger.credit import CreditOf, credit_customer
from amate.ledger.debts import debt_of
from amate.ledger.lock import lock_customers
from amate.ledger.models import Payment, PaymentKind, Receivable
from amate.ledger.reverse import Why
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise

LOWERS = ("01", "03")
"""Relations of a note that lowers what is owed. An advance that is applied (07) was money when it came in."""

WENT_BACK = frozenset({"01", "02", "03", "04", "05", "06", "28", "29"})
"""Forms in which money really went back: then only what is still owed is credited, and the rest is in nobody's favour."""

BY = "amate"
GONE = "El SAT canceló su nota de crédito."


class _Owed(NamedTuple):
    """The debt that a note lowers, and whose it is."""

    receivable_id: int
    customer_id: int


def owe_credit_note(document: Invoice, *, now: datetime) -> None:
    """In the transaction that records its stamp, or its end: its debt is looked at. Nothing for any other document."""
    if document.kind != Kind.EGRESO:
        return
    for note in filter(None, (document.pk, document.replaces_id)):
        promise(
            "book_credit_note",
            key=f"credit_note:{note}:{document.pk}:{document.state}",
            now=now,
            priority=SOMEBODY_WAITS,
            note_id=note,
        )


def book_credit_note(*, note_id: int, today: date, now: datetime) -> None:
    """Make the books say what the SAT says of it now. Raises `customers.remaining.Merged`."""
    owed = _owed_by_its_invoice(note_id)
    if owed is None:
        return
    lock_customers([owed.customer_id])
    note: Invoice = Invoice.objects.get(pk=note_id)  # in a new statement, under the customer's lock
    booked = Payment.objects.filter(provider=PaymentKind.CREDIT_NOTE, provider_ref=str(note.uuid)).first()
    stands = note.state in AT_THE_SAT and note.replaced_by_id is None
    if stands and booked is None:
        _book(note, owed, today=today, now=now)
    elif booked is not None and not stands and booked.reversed_on is None:
        take_back_payment(payment_id=booked.pk, why=Why.CANCELLED, note=GONE, asked_by=BY, today=today, now=now)


def _book(note: Invoice, owed: _Owed, *, today: date, now: datetime) -> None:
    if note.replaces_id is not None:  # the two tell one credit: the other goes first
        book_credit_note(note_id=note.replaces_id, today=today, now=now)
    debt = debt_of(owed.receivable_id)
    assert debt is not None
    amount = min(note.total, debt.left) if note.forma_pago in WENT_BACK else note.total
    if amount <= 0:
        return
    iva, ieps = (q2(over(times(_tax(note, one), amount), note.total)) for one in (IVA, IEPS))
    credit_customer(
        credit=CreditOf(
            customer_id=owed.customer_id,
            kind=PaymentKind.CREDIT_NOTE,
            reference=str(note.uuid),
            amount=amount,
            iva=iva,
            ieps=ieps,
            receivable_id=owed.receivable_id,
            moneda=note.moneda,
            note=f"Nota de crédito {note.number}",
        ),
        today=today,
        now=now,
    )
    reassess_customers(customer_ids=[owed.customer_id], today=today, now=now)


def _owed_by_its_invoice(note_id: int) -> _Owed | None:
    """None: it credits a sale that nobody owed, or several debts at once, which a person books."""
    named = Relation.objects.filter(invoice_id=note_id, tipo_relacion__in=LOWERS)
    debts = Receivable.objects.filter(pk__in=named.values("related__receivable_id"))
    found = list(debts.values_list("pk", "customer_id")[:2])
    return _Owed(*found[0]) if len(found) == 1 else None


def _tax(note: Invoice, impuesto: str) -> Decimal:
    """Transferred by it."""
    parts = taxes_of(concepts_from_json(note.lines))
    return sum(
        (one.importe or Decimal(0) for one in parts if one.impuesto == impuesto and not one.retencion), Decimal(0)
    )
