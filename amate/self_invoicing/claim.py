"""A buyer claims a ticket: from here on it is being invoiced to him, and to nobody else."""

from datetime import datetime

from django.db.models import Q

from amate.audit.record import record
from amate.companies.models import Emisor
from amate.companies.policies import generics_to_json
from amate.customers.propose import propose_profile
from amate.fiscal.receptor import Receptor
from amate.invoices.credit import NotCreditable
from amate.invoices.issue import issue_invoice
from amate.invoices.models import Invoice, Kind, Origin, RefusedBy, State
from amate.promises.kinds import SOMEBODY_WAITS
from amate.self_invoicing.in_global import pass_notes_on
from amate.self_invoicing.leave_global import draft_egreso, leave_global, return_to_global, why_not_left
from amate.self_invoicing.models import Claim, Ticket
from amate.self_invoicing.queries import live_invoice, stand_of
from amate.self_invoicing.rules import Standing
from amate.self_invoicing.terms import terms_of_ticket
from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.writes import insert, insert_all

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
PORTAL_TOO = frozenset({Standing.CLAIMABLE, Standing.AFTER_GLOBAL})
COUNTER_TOO = PORTAL_TOO | {Standing.EXPIRED, Standing.PORTAL_OFF, Standing.NOT_OFFERED, Standing.IN_GLOBAL}


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
    _check(found, origin)
    if origin is Origin.COUNTER and Emisor.objects.filter(issuing_suspended=True).exists():
        raise CannotIssue(CANNOT_ISSUE)
    if earlier is not None:
        release_claim(invoice_id=earlier.pk, now=now)
        earlier = live_invoice(ticket)
        if earlier is not None:  # it is in a global, or has just gone back to the one it came from
            found, rules = stand_of(ticket, now=now, invoice=earlier)
            _check(found, origin)
            if why_not_left(ticket, earlier):
                raise NotClaimable(Standing.IN_GLOBAL)
    try:  # before anything is written that a refusal would leave behind
        egreso = earlier and draft_egreso(ticket=ticket, in_global=earlier, origin=origin, now=now)
    except NotCreditable as refused:  # another took it out of the global since we looked
        raise NotClaimable(Standing.IN_GLOBAL) from refused
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
    if earlier is not None and egreso is not None:
        leave_global(ticket=ticket, in_global=earlier, egreso=egreso, invoice=invoice, now=now)
    insert(Claim(ticket=ticket, invoice=invoice, claimed_at=now))
    record(
        "ticket.claimed",
        about=f"ticket:{ticket.pk}",
        now=now,
        invoice=invoice.pk,
        origin=origin.value,
        # At the counter the portal's own rules do not bind; that they were passed over is told.
        **({} if found in PORTAL_TOO else {"although": found.value}),
    )
    return invoice


def _check(found: Standing, origin: Origin) -> None:
    if found not in (COUNTER_TOO if origin is Origin.COUNTER else PORTAL_TOO):
        raise NotClaimable(found)


def release_claim(*, invoice_id: int, now: datetime) -> bool:
    """Give the ticket back, or every ticket of a joined invoice or a global: the SAT refused the receiver's data, or the document was
    cancelled and nothing stands in its place (C3). One that came out of a global goes back there if its buyer's invoice was
    never stamped. False if there was nothing to release."""
    refused = Q(state=State.REFUSED, refused_by=RefusedBy.RECEIVER)
    gone = Invoice.objects.filter(refused | Q(state=State.CANCELLED, replaced_by__isnull=True), pk=invoice_id)
    released = Claim.objects.live().filter(Q(invoice__in=gone) | Q(global_invoice__in=gone)).update(released_at=now)
    if released:
        return_to_global(invoice_id=invoice_id, now=now)
    return bool(released)


def pass_claim_on(*, invoice_id: int, to: Invoice, now: datetime) -> None:
    """The note, or every note of a joined one, is another invoice's from now on, in the transaction that makes it so: its substitute's with the stamp, and
    the original's again when the substitute is cancelled and the original is not."""
    if to.kind == Kind.GLOBAL:
        pass_notes_on(global_id=invoice_id, to=to, now=now)
        return
    live = Claim.objects.live().filter(invoice_id=invoice_id)
    held = list(live.order_by("pk").values_list("ticket_id", flat=True))
    live.update(released_at=now)
    again = Claim.objects.filter(invoice=to, ticket_id__in=held)
    again.update(released_at=None)
    had = set(again.values_list("ticket_id", flat=True))
    insert_all([Claim(ticket_id=pk, invoice=to, claimed_at=now) for pk in held if pk not in had])
