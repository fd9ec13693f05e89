"""What a stamped factura global tells of each of its notes, as the SAT has it: it adds up to the document's own total."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from amate.fiscal.comprobante import Concepto
from amate.fiscal.credited import taxed_of
from amate.fiscal.money import Taxed
from amate.invoices.models import Invoice
from amate.invoices.remaining import conceptos_of, credited_tickets
from amate.self_invoicing.in_global import number_of
from amate.self_invoicing.models import Claim, LeftGlobal, Ticket

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class NoteTold:
    """`number`: NoIdentificacion. Pesos as the document says them; `credited` of `total` by its credit notes since then.
    `ticket` is None where the document was written by hand; `own`: the number of its buyer's invoice, if it left."""

    number: str
    ticket: Ticket | None
    subtotal: Decimal
    descuento: Decimal
    impuestos: Decimal
    total: Decimal
    credited: Decimal
    own: str


def notes_told(document: Invoice) -> list[NoteTold]:
    """In the order of the document, one a number whatever its concepts. Of one that has its stamp."""
    concepts: dict[str, list[Concepto]] = {}
    for concepto in conceptos_of(document):
        concepts.setdefault(concepto.no_identificacion or "", []).append(concepto)
    tickets, credited = _tickets_of(document), credited_tickets(document)
    left = _own_invoices(tickets.values())
    return [_told(number, those, tickets.get(number), credited, left) for number, those in concepts.items()]


def _told(
    number: str,
    concepts: Sequence[Concepto],
    ticket: Ticket | None,
    credited: dict[str, Decimal],
    left: dict[int, str],
) -> NoteTold:
    lines: list[Taxed] = [taxed_of(one) for one in concepts]
    return NoteTold(
        number=number,
        ticket=ticket,
        subtotal=sum((one.importe for one in lines), ZERO),
        descuento=sum((one.descuento for one in lines), ZERO),
        impuestos=sum((tax.importe or ZERO for one in lines for tax in one.traslados), ZERO),
        total=sum((one.total for one in lines), ZERO),
        credited=credited.get(number, ZERO),
        own=left.get(ticket.pk, "") if ticket is not None else "",
    )


def _tickets_of(document: Invoice) -> dict[str, Ticket]:
    """By the number that each is told under. A substitute has the notes of what it stands for."""
    line = [document]
    while line[-1].replaces is not None:
        line.append(line[-1].replaces)
    ids = Claim.objects.filter(global_invoice__in=line).values("ticket_id")
    rows = Ticket.objects.filter(pk__in=ids).only("company", "folio", "source", "external_id", "sold_at", "forma_pago")
    found: dict[str, Ticket] = {}
    for ticket in rows.order_by("pk"):
        found.setdefault(number_of(ticket, alone=True), ticket)
        found[number_of(ticket, alone=False)] = ticket
    return found


def _own_invoices(tickets: Iterable[Ticket]) -> dict[int, str]:
    ids = {one.pk for one in tickets}
    left = LeftGlobal.objects.select_related("invoice").filter(ticket_id__in=ids, returned_at__isnull=True)
    return {one.ticket_id: str(one.invoice) for one in left}
