"""Reading tickets: where one stands for a visitor, and the lists of the back office."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Sum

from amate.companies.policies import Rules, qualifies, rules_for
from amate.fiscal.clock import zone_of
from amate.invoices.models import AT_THE_SAT, Invoice, Kind, RefusedBy, State
from amate.self_invoicing.codes import ALPHABET, LENGTH
from amate.self_invoicing.leave_global import why_not_left
from amate.self_invoicing.models import Claim, Ticket
from amate.self_invoicing.rules import Standing, TicketFacts, standing
from amate.tenancy.compiled import Arg, Compiled

LONGEST_FOLIO = 40
# Collation C orders by code point, so nothing comes after it.
LAST = "\U0010ffff"
# What a company and its programs see of a ticket. Whether the portal is on does not matter to them.
STATES = {
    "open": "Por facturar",
    "issuing": "Emitiendo",
    "invoiced": "Facturada",
    "in_global": "En factura global",
    "expired": "Vencida",
    "locked": "En revisión",
    "void": "Cancelada",
    "split": "Dividida",
}
_STATE_OF = {
    Standing.INVOICED: "invoiced",
    Standing.IN_GLOBAL: "in_global",
    Standing.AFTER_GLOBAL: "in_global",
    Standing.ISSUING: "issuing",
    Standing.HELD_BY_US: "issuing",
    Standing.VOID: "void",
    Standing.SPLIT: "split",
    Standing.LOCKED: "locked",
    Standing.EXPIRED: "expired",
    Standing.CLAIMABLE: "open",
}


# One look in the index a till: DISTINCT would read every note to learn a handful of names.
_SOURCES = """
WITH RECURSIVE t(source) AS (
  (SELECT source FROM self_invoicing_ticket ORDER BY source LIMIT 1)
  UNION ALL
  SELECT (SELECT k.source FROM self_invoicing_ticket k WHERE k.source > t.source ORDER BY k.source LIMIT 1)
  FROM t WHERE t.source IS NOT NULL
) SELECT source FROM t WHERE source IS NOT NULL LIMIT 100
"""
_LIVE_CLAIM = Compiled(lambda: Claim.objects.live().select_related("invoice").filter(ticket_id=Arg("ticket")))
_OF_CODE = Compiled(lambda: Ticket.objects.select_related("branch").filter(code=Arg("code"), total_cents=Arg("cents")))


def find_ticket(*, code: str, total_cents: int) -> Ticket | None:
    """The ticket of a code, if the total is its own. One query whatever the answer (OUTSIDE GRD-2)."""
    return _OF_CODE.first(code=code, cents=total_cents)


def live_invoice(ticket: Ticket) -> Invoice | None:
    """The document of the ticket's live claim, whatever its state: its buyer's invoice, or a factura global."""
    claim = _LIVE_CLAIM.first(ticket=ticket.pk)
    return claim.document if claim else None


class Stand(NamedTuple):
    """Where a ticket stands, and the rules that had a say in it: read only where they matter."""

    standing: Standing
    rules: Rules | None


def stand_of(ticket: Ticket, *, now: datetime, invoice: Invoice | None) -> Stand:
    """Gather the facts of one ticket and decide. `invoice` is its live claim's, as `live_invoice` found it."""
    facts = _facts(ticket, invoice=invoice)
    found = standing(facts, now=now)
    if found is Standing.IN_GLOBAL and invoice is not None:
        # Where it would stand by itself: only what the portal would have invoiced leaves the global there.
        alone = stand_of(ticket, now=now, invoice=None)
        leaves = alone.standing is Standing.CLAIMABLE and not why_not_left(ticket, invoice)
        return Stand(Standing.AFTER_GLOBAL if leaves else found, alone.rules)
    if found not in (Standing.CLAIMABLE, Standing.EXPIRED):
        return Stand(found, None)  # what the portal is set to changes nothing for a note that is held or gone
    zone = zone_of(ticket.branch.cp)
    rules = rules_for(
        branch_id=ticket.branch_id, sold_on=ticket.sold_at.astimezone(zone).date(), today=now.astimezone(zone).date()
    )
    facts = replace(
        facts,
        portal_enabled=rules.today is not None and rules.today.enabled,
        issuing_suspended=rules.issuing_suspended,
        qualifies=qualifies(
            rules.when_sold,
            source=ticket.source,
            total=_sold_for(ticket),
            moneda=ticket.moneda,
            metodo_pago=ticket.metodo_pago,
        ),
    )
    return Stand(standing(facts, now=now), rules)


def _sold_for(ticket: Ticket) -> Decimal:
    """What the rules judge of a part is the sale: to divide it takes nobody's invoice away."""
    while ticket.split_of is not None:
        ticket = ticket.split_of
    return ticket.total


def state_of(ticket: Ticket, *, invoice: Invoice | None, now: datetime) -> str:
    """One of STATES. `invoice` is the live claim's. Asks no query."""
    return _STATE_OF[standing(_facts(ticket, invoice=invoice), now=now)]


