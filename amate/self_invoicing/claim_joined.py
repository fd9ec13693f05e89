"""A buyer claims several notes in one invoice: all of them or none."""

from collections.abc import Sequence
from datetime import datetime

from amate.audit.record import record
from amate.companies.policies import generics_to_json
from amate.customers.propose import propose_profile
from amate.fiscal.receptor import Receptor
from amate.invoices.issue import issue_invoice
from amate.invoices.models import Invoice, Origin
from amate.promises.kinds import SOMEBODY_WAITS
from amate.self_invoicing.claim import release_claim
from amate.self_invoicing.join import MOST, Conflict, conflict_of, paid_together
from amate.self_invoicing.models import Claim, Ticket
from amate.self_invoicing.queries import live_invoice, stand_of
from amate.self_invoicing.rules import Standing
from amate.self_invoicing.terms import terms_of_tickets
from amate.tenancy.writes import insert_all


class NotJoinable(Exception):
    """No invoice was made. `conflicts` say of which notes, why, and what to do with each."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__(" ".join(one.why for one in conflicts))
        self.conflicts = tuple(conflicts)


def claim_joined(*, ticket_ids: Sequence[int], receptor: Receptor, correo: str, now: datetime) -> Invoice:
    """Decide these notes for this buyer and owe him one stamp; its lines in the order of `ticket_ids`. Raises NotJoinable.

    Their rows are locked by id, as a global locks its own: two sets that share a note, told in whatever order, wait for
    each other and never in a circle. Then as `claim_ticket`: the check in a new statement, and the unique index.
    """
    if not 1 < len(set(ticket_ids)) == len(ticket_ids) <= MOST:
        raise ValueError(f"from two to {MOST} notes, each once")
    of_them = Ticket.objects.filter(pk__in=ticket_ids).select_related("branch").order_by("pk")
    locked = {ticket.pk: ticket for ticket in of_them.select_for_update(no_key=True, of=("self",))}
    tickets = [locked[pk] for pk in ticket_ids]
    first = tickets[0]
    earlier = {ticket.pk: live_invoice(ticket) for ticket in tickets}
    stands = {ticket.pk: stand_of(ticket, now=now, invoice=earlier[ticket.pk]) for ticket in tickets}
    conflicts = [conflict_of(one, first=first, standing=stands[one.pk].standing) for one in tickets]
    if any(conflicts):
        raise NotJoinable([one for one in conflicts if one])
    for invoice_id in sorted({one.pk for one in earlier.values() if one is not None}):
        release_claim(invoice_id=invoice_id, now=now)
    # One whose buyer the SAT refused may have gone back to the global it came from.
    back = [conflict_of(one, first=first, standing=Standing.AFTER_GLOBAL) for one in tickets if live_invoice(one)]
    if back:
        raise NotJoinable([one for one in back if one])
    terms = terms_of_tickets(tickets, rules=stands[first.pk].rules, rfc=receptor.rfc)
    profile = propose_profile(receptor=receptor, correo=correo, origin=Origin.PORTAL, now=now)
    invoice = issue_invoice(
        branch=first.branch,
        profile=profile,
        lines=terms.lines,
        total=terms.total,
        withheld=terms.withheld,
        generics=generics_to_json(terms.generics),
        forma_pago=paid_together(tickets)[0],
        metodo_pago=first.metodo_pago,
        moneda=first.moneda,
        origin=Origin.PORTAL,
        priority=SOMEBODY_WAITS,
        now=now,
    )
    insert_all([Claim(ticket=ticket, invoice=invoice, claimed_at=now) for ticket in tickets])
    for ticket in tickets:
        record(
            "ticket.claimed",
            about=f"ticket:{ticket.pk}",
            now=now,
            invoice=invoice.pk,
            origin=Origin.PORTAL.value,
            notes=len(tickets),
        )
    return invoice
