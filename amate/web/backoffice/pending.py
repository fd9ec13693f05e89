"""Pendientes: promises whose last try failed, in words, each with its next try and a button (DECISIONS B3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from amate.access.may import MAY_RETRY
from amate.audit.record import record
from amate.invoices.models import Cancellation, Invoice, ReceivedRequest
from amate.promises.lease import retry_now
from amate.promises.models import Promise
from amate.web.backoffice.keyset import page_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import Pill
from amate.web.clock import now

WORDS = {
    "seal_and_stamp": "Timbrar la factura",
    "cancel": "Cancelar el documento ante el SAT",
    "follow_cancellation": "Preguntar al SAT si ya lo canceló",
    "look_for_requests": "Preguntar qué te piden cancelar",
    "issue_moved": "Emitir el complemento de un pago movido",
    "ask_sat": "Comparar tus facturas con el SAT",
    "answer_cancellation": "Responder a quien te pide cancelar",
    "deliver": "Enviar la factura",
    "tell_cancellation": "Avisar al receptor de una cancelación",
    "invite": "Enviar la invitación",
    "reset_password": "Enviar el enlace para una contraseña nueva",
    "change_mail": "Enviar el enlace para confirmar un correo",
    "tell_person": "Avisar de un cambio en una cuenta",
    "send_note": "Enviar la nota",
    "try_mail": "Enviar un correo de prueba",
    "try_text": "Enviar un SMS de prueba",
    "answer_case": "Enviar la respuesta a un cliente",
    "send_statement": "Enviar un estado de cuenta",
    "send_account": "Enviar el enlace a la cuenta de un cliente",
    "send_act": "Enviar un enlace de un solo uso a un cliente",
    "find_accounts": "Buscar de quién es el correo que pidió su cuenta",
    "make_statements": "Hacer los estados de cuenta de un corte",
    "alert": "Avisar por correo a tu equipo",
    "release": "Devolver la nota al portal",
    "credit_refund": "Hacer la nota de crédito de una devolución",
    "claim_awaited": "Facturar una compra que se pidió antes de que llegara",
    "tell_awaited": "Avisar qué pasó con una compra que se pidió antes de que llegara",
    "send_purchases": "Enviar el enlace a todas sus compras",
    "remind_expiry": "Recordar que una nota está por vencer",
    "bill": "Cobrar lo que toca de tus suscripciones",
    "document_payments": "Facturar lo que se pagó",
    "book_credit_note": "Descontar del adeudo una nota de crédito",
    "take_back": "Devolver un pago cuyo complemento se canceló",
    "register_note": "Hacer la nota de lo que se pagó",
    "thank": "Dar las gracias por un pago",
    "reconcile": "Preguntar al proveedor por un pago que avisó",
    "tell_hook": "Avisar a uno de tus sistemas",
    "sweep_payments": "Buscar pagos que nadie avisó",
    "give_reference": "Pedir al proveedor la referencia de un cliente",
    "make_vouchers": "Pedir al proveedor las fichas de pago de un cliente",
    "try_provider": "Preguntar al proveedor de pagos si contesta",
    "make_page": "Pedir al proveedor la página donde un cliente quiere pagar",
    "look_at_page": "Preguntar al proveedor si pagó quien volvió de su página",
    "prove_notice": "Preguntar al proveedor si un aviso es suyo",
    "book_bank_file": "Aplicar los depósitos de un archivo del banco",
    "undo_bank_file": "Deshacer un archivo del banco",
    "remind": "Preparar los recordatorios del día",
    "remind_by_mail": "Enviar un recordatorio de pago",
    "remind_by_text": "Enviar un recordatorio por SMS",
    "tell_cut": "Decir a un cliente que su servicio se suspendió",
    "tell_technician": "Avisar a quien suspende y activa a mano",
    "tell_rise": "Avisar a un cliente de un cambio de precio",
    "cut": "Hacer los cortes del día",
    "suspend": "Avisar que se suspende un servicio",
    "observe": "Preguntar cómo están los servicios",
    "try_switch": "Preguntar al sistema que da el servicio si contesta",
    "reactivate": "Avisar que vuelve un servicio",
    "read_batch": "Leer el archivo que subiste",
    "commit_batch": "Registrar lo del archivo que subiste",
    "undo_batch": "Deshacer una importación",
    "do_to_many": "Terminar lo que pediste para varias",
    "make_file": "Preparar el archivo que pediste",
    "prove_host": "Comprobar el dominio de tu portal",
    "try_pac": "Preguntar al PAC si contesta",
    "keep_csd": "Revisar el sello digital que subiste",
}


@dataclass(frozen=True, slots=True)
class PendingRow:
    """`next_try` is None when no further try will come by itself."""

    id: int
    what: str
    about: str
    invoice_id: int | None
    error: str
    attempts: int
    asked_at: datetime
    next_try: datetime | None
    pill: Pill


@require_safe
def pending(request: HttpRequest, slug: str) -> HttpResponse:
    moment = now()
    page = page_of(Promise.objects.failing().order_by("-id"), request=request, kept={})
    documents, received = _documents(page.rows), _received(page.rows)
    rows = [
        pending_row(one, invoice=documents.get(one.pk), received=received.get(one.pk), now=moment) for one in page.rows
    ]
    return show(request, "office/pending.html", room="pending", rows=rows, page=page, may_retry=may(request, MAY_RETRY))


@require_POST
def retry(request: HttpRequest, slug: str, promise_id: int) -> HttpResponse:
    require(request, MAY_RETRY)
    found: Promise | None = Promise.objects.filter(pk=promise_id).first()
    if found is None:
        raise Http404
    moment = now()
    if retry_now(promise_id=promise_id, now=moment):
        record("promise.retried", about=f"promise:{promise_id}", now=moment, kind=found.kind, key=found.key)
        messages.success(request, "Lo intentamos otra vez en este momento. Actualiza la página para ver cómo quedó.")
    else:
        messages.info(request, "Ya no hacía falta: se resolvió mientras tanto.")
    known = _documents([found]).get(found.pk)
    return redirect(address(request, "invoice", known.pk) if known else address(request, "pending"))


def pending_row(
    one: Promise, *, invoice: Invoice | None, received: ReceivedRequest | None = None, now: datetime
) -> PendingRow:
    return PendingRow(
        id=one.pk,
        what=WORDS.get(one.kind, one.kind),
        about=_about(one, invoice, received),
        invoice_id=invoice.pk if invoice else None,
        error=one.last_error,
        attempts=one.attempts,
        asked_at=one.asked_at,
        next_try=one.next_try_at,
        pill=_pill(one, now=now),
    )


def _documents(rows: Iterable[Promise]) -> dict[int, Invoice]:
    """The document that each promise is about, by the promise's id: named by itself, or by its cancellation."""
    asked = _ids(rows, "cancellation_id")
    of_cancellation = dict(Cancellation.objects.filter(pk__in=asked.values()).values_list("pk", "invoice_id"))
    named = _ids(rows, "invoice_id") | {pk: of_cancellation.get(one, 0) for pk, one in asked.items()}
    known = Invoice.objects.in_bulk(list(named.values()))
    return {pk: known[one] for pk, one in named.items() if one in known}


def _received(rows: Iterable[Promise]) -> dict[int, ReceivedRequest]:
    named = _ids(rows, "request_id")
    known = ReceivedRequest.objects.in_bulk(list(named.values()))
    return {pk: known[one] for pk, one in named.items() if one in known}


def _ids(rows: Iterable[Promise], name: str) -> dict[int, int]:
    return {one.pk: one.args[name] for one in rows if isinstance(one.args.get(name), int)}


def _about(one: Promise, invoice: Invoice | None, received: ReceivedRequest | None) -> str:
    said = [f"{invoice.number or 'sin folio'} de {invoice.nombre}"] if invoice else []
    said += [f"CFDI {str(received.uuid).upper()}"] if received else []
    return " · ".join([*said, *([f"a {one.args['to']}"] if "to" in one.args else [])])


def _pill(one: Promise, *, now: datetime) -> Pill:
    if one.next_try_at is None or one.alarm:
        return Pill("Necesita que lo veas", "bad")
    if one.leased_by is not None or one.next_try_at <= now:
        return Pill("Intentando ahora", "warn")
    return Pill("Se reintenta solo", "warn")
