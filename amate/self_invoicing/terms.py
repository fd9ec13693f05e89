"""What a note becomes when this receiver invoices it: the same sale, perhaps with ISR withheld or told in few words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from amate.companies.policies import Rules, generics_of
from amate.fiscal.generic import Generic, generic_of
from amate.fiscal.ingreso import total_of
from amate.fiscal.withholding import with_isr_withheld, withholds
from amate.invoices.lines import lines_from_json, lines_to_json
from amate.invoices.models import Invoice
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.what_remains import remains_of


@dataclass(frozen=True, slots=True)
class Terms:
    """`lines` as `invoices.lines` keeps them; `total` of the document and `withheld` add up to the sale's;
    `generics` only those that a line of the sale belongs to."""

    lines: list[dict[str, Any]]
    total: Decimal
    withheld: Decimal
    generics: tuple[Generic, ...]


def terms_of(
    *, lines: list[dict[str, Any]], total: Decimal, moneda: str, rules: Rules | None, rfc: str, detailed: bool
) -> Terms:
    """By today's rules. `lines` and `total` of the sale; `rfc` is the receiver's; `detailed` tells every article whatever
    the rules say.

    The sale is what it was: only the document's total is less by what the receiver keeps back and pays to the SAT.
    """
    due = total
    if rules is not None and rules.isr_is_withheld and withholds(rfc):
        sold = with_isr_withheld(lines_from_json(lines))
        lines, due = lines_to_json(sold), total_of(sold, moneda=moneda)
    every = [] if detailed or rules is None else generics_of(rules.today)
    said = (generic_of(line["clave_prod_serv"], every) for line in lines)
    return Terms(lines, due, total - due, tuple(dict.fromkeys(one for one in said if one is not None)))


def terms_of_ticket(
    ticket: Ticket, *, rules: Rules | None, rfc: str, detailed: bool = False, by: Invoice | None = None
) -> Terms:
    """Of what remains of it now; `by` an invoice that tells it, of what remained then: a substitute says the same, and what
    was given back since then is credited on it."""
    rest = remains_of(ticket, by=by)
    return terms_of(lines=rest.lines, total=rest.total, moneda=ticket.moneda, rules=rules, rfc=rfc, detailed=detailed)


def terms_of_tickets(tickets: Sequence[Ticket], *, rules: Rules | None, rfc: str, by: Invoice | None = None) -> Terms:
    """Of notes that one invoice tells: their lines one after the other, and their sums. Each line rounds by itself, so the
    document's total is the sum of the notes'."""
    each = [terms_of_ticket(ticket, rules=rules, rfc=rfc, by=by) for ticket in tickets]
    return Terms(
        [line for one in each for line in one.lines],
        sum((one.total for one in each), Decimal(0)),
        sum((one.withheld for one in each), Decimal(0)),
        tuple(dict.fromkeys(generic for one in each for generic in one.generics)),
    )
