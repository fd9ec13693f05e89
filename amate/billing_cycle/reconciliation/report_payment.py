"""A customer says that he paid. It is a word and not money: for two days nobody cuts him, and a person looks for it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from amate.audit.record import record
from amate.billing_cycle.reconciliation.how_paid import (
    BadPayment,
    check_amount,
    check_day,
    check_how,
    check_reference,
)
from amate.billing_cycle.reconciliation.models import PaymentHint, ReportedPayment
from amate.companies.day import day_of
from amate.ledger.lock import lock_customers
from amate.tenancy.writes import insert, insert_unless_there

HELD = timedelta(hours=48)  # a bank file tells on the next banking day
ONCE_IN = timedelta(days=30)  # his word holds a cut once in so long, unless the money came
DAYS = 366
MOST_BYTES = 5_000_000
MOST_OPEN = 10
KINDS = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)


class Reported(NamedTuple):
    """`held_until`: until when it stops reminders and cuts; None: it does not, because an earlier word of his still waits for
    its money. `fresh` False: he had said just the same, and nothing was written."""

    report: ReportedPayment
    held_until: datetime | None
    fresh: bool


def report_payment(
    *,
    customer_id: int,
    amount: Decimal,
    paid_on: date,
    how: str,
    reference: str,
    proof: bytes | None,
    told_by: str,
    now: datetime,
) -> Reported:
    """Keep it for a person, with its proof (PDF, JPEG or PNG up to 5 MB). `how` is a key of c_FormaPago, `told_by` who says
    it: a mail, or whoever took the call. Raises `how_paid.BadPayment`, `customers.remaining.Merged`."""
    said = ReportedPayment(
        customer_id=customer_id,
        amount=check_amount(amount),
        paid_on=check_day(paid_on, today=day_of(now), days=DAYS),
        forma_pago=check_how(how),
        reference=check_reference(reference),
        proof=proof or None,
        proof_kind=kind_of(proof) if proof else "",
        by=told_by[:254],
        reported_at=now,
    )
    lock_customers([customer_id])
    his = list(ReportedPayment.objects.filter(customer_id=customer_id).defer("proof").order_by("-id")[:100])
    known = next((one for one in his if _same(one, said)), None)
    if known is not None:
        return Reported(known, _held_until(known, now=now), False)
    if sum(one.state == ReportedPayment.State.OPEN for one in his) >= MOST_OPEN:
        raise BadPayment("", f"Ya hay {MOST_OPEN} pagos por confirmar: espera a que los revisemos, o llámanos.")
    insert(said)
    until = None if any(_spent(one, now=now) for one in his) else now + HELD
    if until is not None:
        hint = PaymentHint(
            customer_id=customer_id, source_key=key_of(said), amount=said.amount, until=until, created_at=now
        )
        insert_unless_there(hint)
    record(
        "payment.reported",
        about=f"customer:{customer_id}",
        now=now,
        report=said.pk,
        amount=str(said.amount),
        day=paid_on.isoformat(),
    )
    return Reported(said, until, True)


def kind_of(proof: bytes) -> str:
    """Told by its first bytes, whatever its name says. Raises BadPayment."""
    if len(proof) > MOST_BYTES:
        raise BadPayment("proof", f"El comprobante pasa de {MOST_BYTES // 1_000_000} MB: sube una foto más ligera.")
    found = next((kind for start, kind in KINDS if proof.startswith(start)), None)
    if found is None:
        raise BadPayment("proof", "El comprobante es un PDF o una foto (JPG o PNG).")
    return found


def key_of(report: ReportedPayment) -> str:
    """Of its hint."""
    return f"report:{report.pk}"


def _same(one: ReportedPayment, said: ReportedPayment) -> bool:
    told, again = ((it.amount, it.paid_on, it.forma_pago, it.reference, it.proof_kind) for it in (one, said))
    return one.state == ReportedPayment.State.OPEN and told == again


def _spent(one: ReportedPayment, *, now: datetime) -> bool:
    return one.state != ReportedPayment.State.CONFIRMED and one.reported_at > now - ONCE_IN


def _held_until(report: ReportedPayment, *, now: datetime) -> datetime | None:
    hint = PaymentHint.objects.filter(source_key=key_of(report), ended_at__isnull=True, until__gt=now).first()
    return None if hint is None else hint.until
