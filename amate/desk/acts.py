"""What may be done to many rows at once: each row by the same act as alone, so its rules, its lock and its line in the
audit are the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db.models import Q

from amate.access.may import MAY_HOLD, MAY_RESEND, MAY_TAKE_FILES, MAY_UNLOCK, MAY_VOID
from amate.access.models import Role
from amate.invoices.deliver import resend_invoice
from amate.invoices.models import Invoice, State
from amate.promises.kinds import MAIL
from amate.self_invoicing.hold import TicketNotFree, lock_ticket, unlock_ticket, void_ticket
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.queries import in_state
from amate.self_invoicing.send_note import promise_note

Said = Mapping[str, str]
Do = Callable[[int, Said, datetime], None]


class LeftOut(Exception):
    """This row stays as it is. The message (Spanish) says why, for many rows at once."""


@dataclass(frozen=True, slots=True)
class Act:
    """`leaves(now)`: conditions of SQL under which a row is left out, each with its why; the first that fits counts.
    `do(row_id, said, now)` raises LeftOut; None: the rows become a file. `may`: the roles that do it. `asks` names what is typed. `for_good`: there
    is no way back, so the count is typed too. What `mails` begins a few seconds later: until then it can be stopped.
    """

    name: str
    listing: str
    button: str
    doing: str
    done: str
    leaves: Callable[[datetime], list[tuple[Q, str]]]
    do: Do | None
    may: frozenset[Role]
    asks: tuple[str, ...] = field(default=())
    for_good: bool = False
    mails: bool = False
    most: int = 10_000


CLAIMED = "ya tienen factura o se están facturando"
VOID = "están canceladas"
DIVIDED = "se dividieron"
FREE = "no están bloqueadas"


def _but(**why: str) -> Callable[[datetime], list[tuple[Q, str]]]:
    """Notes in these states are left out, and why."""
    return lambda now: [(in_state(state, now=now), sentence) for state, sentence in why.items()]


def _hold(act: Callable[..., Ticket], ticket_id: int, said: Said, now: datetime) -> None:
    try:
        act(ticket_id=ticket_id, now=now, **said)
    except TicketNotFree:
        raise LeftOut("cambiaron mientras tanto, porque se facturaron o se cancelaron") from None


def _send_note(ticket_id: int, said: Said, now: datetime) -> None:
    ticket = Ticket.locked(ticket_id)
    if ticket.state == Ticket.State.VOID:
        raise LeftOut(VOID)
    promise_note(ticket=ticket, to=said["correo"], now=now)


def _not_stamped(now: datetime) -> list[tuple[Q, str]]:
    return [(~Q(state=State.STAMPED), "no están timbradas")]


def _not_mailable(now: datetime) -> list[tuple[Q, str]]:
    return [*_not_stamped(now), (Q(correo=""), "no tienen correo guardado")]


def _resend(invoice_id: int, said: Said, now: datetime) -> None:
    invoice = Invoice.objects.get(pk=invoice_id)
    if invoice.state != State.STAMPED or not invoice.correo:
        raise LeftOut("ya no están timbradas o perdieron su correo")
    resend_invoice(invoice_id=invoice_id, to=invoice.correo, priority=MAIL, now=now)


ACTS = {
    one.name: one
    for one in (
        Act(
            name="bloquear", listing="notas", button="Bloquear", doing="Bloqueando", done="bloqueadas",
            leaves=_but(locked="ya estaban bloqueadas", void=VOID, split=DIVIDED, issuing=CLAIMED, invoiced=CLAIMED),
            do=partial(_hold, lock_ticket), may=MAY_HOLD, asks=("reason",),
        ),
        Act(
            name="desbloquear", listing="notas", button="Desbloquear", doing="Desbloqueando", done="desbloqueadas",
            leaves=_but(open=FREE, expired=FREE, void=VOID, split=DIVIDED, issuing=CLAIMED, invoiced=CLAIMED),
            do=partial(_hold, unlock_ticket), may=MAY_UNLOCK,
        ),
        Act(
            name="cancelar", listing="notas", button="Cancelar la venta", doing="Cancelando", done="canceladas",
            leaves=_but(void="ya estaban canceladas", split=DIVIDED, issuing=CLAIMED, invoiced=CLAIMED),
            do=partial(_hold, void_ticket), may=MAY_VOID, asks=("reason",), for_good=True,
        ),
        Act(
            name="enviar", listing="notas", button="Enviar por correo", doing="Enviando", done="por enviar",
            leaves=_but(void=VOID), do=_send_note, may=MAY_RESEND, asks=("correo",), most=200, mails=True,
        ),
        Act(
            name="reenviar", listing="facturas", button="Reenviar por correo", doing="Reenviando", done="por enviar",
            leaves=_not_mailable, do=_resend, may=MAY_RESEND, most=2000, mails=True,
        ),
        Act(
            name="zip", listing="facturas", button="Descargar XML y PDF", doing="Juntando", done="en el archivo",
            leaves=_not_stamped, do=None, may=MAY_TAKE_FILES, most=2000,
        ),
    )
}  # fmt: skip
