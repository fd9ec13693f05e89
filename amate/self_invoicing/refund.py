"""Something of a sale is given back: the note shrinks, and the document that told it owes a credit note (FEATURES 35, 36)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from amate.audit.record import acting_person, record
from amate.fiscal.line import MoneyRefused
from amate.fiscal.returned import Given, cost_of, less
from amate.fiscal.rounding import UNITS
from amate.fiscal.share import share_out
from amate.fiscal.tables.comprobante import FORMAS_PAGO
from amate.fiscal.tables.monedas import decimals_of
from amate.invoices.credit import APPLIED
from amate.invoices.lines import lines_from_json
from amate.self_invoicing.credit_refund import credit_at_once
from amate.self_invoicing.models import Claim, Refund, Ticket
from amate.self_invoicing.sale import POR_DEFINIR, exact
from amate.self_invoicing.what_remains import Rest, refunds_of, rest_after
from amate.tenancy.writes import insert

GONE = "Se devolvió todo"


class NotRefundable(Exception):
    """Nothing was written. `field`: of the request, as "lines.0.cantidad"; empty: the note itself. The message (Spanish)
    says why, and the way out."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class OtherTotal(NotRefundable):
    """The till gave back another amount than these lines are worth."""

    def __init__(self, *, said: Decimal, computed: Decimal) -> None:
        super().__init__("total", f"El total dice {said} y lo devuelto vale {computed}.")
        self.said = said
        self.computed = computed


class RefundAlreadyRegistered(ValueError):
    """The same key came before with other content."""

    def __init__(self, refund: Refund) -> None:
        super().__init__(
            f"La devolución {refund.external_id} ya se registró con otros datos (total {refund.total}): si es otra, "
            "mándala con otra clave."
        )


@dataclass(frozen=True, slots=True)
class Return:
    """As whoever gave it back tells it. `lines`: (place, what of it); or `importe` of the whole note, taxes included,
    shared among what is left of its lines; with neither, everything that is left. `total`: what it should be worth, if he
    says it. `forma_pago`: how the money went back; empty: as it came."""

    external_id: str
    reason: str
    tipo_relacion: str
    lines: tuple[tuple[int, Given], ...] = ()
    importe: Decimal | None = None
    total: Decimal | None = None
    forma_pago: str = ""


def refund_ticket(*, ticket_id: int, back: Return, now: datetime) -> tuple[Refund, bool]:
    """Register it once; repeating it gives the same one. Answers (refund, whether it is new).

    Under the note's lock, which buyers and globals take too: whoever comes later tells only what remains, and what came
    before owes a credit note, drafted here if it may be. A note of which nothing remains is void. Raises NotRefundable and
    RefundAlreadyRegistered.
    """
    ticket: Ticket = Ticket.locked(ticket_id)
    earlier = refunds_of([ticket]).get(ticket.pk, [])
    digest = _digest(back)
    for known in earlier:
        if known.external_id == back.external_id:
            if bytes(known.digest) != digest:
                raise RefundAlreadyRegistered(known)
            return known, False
    if ticket.state == Ticket.State.VOID:
        raise NotRefundable("", f"La nota {ticket.folio} está cancelada: no queda nada que devolver.")
    if ticket.state == Ticket.State.SPLIT:
        raise NotRefundable("", f"La nota {ticket.folio} se dividió: registra la devolución en la parte que toca.")
    forma_pago = _forma_pago(ticket, back.forma_pago)
    rest = rest_after(lines_from_json(ticket.lines), earlier, moneda=ticket.moneda)
    decimals = decimals_of(ticket.moneda)
    given = _given(rest, back, decimals)
    after = _after(rest, given, decimals)
    total = sum((cost_of(one, decimals=decimals) for one in rest), Decimal(0)) - sum(
        (cost_of(one, decimals=decimals) for one in after), Decimal(0)
    )
    if total <= 0:
        raise NotRefundable("lines", "Eso vale menos de un centavo: no hay nada que devolver.")
    if back.total is not None and back.total != total:
        raise OtherTotal(said=back.total, computed=total)
    refund = Refund(
        ticket=ticket,
        external_id=back.external_id,
        digest=digest,
        lines=[_to_json(place, one) for place, one in given],
        total=total,
        total_cents=int(total * 100),
        tipo_relacion=back.tipo_relacion,
        forma_pago=forma_pago,
        reason=back.reason,
        newest_document_id=_newest_document(ticket),
        made_at=now,
    )
    insert(refund)
    if all(one is None for one in after):
        ticket.move_to(Ticket.State.VOID, state_since=now, state_reason=f"{GONE}: {back.reason}"[:200])
    record(
        "ticket.refunded",
        about=f"ticket:{ticket.pk}",
        now=now,
        refund=refund.pk,
        total=f"{total:.2f}",
        reason=back.reason,
        by=acting_person(),
    )
    credit_at_once(refund, now=now)
    return refund, True


