"""What a note becomes when this receiver invoices it: the same sale, perhaps with ISR withheld or told in few words."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from amate.companies.policies import Rules, generics_of
from amate.fiscal.generic import Generic, generic_of
from amate.fiscal.ingreso import total_of
from amate.fiscal.withholding import with_isr_withheld, withholds
from amate.invoices.lines import lines_from_json, lines_to_json
from amate.self_invoicing.models import Ticket


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


def terms_of_ticket(ticket: Ticket, *, rules: Rules | None, rfc: str, detailed: bool = False) -> Terms:
    return terms_of(
        lines=ticket.lines, total=ticket.total, moneda=ticket.moneda, rules=rules, rfc=rfc, detailed=detailed
    )
