"""A reconnection that was charged before we read that he had paid in time: it should never have been."""

from collections.abc import Collection
from datetime import date, datetime

from amate.billing_cycle.collection.reassess import had_paid, terms_of
from amate.billing_cycle.reconciliation.models import PaidNote
from amate.billing_cycle.service.models import CutDecision
from amate.companies.billing_policy import billing_policy_on
from amate.invoices.models import DEAD, Invoice, Kind
from amate.invoices.remaining import credited_of
from amate.ledger.models import Charge, ReceivableState
from amate.ledger.unallocate import Frozen
from amate.ledger.void import void_receivable

WHY = "Había pagado antes de que se le cortara: la reconexión no se debía."


def take_back_fees(payers: Collection[int], *, today: date, now: datetime) -> dict[int, str]:
    """Under the payers' locks. The fee is voided, and what paid it pays his other debts or stands in his favour. Of one that
    has its document nothing is done: answers, by customer, the sentence for the person who credits it."""
    keys = {
        f"reconnect:{pk}": pk for pk in CutDecision.objects.filter(customer_id__in=payers).values_list("pk", flat=True)
    }
    if not keys:
        return {}
    charges = Charge.objects.filter(source_key__in=keys, receivable__state=ReceivableState.OPEN)
    found = {keys[one.source_key]: one for one in charges.select_related("receivable")}
    terms = terms_of(billing_policy_on(today))
    troubles = {}
    for cut in CutDecision.objects.filter(pk__in=found).order_by("id"):
        if not had_paid(cut, terms=terms):
            continue
        fee = found[cut.pk].receivable
        document = _document_of(fee.pk)
        if document is None:
            try:
                void_receivable(receivable_id=fee.pk, why=WHY, today=today, now=now)
            except Frozen as frozen:
                document = str(frozen)
        if document:
            troubles[cut.customer_id] = f"{WHY} Acredítale ${fee.total:,.2f} de {document}."
    return troubles


def _document_of(receivable_id: int) -> str | None:
    """Of what was not credited whole yet. Empty: it was."""
    invoice = (
        Invoice.objects.filter(receivable_id=receivable_id, kind=Kind.INGRESO, replaced_by__isnull=True)
        .exclude(state__in=DEAD)
        .first()
    )
    if invoice is not None:
        return str(invoice) if credited_of(invoice) < invoice.total else ""
    return "su nota" if PaidNote.objects.filter(receivable_id=receivable_id).exists() else None
