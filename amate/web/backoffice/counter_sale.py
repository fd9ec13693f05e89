"""Mostrador: a sale that is typed here. It becomes a note with its code, or the invoice of whoever stands there."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_SELL
from amate.catalogs.search import search_keys
from amate.companies.folios import take_folio
from amate.companies.models import Branch, Emisor, Product
from amate.companies.policies import rules_for
from amate.companies.products import find_article
from amate.fiscal.catalogs import installed
from amate.fiscal.clock import zone_of
from amate.fiscal.ingreso import PPD, SaleLine, total_of
from amate.fiscal.money import MoneyRefused
from amate.invoices.lines import lines_to_json
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.queries import live_invoice
from amate.self_invoicing.register import SaleAlreadyRegistered, register_ticket
from amate.self_invoicing.sale import Sale
from amate.self_invoicing.terms import Terms, terms_of
from amate.web.backoffice.counter import issue
from amate.web.backoffice.drafted import Drafted, PageDraft, draft_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.receiver_form import ReceiverForm, is_another, look_up, typed_receiver
from amate.web.backoffice.roles import require
from amate.web.backoffice.sale_form import (
    HeadForm,
    LineForm,
    TypedSale,
    empty_line,
    hidden_fields,
    line_of,
    read_typed,
)
from amate.web.clock import now

SOURCE = "mostrador"
NOTES = "|notas"  # no series of invoices can be called so: the SAT forbids the bar
SUGGESTED = 6
# Whom the invoice is for is no part of it: it is looked up by RFC, and somebody stands there who knows.
SALE = Drafted(
    "sale",
    page="counter_sale",
    roles=MAY_SELL,
    fields=frozenset({"llave", "lineas", "sucursal", "pago", *(f"l-{name}" for name in LineForm.NAMES)}),
    tells=frozenset({"l-descripcion", "l-precio"}),
)
SUSPENDED = "El SAT suspendió la emisión de tu empresa: registra la nota y factúrala cuando lo aclares."


@dataclass
class Judged:
    """What was typed, with its mistakes on their fields; `sale` is there when there are none. It has no folio yet."""

    head: HeadForm
    lines: list[LineForm]
    said: list[str]
    sale: Sale | None = None


@dataclass
class Page:
    """What every round of the form knows."""

    request: HttpRequest
    moment: datetime
    branches: dict[str, Branch]
    typed: TypedSale
    text: str
    draft: PageDraft

    def judge(self) -> Judged:
        lines = [LineForm(values, number=i, bound=True) for i, values in enumerate(self.typed.lines)]
        judged = Judged(self.head(), lines, [] if lines else ["Agrega al menos una partida"])
        good = judged.head.is_valid()
        branch = self.branches.get(self.typed.head.get("sucursal", "")) or next(iter(self.branches.values()))
        day = self.moment.astimezone(zone_of(branch.cp)).date()
        for line in lines:
            line.judge(catalogs=installed(), day=day)
        sold = tuple(line.sale_line for line in lines if line.sale_line is not None)
        if good and sold and len(sold) == len(lines):
            judged.sale = self._added_up(judged, sold)
        return judged

    def sells(self, known: Ticket) -> bool:
        """Whether what was typed is that very sale."""
        sold = self.judge().sale
        if sold is None:
            return False
        said = (self.typed.head["sucursal"], sold.forma_pago, sold.metodo_pago, lines_to_json(sold.lines))
        return said == (known.branch.code, known.forma_pago, known.metodo_pago, known.lines)

    def head(self) -> HeadForm:
        names = [(code, one.nombre) for code, one in self.branches.items()]
        return HeadForm(self.typed.head or None, branches=names)

    def _added_up(self, judged: Judged, sold: tuple[SaleLine, ...]) -> Sale | None:
        try:
            total = total_of(sold)
        except MoneyRefused as refused:
            _, place, field = refused.field.split(".")[:3]
            line = judged.lines[int(place)]
            line.add_error(field if field in line.fields else "precio", refused.message)
            return None
        forma_pago, metodo_pago = judged.head.payment
        return Sale(
            source=SOURCE,
            external_id=self.typed.key,
            folio="",
            sold_at=self.moment,
            forma_pago=forma_pago,
            total=total,
            lines=sold,
            metodo_pago=metodo_pago,
        )


@require_http_methods(["GET", "HEAD", "POST"])
def sale(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_SELL)
    page = _page(request)
    if not page.branches:
        messages.error(request, "Antes de vender, da de alta una sucursal.")
        return redirect(address(request, "home"))
    known = Ticket.objects.select_related("branch").filter(source=SOURCE, external_id=page.typed.key).first()
    if known is not None and request.method == "POST":
        return _already(request, known, page.draft) if page.sells(known) else _another(page, known)
    if known is not None:  # its draft outlived it: a sale is never offered twice
        page.draft.drop()
        page = _page(request)
    act, _, which = request.POST.get("accion", "").replace("\0", "")[:100].partition(":")
    if act in ("nota", "facturar", "rfc", "emitir"):
        return _finish(page, act)
    if act:
        _edit(page, act, which)
        page.draft.keep_if_it_fits(hidden_fields(page.typed), now=page.moment)
    lines = [LineForm(values, number=i, bound=False) for i, values in enumerate(page.typed.lines)]
    return _draw(page, Judged(page.head(), lines, []))


def _page(request: HttpRequest) -> Page:
    draft = draft_of(request, SALE)
    sent = request.POST if request.method == "POST" else draft.typed
    typed = TypedSale("", {}, [empty_line()]) if sent is None else read_typed(sent)
    if len(typed.key) != 32 or not typed.key.isalnum():
        typed.key = uuid4().hex  # a double click sends it twice, and the second is the same sale
    text = request.POST.get("buscar", "").replace("\0", "").strip()[:100]
    return Page(request, now(), {one.code: one for one in Branch.objects.open()}, typed, text, draft)


def _edit(page: Page, act: str, which: str) -> None:
    """The buttons that only change the form."""
    if act == "linea":
        page.typed.add(empty_line())
    elif act == "quitar" and which.isdecimal() and len(which) < 4:
        page.typed.remove(int(which))
    elif act == "clave":
        page.typed.add(empty_line(clave_prod_serv=which[:8], descripcion=page.text))
    elif act == "producto" and (article := find_article(which)):
        page.typed.add(line_of(article))
    elif act == "buscar" and page.text and (article := find_article(page.text)):
        page.typed.add(line_of(article))  # a scanner typed the key of a product
        page.text = ""


def _finish(page: Page, act: str) -> HttpResponse:
    """The sale is complete: a note, or first the receiver and then both in one transaction."""
    judged = page.judge()
    if judged.sale is None:
        return _draw(page, judged, status=422)
    if act == "nota":
        ticket, known = _register(page, judged, judged.sale)
        if known:
            return _already(page.request, ticket, page.draft)
        messages.success(page.request, "Venta registrada. Imprime la nota: lleva el código y el QR para facturarla.")
        return redirect(address(page.request, "ticket", ticket.pk))
    if Emisor.objects.filter(issuing_suspended=True).exists():
        judged.said.append(SUSPENDED)
        return _draw(page, judged, status=422)
    return _receive(page, act, judged, judged.sale)


def _receive(page: Page, act: str, judged: Judged, sold: Sale) -> HttpResponse:
    typed = typed_receiver(page.request.POST)
    if act == "emitir" and is_another(page.request.POST):
        act = "rfc"
    form, words = look_up(typed) if act == "rfc" else (ReceiverForm(typed), "")
    if act == "emitir" and form.is_valid():
        ticket, known = _register(page, judged, sold)
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
        terms=_terms(page, judged, sold, rfc=str(form.data["rfc"])),
        credit=sold.metodo_pago == PPD,
        count=len(sold.lines),
        kept=hidden_fields(page.typed),
    )


def _terms(page: Page, judged: Judged, sold: Sale, *, rfc: str) -> Terms:
    branch = page.branches[judged.head.cleaned_data["sucursal"]]
    today = page.moment.astimezone(zone_of(branch.cp)).date()
    rules = rules_for(branch_id=branch.pk, sold_on=today, today=today)
    return terms_of(
        lines=lines_to_json(sold.lines), total=sold.total, moneda=sold.moneda, rules=rules, rfc=rfc, detailed=False
    )


def _register(page: Page, judged: Judged, sold: Sale) -> tuple[Ticket, bool]:
    """The ticket, and whether another click of the same page had registered it."""
    branch = page.branches[judged.head.cleaned_data["sucursal"]]
    numbered = replace(sold, folio=f"M-{take_folio(series=NOTES)}")
    try:
        ticket, new = register_ticket(sale=numbered, branch=branch, now=page.moment)
    except SaleAlreadyRegistered as known:
        ticket, new = known.ticket, False
    page.draft.drop()
    return ticket, not new


def _another(page: Page, known: Ticket) -> HttpResponse:
    """Two pages began with one draft and one of them was sent: what this one says is not lost, and not sold unasked."""
    page.typed.key = uuid4().hex
    page.draft.keep_if_it_fits(hidden_fields(page.typed), now=page.moment)
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


def _draw(page: Page, judged: Judged, *, status: int = 200) -> HttpResponse:
    whole = judged.sale or page.judge().sale  # what it adds up to so far, if every line is whole
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
        products=_products(page.text),
        keys=search_keys(catalog="clave_prod_serv", typed=page.text, limit=SUGGESTED) if page.text else [],
        total=whole.total if whole else None,
        trouble=_trouble(judged) if status == 422 else [],
        draft=page.draft,
    )


def _products(text: str) -> list[Product]:
    if not text:
        return []
    rows = Product.objects.filter(Q(key__istartswith=text) | Q(descripcion__icontains=text), is_active=True)
    return list(rows.order_by("descripcion", "id")[:SUGGESTED])


def _trouble(judged: Judged) -> list[tuple[str, str]]:
    """(where, sentence) for the summary."""
    found = [("buscar", one) for one in judged.said]
    parts: list[tuple[forms.Form, str]] = [(judged.head, "")]
    parts += [(line, f"Partida {line.number + 1}: ") for line in judged.lines]
    for form, before in parts:
        for name, errors in form.errors.items():
            found += [(form[name].id_for_label, f"{before}{error}") for error in errors]
    return found
