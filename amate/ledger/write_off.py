"""What is left of a debt is given up. It may still be paid: then it comes back."""

from datetime import date, datetime

from amate.audit.record import record
from amate.ledger.debts import Debt, debt_of
from amate.ledger.entries import lines_of_write_off
from amate.ledger.lock import lock_customers
from amate.ledger.models import Receivable, ReceivableState
from amate.ledger.post import Event, post


class NotOpen(Exception):
    """The receivable is paid, void or written off; nothing was written. The message (Spanish) says so."""


def write_off(*, receivable_id: int, why: str, today: date, now: datetime) -> Receivable:
    """Raises NotOpen, Receivable.DoesNotExist."""
    debt = open_debt(receivable_id)
    one = debt.receivable
    lines = lines_of_write_off(one, left=debt.left, iva=one.iva - debt.iva, ieps=one.ieps - debt.ieps)
    post([Event(f"write_off:{one.pk}", today, one.moneda, lines)], today=today, now=now)
    one.move_to(ReceivableState.WRITTEN_OFF, state_on=today)
    record(
        "receivable.written_off",
        about=f"customer:{one.customer_id}",
        now=now,
        receivable=one.pk,
        left=str(debt.left),
        why=why,
    )
    return one


def open_debt(receivable_id: int) -> Debt:
    """What is left of it, under its customer's lock. Raises NotOpen, Receivable.DoesNotExist."""
    lock_customers([Receivable.objects.values_list("customer_id", flat=True).get(pk=receivable_id)])
    debt = debt_of(receivable_id)
    if debt is None:
        raise Receivable.DoesNotExist
    if debt.receivable.state != ReceivableState.OPEN:
        raise NotOpen("Ese cargo ya se anuló o se pasó a incobrable.")
    if not debt.left:
        raise NotOpen("Ese cargo ya está pagado.")
    return debt
