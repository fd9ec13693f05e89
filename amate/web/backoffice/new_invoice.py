"""Factura nueva: an invoice without a note, typed here. It is looked at as it will be printed, and only then issued."""

from base64 import b64encode
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_ISSUE
from amate.audit.record import record
from amate.companies.models import Emisor
from amate.companies.policies import rules_for
from amate.customers.current import current_or
from amate.customers.propose import propose_profile
from amate.fiscal.withholding import withholds
from amate.invoices.issue import issue_invoice
from amate.invoices.lines import lines_to_json
from amate.invoices.models import Invoice, Kind, Origin
from amate.promises.kinds import SOMEBODY_WAITS
from amate.web.backoffice.drafted import Drafted
from amate.web.backoffice.generic_receiver import (
    GenericReceiver,
    anybody,
    anybody_as_typed,
    look_up_anybody,
    typed_anybody,
)
from amate.web.backoffice.invoice_form import InvoiceHead, InvoiceLine
from amate.web.backoffice.invoice_looked_at import Round, paid_of, preview_of, seen_of
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.receiver_form import ReceiverForm, is_another, typed_receiver
from amate.web.backoffice.roles import require
from amate.web.backoffice.sale_finds import finds_of
from amate.web.backoffice.sale_page import SalePage, open_page, pressed, trouble_of
from amate.web.backoffice.sale_sums import sums_of
from amate.web.backoffice.typed_sale import MOST_LINES, hidden_fields, typed_again
from amate.web.files import shown_pdf

# Whom it is for is no part of it, as of a sale: it is looked up by RFC.
INVOICE = Drafted(
    "invoice",
    page="invoice_new",
    roles=MAY_ISSUE,
    fields=frozenset({"llave", "lineas", *InvoiceHead.NAMES, *(f"l-{name}" for name in InvoiceLine.NAMES)}),
    tells=frozenset({"l-descripcion", "l-precio"}),
)
LOOK_UP = "Busca primero los datos de este RFC, con el botón de abajo de él"
SUSPENDED = "El SAT suspendió la emisión de tu empresa: acláralo en el SAT y emítela después."


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_ISSUE)
    page = _open(request)
    if not page.branches:
        messages.error(request, "Antes de facturar, da de alta una sucursal.")
        return redirect(address(request, "home"))
    if request.method != "POST":
        return _first(page)
    act, which = pressed(request)
    typed = typed_anybody(request.POST)
    if act == "sumar" and request.htmx:  # type: ignore[attr-defined]
        return render(request, "office/counter_sums.html", _sums(page))
    if (made := _made(page)) is not None:
        return _already(page, made)
    if act == "sumar" and page.text:  # Enter in the box of products presses the form's first button
        act = "buscar"
    if act in ("previa", "borrador", "emitir") and not is_another(request.POST):
        return _finish(page, act, _receiver(page, typed))
    if act == "previa" and request.htmx:  # type: ignore[attr-defined]
        form = ReceiverForm(typed)
        form.lands_on("rfc", LOOK_UP)
        return _draw(Round(page, page.unjudged(), form), status=422)
    if act in ("rfc", "previa", "borrador", "emitir"):
        page.keep()
        return _looked_up(page, typed)
    page.edit(act, which)
    return _draw(Round(page, page.unjudged(), _receiver(page, typed).quiet()))


def _open(request: HttpRequest) -> SalePage:
    page = open_page(request, INVOICE, head_form=InvoiceHead, line_form=InvoiceLine)
    if request.method != "POST" and _made(page) is not None:  # its draft outlived it
        page.draft.drop()
        page = open_page(request, INVOICE, head_form=InvoiceHead, line_form=InvoiceLine)
    if page.branches:
        _withholding(page, typed_receiver(request.POST))
    return page


def _withholding(page: SalePage, typed: Mapping[str, str]) -> None:
    """Whether this receiver keeps back the ISR of a RESICO, by the rules of the company (TAX-4)."""
    rules = rules_for(branch_id=page.branch.pk, sold_on=page.day, today=page.day)
    page.withholds_isr = rules.isr_is_withheld and withholds(str(ReceiverForm(typed).data["rfc"]))


def _first(page: SalePage) -> HttpResponse:
    """Empty, as its draft has it, or filled in from another invoice: never with its dates, its folio or its rate."""
    said = page.request.GET.get("de", "")
    if not said:
        return _draw(Round(page, page.unjudged(), ReceiverForm({}).quiet()))
    found: Invoice | None = None
    if said.isascii() and said.isdecimal() and len(said) < 18:
        rows = Invoice.objects.select_related("branch", "profile__customer")
        found = rows.filter(pk=int(said), kind=Kind.INGRESO).first()
    if found is None:
        raise Http404
    if len(found.lines) > MOST_LINES:
        messages.error(page.request, f"{found} tiene {len(found.lines)} partidas y aquí caben {MOST_LINES}.")
        return redirect(address(page.request, "invoice", found.pk))
    page.typed = typed_again(found, key=uuid4().hex, open_branches=page.branches)
    profile = current_or(found.profile)
    typed = anybody_as_typed(profile, correo=found.correo)
    if found.uso_cfdi:
        typed["uso_cfdi"] = found.uso_cfdi
    _withholding(page, typed)
    return _draw(Round(page, page.unjudged(), _receiver(page, typed).quiet()))


