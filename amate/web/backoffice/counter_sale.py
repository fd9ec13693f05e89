"""Mostrador: a sale that is typed here. It becomes a note with its code, or the invoice of whoever stands there."""

from dataclasses import replace
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_SELL
from amate.companies.folios import take_folio
from amate.companies.models import Emisor
from amate.companies.policies import rules_for
from amate.fiscal.ingreso import PPD
from amate.invoices.lines import lines_to_json
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.pagos import PagosDoNotAddUp, main_forma, pagos_to_json
from amate.self_invoicing.queries import live_invoice
from amate.self_invoicing.register import SaleAlreadyRegistered, register_ticket
from amate.self_invoicing.sale import Sale
from amate.self_invoicing.terms import Terms, terms_of
from amate.web.backoffice.counter import issue
from amate.web.backoffice.drafted import Drafted, PageDraft
from amate.web.backoffice.generic_receiver import anybody, look_up_anybody, typed_anybody
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.receiver_form import is_another
from amate.web.backoffice.roles import require
from amate.web.backoffice.sale_finds import finds_of
from amate.web.backoffice.sale_form import HeadForm, LineForm
from amate.web.backoffice.sale_page import Judged, SalePage, open_page, pressed, trouble_of
from amate.web.backoffice.sale_sums import sums_of
from amate.web.backoffice.typed_sale import hidden_fields

SOURCE = "mostrador"
NOTES = "|notas"  # no series of invoices can be called so: the SAT forbids the bar
# Whom the invoice is for is no part of it: it is looked up by RFC, and somebody stands there who knows.
SALE = Drafted(
    "sale",
    page="counter_sale",
    roles=MAY_SELL,
    fields=frozenset({"llave", "lineas", *HeadForm.NAMES, *(f"l-{name}" for name in LineForm.NAMES)}),
    tells=frozenset({"l-descripcion", "l-precio"}),
)
SUSPENDED = "El SAT suspendió la emisión de tu empresa: registra la nota y factúrala cuando lo aclares."


def sale_of(page: SalePage, judged: Judged) -> Sale | None:
    """What was typed as a sale without folio; None: the page says what is wrong with it."""
    if not judged.sold:
        return None
    forma_pago, metodo_pago = judged.head.payment
    try:
        pagos = judged.head.pagos(judged.total)
    except PagosDoNotAddUp as wrong:
        words = f"Las otras formas suman ${wrong.said:,.2f} y la venta es de ${wrong.total:,.2f}: corrige los importes"
        judged.head.add_error("importe_2", words)
        return None
    return Sale(
        source=SOURCE,
        external_id=page.typed.key,
        folio="",
        sold_at=page.moment,
        forma_pago=main_forma(pagos) if pagos else forma_pago,
        total=judged.total,
        lines=judged.sold,
        metodo_pago=metodo_pago,
        pagos=pagos,
    )


def sells(page: SalePage, known: Ticket) -> bool:
    """Whether what was typed is that very sale."""
    sold = sale_of(page, page.judge())
    if sold is None:
        return False
    said = (page.typed.head["sucursal"], sold.forma_pago, sold.metodo_pago, pagos_to_json(sold.pagos))
    same = (known.branch.code, known.forma_pago, known.metodo_pago, known.pagos)
    return said == same and lines_to_json(sold.lines) == known.lines


@require_http_methods(["GET", "HEAD", "POST"])
def sale(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_SELL)
    page = open_page(request, SALE)
    if request.POST.get("accion") == "sumar" and request.htmx:  # type: ignore[attr-defined]
        return render(request, "office/counter_sums.html", {"sums": sums_of(page.judge().lines)})
    if not page.branches:
        messages.error(request, "Antes de vender, da de alta una sucursal.")
        return redirect(address(request, "home"))
    known = Ticket.objects.select_related("branch").filter(source=SOURCE, external_id=page.typed.key).first()
    if known is not None and request.method == "POST":
        return _already(request, known, page.draft) if sells(page, known) else _another(page, known)
    if known is not None:  # its draft outlived it: a sale is never offered twice
        page.draft.drop()
        page = open_page(request, SALE)
    act, which = pressed(request)
    if act in ("nota", "facturar", "rfc", "emitir"):
        return _finish(page, act)
    if act:
        page.edit(act, which)
    return _draw(page, page.unjudged())


