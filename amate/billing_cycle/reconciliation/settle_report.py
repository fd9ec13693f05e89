"""What became of a customer's word: the money was found, or it was not."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from amate.audit.record import record
from amate.billing_cycle.reconciliation.models import PaymentHint, ReportedPayment
from amate.billing_cycle.reconciliation.report_payment import key_of
from amate.ledger.models import Payment

State = ReportedPayment.State
CONFIRM = """
UPDATE reconciliation_reportedpayment r SET state = 'confirmed', payment_id = found.payment, settled_by = %s, settled_at = %s
FROM unnest(%s::bigint[], %s::bigint[]) AS found(report, payment)
WHERE r.id = found.report AND r.state = 'open' RETURNING r.id
"""


class NotOpen(Exception):
    """Somebody settled it before; nothing was written. The message (Spanish) says how."""

    def __init__(self, report: ReportedPayment) -> None:
        super().__init__(f"Ese aviso ya quedó como «{report.get_state_display()}».")
        self.report = report


def open_report(report_id: int) -> ReportedPayment:
    """Under its lock. Raises NotOpen, ReportedPayment.DoesNotExist."""
    report: ReportedPayment = ReportedPayment.locked(report_id)
    if report.state != State.OPEN:
        raise NotOpen(report)
    return report


def confirm_report(*, report: ReportedPayment, payment: Payment, by: str, now: datetime) -> None:
    """This payment is the money that he told of. The report came from `open_report`."""
    report.move_to(State.CONFIRMED, payment_id=payment.pk, settled_by=by[:254], settled_at=now)
    end_hint(report, now=now)
    record(
        "payment.report_confirmed",
        about=f"customer:{report.customer_id}",
        now=now,
        report=report.pk,
        payment=payment.pk,
        amount=str(payment.amount),
    )


def confirm_reports(found: Mapping[int, Payment], *, by: str, now: datetime) -> None:
    """Many at once, by the reports' ids; those that were settled meanwhile stay as they are. Their customers are locked by
    the caller."""
    if not found:
        return
    with connection.cursor() as c:
        c.execute(CONFIRM, [by[:254], now, list(found), [one.pk for one in found.values()]])
        done = [pk for (pk,) in c.fetchall()]
    keys = [f"report:{pk}" for pk in done]
    PaymentHint.objects.filter(source_key__in=keys, ended_at__isnull=True).update(ended_at=now)
    if done:
        record("payment.reports_confirmed", about="", now=now, count=len(done), reports=done)


def reject_report(*, report_id: int, why: str, by: str, now: datetime) -> ReportedPayment:
    """No such money came. It holds nothing any more. Raises NotOpen, ReportedPayment.DoesNotExist."""
    report = open_report(report_id)
    report.move_to(State.REJECTED, why=why[:300], settled_by=by[:254], settled_at=now)
    end_hint(report, now=now)
    record(
        "payment.report_rejected",
        about=f"customer:{report.customer_id}",
        now=now,
        report=report.pk,
        amount=str(report.amount),
        why=why[:300],
    )
    return report


def end_hint(report: ReportedPayment, *, now: datetime) -> None:
    PaymentHint.objects.filter(source_key=key_of(report), ended_at__isnull=True).update(ended_at=now)
