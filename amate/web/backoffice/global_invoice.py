"""Factura global: a branch and a period, what was sold in it and where each peso stands, and then it is issued."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_EXPORT, MAY_ISSUE
from amate.companies.models import Branch, Emisor
from amate.fiscal.catalogs import name_of
from amate.fiscal.clock import zone_of
from amate.fiscal.comprobante import Comprobante, DocumentRefused
from amate.fiscal.factura_global import MOST_TICKETS
from amate.fiscal.global_period import BIMESTRAL, MENSUAL, REGIMEN_BIMESTRAL, GlobalPeriod, period_of
from amate.fiscal.money import MoneyRefused
from amate.fiscal.tables.comprobante import PERIODICIDADES
from amate.invoices.deadlines import global_by
from amate.invoices.issue_global import preview_global
from amate.invoices.models import Invoice, Kind, Origin
from amate.papers.dates import in_full
from amate.self_invoicing.close_period import MOST_AT_ONCE, NoGlobal, NothingLeft, close_period, not_adding_up
from amate.self_invoicing.in_global import sales_of
from amate.self_invoicing.period_notes import Fate, Reckoning, notes_of_period, part_of_fate, reckon
from amate.web.backoffice.keyset import SIZE
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import Pill, invoice_pill
from amate.web.clock import now

FATE, AFTER = "ver", "tras"


class PeriodForm(forms.Form):
    sucursal = forms.ChoiceField(label="Sucursal")
    periodicidad = forms.ChoiceField(label="Cada cuánto la haces")
    dia = forms.DateField(
        label="Un día del periodo",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Escribe un día del periodo", "invalid": "Escribe el día, como 2026-11-22"},
    )

    def __init__(self, *args: Any, branches: list[Branch], bimestral: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sucursal"].choices = [(str(branch.pk), branch.nombre) for branch in branches]  # type: ignore[attr-defined]
        kinds = [one for one in sorted(PERIODICIDADES) if bimestral or one != BIMESTRAL]
        self.fields["periodicidad"].choices = [(one, name_of("periodicidad", one) or one) for one in kinds]  # type: ignore[attr-defined]

    def clean_dia(self) -> date:
        """CFDI 4.0 began in 2022; and a year that no calendar has makes no period."""
        dia: date = self.cleaned_data["dia"]
        if not 2022 <= dia.year <= now().year:
            raise forms.ValidationError("Escribe un día de un periodo que ya empezó")
        return dia


@dataclass(frozen=True, slots=True)
class Looked:
    """What the page tells of a period. `document`: what its only part would say; `trouble`: why it cannot be issued."""

    branch: Branch
    period: GlobalPeriod
    found: Reckoning
    document: Comprobante | None
    trouble: str

    @property
    def iva(self) -> Decimal | None:
        taxes = self.document.impuestos if self.document else None
        return taxes.total_trasladados if taxes else None


@require_http_methods(["GET", "HEAD", "POST"])
def period(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_ISSUE)
    moment = now()
    branches = list(Branch.objects.order_by("nombre"))
    if not branches:
        messages.error(request, "Antes de facturar, da de alta una sucursal.")
        return redirect(address(request, "home"))
    posted = request.method == "POST"
    sent = request.POST if posted else request.GET
    bimestral = Emisor.objects.filter(regimen_fiscal=REGIMEN_BIMESTRAL).exists()
    typed = {name: sent.get(name) or value for name, value in _first(branches, moment).items()}
    form = PeriodForm(typed, branches=branches, bimestral=bimestral)
    looked: Looked | None = None
    trouble = ""
    if form.is_valid():
        branch = next(one for one in branches if str(one.pk) == form.cleaned_data["sucursal"])
        of = period_of(form.cleaned_data["dia"], periodicidad=form.cleaned_data["periodicidad"])
        if posted and not (trouble := _issue(request, branch, of, moment)):
            return redirect(f"{address(request, 'invoice_global')}?{urlencode(typed)}")
        looked = _look(branch, of, moment)
    return show(
        request,
        "office/invoice_global.html",
        room="invoices",
        zone=zone_of(looked.branch.cp) if looked else None,
        status=422 if trouble or form.errors else 200,
        form=form,
        typed=typed,
        looked=looked,
        trouble=trouble,
        **(_told(request, looked, typed, moment) if looked else {}),
    )


def _first(branches: list[Branch], moment: datetime) -> dict[str, str]:
    """As the last one was made; of the newest period that has ended."""
    last: Invoice | None = Invoice.objects.filter(kind=Kind.GLOBAL).select_related("branch").order_by("-id").first()
    branch = last.branch if last else next((one for one in branches if one.closed_at is None), branches[0])
    periodicidad = last.periodicidad if last else MENSUAL
    today = moment.astimezone(zone_of(branch.cp)).date()
    day = period_of(today, periodicidad=periodicidad).first - date.resolution
    return {"sucursal": str(branch.pk), "periodicidad": periodicidad, "dia": str(day)}


def _issue(request: HttpRequest, branch: Branch, of: GlobalPeriod, moment: datetime) -> str:
    """Why not, or nothing. Pressed twice it is one: the second finds its notes taken."""
    try:
        made = close_period(branch_id=branch.pk, period=of, seen=_seen(request), origin=Origin.OFFICE, now=moment)
    except NothingLeft as none:
        if not _made(branch, of):
            return str(none)
        messages.info(request, "La global de este periodo ya se había emitido: no se duplicó.")
    except NoGlobal as refused:
        return str(refused)
    else:
        many = f"Emitimos {len(made)} partes" if len(made) > 1 else "Emitimos la factura global"
        messages.success(request, f"{many}. Abajo verás cuando esté timbrada.")
    return ""


def _seen(request: HttpRequest) -> tuple[int, Decimal] | None:
    """What the page showed: nothing of more notes than are issued at once. What is no number was shown by no page."""
    if "notas" not in request.POST and "total" not in request.POST:
        return None
    try:
        return int(request.POST.get("notas", "")[:9]), Decimal(request.POST.get("total", "")[:24])
    except (ValueError, InvalidOperation):
        return 0, Decimal(0)


def _look(branch: Branch, of: GlobalPeriod, moment: datetime) -> Looked:
    found = reckon(branch=branch, period=of, now=moment)
    if not 0 < found.enters.notes <= MOST_TICKETS:
        return Looked(branch, of, found, None, "")
    entering = notes_of_period(branch=branch, period=of).filter(fate="enters").order_by("sold_at", "pk")
    try:
        document = preview_global(branch=branch, period=of, sales=sales_of(list(entering)), now=moment)
    except (DocumentRefused, MoneyRefused) as refused:
        return Looked(branch, of, found, None, str(refused))
    if document.total != found.enters.total:
        return Looked(branch, of, found, document, not_adding_up(worth=found.enters.total, told=document.total))
    return Looked(branch, of, found, document, "")


def _told(request: HttpRequest, looked: Looked, typed: dict[str, str], moment: datetime) -> dict[str, Any]:
    enter, zone = looked.found.enters, zone_of(looked.branch.cp)
    at_once = min(enter.notes, MOST_AT_ONCE)
    shown = next((one for one in looked.found.fates if one.name == request.GET.get(FATE)), enter)
    after = request.GET.get(AFTER, "")
    part = part_of_fate(branch=looked.branch, period=looked.period, fate=shown.name, after=after, size=SIZE)
    return {
        "fates": [(fate, _seen_at(typed, fate)) for fate in looked.found.fates if fate.notes],
        "made": _made(looked.branch, looked.period),
        "takes_lists": may(request, MAY_EXPORT),
        "shown": shown,
        "notes": part.notes,
        "older": f"{_seen_at(typed, shown)}&{AFTER}={part.after}" if part.after else "",
        "first": _seen_at(typed, shown) if after else "",
        "list_url": _list_of(request, looked, shown),
        "parts": -(-at_once // MOST_TICKETS),
        "later": enter.notes - at_once,
        "forma_pago": name_of("forma_pago", looked.document.forma_pago or "") if looked.document else "",
        "by": in_full(global_by(looked.period.last, zone=zone)),
        "late": moment > global_by(looked.period.last, zone=zone),
        "going_on": looked.period.last >= moment.astimezone(zone).date(),
    }


def _seen_at(typed: dict[str, str], fate: Fate) -> str:
    return f"?{urlencode({**typed, FATE: fate.name})}"


def _list_of(request: HttpRequest, looked: Looked, fate: Fate) -> str:
    """Where they may be filtered and acted on; empty: the list of notes knows no such state."""
    days = {"desde": looked.period.first, "hasta": looked.period.last, "sucursal": looked.branch.pk}
    return f"{address(request, 'tickets')}?{urlencode({**days, 'estado': fate.state})}" if fate.state else ""


def _made(branch: Branch, of: GlobalPeriod) -> list[tuple[Invoice, Pill]]:
    rows = Invoice.objects.filter(
        kind=Kind.GLOBAL, branch=branch, periodicidad=of.periodicidad, period_from=of.first
    ).order_by("part", "pk")
    return [(one, invoice_pill(one)) for one in rows]
