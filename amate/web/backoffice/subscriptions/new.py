"""Suscribir a un cliente: one page, and before anything is written it says in a sentence what will be charged and when."""

from datetime import date
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_KEEP_SUBSCRIPTIONS
from amate.billing_cycle.subscriptions.models import Plan
from amate.billing_cycle.subscriptions.subscribe import Foretold, SubscriptionRefused, foretell, subscribe
from amate.companies.billing_policy import billing_policy_on
from amate.companies.models import Branch
from amate.customers.models import Customer
from amate.customers.remaining import Merged
from amate.customers.search import search
from amate.papers.dates import short
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.roles import require
from amate.web.backoffice.subscriptions.new_form import NewForm, seen_of
from amate.web.backoffice.subscriptions.one_subscription import ROOM
from amate.web.backoffice.subscriptions.words import mode_says
from amate.web.clock import now

FOUND = 8
SHOWN = 12


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_KEEP_SUBSCRIPTIONS)
    moment = now()
    today = moment.astimezone(office_zone()).date()
    page = Page(request, today)
    if not page.plans:
        return show(request, "office/subscriptions/no_plans.html", room=ROOM, status=422 if page.typed else 200)
    if not page.branches:
        messages.error(request, "Antes de suscribir a alguien, da de alta una sucursal.")
        return redirect(address(request, "home"))
    if request.method != "POST":
        return page.draw(page.form(None, initial=_first(request, page, today)))
    if page.only_searches:
        return page.draw(page.form(None, initial=page.typed))
    form = page.form(page.typed)
    told = page.told(form)
    looks = "guardar" not in request.POST or bool(getattr(request, "htmx", False))
    if told is not None and not looks and request.POST.get("visto") == seen_of(form.asked(), told):
        try:
            made = subscribe(asked=form.asked(), today=today, now=moment)
        except SubscriptionRefused as refused:
            form.refuse(refused.errors)
            told = None
        except Merged:
            form.add_error("cliente", "Ese cliente se acaba de unir a otro: búscalo otra vez")
            told = None
        else:
            messages.success(request, f"Suscribimos a {made.customer.nombre}.")
            return redirect(address(request, "subscription", made.pk))
    if getattr(request, "htmx", False):
        return render(request, "office/subscriptions/new_said.html", page.preview(form, told))
    return page.draw(form, told, status=200 if told is not None else 422, changed=not looks and told is not None)


class Page:
    """One drawing of the page: what may be chosen, and what was."""

    def __init__(self, request: HttpRequest, today: date) -> None:
        self.request, self.today = request, today
        self.plans = list(Plan.objects.filter(is_active=True).prefetch_related("prices").order_by("nombre")[:500])
        self.branches = list(Branch.objects.open().order_by("id"))
        self.typed: dict[str, Any] = request.POST.dict()
        self.only_searches = self._choose()

    def _choose(self) -> bool:
        """Whether the page was sent only to look for somebody, or to take him."""
        said = False
        for button, field in (("elegir", "cliente"), ("elegir_paga", "paga")):
            if button in self.typed:
                self.typed[field], said = self.typed[button], True
        for button, field in (("otro", "cliente"), ("paga_el_mismo", "paga")):
            if button in self.typed:
                self.typed[field], said = "", True
        if not said and self._typed_a_name("q", "cliente"):  # Enter presses the first button of the form
            self.typed["buscar"] = said = True
        if not said and self._typed_a_name("q_paga", "paga"):
            self.typed["buscar_paga"] = said = True
        return said or "buscar" in self.typed or "buscar_paga" in self.typed

    def _typed_a_name(self, box: str, field: str) -> bool:
        asks = "guardar" in self.typed or bool(getattr(self.request, "htmx", False))
        return not asks and bool(self.typed.get(box, "").strip()) and not self.typed.get(field)

    def form(self, typed: Any, **more: Any) -> NewForm:
        return NewForm(typed, plans=self.plans, branches=self.branches, today=self.today, **more)

    def told(self, form: NewForm) -> Foretold | None:
        """What would happen; None when it cannot, and the form says why."""
        if not form.is_valid():
            return None
        try:
            return foretell(asked=form.asked(), today=self.today)
        except SubscriptionRefused as refused:
            form.refuse(refused.errors)
        except (OverflowError, ValueError):  # the calendar has no such day
            form.add_error("cycles", "Son tantos periodos que el último no cabe en un calendario: escribe menos")
        return None

    def preview(self, form: NewForm, told: Foretold | None) -> dict[str, Any]:
        if told is None:
            return {"told": None, "wrong": [str(one[0]) for one in form.errors.values()] if form.is_bound else []}
        plan = next(one for one in self.plans if str(one.pk) == str(form.cleaned_data["plan"]))
        mode = form.cleaned_data["fiscal_mode"] or plan.fiscal_mode or billing_policy_on(self.today).fiscal_mode
        return {
            "told": told,
            "charges": [(short(one.on), one.concept, one.total) for one in told.charges[:SHOWN]],
            "at_once": sum(one.on <= self.today for one in told.charges),
            "reviewed": plan.reviewed,
            "mode_says": mode_says(mode),
            "seen": seen_of(form.asked(), told),
            "customer": self._who(form, "cliente"),
        }

    def draw(
        self, form: NewForm, told: Foretold | None = None, *, status: int = 200, changed: bool = False
    ) -> HttpResponse:
        return show(
            self.request,
            "office/subscriptions/new.html",
            room=ROOM,
            status=status,
            form=form,
            payer=self._who(form, "paga"),
            found=self._search("q", "buscar"),
            payers=self._search("q_paga", "buscar_paga"),
            q=self.typed.get("q", ""),
            q_paga=self.typed.get("q_paga", ""),
            several=len(self.branches) > 1,
            changed=changed,
            here=self.request.path,
            script=True,
            **({"customer": self._who(form, "cliente")} | self.preview(form, told)),
        )

    def _who(self, form: NewForm, field: str) -> Customer | None:
        typed = str(form[field].value() or "")
        if not (typed.isascii() and typed.isdecimal() and len(typed) < 19):
            return None
        found: Customer | None = Customer.objects.live().filter(pk=int(typed)).first()
        return found

    def _search(self, box: str, button: str) -> list[Customer] | None:
        """None: nobody looked."""
        if button not in self.typed:
            return None
        return search(text=self.typed.get(box, "").replace("\x00", "")[:100], limit=FOUND)


def _first(request: HttpRequest, page: Page, today: date) -> dict[str, Any]:
    """The empty form; `?cliente=` and `?plan=` are what a customer's or a plan's page brings."""
    return {
        "llave": uuid4().hex,
        "cliente": request.GET.get("cliente", "")[:18],
        "plan": request.GET.get("plan", "")[:18] or (str(page.plans[0].pk) if len(page.plans) == 1 else ""),
        "sucursal": str(page.branches[0].pk),
        "starts_on": today,
        "dura": "open",
        "quantity": "1",
        "first_k": 0,
        "charges_setup": "1",
    }
