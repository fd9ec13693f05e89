"""Several notes of one buyer in one invoice (FEATURES 37): which may be told together, and if not, why and what to do.

A CFDI has one LugarExpedicion, one MetodoPago and one Moneda, so these must be the same. It has one FormaPago too: of
notes that were paid in several ways, the one by which most was paid, as of one note (`pagos`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from amate.fiscal.ingreso import PPD
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.pagos import Pago, main_forma, pagos_from_json
from amate.self_invoicing.rules import Standing

MOST = 20
APART = "factúrala aparte, con su código"
ASK_THE_SHOP = "pide su factura en la tienda"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Of one note. `alone`: what its holder does with it by itself, as the end of a sentence."""

    ticket: Ticket
    why: str
    alone: str


# Also what the note would be by itself: only one that nobody holds and the portal invoices is joined.
_STANDS = {
    Standing.INVOICED: ("ya tiene factura", "descárgala con su código y su total"),
    Standing.ISSUING: ("ya se está facturando", "espera a que termine"),
    Standing.HELD_BY_US: ("ya se está facturando", "espera a que termine"),
    Standing.EXPIRED: ("ya no está en plazo", ASK_THE_SHOP),
    Standing.AFTER_GLOBAL: ("ya está en la factura global de la tienda y sale de ella por separado", APART),
    Standing.IN_GLOBAL: ("ya está en la factura global de la tienda", ASK_THE_SHOP),
    Standing.VOID: ("se canceló", "si no devolviste nada, avisa a la tienda"),
    Standing.SPLIT: ("se dividió", "factura sus partes, cada una con su código"),
    Standing.LOCKED: ("está en revisión en la tienda", "factúrala cuando termine la revisión"),
    Standing.PORTAL_OFF: ("no se factura por ahora en el portal", ASK_THE_SHOP),
    Standing.NOT_OFFERED: ("no se factura en el portal", ASK_THE_SHOP),
}


def conflict_of(ticket: Ticket, *, first: Ticket, standing: Standing) -> Conflict | None:
    """Why this note may not be in the invoice of the `first`, which is asked about too; None: it may."""
    if standing is not Standing.CLAIMABLE:
        why, alone = _STANDS[standing]
        return Conflict(ticket, f"La nota {ticket.folio} {why}.", alone)
    why = _differs(ticket, first)
    return Conflict(ticket, f"La nota {ticket.folio} {why}", APART) if why else None


def _differs(ticket: Ticket, first: Ticket) -> str:
    if ticket.branch_id != first.branch_id:
        return (
            f"es de la sucursal {ticket.branch.nombre} y la {first.folio} es de {first.branch.nombre}: una factura dice un "
            "solo lugar de expedición."
        )
    if ticket.metodo_pago != first.metodo_pago:
        on_credit, paid = ("es a crédito", "ya está pagada")
        own, others = (on_credit, paid) if ticket.metodo_pago == PPD else (paid, on_credit)
        return f"{own} y la {first.folio} {others}: una factura dice un solo método de pago."
    if ticket.moneda != first.moneda:
        return f"está en {ticket.moneda} y la {first.folio} en {first.moneda}: una factura dice una sola moneda."
    return ""


def paid_together(tickets: Sequence[Ticket]) -> tuple[str, tuple[Pago, ...]]:
    """The FormaPago of their invoice, and what each way paid; of those that were all paid in one way, nothing to tell."""
    if len({ticket.forma_pago for ticket in tickets}) == 1 and not any(ticket.pagos for ticket in tickets):
        return tickets[0].forma_pago, ()
    sums: dict[str, Pago] = {}
    for ticket in tickets:
        for one in pagos_from_json(ticket.pagos) or (Pago(ticket.forma_pago, ticket.total),):
            known = sums.get(one.forma_pago)
            sums[one.forma_pago] = Pago(one.forma_pago, one.importe + (known.importe if known else 0))
    pagos = tuple(sums.values())
    return main_forma(pagos), pagos