def _looked_up(page: SalePage, typed: Mapping[str, str]) -> HttpResponse:
    form, known = look_up_anybody(typed, cp=page.branch.cp)
    return _draw(Round(page, page.unjudged(), form, known), status=422 if form.errors else 200)


def _receiver(page: SalePage, typed: Mapping[str, str]) -> ReceiverForm | GenericReceiver:
    return anybody(typed, cp=page.branch.cp)


def _finish(page: SalePage, act: str, receiver: ReceiverForm | GenericReceiver) -> HttpResponse:
    """Look at it, and if it is what was looked at, issue it."""
    here = Round(page, page.judge(), receiver)
    if Emisor.objects.filter(issuing_suspended=True).exists():
        here.judged.said.append(SUSPENDED)
    if receiver.is_valid() and here.judged.sold and not here.judged.said:
        here.preview = preview_of(here)
    if here.preview is None:
        return _draw(here, status=422)
    if act == "borrador":
        return shown_pdf(here.preview.pdf(), name="borrador.pdf")
    if act == "emitir" and page.request.POST.get("revisado") == seen_of(here):
        return _issue(here)
    here.changed = act == "emitir"
    page.keep()
    return _draw(here)


def _issue(here: Round) -> HttpResponse:
    page, receiver = here.page, here.receiver
    assert receiver.receptor is not None
    assert here.preview is not None
    impuestos = here.preview.document.impuestos
    try:
        with transaction.atomic():  # another click of the same page may be doing it at this moment
            invoice = issue_invoice(
                branch=page.branch,
                profile=propose_profile(
                    receptor=receiver.receptor.receptor,
                    correo=receiver.cleaned_data["correo"],
                    origin=Origin.OFFICE,
                    now=page.moment,
                ),
                lines=lines_to_json(here.judged.sold),
                total=here.preview.document.total,
                withheld=(impuestos and impuestos.total_retenidos) or Decimal(0),
                generics=[],
                **paid_of(here.judged),
                origin=Origin.OFFICE,
                priority=SOMEBODY_WAITS,
                wish=page.typed.key,
                now=page.moment,
            )
    except IntegrityError:
        made = _made(page)
        if made is None:
            raise
        return _already(page, made)
    record("invoice.issued", about=f"invoice:{invoice.pk}", now=page.moment, total=f"{invoice.total} {invoice.moneda}")
    page.draft.drop()
    return redirect(address(page.request, "counter_result", invoice.pk))


def _made(page: SalePage) -> Invoice | None:
    found: Invoice | None = Invoice.objects.filter(wish=page.typed.key).first()
    return found


def _already(page: SalePage, made: Invoice) -> HttpResponse:
    page.draft.drop()
    messages.info(page.request, "Esta factura ya se había emitido: no se duplicó. Para otra igual usa «Duplicar».")
    return redirect(address(page.request, "counter_result", made.pk))


def _sums(page: SalePage) -> dict[str, Any]:
    judged = page.judge()
    return {"sums": sums_of(judged.lines, moneda=judged.head.sold_in), "by_line": True}


def _draw(here: Round, *, status: int = 200) -> HttpResponse:
    page, request = here.page, here.page.request
    facts: dict[str, Any] = {
        "trouble": _trouble(here) if status == 422 else [],
        "pictures": [b64encode(one).decode() for one in here.preview.pictures()] if here.preview else [],
        "document": here.preview.document if here.preview else None,
        "revisado": seen_of(here) if here.preview else "",
        "changed": here.changed,
    }
    if request.htmx and pressed(request)[0] == "previa":  # type: ignore[attr-defined]
        return show(request, "office/invoice_preview.html", room="invoices", status=status, **facts)
    return show(
        request,
        "office/invoice_new.html",
        room="invoices",
        status=status,
        kept=[(name, value) for name, value in hidden_fields(page.typed) if name in ("llave", "lineas")],
        head=here.judged.head,
        lines=here.judged.lines,
        several=len(page.branches) > 1,
        branch=page.branch.code,
        text=page.text,
        finds=finds_of(page.text, day=page.moment.astimezone(office_zone()).date()),
        form=here.receiver,
        known=here.known,
        asked_rfc=here.asked_rfc,
        draft=page.draft,
        **_sums(page),
        **facts,
    )


def _trouble(here: Round) -> list[tuple[str, str]]:
    form = here.receiver
    found = [(form[name].id_for_label, str(error)) for name, errors in form.errors.items() for error in errors]
    return [*found, *trouble_of(here.judged)]
