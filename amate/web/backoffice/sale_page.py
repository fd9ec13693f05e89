"""A sale that is being typed, round after round of its page: the buttons that only change it, and what is wrong with it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

from django import forms
from django.http import HttpRequest

from amate.companies.models import Branch, Emisor
from amate.companies.products import find_article
from amate.fiscal.catalogs import catalogs_in_force
from amate.fiscal.clock import zone_of
from amate.fiscal.ingreso import SaleLine, total_of
from amate.fiscal.money import MoneyRefused
from amate.web.backoffice.drafted import Drafted, PageDraft, draft_of
from amate.web.backoffice.sale_form import HeadForm, LineForm
from amate.web.backoffice.tax_choice import usual_taxes
from amate.web.backoffice.typed_sale import TypedSale, empty_line, hidden_fields, line_of, read_typed
from amate.web.clock import now

FIELDS_OF_LINE = {"objeto_imp": "impuestos"}


@dataclass
class Judged:
    """What was typed, with its mistakes on their fields; `sold` and `total` are there when there are none."""

    head: HeadForm
    lines: list[LineForm]
    said: list[str]
    sold: tuple[SaleLine, ...] = ()
    total: Decimal = Decimal(0)


@dataclass
class SalePage:
    """What every round of the form knows. `head_form` and `line_form`: what this page asks of the sale and of a line."""

    request: HttpRequest
    moment: datetime
    branches: dict[str, Branch]
    typed: TypedSale
    text: str
    draft: PageDraft
    usual_taxes: str
    head_form: type[HeadForm] = HeadForm
    line_form: type[LineForm] = LineForm
    withholds_isr: bool = False

    def line(self, **known: str) -> dict[str, str]:
        """One that nobody has filled in."""
        return empty_line(taxes=self.usual_taxes, **known)

    @property
    def branch(self) -> Branch:
        return self.branches.get(self.typed.head.get("sucursal", "")) or next(iter(self.branches.values()))

    @property
    def day(self) -> date:
        """The local one of its branch."""
        return self.moment.astimezone(zone_of(self.branch.cp)).date()

    def head(self) -> HeadForm:
        names = [(code, one.nombre) for code, one in self.branches.items()]
        return self.head_form(self.typed.head or None, branches=names)

    def unjudged(self) -> Judged:
        """As it was typed: nobody has sent it yet."""
        lines = [self.line_form(values, number=i, bound=False) for i, values in enumerate(self.typed.lines)]
        return Judged(self.head().quiet(), lines, [])

    def judge(self) -> Judged:
        lines = [self.line_form(values, number=i, bound=True) for i, values in enumerate(self.typed.lines)]
        judged = Judged(self.head(), lines, [] if lines else ["Agrega al menos una partida"])
        good = judged.head.is_valid()
        for line in lines:
            line.judge(catalogs=catalogs_in_force(), day=self.day, withholds_isr=self.withholds_isr)
        sold = tuple(line.sale_line for line in lines if line.sale_line is not None)
        if good and sold and len(sold) == len(lines):
            _add_up(judged, sold)
        return judged

    def edit(self, act: str, which: str) -> None:
        """The buttons that only change the form; what it says then is kept."""
        if act == "linea":
            self.typed.add(self.line())
        elif act == "quitar" and which.isdecimal() and len(which) < 4:
            self.typed.remove(int(which))
            self.typed.lines = self.typed.lines or [self.line()]
        elif act == "clave":
            self.typed.add(self.line(clave_prod_serv=which[:8], descripcion=self.text))
        elif act == "producto" and (article := find_article(which)):
            self.typed.add(line_of(article))
        elif act == "buscar" and self.text and (article := find_article(self.text)):
            self.typed.add(line_of(article))  # a scanner typed the key of a product
            self.text = ""
        self.keep()

    def keep(self) -> None:
        self.draft.keep_if_it_fits(hidden_fields(self.typed), now=self.moment)


def open_page(
    request: HttpRequest,
    drafted: Drafted,
    *,
    head_form: type[HeadForm] = HeadForm,
    line_form: type[LineForm] = LineForm,
) -> SalePage:
    """As it was sent, or as its draft has it; its key is new where none came."""
    draft = draft_of(request, drafted)
    sent = request.POST if request.method == "POST" else draft.typed
    usual = usual_taxes(Emisor.objects.get().usual_iva)
    if sent is None:
        typed = TypedSale("", {}, [empty_line(taxes=usual)])
    else:
        typed = read_typed(sent, head=head_form.NAMES, line=line_form.NAMES)
    if len(typed.key) != 32 or not typed.key.isalnum():
        typed.key = uuid4().hex  # a double click sends it twice, and the second is the same sale
    text = request.POST.get("buscar", "").replace("\0", "").strip()[:100]
    branches = {one.code: one for one in Branch.objects.open()}
    return SalePage(request, now(), branches, typed, text, draft, usual, head_form, line_form)


def pressed(request: HttpRequest) -> tuple[str, str]:
    """(act, which) of the button: "quitar:3" takes away line 3."""
    act, _, which = request.POST.get("accion", "").replace("\0", "")[:100].partition(":")
    return act, which


def trouble_of(judged: Judged) -> list[tuple[str, str]]:
    """(where, sentence) for the summary."""
    found = [("buscar", one) for one in judged.said]
    parts: list[tuple[forms.Form, str]] = [(judged.head, "")]
    parts += [(line, f"Partida {line.number + 1}: ") for line in judged.lines]
    for form, before in parts:
        for name, errors in form.errors.items():
            found += [(form[name].id_for_label, f"{before}{error}") for error in errors]
    return found


def _add_up(judged: Judged, sold: tuple[SaleLine, ...]) -> None:
    try:
        judged.total = total_of(sold, moneda=judged.head.sold_in)
    except MoneyRefused as refused:
        _, place, name = refused.field.split(".")[:3]
        line = judged.lines[int(place)]
        line.add_error(FIELDS_OF_LINE.get(name, name if name in line.fields else "precio"), refused.message)
        return
    judged.sold = sold
