"""Deposits of a statement are kept once, and those whose owner is sure are money at once; the others wait for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import F

from amate.adapters.bank import BankRow
from amate.billing_cycle.collection.reassess import ITSELF
from amate.billing_cycle.reconciliation.how_paid import CASH, TRANSFER, moment_of
from amate.billing_cycle.reconciliation.known import deposit_of, known_of, ours, signs_of
from amate.billing_cycle.reconciliation.match import Deposit, Known, Sign, match
from amate.billing_cycle.reconciliation.models import BankAccount, BankFile, BankLine
from amate.billing_cycle.reconciliation.settle_report import confirm_reports
from amate.billing_cycle.reconciliation.take_money import take_money
from amate.companies.day import zone_of_company
from amate.ledger.lock import lock_customers
from amate.ledger.models import Payment
from amate.ledger.receive import Arrival, Incoming
from amate.tenancy.writes import insert_all

CHEQUE = "02"
MATCHED = """
UPDATE reconciliation_bankline b
SET state = 'matched', payment_id = found.payment, by_rule = found.rule, settled_by = %s, settled_at = %s
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS found(line, payment, rule) WHERE b.id = found.line
"""


def book_lines(*, file_id: int, rows: Sequence[BankRow], now: datetime) -> None:
    """Up to 100 deposits, in a fixed number of statements. A row that the account has already is left out. Files of one
    account are booked one after the other. Raises `customers.remaining.Merged` if somebody was merged at this moment: then
    nothing was written, and the same call succeeds."""
    file = BankFile.objects.select_for_update(no_key=True).defer("content").get(pk=file_id)
    if file.state != BankFile.State.BOOKING:
        return
    account = BankAccount.locked(file.account_id)
    lines = [line_of(row, account_id=account.pk, file_id=file.pk) for row in rows]
    insert_all(lines, once=("row_key",))
    fresh = [line for line in lines if line.pk is not None]
    BankFile.objects.filter(pk=file.pk).update(done=F("done") + len(rows), fresh=F("fresh") + len(fresh))
    if not fresh:
        return
    own = ours()
    deposits = [deposit_of(line, own) for line in fresh]
    signs = signs_of(deposits, account)
    lock_customers(signs.customers)
    sure = decide(deposits, known_of(deposits, signs, account))
    _book([(line, sign) for line, sign in zip(fresh, sure, strict=True) if sign is not None], account, now=now)


def decide(deposits: Sequence[Deposit], known: Known) -> list[Sign | None]:
    """One after the other, as if each were booked before the next: what a line was told of, or the debt that it pays, is not
    there for another."""
    owed = dict(known.owed)
    typed = {one.id: one for one in known.typed}
    reports = {one.id: one for one in known.reports}
    sure = []
    for deposit in deposits:
        now_known = replace(known, owed=owed, typed=list(typed.values()), reports=list(reports.values()))
        sign = match(deposit, now_known)
        sure.append(sign)
        if sign is None:
            continue
        reports.pop(sign.report_id or 0, None)
        if sign.typed_id is None:
            owed[sign.customer_id] = _left(owed.get(sign.customer_id, ()), deposit.amount)
        else:
            del typed[sign.typed_id]
    return sure


def line_of(row: BankRow, *, account_id: int, file_id: int) -> BankLine:
    return BankLine(
        account_id=account_id,
        file_id=file_id,
        row_key=row.key,
        day=row.day,
        amount=row.amount,
        text=row.text[:500],
        reference=row.reference[:120],
        origin=row.origin_account or row.origin_rfc,
        state=BankLine.State.WAITING,
    )


def incoming_of(line: BankLine, account: BankAccount, *, zone: ZoneInfo, now: datetime) -> Incoming:
    """The money that a line tells. A bank that dates it tomorrow has it today."""
    day = min(line.day, now.astimezone(zone).date())
    return Incoming(
        provider=account.source,
        provider_ref=line.provider_ref,
        amount=line.amount,
        account=account.ledger_account,
        paid_at=moment_of(day, zone=zone, now=now),
        paid_on=day,
        forma_pago=how_of(line.text),
        num_operacion=line.reference.replace("|", " ").strip()[:100],
        note=line.text[:300],
    )


def how_of(text: str) -> str:
    """c_FormaPago of what a bank says of a deposit.

    >>> how_of("DEPOSITO EN EFECTIVO SUC 12"), how_of("DEP CHEQUE OTROS BANCOS"), how_of("SPEI RECIBIDO")
    ('01', '02', '03')
    """
    said = text.upper()
    if "EFECTIVO" in said:
        return CASH
    return CHEQUE if "CHEQUE" in said else TRANSFER


def _left(owed: Sequence[Decimal], amount: Decimal) -> list[Decimal]:
    """What is owed after an amount is paid: the debt of just this amount, or the oldest ones."""
    left = list(owed)
    if amount in left:
        left.remove(amount)
        return left
    while left and amount >= left[0]:
        amount -= left.pop(0)
    return [left[0] - amount, *left[1:]] if left else []


def _book(found: Sequence[tuple[BankLine, Sign]], account: BankAccount, *, now: datetime) -> None:
    zone = zone_of_company()
    today = now.astimezone(zone).date()
    money = [(line, sign) for line, sign in found if sign.typed_id is None]
    arrivals = [
        Arrival(replace(incoming_of(line, account, zone=zone, now=now), bound=sign.receivable_id), sign.customer_id)
        for line, sign in money
    ]
    received = take_money(arrivals, today=today, now=now) if arrivals else []
    payments: dict[int, Payment] = {line.pk: one.payment for (line, _), one in zip(money, received, strict=True)}
    payments |= _typed({line.pk: sign.typed_id for line, sign in found if sign.typed_id is not None})
    if not found:
        return
    settled = [(line.pk, payments[line.pk].pk, sign.rung.value) for line, sign in found]
    with connection.cursor() as c:
        c.execute(MATCHED, [ITSELF, now, *map(list, zip(*settled, strict=True))])
    told = {sign.report_id: payments[line.pk] for line, sign in found if sign.report_id is not None}
    confirm_reports(told, by=ITSELF, now=now)


def _typed(wanted: Mapping[int, int]) -> dict[int, Payment]:
    found = Payment.objects.in_bulk(list(wanted.values())) if wanted else {}
    return {line: found[pk] for line, pk in wanted.items()}
