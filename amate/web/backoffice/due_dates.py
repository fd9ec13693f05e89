"""Plazos: every date of the law that is near or past, each document with the one button that mends it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.access.may import MAY_CANCEL, MAY_ISSUE
from amate.alerts.due_words import words_of_due
from amate.desk.due_dates import due_dates as all_due
from amate.invoices.due import LATE, SOON, Due, DueKind
from amate.invoices.models import Cancellation, Invoice
from amate.web.backoffice.attention import ToDo
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.roles import may
from amate.web.backoffice.rows import Pill, invoice_pill
from amate.web.clock import now

SHOWN = 50
WHAT = {
    DueKind.STAMP: ("1 factura pierde su plazo de timbrado", "{n} facturas pierden su plazo de timbrado"),
    DueKind.REP: ("1 complemento de pago por emitir", "{n} complementos de pago por emitir"),
    DueKind.PUE: ("1 factura PUE sin pago", "{n} facturas PUE sin pago"),
    DueKind.GLOBAL: ("Factura global por emitir", "{n} facturas globales por emitir"),
    DueKind.CANCEL: ("1 documento por cancelar", "{n} documentos por cancelar"),
}


@dataclass(frozen=True, slots=True)
class DueRow:
    """One document, and what mends it. `invoice` is None of notes that have no document yet."""

    what: str
    invoice: Invoice | None
    pill: Pill | None
    button: str
    url: str


@dataclass(frozen=True, slots=True)
class DueGroup:
    due: Due
    subject: str
    what: str
    rows: list[DueRow]
    more: int


@require_safe
def due_dates(request: HttpRequest, slug: str) -> HttpResponse:
    groups = [_group(request, due) for due in all_due(now=now())]
    return show(request, "office/due_dates.html", room="invoices", zone=office_zone(), groups=groups, late=LATE)


def due_todos(request: HttpRequest, *, moment: datetime) -> list[ToDo]:
    """For Inicio. Only who may mend them."""
    return [_todo(request, due) for due in all_due(now=moment)] if may(request, MAY_CANCEL) else []


def _todo(request: HttpRequest, due: Due) -> ToDo:
    one, many = WHAT[due.kind]
    words = words_of_due(due.cause.partition(":")[2])
    text = one if len(due.ids) < 2 else many.format(n=len(due.ids))
    tone = "warn" if due.mark == SOON and due.kind is not DueKind.STAMP else "bad"
    if due.page:
        url = address(request, "home") + due.page
    elif due.kind is DueKind.PUE:
        url = address(request, "unpaid")
    elif len(due.ids) == 1:
        url = _mended(request, due.kind, due.ids[0])[1]
    else:
        url = address(request, "due_dates")
    return ToDo(tone, "i-sheet", text, words.subject, "Resolver", url)


def _group(request: HttpRequest, due: Due) -> DueGroup:
    words = words_of_due(due.cause.partition(":")[2])
    found = Invoice.objects.select_related("branch").in_bulk(due.ids[:SHOWN])
    rows = [_row(request, due.kind, found[pk]) for pk in due.ids[:SHOWN]]
    if due.page:
        url = address(request, "home") + due.page
        rows = (
            [DueRow("Notas que nadie facturó", None, None, "Hacer la global", url)] if may(request, MAY_ISSUE) else []
        )
    return DueGroup(due, words.subject, f"{words.what} {words.then}", rows, max(len(due.ids) - SHOWN, 0))


def _row(request: HttpRequest, kind: DueKind, found: Invoice) -> DueRow:
    button, url = _mended(request, kind, found.pk)
    return DueRow(found.get_kind_display(), found, invoice_pill(found), button, url)


def _mended(request: HttpRequest, kind: DueKind, pk: int) -> tuple[str, str]:
    if kind is DueKind.PUE:
        return "Resolver", address(request, "unpaid")
    if kind is DueKind.CANCEL:
        if Cancellation.objects.open().filter(invoice_id=pk).exists():
            return "Ver su cancelación", address(request, "invoice", pk) + "#t-cancel"
        return "Cancelar", address(request, "invoice_cancel", pk)
    return "Abrir", address(request, "invoice", pk)
