"""The notes of a stamped factura global as a file, whose totals are the document's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from amate.access.may import MAY_EXPORT, MAY_SEE_CODES
from amate.audit.record import record
from amate.desk.ask_run import FILES
from amate.desk.filters import At
from amate.desk.global_notes import NAME, global_notes_sheet
from amate.fiscal.clock import zone_of
from amate.invoices.models import Kind
from amate.self_invoicing.notes_told import notes_told
from amate.web.backoffice.one_document import find_document
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import may, require
from amate.web.clock import now
from amate.web.files import sheet_response


@require_safe
def notes(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    """Hours are those of the place of sale, as in the document."""
    require(request, MAY_EXPORT)
    document = find_document(invoice_id)
    if document.kind != Kind.GLOBAL or document.uuid is None:
        is_global = document.kind == Kind.GLOBAL
        why = (
            "Todavía no se timbra: su lista de notas estará aquí después." if is_global else "No es una factura global."
        )
        messages.info(request, why)
        return redirect(address(request, "invoice", document.pk))
    wanted = request.GET.get("formato", "")
    kind = wanted if wanted in FILES else "xlsx"
    at = At(now(), zone_of(document.branch.cp), sees_codes=may(request, MAY_SEE_CODES))
    found = notes_told(document)
    content = global_notes_sheet(document, found, kind=kind, at=at)
    record(
        "list.exported", about=f"invoice:{document.pk}", now=at.now, listing=NAME, kind=kind, query="", rows=len(found)
    )
    return sheet_response(content, name=f"{document.number}-notas.{kind}")
