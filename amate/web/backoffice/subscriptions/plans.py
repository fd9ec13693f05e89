"""Planes: what is sold by the month, with its dated prices and what each choice means for who pays."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amate.access.may import MAY_KEEP_SUBSCRIPTIONS
from amate.billing_cycle.subscriptions.add_plan import add_plan
from amate.billing_cycle.subscriptions.change_plan import change_plan
from amate.billing_cycle.subscriptions.models import Plan, PlanPrice, SubscriptionState, Term
from amate.billing_cycle.subscriptions.plan_facts import PlanRefused
from amate.billing_cycle.subscriptions.price_plan import price_plan, withdraw_price
from amate.billing_cycle.subscriptions.prices import taxes_of
from amate.billing_cycle.subscriptions.retire_plan import retire_plan, sell_plan_again
from amate.catalogs.search import search_keys
from amate.companies.billing_policy import billing_policy_on
from amate.companies.models import Emisor, Product
from amate.companies.products import article_of
from amate.desk.plan_list import PLANS
from amate.fiscal.catalogs import catalogs_in_force, name_of
from amate.web.backoffice.edited import FIELD, is_fresh, version_of
from amate.web.backoffice.lists import around, page_of, read
from amate.web.backoffice.page import address, office_zone, show
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.sale_finds import finds_of
from amate.web.backoffice.subscriptions.plan_form import PlanForm, PriceForm, new_plan, plan_as_typed, price_as_typed
from amate.web.backoffice.subscriptions.plan_words import PriceRow, plan_says, price_rows, priced_words
from amate.web.backoffice.tax_choice import usual_taxes, write_taxes
from amate.web.backoffice.undo import offer_undo
from amate.web.clock import now

ROOM = "subscriptions"


@require_safe
def plans(request: HttpRequest, slug: str) -> HttpResponse:
    asked = read(request, PLANS)
    page = page_of(asked, request)
    today = asked.at.today
    have = dict(
        Term.objects.filter(
            Q(to_on=None) | Q(to_on__gt=today),
            plan_id__in=[one.pk for one in page.rows],
            from_on__lte=today,
            subscription__state=SubscriptionState.ACTIVE,
        )
        .values_list("plan_id")
        .annotate(count=Count("pk"))
    )
    return show(
        request,
        "office/subscriptions/plans.html",
        room=ROOM,
        page=page,
        rows=[(one, priced_words(one, today=today), have.get(one.pk, 0)) for one in page.rows],
        list=around(request, asked),
        may_keep=may(request, MAY_KEEP_SUBSCRIPTIONS),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_KEEP_SUBSCRIPTIONS)
    moment, today = _today()
    if request.method != "POST":
        taxes = usual_taxes(Emisor.objects.get().usual_iva)
        return _new_page(request, _form(None, today, initial=new_plan(today=today, taxes=taxes)), today)
    if typed := _searched(request):
        return _new_page(request, _form(None, today, initial=typed), today)
    form = _form(request.POST, today)
    if is_looked_at(request):
        return _looked_at(request, form, today, page=_new_page)
    if form.is_valid():
        try:
            kept = add_plan(
                facts=form.facts(), price=form.price(), key="", catalogs=catalogs_in_force(), today=today, now=moment
            )
        except PlanRefused as refused:
            form.refuse(refused.errors)
        else:
            messages.success(request, f"El plan {kept.nombre} está a la venta. Ya puedes suscribir a tus clientes.")
            return redirect(address(request, "plan", kept.pk))
    return _new_page(request, form, today, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, slug: str, plan_id: int) -> HttpResponse:
    found = find_plan(plan_id)
    moment, today = _today()
    if request.method != "POST":
        return _plan_page(request, found, _form(None, today, initial=plan_as_typed(found), priced=False), today)
    require(request, MAY_KEEP_SUBSCRIPTIONS)
    if typed := _searched(request):
        return _plan_page(request, found, _form(None, today, initial=typed, priced=False), today)
    form = _form(request.POST, today, priced=False)
    if is_looked_at(request):
        return _looked_at(request, form, today, found=found)
    found = Plan.locked(found.pk)
    is_fresh(request, form, version=_version(found), thing="este plan")
    if form.is_valid():
        try:
            change_plan(
                plan_id=found.pk,
                facts=form.facts(objeto_imp=found.objeto_imp),
                catalogs=catalogs_in_force(),
                today=today,
                now=moment,
            )
        except PlanRefused as refused:
            _refuse(form, refused.errors)
        else:
            messages.success(request, f"Guardamos el plan {form.cleaned_data['nombre']}.")
            return redirect(address(request, "plan", found.pk))
    return _plan_page(request, found, form, today, status=422)


@require_POST
def price(request: HttpRequest, slug: str, plan_id: int) -> HttpResponse:
    """Another price from a day on."""
    require(request, MAY_KEEP_SUBSCRIPTIONS)
    found = find_plan(plan_id)
    moment, today = _today()
    form = PriceForm(request.POST)
    if form.is_valid():
        try:
            price_plan(plan_id=found.pk, price=form.price(), catalogs=catalogs_in_force(), today=today, now=moment)
        except PlanRefused as refused:
            form.refuse(refused.errors)
        else:
            messages.success(request, "El precio quedó con su día. Hasta entonces se cobra el de ahora.")
            return redirect(address(request, "plan", found.pk))
    edit = _form(None, today, initial=plan_as_typed(found), priced=False)
    return _plan_page(request, found, edit, today, price=form, status=422)


@require_POST
def no_price(request: HttpRequest, slug: str, plan_id: int, price_id: int) -> HttpResponse:
    """A price that has not begun yet is taken back."""
    require(request, MAY_KEEP_SUBSCRIPTIONS)
    found = find_plan(plan_id)
    if not PlanPrice.objects.filter(pk=price_id, plan=found).exists():
        raise Http404
    moment, today = _today()
    try:
        withdraw_price(price_id=price_id, today=today, now=moment)
    except PlanRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Quitamos ese precio: sigue el de ahora.")
    return redirect(address(request, "plan", found.pk))


@require_POST
def retire(request: HttpRequest, slug: str, plan_id: int) -> HttpResponse:
    require(request, MAY_KEEP_SUBSCRIPTIONS)
    found = retire_plan(plan_id=find_plan(plan_id).pk, now=now())
    done = f"{found.nombre} ya no se ofrece. Quien lo tiene lo conserva y se le sigue cobrando."
    offer_undo(request, done, url=address(request, "plan_sell_again", found.pk))
    return redirect(address(request, "plans"))


@require_POST
def sell_again(request: HttpRequest, slug: str, plan_id: int) -> HttpResponse:
    require(request, MAY_KEEP_SUBSCRIPTIONS)
    found = sell_plan_again(plan_id=find_plan(plan_id).pk, now=now())
    messages.success(request, f"{found.nombre} está a la venta otra vez.")
    return redirect(address(request, "plan", found.pk))


def find_plan(plan_id: int) -> Plan:
    found: Plan | None = Plan.objects.filter(pk=plan_id).first()
    if found is None:
        raise Http404
    return found


def is_looked_at(request: HttpRequest) -> bool:
    """Whether the page only asks what would happen: by its button, or by a change when there is script."""
    return "ver" in request.POST or bool(getattr(request, "htmx", False))


def _today() -> tuple[Any, date]:
    moment = now()
    return moment, moment.astimezone(office_zone()).date()


def _form(typed: Any, today: date, *, priced: bool = True, initial: dict[str, Any] | None = None) -> PlanForm:
    policy = billing_policy_on(today)
    return PlanForm(
        typed,
        initial=initial,
        house_mode=policy.fiscal_mode,
        house_suspended=policy.bill_while_suspended,
        priced=priced,
    )


def _searched(request: HttpRequest) -> dict[str, Any]:
    """What was typed, when the page only looks for a key; with what a product of the list brings, if one was chosen."""
    if "buscar" in request.POST:
        return request.POST.dict()
    chosen = request.POST.get("usar", "")
    if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 19):
        return {}
    product = Product.objects.filter(pk=int(chosen), is_active=True).first()
    if product is None:
        return request.POST.dict()
    article = article_of(product)
    found = {
        "clave_prod_serv": article.clave_prod_serv,
        "clave_unidad": article.clave_unidad,
        "unidad": article.unidad or "",
        "impuestos": write_taxes(article.objeto_imp, article.impuestos),
        "sin_impuestos": "0" if article.prices_include_tax else "1",
    }
    typed = request.POST.dict() | found
    typed["nombre"] = typed.get("nombre") or article.descripcion
    typed["concept"] = typed.get("concept") or f"{article.descripcion} de {{mes}}"
    if article.price is not None:
        typed["precio"] = typed.get("precio") or f"{article.price:f}"
    return typed


def _looked_at(
    request: HttpRequest, form: PlanForm, today: date, *, page: Any = None, found: Plan | None = None
) -> HttpResponse:
    said = _said(form, today, found)
    if getattr(request, "htmx", False):
        return render(request, "office/subscriptions/said.html", {"said": said})
    fresh = _form(None, today, initial=request.POST.dict(), priced=found is None)
    if found is None:
        return _new_page(request, fresh, today, said=said)
    return _plan_page(request, found, fresh, today, said=said)


def _said(form: PlanForm, today: date, found: Plan | None) -> list[str]:
    """What the plan would mean for who starts today."""
    if not form.is_valid():
        return ["Revisa los datos marcados para ver qué se cobraría."]
    facts = form.facts(objeto_imp=found.objeto_imp if found else "")
    return plan_says(facts, price=form.price() if found is None else None, today=today)


def _refuse(form: PlanForm, errors: dict[str, str]) -> None:
    form.refuse(errors)


def _keys(request: HttpRequest, form: PlanForm, today: date) -> dict[str, Any]:
    words = request.POST.get("palabras", "").replace("\x00", "")[:100] if request.method == "POST" else ""
    finds = finds_of(words, day=today)
    return {
        "words": words,
        "products": finds.products,
        "keys": finds.keys,
        "units": search_keys(catalog="clave_unidad", typed=words, day=today, limit=6) if words else [],
        "clave_says": name_of("clave_prod_serv", str(form["clave_prod_serv"].value() or "")),
        "unidad_says": name_of("clave_unidad", str(form["clave_unidad"].value() or "")),
    }


def _new_page(
    request: HttpRequest, form: PlanForm, today: date, *, said: list[str] | None = None, status: int = 200
) -> HttpResponse:
    return show(
        request,
        "office/subscriptions/plan.html",
        room=ROOM,
        status=status,
        form=form,
        plan=None,
        said=said or [],
        may_keep=True,
        script=True,
        **_keys(request, form, today),
    )


def _plan_page(
    request: HttpRequest,
    found: Plan,
    form: PlanForm,
    today: date,
    *,
    said: list[str] | None = None,
    price: PriceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    rows: list[PriceRow] = price_rows(found, today=today)
    latest = PlanPrice.objects.filter(plan=found).order_by("-valid_from").first()
    if price is None:
        price = PriceForm(initial=price_as_typed(latest, found) if latest else {})
    return show(
        request,
        "office/subscriptions/plan.html",
        room=ROOM,
        status=status,
        form=form,
        price=price,
        plan=found,
        prices=rows,
        taxes=taxes_of(latest) if latest else (),
        said=said or plan_says_now(found, today=today),
        version=request.POST.get(FIELD) or _version(found) if status == 422 else _version(found),
        may_keep=may(request, MAY_KEEP_SUBSCRIPTIONS),
        script=True,
        **_keys(request, form, today),
    )


def plan_says_now(found: Plan, *, today: date) -> list[str]:
    from amate.billing_cycle.subscriptions.plan_facts import facts_of

    return plan_says(facts_of(found), price=None, today=today)


def _version(found: Plan) -> str:
    return version_of({"changed_at": found.changed_at, "is_active": found.is_active})
