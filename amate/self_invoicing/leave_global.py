"""A buyer comes after the factura global: an egreso takes his note out of it, and it becomes his own invoice (AFT-B, T10).

Both are drafted and judged before either is sealed. His invoice goes first: if the SAT refuses his data, the egreso was
never sealed and the note is the global's again. With its stamp the egreso is owed, in one transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from amate.audit.record import record
from amate.companies.models import Emisor
from amate.fiscal.catalogs import catalogs_in_force
from amate.fiscal.comprobante import Concepto, DocumentRefused
from amate.fiscal.credited import taxed_of
from amate.fiscal.money import MoneyRefused, tax_line
from amate.fiscal.returned import credit_lines
from amate.fiscal.rules.validate import validate_draft
from amate.fiscal.seal import unsealed
from amate.invoices.credit import DISCOUNT, credit_invoice
from amate.invoices.how_it_stands import document_of
from amate.invoices.kinds import compose
from amate.invoices.lines import lines_from_json
from amate.invoices.models import DEAD, Invoice, Kind, Origin, RefusedBy, State
from amate.invoices.remaining import conceptos_of, credited_tickets
from amate.invoices.what_may_be_done import why_not_creditable
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise
from amate.self_invoicing.in_global import number_in
from amate.self_invoicing.models import Claim, LeftGlobal, Ticket
from amate.self_invoicing.what_remains import Remains, before, left_after, refunds_of, root_of
from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.writes import insert, rewrite

TAKEN_OUT = "Venta facturada por separado a su comprador"
NOT_COVERED = "El comprador corrige sus datos: la nota sigue en la factura global."

_OF_INVOICE = Compiled(
    lambda: LeftGlobal.objects.select_related("egreso").filter(invoice_id=Arg("invoice"), returned_at__isnull=True)
)


class NotLawful(Exception):
    """One of both documents would be refused, and none was sealed. The message (Spanish) says what is wrong."""


def why_not_left(ticket: Ticket, in_global: Invoice) -> str:
    """Why the note cannot leave this global now, with the way out; empty when it can. Decided again under its lock."""
    why_not = why_not_creditable(document_of(in_global))
    if why_not:
        return why_not
    number = number_in(in_global, ticket)
    if number is None:
        return f"{in_global} no dice el número de esta nota: acredítala ahí y factúrala aparte."
    credited = credited_tickets(in_global).get(number)
    if not credited:
        return ""
    told = sum((taxed_of(one).total for one in conceptos_of(in_global) if one.no_identificacion == number), Decimal(0))
    if not (left := told - credited):
        return f"De esta nota ya se acreditó todo en {in_global}: no queda nada que facturar."
    # Whatever was credited by hand, without a refund of the note, is nobody's to divide among its lines.
    if _still_in(ticket, in_global).total != left:
        return f"De esta nota ya se acreditó una parte en {in_global}: revisa sus notas de crédito."
    return ""


def _still_in(ticket: Ticket, in_global: Invoice) -> Remains:
    """What the global tells of the note once the credit notes of its refunds are off."""
    refunds, root = refunds_of([ticket]).get(ticket.pk, []), root_of(in_global)
    off = [one for one in refunds if one.credit_note is not None and one.credit_note.state not in DEAD]
    told_then = before(refunds, root)
    return left_after(ticket, [one for one in refunds if one in told_then or one in off])


def draft_egreso(*, ticket: Ticket, in_global: Invoice, origin: Origin, now: datetime) -> Invoice:
    """Of a locked note: reserve what the global says of it. Raises `invoices.credit.NotCreditable`."""
    number = number_in(in_global, ticket) or ""
    rest = _rest_of(ticket, in_global, number) if credited_tickets(in_global).get(number) else []
    return credit_invoice(
        invoice_id=in_global.pk,
        amount=None,
        quantities={},
        tipo_relacion=DISCOUNT,
        descripcion=TAKEN_OUT,
        forma_pago=ticket.forma_pago,
        origin=origin,
        now=now,
        ticket=number,
        written=rest,
        priority=None,
    )


def _rest_of(ticket: Ticket, in_global: Invoice, number: str) -> list[Concepto]:
    """Of a note that something was given back of, what the global tells still: its lines, at their own rates."""
    sales = lines_from_json(_still_in(ticket, in_global).lines)
    parts = [(TAKEN_OUT, one.line.objeto_imp, tax_line(one.line)) for one in sales]
    return credit_lines(parts, no_identificacion=number)


def leave_global(*, ticket: Ticket, in_global: Invoice, egreso: Invoice, invoice: Invoice, now: datetime) -> None:
    """The note is the buyer's from now on, and no longer the global's. Raises NotLawful; then nothing may be kept."""
    _judge([egreso, invoice], now=now)
    Claim.objects.live().filter(global_invoice=in_global, ticket=ticket).update(released_at=now)
    insert(LeftGlobal(ticket=ticket, global_invoice=in_global, invoice=invoice, egreso=egreso, left_at=now))
    record(
        "ticket.left_global",
        about=f"ticket:{ticket.pk}",
        now=now,
        in_global=in_global.pk,
        egreso=egreso.pk,
        invoice=invoice.pk,
    )


def owe_egreso(invoice: Invoice, *, now: datetime) -> None:
    """In the transaction of the buyer's stamp: from here on two documents tell one sale until the egreso is stamped too."""
    if invoice.kind != Kind.INGRESO or invoice.origin not in (Origin.PORTAL, Origin.COUNTER):
        return
    left = _OF_INVOICE.first(invoice=invoice.pk)
    if left is not None:
        key = f"stamp:{left.egreso_id}"
        promise("seal_and_stamp", key=key, now=now, priority=SOMEBODY_WAITS, invoice_id=left.egreso_id)


def return_to_global(*, invoice_id: int, now: datetime) -> None:
    """The SAT refused his data: the egreso is given up unsealed, and the global holds the note until he comes again."""
    left = _OF_INVOICE.first(invoice=invoice_id)
    if left is None or left.egreso.state != State.DRAFT:
        return
    refused = Invoice.objects.filter(pk=invoice_id, state=State.REFUSED, refused_by=RefusedBy.RECEIVER, uuid=None)
    if not refused.exists():
        return
    egreso: Invoice = Invoice.locked(left.egreso_id)
    egreso.move_to(State.REFUSED, refused_by=RefusedBy.NOBODY, refusal=NOT_COVERED)
    rewrite(left, returned_at=now)
    Claim.objects.filter(global_invoice_id=left.global_invoice_id, ticket_id=left.ticket_id).update(released_at=None)


def _judge(drafts: Sequence[Invoice], *, now: datetime) -> None:
    emisor, catalogs = Emisor.objects.get(), catalogs_in_force()
    for draft in drafts:
        try:
            document = compose(draft, emisor=emisor, folio=1, now=now)
        except (DocumentRefused, MoneyRefused) as refused:
            raise NotLawful(str(refused)) from refused
        findings = validate_draft(document, unsealed(document), catalogs=catalogs)
        errors = [f"{one.code}: {one.message}" for one in findings if one.severity == "error"]
        if errors:
            raise NotLawful("; ".join(errors))
