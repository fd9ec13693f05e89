"""The notes of a factura global: how each is numbered in it, and whose they are once another stands in its place."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from amate.fiscal.global_ticket import GlobalSale
from amate.invoices.lines import lines_from_json
from amate.invoices.models import Invoice
from amate.self_invoicing.models import Claim, LeftGlobal, Ticket
from amate.self_invoicing.what_remains import left_after, refunds_of
from amate.tenancy.writes import insert_all


def sales_of(tickets: Sequence[Ticket]) -> list[GlobalSale]:
    """Each note under its folio. Two tills may print the same one: theirs are told apart by our own number, since a
    number stands for one ticket in a document. Of one that something was given back of, what remains."""
    shrunk = refunds_of(tickets)
    times = Counter(ticket.folio for ticket in tickets)
    return [
        GlobalSale(
            number_of(ticket, alone=times[ticket.folio] == 1),
            ticket.forma_pago,
            tuple(sale.line for sale in lines_from_json(left_after(ticket, shrunk.get(ticket.pk, [])).lines)),
        )
        for ticket in tickets
    ]


def number_of(ticket: Ticket, *, alone: bool) -> str:
    """NoIdentificacion."""
    return ticket.folio if alone else f"{ticket.folio} #{ticket.pk}"


def number_in(document: Invoice, ticket: Ticket) -> str | None:
    """Under which number a global tells this note; None: it does not."""
    numbers = {one["no_identificacion"] for one in document.lines}
    return next((name for alone in (False, True) if (name := number_of(ticket, alone=alone)) in numbers), None)


def pass_notes_on(*, global_id: int, to: Invoice, now: datetime) -> None:
    """The notes of one global are another's, those that the other has; the rest are free (AFT-A). Back again likewise: a
    note that got its own invoice meanwhile stays with that, and one that was divided with its parts."""
    held = Claim.objects.live().filter(global_invoice_id=global_id)
    notes = list(Ticket.objects.filter(pk__in=held.values("ticket_id")).only("pk", "folio", "company_id"))
    held.update(released_at=now)
    numbers = {one["no_identificacion"] for one in to.lines}
    kept = {note.pk for note in notes if {number_of(note, alone=one) for one in (True, False)} & numbers}
    had = Claim.objects.filter(global_invoice=to)
    left = LeftGlobal.objects.filter(global_invoice=to, returned_at__isnull=True)
    again = had.exclude(ticket__in=Claim.objects.live().values("ticket_id"))
    again = again.exclude(ticket__in=left.values("ticket_id"))
    again = again.filter(ticket__in=Ticket.objects.sold())
    again.update(released_at=None)
    fresh = kept - set(had.values_list("ticket_id", flat=True))
    insert_all([Claim(ticket_id=pk, global_invoice=to, claimed_at=now) for pk in sorted(fresh)])
