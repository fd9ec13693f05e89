"""A sale comes in: it becomes a ticket with its billing code and its deadline."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from amate.companies.models import Branch, PortalPolicy
from amate.fiscal.clock import zone_of
from amate.fiscal.ingreso import SaleLine, total_of
from amate.invoices.lines import lines_to_json
from amate.self_invoicing.codes import new_code
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.rules import Window, deadline_of


class TotalDoesNotAddUp(ValueError):
    """The total of the sale is not the sum of its lines; both sums are given, nothing was registered."""

    def __init__(self, *, said: Decimal, computed: Decimal) -> None:
        super().__init__(f"El total dice {said} y las partidas suman {computed}.")
        self.said = said
        self.computed = computed


class SaleAlreadyRegistered(ValueError):
    """The same sale came before with other content. A printed note cannot change; a new
    sale has another external id."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(
            f"La venta {ticket.source}/{ticket.external_id} ya se registró con otros datos (total {ticket.total})."
        )
        self.ticket = ticket


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale to the general public, as the point of sale tells it. `sold_at` is an instant with its zone."""

    source: str
    external_id: str
    folio: str
    sold_at: datetime
    forma_pago: str
    total: Decimal
    lines: tuple[SaleLine, ...]
    moneda: str = "MXN"


def register_ticket(*, sale: Sale, branch: Branch, now: datetime) -> tuple[Ticket, bool]:
    """Register a sale once; repeating it gives the same ticket, code and deadline. Answers (ticket, whether it is new).

    Raises TotalDoesNotAddUp, SaleAlreadyRegistered, and money.MoneyRefused for a line that cannot be invoiced.
    """
    lines = lines_to_json(sale.lines)
    digest = _digest(sale, branch, lines)
    known = _known(sale, digest)
    if known is not None:
        return known, False
    computed = total_of(sale.lines, moneda=sale.moneda)
    if computed != sale.total:
        raise TotalDoesNotAddUp(said=sale.total, computed=computed)
    zone = zone_of(branch.cp)
    policy = PortalPolicy.objects.on(sale.sold_at.astimezone(zone).date())
    window = Window(policy.window_days, policy.until_month_end) if policy else Window(0, until_month_end=False)
    made = Ticket(
        branch=branch,
        source=sale.source,
        external_id=sale.external_id,
        digest=digest,
        code=new_code(),
        folio=sale.folio,
        state_since=now,
        sold_at=sale.sold_at,
        deadline=deadline_of(sold_at=sale.sold_at, window=window, zone=zone),
        lines=lines,
        forma_pago=sale.forma_pago,
        moneda=sale.moneda,
        total=sale.total,
        total_cents=int(sale.total * 100),
        created_at=now,
    )
    # Two tills may send the same sale at once: the constraint decides, and the loser reads the winner's code.
    Ticket.objects.bulk_create([made], ignore_conflicts=True)
    ticket = _known(sale, digest)
    assert ticket is not None
    return ticket, ticket.code == made.code


def _known(sale: Sale, digest: bytes) -> Ticket | None:
    ticket: Ticket | None = Ticket.objects.filter(source=sale.source, external_id=sale.external_id).first()
    if ticket is not None and bytes(ticket.digest) != digest:
        raise SaleAlreadyRegistered(ticket)
    return ticket


def _digest(sale: Sale, branch: Branch, lines: list[dict[str, object]]) -> bytes:
    said = [
        branch.code,
        sale.folio,
        sale.sold_at.timestamp(),
        sale.forma_pago,
        format(sale.total, ".2f"),
        sale.moneda,
        lines,
    ]
    return sha256(json.dumps(said, sort_keys=True).encode()).digest()
