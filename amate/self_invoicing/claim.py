"""A buyer claims a ticket: from here on it is being invoiced to him, and to nobody else."""

from datetime import datetime

from amate.audit.record import record
from amate.companies.models import Emisor
from amate.companies.policies import generics_to_json
from amate.customers.propose import propose_profile
from amate.fiscal.receptor import Receptor
from amate.invoices.issue import issue_invoice
from amate.invoices.models import Invoice, Origin, RefusedBy, State
from amate.promises.kinds import SOMEBODY_WAITS
from amate.self_invoicing.models import Claim, Ticket
from amate.self_invoicing.queries import live_invoice, stand_of
from amate.self_invoicing.rules import Standing
from amate.self_invoicing.terms import terms_of_ticket
from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.writes import insert

_LOCKED = Compiled(
    lambda: Ticket.objects.select_related("branch").select_for_update(no_key=True, of=("self",)).filter(id=Arg("id"))
)


class NotClaimable(Exception):
    """The ticket cannot be invoiced now; `standing` says why, and every standing has its own page with a way out."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing.value)
        self.standing = standing


class CannotIssue(Exception):
    """The SAT suspended the company: not even the counter issues. The message (Spanish) says what to do."""


CANNOT_ISSUE = "El SAT suspendió la emisión de tu empresa: acláralo en el SAT. La nota sigue disponible."

# The portal is a courtesy with a window; an invoice asked for at the counter is owed all the same (FEATURES L1, row 62).
COUNTER_TOO = frozenset({Standing.CLAIMABLE, Standing.EXPIRED, Standing.PORTAL_OFF, Standing.NOT_OFFERED})


def claim_ticket(
    *, ticket_id: int, receptor: Receptor, correo: str, origin: Origin, now: datetime, detailed: bool = False
) -> Invoice:
    """Decide the ticket for this buyer and owe him the stamp. Raises NotClaimable, and CannotIssue at the counter; then
    nothing was written. `detailed`: the company tells every article this time, whatever its rules say.

    The row lock orders the buyers, the check in a new statement sees who won (C6), and the partial unique index on the
    live claim is the last referee.
    """
    ticket = _LOCKED.get(id=ticket_id)
    earlier = live_invoice(ticket)
    found, rules = stand_of(ticket, now=now, invoice=earlier)
    if found is not Standing.CLAIMABLE and not (origin is Origin.COUNTER and found in COUNTER_TOO):
        raise NotClaimable(found)
    if origin is Origin.COUNTER and Emisor.objects.filter(issuing_suspended=True).exists():
        raise CannotIssue(CANNOT_ISSUE)
    if earlier is not None:
        release_claim(invoice_id=earlier.pk, now=now)
    terms = terms_of_ticket(ticket, rules=rules, rfc=receptor.rfc, detailed=detailed)
    profile = propose_profile(receptor=receptor, correo=correo, origin=origin, now=now)
    invoice = issue_invoice(
        branch=ticket.branch,
        profile=profile,
        lines=terms.lines,
        total=terms.total,
        withheld=terms.withheld,
        generics=generics_to_json(terms.generics),
        forma_pago=ticket.forma_pago,
        metodo_pago=ticket.metodo_pago,
        moneda=ticket.moneda,
        origin=origin,
        priority=SOMEBODY_WAITS,
        now=now,
    )
    insert(Claim(ticket=ticket, invoice=invoice, claimed_at=now))
    record(
        "ticket.claimed",
        about=f"ticket:{ticket.pk}",
        now=now,
        invoice=invoice.pk,
        origin=origin.value,
        # At the counter the portal's own rules do not bind; that they were passed over is told.
        **({} if found is Standing.CLAIMABLE else {"although": found.value}),
    )
    return invoice


def release_claim(*, invoice_id: int, now: datetime) -> bool:
    """Give the ticket back after the SAT refused the receiver's data. False if there was nothing to release."""
    refused = Invoice.objects.filter(pk=invoice_id, state=State.REFUSED, refused_by=RefusedBy.RECEIVER)
    released = Claim.objects.live().filter(invoice__in=refused).update(released_at=now)
    return bool(released)