def _finish(page: SalePage, act: str) -> HttpResponse:
    """The sale is complete: a note, or first the receiver and then both in one transaction."""
    judged = page.judge()
    sold = sale_of(page, judged)
    if sold is None:
        return _draw(page, judged, status=422)
    if act == "nota" and page.request.POST.get("visto") != str(sold.total):
        return _draw(page, judged, unseen=True)
    if act == "nota":
        ticket, known = _register(page, sold)
        if known:
            return _already(page.request, ticket, page.draft)
        messages.success(page.request, "Venta registrada. Imprime la nota: lleva el código y el QR para facturarla.")
        return redirect(address(page.request, "ticket", ticket.pk))
    if Emisor.objects.filter(issuing_suspended=True).exists():
        judged.said.append(SUSPENDED)
        return _draw(page, judged, status=422)
    return _receive(page, act, judged, sold)


def _receive(page: SalePage, act: str, judged: Judged, sold: Sale) -> HttpResponse:
    typed, cp = typed_anybody(page.request.POST), page.branch.cp
    if act == "emitir" and is_another(page.request.POST):
        act = "rfc"
    form, words = look_up_anybody(typed, cp=cp) if act == "rfc" else (anybody(typed, cp=cp), "")
    if act == "emitir" and form.is_valid():
        ticket, known = _register(page, sold)
        if known:
            return _already(page.request, ticket, page.draft)
        return issue(page.request, ticket, form, moment=page.moment)
    if act == "facturar":
        form.quiet()
    return show(
        page.request,
        "office/counter_receiver.html",
        room="counter",
        status=422 if form.errors else 200,
        form=form,
        known=words,
        asked_rfc=bool(form.data["rfc"]) and "rfc" not in form.errors,
        total=sold.total,
        sums=sums_of(judged.lines),
        terms=_terms(page, sold, rfc=str(form.data["rfc"])),
        credit=sold.metodo_pago == PPD,
        count=len(sold.lines),
        kept=hidden_fields(page.typed),
    )


def _terms(page: SalePage, sold: Sale, *, rfc: str) -> Terms:
    rules = rules_for(branch_id=page.branch.pk, sold_on=page.day, today=page.day)
    return terms_of(
        lines=lines_to_json(sold.lines), total=sold.total, moneda=sold.moneda, rules=rules, rfc=rfc, detailed=False
    )


def _register(page: SalePage, sold: Sale) -> tuple[Ticket, bool]:
    """The ticket, and whether another click of the same page had registered it."""
    numbered = replace(sold, folio=f"M-{take_folio(series=NOTES)}")
    try:
        ticket, new = register_ticket(sale=numbered, branch=page.branch, now=page.moment)
    except SaleAlreadyRegistered as known:
        ticket, new = known.ticket, False
    page.draft.drop()
    return ticket, not new


def _another(page: SalePage, known: Ticket) -> HttpResponse:
    """Two pages began with one draft and one of them was sent: what this one says is not lost, and not sold unasked."""
    page.typed.key = uuid4().hex
    page.keep()
    judged = page.judge()
    judged.said.insert(
        0, f"Lo que empezaste aquí ya se registró como {known.folio}. Si es otra venta, revísala y regístrala de nuevo"
    )
    return _draw(page, judged, status=422)


def _already(request: HttpRequest, ticket: Ticket, draft: PageDraft) -> HttpResponse:
    draft.drop()
    messages.info(request, "Esta venta ya estaba registrada: no se duplicó.")
    invoice = live_invoice(ticket)
    if invoice is not None:
        return redirect(address(request, "counter_result", invoice.pk))
    return redirect(address(request, "ticket", ticket.pk))


def _draw(page: SalePage, judged: Judged, *, status: int = 200, unseen: bool = False) -> HttpResponse:
    """`unseen`: it would be registered now, but nobody was shown what it adds up to."""
    return show(
        page.request,
        "office/counter_sale.html",
        room="counter",
        status=status,
        key=page.typed.key,
        head=judged.head,
        lines=judged.lines,
        several=len(page.branches) > 1,
        branch=next(iter(page.branches)),
        text=page.text,
        finds=finds_of(page.text, day=page.moment.astimezone(office_zone()).date()),
        sums=sums_of((judged if judged.lines and judged.lines[0].is_bound else page.judge()).lines),
        unseen=unseen,
        trouble=trouble_of(judged) if status == 422 else [],
        draft=page.draft,
    )
