"""One note becomes several, each for its own buyer, and together they are what it was (FEATURES 38)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from secrets import token_hex

from amate.audit.record import acting_person, record
from amate.fiscal.divided import MOST_PARTS, NotDivisible, divide, divide_evenly
from amate.fiscal.ingreso import SaleLine, total_of
from amate.fiscal.rounding import UNITS
from amate.fiscal.share import share_out
from amate.fiscal.tables.monedas import decimals_of
from amate.invoices.lines import lines_from_json, lines_to_json
from amate.self_invoicing.claim import release_claim
from amate.self_invoicing.codes import new_code
from amate.self_invoicing.models import Refund, Ticket
from amate.self_invoicing.pagos import Pago, main_forma, pagos_from_json, pagos_to_json
from amate.self_invoicing.queries import live_invoice, state_of
from amate.tenancy.writes import insert

MAY_BE_SPLIT = frozenset({"open", "expired"})
_WHY_NOT = {
    "issuing": "Esta nota se está facturando: ya no se divide.",
    "invoiced": "Esta nota ya tiene factura: ya no se divide.",
    "in_global": "Esta nota ya está en una factura global: ya no se divide.",
    "locked": "Esta nota está en revisión: desbloquéala primero.",
    "void": "Esta nota está cancelada: no queda nada que dividir.",
    "split": "Esta nota ya se dividió: factura sus partes, o vuelve a unirla primero.",
}
_REFUNDED = "De esta nota ya se devolvió algo: se factura completa, con lo que queda de ella."


class NotSplittable(Exception):
    """Nothing was written. `place`: of the line that is in the way; None: the note itself. The message (Spanish) says why,
    and the way out."""

    def __init__(self, message: str, *, place: int | None = None) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True, slots=True)
class Division:
    """`takes[line][part]`: how many of each line each part has; or `shares`: each part's proportion of every line."""

    takes: tuple[tuple[Decimal, ...], ...] = ()
    shares: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    lines: tuple[SaleLine, ...]
    total: Decimal


def split_ticket(*, ticket_id: int, division: Division, now: datetime) -> list[Ticket]:
    """The note is closed and its parts are open, in one transaction: each an ordinary note with a code of its own, of the
    same branch, moment and deadline. Raises NotSplittable.

    Under the note's lock, which buyers and globals take too; the check in a new statement sees who was first (C6).
    """
    ticket: Ticket = Ticket.locked(ticket_id)
    if why_not := why_not_split(ticket, now=now):
        raise NotSplittable(why_not)
    held = live_invoice(ticket)
    if held is not None:  # the SAT refused its buyer's data
        release_claim(invoice_id=held.pk, now=now)
        if live_invoice(ticket) is not None:
            raise NotSplittable(_WHY_NOT["in_global"])
    parts = parts_by(ticket, division)
    paid = _paid_by_part(ticket, parts)
    ticket.move_to(Ticket.State.SPLIT, state_since=now, state_reason="")
    made = []
    for number, (part, pagos) in enumerate(zip(parts, paid, strict=True), start=1):
        child = _child(ticket, number, part, pagos, now=now)
        insert(child)
        made.append(child)
    record("ticket.split", about=f"ticket:{ticket.pk}", now=now, parts=len(made), by=acting_person())
    return made


def why_not_split(ticket: Ticket, *, now: datetime) -> str:
    """Empty when it can be."""
    state = state_of(ticket, invoice=live_invoice(ticket), now=now)
    if state not in MAY_BE_SPLIT:
        return _WHY_NOT[state]
    return _REFUNDED if Refund.objects.filter(ticket=ticket).exists() else ""


def parts_by(ticket: Ticket, division: Division) -> list[Part]:
    """What each part would be. Raises NotSplittable."""
    sales = lines_from_json(ticket.lines)
    lines = [sale.line for sale in sales]
    decimals = decimals_of(ticket.moneda)
    count = len(division.shares) or len(division.takes[0])
    if not 1 < count <= MOST_PARTS:
        raise NotSplittable(f"Una nota se divide en 2 partes o más, hasta {MOST_PARTS}.")
    try:
        if division.shares:
            by_part = divide_evenly(lines, division.shares, decimals=decimals)
        else:
            by_part = divide(lines, division.takes, decimals=decimals)
    except NotDivisible as refused:
        raise NotSplittable(str(refused), place=refused.place) from refused
    parts = []
    for of_part in by_part:
        own = tuple(replace(sale, line=line) for sale, line in zip(sales, of_part, strict=True) if line is not None)
        if not own:
            raise NotSplittable("Cada parte lleva algo: quita la que está vacía, o dale una partida.")
        parts.append(Part(own, total_of(own, moneda=ticket.moneda)))
    return parts


def _paid_by_part(ticket: Ticket, parts: Sequence[Part]) -> list[tuple[Pago, ...]]:
    """Of a sale that was paid in several ways: of each way its share, so that they add up by way and by part."""
    pagos = pagos_from_json(ticket.pagos)
    left = [one.importe for one in pagos]
    paid: list[tuple[Pago, ...]] = []
    for part in parts if pagos else ():
        given = share_out(part.total, left, unit=UNITS[decimals_of(ticket.moneda)])
        left = [before - taken for before, taken in zip(left, given, strict=True)]
        paid.append(tuple(Pago(one.forma_pago, taken) for one, taken in zip(pagos, given, strict=True) if taken))
    return paid or [()] * len(parts)


def _child(ticket: Ticket, number: int, part: Part, pagos: tuple[Pago, ...], *, now: datetime) -> Ticket:
    lines = lines_to_json(part.lines)
    several = pagos if len(pagos) > 1 else ()
    external_id = f"{ticket.external_id[:60]}~{number}-{token_hex(4)}"
    return Ticket(
        branch_id=ticket.branch_id,
        source=ticket.source,
        external_id=external_id,
        digest=sha256(external_id.encode()).digest(),
        code=new_code(),
        folio=f"{ticket.folio[:36]}-{number}",
        state_since=now,
        sold_at=ticket.sold_at,
        deadline=ticket.deadline,
        lines=lines,
        forma_pago=main_forma(pagos) if pagos else ticket.forma_pago,
        pagos=pagos_to_json(several),
        metodo_pago=ticket.metodo_pago,
        moneda=ticket.moneda,
        total=part.total,
        total_cents=int(part.total * 100),
        created_at=now,
        split_of=ticket,
    )