def ticket_of_code(code: str) -> Ticket | None:
    """For those who need not prove the total: the company's own programs and staff."""
    ticket: Ticket | None = Ticket.objects.select_related("branch").filter(code=code).first()
    return ticket


def tickets_of_invoice(invoice_id: int) -> list[Ticket]:
    """The tickets that an invoice was claimed for, in the order it tells them, even if they were released since."""
    claims = Claim.objects.select_related("ticket__branch").filter(invoice_id=invoice_id)
    return [claim.ticket for claim in claims.order_by("pk")]


def tickets_in() -> Any:
    """Tickets, newest first, each with its live claim in `live_claims`."""
    return with_live_claims(Ticket.objects.select_related("branch").order_by("-id"))


def with_live_claims(tickets: Any) -> Any:
    """Each with its live claim, if it has one, in `live_claims`: what `live_invoice_of` reads."""
    live = Claim.objects.live().select_related("invoice", "global_invoice")
    return tickets.prefetch_related(Prefetch("claims", queryset=live, to_attr="live_claims"))


def parts_of(ticket: Ticket) -> list[Ticket]:
    """Of a divided note, each with its live claim in `live_claims`; of one that is whole, none."""
    own = Ticket.objects.filter(split_of=ticket, rejoined_at__isnull=True).select_related("branch")
    return list(with_live_claims(own.order_by("pk")))


def known_sources() -> list[str]:
    """The names of the tills that registered notes, at most 100."""
    with connection.cursor() as c:
        c.execute(_SOURCES)
        return [source for (source,) in c.fetchall()]


def registered_since(moment: datetime) -> tuple[int, Decimal]:
    """How many tickets were registered since then, and what they add up to in pesos."""
    # A part is no new sale: it was registered with its note.
    found = Ticket.objects.filter(created_at__gte=moment, split_of__isnull=True).aggregate(
        count=Count("pk"), cents=Sum("total_cents")
    )
    return int(found["count"]), Decimal(found["cents"] or 0) / 100


def live_invoice_of(ticket: Ticket) -> Invoice | None:
    """As `live_invoice`, of a row that came from `tickets_in`: no query."""
    claims = ticket.live_claims  # type: ignore[attr-defined]
    return claims[0].document if claims else None


def _facts(ticket: Ticket, *, invoice: Invoice | None) -> TicketFacts:
    """Of the note alone, as if the portal were on."""
    return TicketFacts(
        state=ticket.state,
        deadline=ticket.deadline,
        invoice=invoice.state if invoice else None,
        refused_by=invoice.refused_by if invoice else None,
        in_global=invoice is not None and invoice.kind == Kind.GLOBAL,
        portal_enabled=True,
        issuing_suspended=False,
    )


def in_state(state: str, *, now: datetime) -> Q:
    """The same law as `rules.standing`, as a condition of SQL. `state`: one of STATES."""
    live = Claim.objects.live().filter(ticket=OuterRef("pk"))
    stamped = Exists(live.filter(invoice__state__in=AT_THE_SAT))
    held = Exists(live.filter(invoice__isnull=False).exclude(_given_back("invoice")))
    in_global = Exists(live.filter(global_invoice__isnull=False).exclude(_given_back("global_invoice")))
    free, ended = Q(~held) & Q(~in_global), now - timedelta(seconds=1)
    return {
        "invoiced": Q(stamped),
        "in_global": Q(in_global),
        "issuing": Q(held) & ~Q(stamped),
        "void": free & Q(state=Ticket.State.VOID),
        "split": Q(state=Ticket.State.SPLIT),
        "locked": free & Q(state=Ticket.State.LOCKED),
        "expired": free & Q(state=Ticket.State.OPEN, deadline__lte=ended),
        "open": free & Q(state=Ticket.State.OPEN, deadline__gt=ended),
    }[state]


def _given_back(document: str) -> Q:
    """The SAT refused the receiver's data, or it is cancelled: the note is free again."""
    return Q(**{f"{document}__state": State.REFUSED, f"{document}__refused_by": RefusedBy.RECEIVER}) | Q(
        **{f"{document}__state": State.CANCELLED}
    )


def begins(text: str, *, part_of_code: bool) -> Q:
    """Tickets whose folio begins so, or that have this billing code, of which a beginning is enough if `part_of_code`:
    symbol by symbol it would tell a code that is hidden. A range: under row-level security only `>=` and `<=` use an
    index (DECISIONS A3b)."""
    found = Q(folio__gte=text, folio__lte=text.ljust(LONGEST_FOLIO, LAST), folio__startswith=text)
    code = "".join(c for c in text.upper() if c not in " -")
    if (1 if part_of_code else LENGTH) <= len(code) <= LENGTH and all(c in ALPHABET for c in code):
        found |= Q(code__gte=code.ljust(LENGTH, "0"), code__lte=code.ljust(LENGTH, "Z"))
    return found
