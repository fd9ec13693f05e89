"""Pendientes: promises whose last try failed, in words, each with its next try and a button (DECISIONS B3)."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from amate.access.may import MAY_RETRY
from amate.audit.record import record
from amate.invoices.models import Invoice
from amate.promises.lease import retry_now
from amate.promises.models import Promise
from amate.web.backoffice.keyset import page_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import Pill
from amate.web.clock import now

WORDS = {
    "seal_and_stamp": "Timbrar la factura",
    "deliver": "Enviar la factura",
    "invite": "Enviar la invitación",
    "reset_password": "Enviar el enlace para una contraseña nueva",
    "change_mail": "Enviar el enlace para confirmar un correo",
    "tell_person": "Avisar de un cambio en una cuenta",
    "send_note": "Enviar la nota",
    "try_mail": "Enviar un correo de prueba",
    "answer_case": "Enviar la respuesta a un cliente",
    "alert": "Avisar por correo a tu equipo",
    "release": "Devolver la nota al portal",
    "read_batch": "Leer el archivo que subiste",
    "commit_batch": "Registrar lo del archivo que subiste",
    "undo_batch": "Deshacer una importación",
    "do_to_many": "Terminar lo que pediste para varias",
    "make_file": "Preparar el archivo que pediste",
    "prove_host": "Comprobar el dominio de tu portal",
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
    ids = {one.args.get("invoice_id") for one in page.rows}
    known = Invoice.objects.in_bulk([one for one in ids if isinstance(one, int)])
    rows = [pending_row(one, invoice=known.get(one.args.get("invoice_id")), now=moment) for one in page.rows]
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
    invoice_id = found.args.get("invoice_id")
    known = invoice_id and Invoice.objects.filter(pk=invoice_id).exists()
    return redirect(address(request, "invoice", invoice_id) if known else address(request, "pending"))


def pending_row(one: Promise, *, invoice: Invoice | None, now: datetime) -> PendingRow:
    return PendingRow(
        id=one.pk,
        what=WORDS.get(one.kind, one.kind),
        about=_about(one, invoice),
        invoice_id=invoice.pk if invoice else None,
        error=one.last_error,
        attempts=one.attempts,
        asked_at=one.asked_at,
        next_try=one.next_try_at,
        pill=_pill(one, now=now),
    )


def _about(one: Promise, invoice: Invoice | None) -> str:
    said = [f"{invoice.number or 'sin folio'} de {invoice.nombre}"] if invoice else []
    return " · ".join([*said, *([f"a {one.args['to']}"] if "to" in one.args else [])])


def _pill(one: Promise, *, now: datetime) -> Pill:
    if one.next_try_at is None or one.alarm:
        return Pill("Necesita que lo veas", "bad")
    if one.leased_by is not None or one.next_try_at <= now:
        return Pill("Intentando ahora", "warn")
    return Pill("Se reintenta solo", "warn")
