"""The credit note of what was given back after its sale was told: to its buyer, or to the public if a global told it.

Which document owes it follows from the rows each time it is asked: the one that holds the note now, if what it tells was
drafted before the refund. So a note that goes back to its global, or on to a substitute, owes it there.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from amate.fiscal.comprobante import Concepto, DocumentRefused
from amate.fiscal.credited import taxed_of
from amate.fiscal.line import Line, MoneyRefused
from amate.fiscal.returned import Given, credit_lines, given_back, less
from amate.fiscal.tables.monedas import decimals_of
from amate.fiscal.withholding import isr_withheld
from amate.invoices.credit import DISCOUNT, NotCreditable, credit_invoice
from amate.invoices.how_it_stands import document_of
from amate.invoices.lines import lines_from_json
from amate.invoices.models import Invoice, Kind, Origin, RefusedBy, State
from amate.invoices.remaining import conceptos_of
from amate.invoices.what_may_be_done import why_not_creditable
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise, promise_all
from amate.self_invoicing.in_global import number_in
from amate.self_invoicing.models import Claim, Refund, Ticket
from amate.self_invoicing.queries import tickets_of_invoice
from amate.self_invoicing.what_remains import before, given_of, left_after, refunds_of, rest_after, root_of
from amate.tenancy.writes import rewrite

SAID = {Refund.Why.RETURN: "Devolución de mercancías", Refund.Why.DISCOUNT: "Bonificación"}


_HOLDER = {Kind.INGRESO: "invoice", Kind.GLOBAL: "global_invoice"}
# Who drafts invoices of notes: an invoice of another origin has none, and nothing is asked of it.
_OF_NOTES = frozenset({Origin.PORTAL, Origin.COUNTER})


class NotYet(Exception):
    """What tells the sale is on its way, or on its way out: asked again later."""


def credit_at_once(refund: Refund, *, now: datetime) -> None:
    """Of a locked note: drafted in the refund's own transaction, so that nobody replaces what it is about in between. What
    cannot be yet is owed."""
    document = owing(refund)
    if document is None:
        return
    try:
        with transaction.atomic():
            _credit(refund, document, now=now)
    except (NotYet, NotCreditable, DocumentRefused, MoneyRefused):
        owe_credit(refund, now=now)


def owe_credit(refund: Refund, *, now: datetime) -> None:
    promise("credit_refund", key=f"refund:{refund.pk}", now=now, priority=SOMEBODY_WAITS, refund_id=refund.pk)


def owe_credits(document: Invoice, *, now: datetime) -> None:
    """It was stamped, or holds its notes now: what was given back of them meanwhile may be credited."""
    a_note = document.kind == Kind.GLOBAL or document.origin in _OF_NOTES or document.replaces_id is not None
    if document.kind not in _HOLDER or not a_note:
        return
    held = Claim.objects.live().filter(**{_HOLDER[Kind(document.kind)]: document})
    due = Refund.objects.filter(ticket__in=held.values("ticket_id"))
    wanted = {f"refund:{one.pk}": {"refund_id": one.pk} for one in due if owing(one) is not None}
    promise_all(kind="credit_refund", wanted=wanted, now=now, priority=SOMEBODY_WAITS)


def credit_refund(*, refund_id: int, now: datetime) -> Invoice | None:
    """Draft what is owed, once. None: nothing is. Raises NotYet, NotCreditable, DocumentRefused and MoneyRefused."""
    known = Refund.objects.only("company", "ticket").get(pk=refund_id)
    Ticket.locked(known.ticket_id)
    refund = Refund.objects.select_related("ticket", "credit_note").get(pk=refund_id)
    document = owing(refund)
    return None if document is None else _credit(refund, document, now=now)


def owing(refund: Refund) -> Invoice | None:
    """The document that tells what was given back, and has no credit note of it that lives."""
    note = refund.credit_note
    while note is not None and note.replaced_by is not None:
        note = note.replaced_by
    if note is not None and note.state != State.CANCELLED:
        return None
    claim = Claim.objects.live().select_related("invoice", "global_invoice").filter(ticket=refund.ticket_id).first()
    if claim is None or refund.newest_document_id is None or _is_given_back(claim.document):
        return None
    return claim.document if root_of(claim.document).pk <= refund.newest_document_id else None


def _is_given_back(document: Invoice) -> bool:
    return document.state == State.CANCELLED or (
        document.state == State.REFUSED and document.refused_by == RefusedBy.RECEIVER
    )


def _credit(refund: Refund, document: Invoice, *, now: datetime) -> Invoice:
    # Looked at under its lock: a cancellation asked for after a look without it would read as a refusal for good.
    document = Invoice.locked(document.pk)
    why_not = why_not_creditable(document_of(document))
    if why_not:
        raise NotYet(why_not)
    ticket = Ticket.objects.get(pk=refund.ticket_id)
    refunds = refunds_of([ticket])[ticket.pk]
    _check_untouched(document, ticket, told=_told(document, ticket))
    number = number_in(document, ticket) if document.kind == Kind.GLOBAL else None
    note = credit_invoice(
        invoice_id=document.pk,
        amount=None,
        quantities={},
        # Against a global it is the egreso of AFT-C, whatever was given back.
        tipo_relacion=DISCOUNT if document.kind == Kind.GLOBAL else refund.tipo_relacion,
        descripcion=refund.reason,
        forma_pago=refund.forma_pago,
        origin=Origin.SYSTEM,
        now=now,
        written=_conceptos(refund, refunds, ticket, document, number),
    )
    rewrite(refund, credit_note_id=note.pk)
    return note


def _told(document: Invoice, ticket: Ticket) -> Decimal:
    """What the document was drafted with: of this note in a global, of all its notes in a buyer's invoice. What came before
    it is not given back again, so the other notes need no lock."""
    tickets = [ticket] if document.kind == Kind.GLOBAL else tickets_of_invoice(document.pk)
    refunds, root = refunds_of(tickets), root_of(document)
    told = (left_after(one, before(refunds.get(one.pk, []), root)).total for one in tickets)
    return sum(told, Decimal(0))


def _check_untouched(document: Invoice, ticket: Ticket, *, told: Decimal) -> None:
    """What staff wrote into a substitute by hand is not the sale any more: who changed it knows what it owes."""
    says = document.total + document.withheld
    if document.kind == Kind.GLOBAL:
        number = number_in(document, ticket)
        says = sum(
            (taxed_of(one).total for one in conceptos_of(document) if one.no_identificacion == number), Decimal(0)
        )
    if says != told:
        raise NotCreditable(
            f"{document} dice {says:,.2f} y lo vendido (nota {ticket.folio}) era {told:,.2f}: alguien la cambió a mano. "
            "Haz la nota de crédito desde la factura."
        )


def _conceptos(
    refund: Refund, refunds: Sequence[Refund], ticket: Ticket, document: Invoice, number: str | None
) -> list[Concepto]:
    sales = lines_from_json(ticket.lines)
    rest = rest_after(sales, [one for one in refunds if one.pk < refund.pk], moneda=ticket.moneda)
    decimals = decimals_of(ticket.moneda)
    joined = number is None and len(tickets_of_invoice(document.pk)) > 1
    of_which = f" de la nota {ticket.folio}" if joined else ""
    parts = []
    for place, given in given_of(refund):
        line = rest[place]
        assert line is not None
        amounts = given_back(line, given, told_as=isr_withheld if document.withheld else _as_sold, decimals=decimals)
        said = SAID[Refund.Why(refund.tipo_relacion)]
        if number is None and not document.generics:
            said = f"{said}{of_which}: {_what(given)} de {sales[place].descripcion}"
        parts.append((said, line.objeto_imp, amounts))
        rest[place] = less(line, given, decimals=decimals)
    return credit_lines(parts, no_identificacion=number, decimals=decimals)


def _as_sold(line: Line) -> Line:
    return line


def _what(given: Given) -> str:
    return f"${given.importe:,.2f}" if given.cantidad is None else f"{given.cantidad.normalize():f}"
