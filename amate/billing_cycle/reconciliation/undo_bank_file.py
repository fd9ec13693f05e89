"""A statement was the wrong one, or read wrongly: its payments never came, and its lines may come again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from amate.audit.record import record
from amate.billing_cycle.collection.reassess import reassess_customers
from amate.billing_cycle.reconciliation.models import BankFile, BankLine, BankShare
from amate.billing_cycle.reconciliation.unpaid_again import await_again
from amate.companies.day import day_of
from amate.ledger.lock import lock_customers
from amate.ledger.models import Payment
from amate.ledger.reverse import Why, reverse_payment
from amate.ledger.unallocate import Frozen
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise

State = BankFile.State
NOTE = "Se deshizo el archivo del banco."


def ask_undo(*, file_id: int, now: datetime) -> BankFile:
    """Raises `tenancy.models.IllegalMove` if it is not booked."""
    file = BankFile.locked(file_id)
    file.move_to(State.UNDOING, done=0, kept=0)
    record("bank_file.undo_asked", about=f"bank_file:{file.pk}", now=now, file=file.name)
    promise("undo_bank_file", key=f"undo_bank_file:{file.pk}", now=now, priority=SOMEBODY_WAITS, file_id=file.pk)
    return file


def lines_to_undo(*, file_id: int) -> list[int]:
    if not BankFile.objects.filter(pk=file_id, state=State.UNDOING).exists():
        return []
    rows = BankLine.objects.filter(file_id=file_id).exclude(state=BankLine.State.UNDONE)
    return list(rows.order_by("id").values_list("pk", flat=True))


def undo_lines(*, file_id: int, line_ids: Sequence[int], now: datetime) -> None:
    """Of some lines. A payment that a stamped REP tells of stays, and so does its line."""
    kept, payers = 0, set[int]()
    lines = list(BankLine.objects.filter(pk__in=line_ids, file_id=file_id).select_related("account").order_by("id"))
    lock_customers(sorted({one.customer_id for line in lines for one in _payments_of(line) if one.customer_id}))
    for line in lines:
        if line.state == BankLine.State.UNDONE:
            continue
        try:
            with transaction.atomic():
                payers |= _undo(line, now=now)
        except Frozen:
            kept += 1
    if payers:
        reassess_customers(customer_ids=payers, today=day_of(now), now=now)
    BankFile.objects.filter(pk=file_id).update(done=F("done") + len(line_ids), kept=F("kept") + kept)


def end_undo(*, file_id: int, now: datetime) -> None:
    file = BankFile.locked(file_id)
    if file.state != State.UNDOING:
        return
    kept = BankLine.objects.filter(file=file).exclude(state=BankLine.State.UNDONE).count()
    file.move_to(State.UNDONE, kept=kept, settled_at=now)
    record("bank_file.undone", about=f"bank_file:{file.pk}", now=now, file=file.name, kept=kept)


def _undo(line: BankLine, *, now: datetime) -> set[int]:
    """Who paid with it. What was typed by a person is no word of this file: it stays, and only the line goes."""
    payers = set()
    for payment in _payments_of(line):
        if payment.reversed_on is None:
            undone = reverse_payment(payment_id=payment.pk, why=Why.CANCELLED, note=NOTE, today=day_of(now), now=now)
            await_again(undone, now=now)
            if undone.payment.customer_id is not None:
                payers.add(undone.payment.customer_id)
    BankShare.objects.filter(line=line).delete()
    line.move_to(BankLine.State.UNDONE, payment_id=None)
    return payers


def _payments_of(line: BankLine) -> list[Payment]:
    ids = [line.payment_id, *BankShare.objects.filter(line=line).values_list("payment_id", flat=True)]
    rows = Payment.objects.filter(pk__in=[pk for pk in ids if pk is not None], provider=line.account.source)
    return list(rows.order_by("id"))
