"""What staff do to one note: hold it back, give it back, cancel it, print it again, send it again."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from amate.access.may import MAY_HOLD, MAY_RESEND, MAY_VOID
from amate.self_invoicing.hold import TicketNotFree, lock_ticket, unlock_ticket, void_ticket
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.send_note import promise_note
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import require
from amate.web.backoffice.tickets import HoldForm, SendForm, find_ticket, may_unlock, show_ticket
from amate.web.backoffice.undo import offer_undo
from amate.web.clock import now
from amate.web.sends import OFFICE, SENT_TOO_OFTEN, count_send, sends_must_wait


@require_POST
def lock(request: HttpRequest, slug: str, ticket_id: int) -> HttpResponse:
    require(request, MAY_HOLD)
    done = "Bloqueada: nadie puede facturarla hasta que la desbloquees."
    undo = {"url": address(request, "unlock", ticket_id)}
    return _with_reason(request, ticket_id, lock_ticket, done, undo=undo)


@require_POST
def void(request: HttpRequest, slug: str, ticket_id: int) -> HttpResponse:
    require(request, MAY_VOID)
    return _with_reason(request, ticket_id, void_ticket, "Cancelada: esta venta ya no se factura.")


@require_POST
def unlock(request: HttpRequest, slug: str, ticket_id: int) -> HttpResponse:
    found = find_ticket(ticket_id)
    if not may_unlock(request, found):
        raise PermissionDenied
    done = "Desbloqueada: su código y su fecha siguen siendo los mismos."
    undo = {"url": address(request, "lock", ticket_id), "motivo": found.state_reason}
    return _do(request, found, unlock_ticket, done, undo=undo if found.state_reason else None)


@require_POST
def send(request: HttpRequest, slug: str, ticket_id: int) -> HttpResponse:
    require(request, MAY_RESEND)
    found = find_ticket(ticket_id)
    form = SendForm(request.POST)
    if not form.is_valid():
        return show_ticket(request, found, send=form, status=422)
    if found.state == Ticket.State.VOID:
        messages.error(request, "Esta nota está cancelada: ya no se envía.")
        return redirect(address(request, "ticket", found.pk))
    to, moment, about = form.cleaned_data["correo"], now(), f"ticket:{found.pk}"
    if sends_must_wait(OFFICE, about, now=moment):
        form.add_error("correo", SENT_TOO_OFTEN)
        return show_ticket(request, found, send=form, status=422)
    promise_note(ticket=found, to=to, now=moment)
    count_send(request, OFFICE, about, now=moment)
    messages.success(request, f"Enviamos la nota a {to}.")
    return redirect(address(request, "ticket", found.pk))


def _with_reason(
    request: HttpRequest, ticket_id: int, act: Callable[..., Ticket], done: str, *, undo: dict[str, str] | None = None
) -> HttpResponse:
    found = find_ticket(ticket_id)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return show_ticket(request, found, hold=form, status=422)
    return _do(request, found, partial(act, reason=form.cleaned_data["motivo"]), done, undo=undo)


def _do(
    request: HttpRequest, found: Ticket, act: Callable[..., Ticket], done: str, *, undo: dict[str, str] | None = None
) -> HttpResponse:
    """`undo`: what `offer_undo` takes, of an act that has a way back."""
    try:
        changed = act(ticket_id=found.pk, now=now())
    except TicketNotFree as held:
        messages.error(request, str(held))
    else:
        if undo and changed.state != found.state:
            offer_undo(request, done, **undo)
        else:
            messages.success(request, done)
    return redirect(address(request, "ticket", found.pk))
