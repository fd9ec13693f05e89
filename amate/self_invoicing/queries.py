"""Reading tickets: where one stands for a visitor, and the lists of the back office."""

from datetime import datetime

from amate.companies.models import Emisor, PortalPolicy
from amate.fiscal.clock import zone_of
from amate.invoices.models import Invoice
from amate.self_invoicing.models import Claim, Ticket
from amate.self_invoicing.rules import Standing, TicketFacts, standing


def find_ticket(*, code: str, total_cents: int) -> Ticket | None:
    """The ticket of a code, if the total is its own. One query whatever the answer (OUTSIDE GRD-2)."""
    ticket: Ticket | None = (
        Ticket.objects.select_related("branch").filter(code=code, total_cents=total_cents).first()
    )
    return ticket


def live_invoice(ticket: Ticket) -> Invoice | None:
    """The invoice of the ticket's live claim, whatever its state."""
    claim = Claim.objects.live().select_related("invoice").filter(ticket=ticket).first()
    return claim.invoice if claim else None


def standing_of(ticket: Ticket, *, now: datetime, invoice: Invoice | None) -> Standing:
    """Gather the facts of one ticket and decide. `invoice` is its live claim's, as `live_invoice` found it."""
    policy = PortalPolicy.objects.on(now.astimezone(zone_of(ticket.branch.cp)).date())
    facts = TicketFacts(
        state=ticket.state,
        deadline=ticket.deadline,
        invoice=invoice.state if invoice else None,
        refused_by=invoice.refused_by if invoice else None,
        portal_enabled=bool(policy and policy.enabled),
        issuing_suspended=Emisor.objects.filter(issuing_suspended=True).exists(),
    )
    return standing(facts, now=now)