def _given(rest: Rest, back: Return, decimals: int) -> list[tuple[int, Given]]:
    if back.lines:
        return _of_lines(rest, back.lines)
    costs = [cost_of(one, decimals=decimals) for one in rest]
    if back.importe is None:
        return [(place, Given(cantidad=one.cantidad)) for place, one in enumerate(rest) if one is not None]
    left = sum(costs, Decimal(0))
    if not 0 < back.importe <= left:
        raise NotRefundable("importe", f"De esta nota quedan {left:.2f}: devuelve de ahí para abajo.")
    parts = share_out(back.importe, costs, unit=UNITS[decimals])
    return [(place, Given(importe=part)) for place, part in enumerate(parts) if part > 0]


def _of_lines(rest: Rest, lines: Sequence[tuple[int, Given]]) -> list[tuple[int, Given]]:
    for number, (place, _) in enumerate(lines):
        if not 0 <= place < len(rest):
            raise NotRefundable(f"lines.{number}.line", f"Esta nota tiene {len(rest)} partidas: la primera es la 1.")
    return list(lines)


def _after(rest: Rest, given: Sequence[tuple[int, Given]], decimals: int) -> Rest:
    after = list(rest)
    for number, (place, one) in enumerate(given):
        try:
            after[place] = less(after[place], one, decimals=decimals)
        except MoneyRefused as refused:
            raise NotRefundable(f"lines.{number}.{refused.field}", refused.message) from refused
    return after


def _forma_pago(ticket: Ticket, said: str) -> str:
    if not said and ticket.forma_pago == POR_DEFINIR:
        raise NotRefundable(
            "forma_pago",
            "Esta nota se vendió a crédito: di cómo la devuelves (15 si perdonas lo que debía, 17 si lo compensas).",
        )
    forma_pago = said or ticket.forma_pago
    if forma_pago not in FORMAS_PAGO or forma_pago in (POR_DEFINIR, APPLIED):
        raise NotRefundable("forma_pago", f"Una devolución no lleva la forma de pago “{forma_pago}”.")
    return forma_pago


def _newest_document(ticket: Ticket) -> int | None:
    documents = Claim.objects.filter(ticket=ticket).values_list("invoice_id", "global_invoice_id")
    return max((own or whole for own, whole in documents), default=None)


def _to_json(place: int, given: Given) -> dict[str, Any]:
    if given.cantidad is not None:
        return {"place": place, "cantidad": format(given.cantidad, "f")}
    return {"place": place, "importe": format(given.importe, ".2f")}


def _digest(back: Return) -> bytes:
    """What a repetition must say the same, however its numbers are written."""
    said = [
        back.reason,
        back.tipo_relacion,
        back.forma_pago,
        [(place, _plain(one.cantidad), _plain(one.importe)) for place, one in back.lines],
        _plain(back.importe),
        _plain(back.total),
    ]
    return sha256(json.dumps(said).encode()).digest()


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else format(exact(number), "f")
