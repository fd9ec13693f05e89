"""Promises to document what was paid: a batch in one transaction, and one by one if one of them spoils it; and the note of
whoever has no fiscal data, where the two halves meet (DECISIONS C5)."""

import logging
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import InterfaceError, OperationalError

from amate.billing_cycle.reconciliation.book_credit_note import book_credit_note
from amate.billing_cycle.reconciliation.document_payment import Documented, document_payments
from amate.billing_cycle.reconciliation.note_of import SOURCE, PaidSale, names_of, note_of
from amate.billing_cycle.reconciliation.paid_debts import payers_of
from amate.billing_cycle.reconciliation.paid_lines import NoLines
from amate.billing_cycle.reconciliation.take_back import ReceiverSaidNo, take_back_owed
from amate.billing_cycle.reconciliation.thank import NoteLink
from amate.companies.day import day_of
from amate.customers.remaining import Merged
from amate.fiscal.clock import zone_of
from amate.fiscal.money import MoneyRefused
from amate.invoices.cancel import NotCancellable
from amate.invoices.lines import lines_from_json
from amate.ledger.lock import lock_customers
from amate.ledger.owe_documents import owe_documents
from amate.papers.dates import in_full, zone_in_words
from amate.promises.lease import GiveUp, Lease, LeaseLost, TryLater, hold_fast, settle_here
from amate.promises.step import step
from amate.self_invoicing.links import qr_url
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.pagos import Pago, main_forma
from amate.self_invoicing.register import Sale, SaleAlreadyRegistered, TotalDoesNotAddUp, register_ticket
from amate.tenancy.scope import company_scope
from amate.worker.inside import inside
from amate.worker.plugs import Plugs

logger = logging.getLogger(__name__)


async def document(plugs: Plugs, lease: Lease) -> bool:
    """Interrupted anywhere it is done again from the start: what is documented already is found to be so."""
    try:
        troubles = await step(_at_once)(plugs, lease)
    except (OperationalError, InterfaceError, LeaseLost):
        raise
    except Merged as merged:
        raise TryLater(str(merged)) from merged
    except Exception:  # whichever it was, the others have theirs: each on its own now
        if len(lease.args["payments"]) == 1:
            raise
        logger.exception("payments are documented one by one", extra={"company": lease.company_id})
        await step(_apart)(plugs, lease)
        return True
    if troubles:
        raise GiveUp(troubles)
    return True


def _at_once(plugs: Plugs, lease: Lease) -> str:
    """The sentence for a person, of a promise of one payment; of many each in trouble gets a promise of its own."""
    now = plugs.clock()
    payments: list[int] = lease.args["payments"]
    with company_scope(lease.company_id):
        # The customers before the promise, as everybody (C6).
        lock_customers(payers_of(payments))
        hold_fast(lease)
        done: Documented = document_payments(payment_ids=payments, today=day_of(now), now=now)
        if done.troubles and len(payments) == 1:
            return " ".join(dict.fromkeys(done.troubles.values()))
        for payment_id in done.troubles:
            owe_documents([payment_id], now=now)
        settle_here(lease, now=now)
    return ""


def _apart(plugs: Plugs, lease: Lease) -> None:
    now = plugs.clock()
    with company_scope(lease.company_id):
        hold_fast(lease)
        for payment_id in lease.args["payments"]:
            owe_documents([payment_id], now=now)
        settle_here(lease, now=now)


async def take_back(plugs: Plugs, lease: Lease) -> bool:
    """A payment that went back, once no REP tells of it any more."""
    now = plugs.clock()
    try:
        await inside(lease, _take_back, settles=plugs.clock)(payment_id=lease.args["payment_id"], now=now)
    except NotCancellable as why:
        raise GiveUp(f"El pago se devolvió y su complemento no se pudo cancelar: {why}") from why
    except ReceiverSaidNo as why:
        raise GiveUp(str(why)) from why
    return True


def _take_back(*, payment_id: int, now: datetime) -> None:
    take_back_owed(payment_id=payment_id, today=day_of(now), now=now)


async def credit_note(plugs: Plugs, lease: Lease) -> bool:
    """The books follow what the SAT says of a credit note. Whoever was merged meanwhile is looked for again."""
    now = plugs.clock()
    try:
        await inside(lease, _credit_note, settles=plugs.clock)(note_id=lease.args["note_id"], now=now)
    except Merged as merged:
        raise TryLater(str(merged)) from merged
    return True


def _credit_note(*, note_id: int, now: datetime) -> None:
    book_credit_note(note_id=note_id, today=day_of(now), now=now)


# ------------------------------------------------------------ the note of whoever has no fiscal data


async def register_note(plugs: Plugs, lease: Lease) -> bool:
    """Once a debt, or once a part of it: the note's own name sees to that."""
    try:
        await inside(lease, _register, settles=plugs.clock)(
            receivable_id=lease.args["receivable_id"], allocation_id=lease.args.get("allocation_id"), now=plugs.clock()
        )
    except (NoLines, MoneyRefused, TotalDoesNotAddUp) as why:
        raise GiveUp(f"No se pudo hacer la nota de lo que se pagó: {why}") from why
    return True


def _register(*, receivable_id: int, allocation_id: int | None, now: datetime) -> None:
    paid = note_of(receivable_id=receivable_id, allocation_id=allocation_id)
    if paid is None:
        return
    try:
        register_ticket(sale=_sale(paid), branch=paid.branch, now=now)
    except SaleAlreadyRegistered:
        # Paid, taken back and paid by another way: the note that is out there stays as it is.
        logger.info("a debt that was paid again has its note", extra={"receivable": receivable_id})


def _sale(paid: PaidSale) -> Sale:
    pagos = [Pago(forma, amount) for forma, amount in paid.pagos]
    return Sale(
        source=SOURCE,
        external_id=paid.external_id,
        folio=paid.folio,
        sold_at=paid.sold_at,
        forma_pago=main_forma(pagos),
        total=paid.total,
        lines=tuple(lines_from_json(paid.lines)),
        pagos=tuple(pagos) if len(pagos) > 1 else (),
    )


def notes_of(payment_id: int, *, portal: str, now: datetime) -> Sequence[NoteLink]:
    """Of what a payment paid: those that may still be invoiced in the portal."""
    rows = Ticket.objects.filter(source=SOURCE, external_id__in=names_of(payment_id), deadline__gt=now).select_related(
        "branch"
    )
    return [_link(one, portal) for one in rows.order_by("id")]


def _link(ticket: Ticket, portal: str) -> NoteLink:
    zone = zone_of(ticket.branch.cp)
    deadline = f"{in_full(ticket.deadline.astimezone(zone))} ({zone_in_words(zone.key)})"
    total_cents = int(ticket.total * Decimal(100))
    return NoteLink(ticket.code, qr_url(portal=portal, code=ticket.code, total_cents=total_cents), deadline)
