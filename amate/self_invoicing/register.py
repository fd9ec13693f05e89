"""A sale comes in: it becomes a ticket with its billing code and its deadline."""

import json
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from amate.audit.record import record
from amate.companies.models import Branch, PortalPolicy
from amate.companies.policies import policy_on
from amate.fiscal.clock import zone_of
from amate.fiscal.money import MoneyRefused
from amate.invoices.lines import lines_to_json
from amate.self_invoicing.after_restore import may_be_on_paper
from amate.self_invoicing.await_sale import owe_claims
from amate.self_invoicing.codes import new_code
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.pagos import PagosDoNotAddUp, pagos_to_json
from amate.self_invoicing.reserve import is_reserved
from amate.self_invoicing.rules import Window, deadline_of
from amate.self_invoicing.sale import Sale as Sale
from amate.self_invoicing.sale import TotalDoesNotAddUp as TotalDoesNotAddUp
from amate.self_invoicing.sale import check_total
from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.writes import insert_unless_there

_KNOWN = Compiled(lambda: Ticket.objects.filter(source=Arg("source"), external_id=Arg("external_id")))


class SaleAlreadyRegistered(ValueError):
    """The same sale came before with other content. A printed note cannot change; a new
    sale has another external id."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(
            f"La venta {ticket.source}/{ticket.external_id} ya se registró con otros datos (total {ticket.total})."
        )
        self.ticket = ticket


class CodeNotYours(ValueError):
    """The code that the till printed was never reserved for it nor lost to a restore, or another note has it already."""

    def __init__(self) -> None:
        super().__init__("Ese código no está reservado para esta fuente, o ya es de otra nota.")


def register_ticket(*, sale: Sale, branch: Branch, now: datetime) -> tuple[Ticket, bool]:
    """Register a sale once; repeating it gives the same ticket, code and deadline. Answers (ticket, whether it is new).

    Raises TotalDoesNotAddUp, PagosDoNotAddUp, SaleAlreadyRegistered, CodeNotYours, and money.MoneyRefused for a line
    that cannot be invoiced.
    """
    lines = lines_to_json(sale.lines)
    digest = digest_of(sale, branch.code, lines)
    try:
        check_total(sale)
        window = window_on(branch, sold_day(sale, branch))
        made = new_ticket(
            sale, branch, code=_code_of(sale, now=now), lines=lines, digest=digest, window=window, now=now
        )
        is_new = insert_unless_there(made)
    except (TotalDoesNotAddUp, PagosDoNotAddUp, MoneyRefused, CodeNotYours):
        known = _known(sale, digest)  # that it came before is the first thing to say
        if known is None:
            raise
        return known, False
    # Nearly every sale is new, and two tills may send one at once: the constraint decides, the loser reads the winner's.
    if is_new:
        record("ticket.registered", about=f"ticket:{made.pk}", now=now, source=sale.source)
        if sale.code is not None:  # a fresh code is on no paper yet: nobody can have asked for it
            owe_claims({made.code: made.pk}, now=now)
        return made, True
    ticket = _known(sale, digest)
    if ticket is None:  # what was in the way is the code: another note has it
        raise CodeNotYours
    return ticket, False


def _code_of(sale: Sale, *, now: datetime) -> str:
    """A fresh one, the reserved one that its till printed, or, after a restore, the one that is on its paper."""
    if sale.code is None:
        return new_code()
    if is_reserved(sale.code, source=sale.source) or may_be_on_paper(sale.code, sold_at=sale.sold_at, now=now):
        return sale.code
    raise CodeNotYours


def new_ticket(
    sale: Sale, branch: Branch, *, code: str, lines: list[dict[str, Any]], digest: bytes, window: Window, now: datetime
) -> Ticket:
    """The ticket of a sale that adds up, not yet inserted. `lines` and `digest` of the same sale; `code` is fresh, or
    the reserved one that it brings."""
    return Ticket(
        branch=branch,
        source=sale.source,
        external_id=sale.external_id,
        digest=digest,
        code=code,
        folio=sale.folio,
        state_since=now,
        sold_at=sale.sold_at,
        deadline=deadline_of(sold_at=sale.sold_at, window=window, zone=zone_of(branch.cp)),
        lines=lines,
        forma_pago=sale.forma_pago,
        pagos=pagos_to_json(sale.pagos),
        metodo_pago=sale.metodo_pago,
        moneda=sale.moneda,
        total=sale.total,
        total_cents=int(sale.total * 100),
        created_at=now,
    )


def sold_day(sale: Sale, branch: Branch) -> date:
    """The local day of the sale, on which its window counts."""
    return sale.sold_at.astimezone(zone_of(branch.cp)).date()


def window_on(branch: Branch, day: date) -> Window:
    """The window of a sale made in that branch that day (local)."""
    return window_of(policy_on(branch_id=branch.pk, day=day))


def window_of(policy: PortalPolicy | None) -> Window:
    """Without any rules, the day of sale itself."""
    return Window.of(policy) if policy else Window(0, until_month_end=False)


def digest_of(sale: Sale, branch_code: str, lines: list[dict[str, Any]]) -> bytes:
    """What a repetition must say the same. `lines` as `lines_to_json` gives them."""
    if sale.said is not None:
        return sale.said
    said: list[Any] = [
        branch_code,
        sale.folio,
        sale.sold_at.timestamp(),
        sale.forma_pago,
        format(sale.total, ".2f"),
        sale.moneda,
        lines,
    ]
    if sale.pagos:  # what was registered before there were any must still be known again
        said.append(pagos_to_json(sale.pagos))
    return sha256(json.dumps(said, sort_keys=True).encode()).digest()


def repeated(*, source: str, external_id: str, said: bytes) -> Ticket | None:
    """The note of a sale that was sent before in the same words, before its products are looked up."""
    ticket = _KNOWN.first(source=source, external_id=external_id)
    return ticket if ticket is not None and bytes(ticket.digest) == said else None


def _known(sale: Sale, digest: bytes) -> Ticket | None:
    ticket = _KNOWN.first(source=sale.source, external_id=sale.external_id)
    if ticket is not None and (bytes(ticket.digest) != digest or sale.code not in (None, ticket.code)):
        raise SaleAlreadyRegistered(ticket)
    return ticket
