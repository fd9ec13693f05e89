"""A customer by hand: new, changed by two people at once, verified."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from amate.access.may import MAY_KEEP_CUSTOMERS
from amate.audit.models import Entry
from amate.customers.add import RfcTaken, add_customer
from amate.customers.change import HasFiscalData, change_customer, verify_customer
from amate.customers.current import current_of
from amate.customers.fingerprint import Changed, of_customer
from amate.customers.models import Customer, FiscalProfile
from amate.customers.remaining import Merged, find_remaining
from amate.customers.rules import is_real
from amate.fiscal.receptor import Receptor
from amate.web.backoffice.customer import find_customer, in_words
from amate.web.backoffice.customer_form import AS_TYPED, CustomerForm, typed_customer
from amate.web.backoffice.drafted import Drafted, PageDraft, draft_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import require
from amate.web.clock import now
from amate.web.fiscal_form import FIELDS

CHANGED = "No se guardó: alguien cambió este cliente hace un momento. Revisa y vuelve a guardar"
NEW = Drafted(
    "customer:new",
    page="customer_new",
    roles=MAY_KEEP_CUSTOMERS,
    fields=frozenset({*FIELDS, AS_TYPED}),
    tells=frozenset({"rfc", "nombre", "cp", "correo"}),
)
DATA = Drafted(
    "customer", page="customer_edit", roles=MAY_KEEP_CUSTOMERS, fields=NEW.fields | {"visto"}, of_a_thing=True
)
# Fields of the form, as they are compared with what is kept.
COMPARED = {
    "rfc": "RFC",
    "nombre": "Nombre o razón social",
    "cp": "Código postal",
    "regimen_fiscal": "Régimen fiscal",
    "uso_cfdi": "Uso del CFDI",
    "correo": "Correo electrónico",
}


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_KEEP_CUSTOMERS)
    draft = draft_of(request, NEW)
    if request.method != "POST":
        typed = {"nombre": request.GET.get("nombre", "")[:300]} if draft.typed is None else typed_customer(draft.typed)
        return _page(request, CustomerForm(typed, optional=True).quiet(), None, draft)
    form = CustomerForm(typed_customer(request.POST), optional=True)
    if form.is_valid():
        try:
            made = add_customer(
                nombre=form.typed_name, receptor=form.receptor_or_none, correo=form.cleaned_data["correo"], now=now()
            )
        except RfcTaken as taken:
            return _taken(request, form, None, draft, taken)
        draft.drop()
        messages.success(request, " ".join([f"Dimos de alta a {made.nombre}.", *form.advice]))
        return redirect(address(request, "customer", made.pk))
    return _page(request, form, None, draft, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    require(request, MAY_KEEP_CUSTOMERS)
    found = find_customer(customer_id)
    draft = draft_of(request, DATA, customer_id)
    if request.method != "POST":
        if found.merged_into_id is not None:
            return redirect(address(request, "customer_edit", find_remaining(found).pk))
        current = current_of(found)
        typed = _kept(found, current) if draft.typed is None else typed_customer(draft.typed)
        form = CustomerForm(typed, optional=_optional(current)).quiet()
        return _page(request, form, found, draft, seen=draft.said("visto"))
    form = CustomerForm(typed_customer(request.POST), optional=_optional(current_of(found)))
    if not form.is_valid():
        return _page(request, form, found, draft, status=422, seen=request.POST.get("visto", "")[:64])
    try:
        changed = _change(found, form.receptor_or_none, form, seen=request.POST.get("visto", ""))
    except Changed:
        return _conflict(request, form, find_customer(customer_id), draft)
    except Merged as merged:
        draft.drop()
        draft = draft_of(request, DATA, merged.into.pk)
        return _conflict(request, form, merged.into, draft, merged=str(merged))
    except RfcTaken as taken:
        return _taken(request, form, found, draft, taken)
    except HasFiscalData:
        form.add_error(
            "nombre", "Ya se le facturó con otro nombre. Para cambiarlo, escribe su RFC y sus datos fiscales"
        )
        return _page(request, form, found, draft, status=422)
    draft.drop()
    messages.success(request, " ".join([f"Guardamos los datos de {changed.nombre}.", *form.advice]))
    return redirect(address(request, "customer", changed.pk))


@require_POST
def verify(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    require(request, MAY_KEEP_CUSTOMERS)
    found = find_customer(customer_id)
    try:
        verify_customer(customer_id=found.pk, now=now())
    except Merged as merged:
        messages.error(request, f"{merged} Revisa sus datos y verifica ahí.")
        return redirect(address(request, "customer", merged.into.pk))
    messages.success(
        request, "Quedó verificado: desde hoy, lo que se escriba distinto en el portal te llega a revisión."
    )
    return redirect(address(request, "customer", found.pk))


def _change(found: Customer, receptor: Receptor | None, form: CustomerForm, *, seen: str) -> Customer:
    said = {"nombre": form.typed_name, "correo": form.cleaned_data["correo"]}
    return change_customer(customer_id=found.pk, receptor=receptor, seen=seen, now=now(), **said)


def _optional(current: FiscalProfile | None) -> bool:
    return current is None or not is_real(current.rfc)


def _kept(found: Customer, current: FiscalProfile | None) -> dict[str, str]:
    """The form's fields as they are kept. A generic RFC is nobody's own, so it is not shown as one to correct."""
    if current is None or not is_real(current.rfc):
        return {"nombre": found.nombre, "correo": found.correo}
    return {
        "rfc": current.rfc,
        "nombre": current.nombre,
        "cp": current.domicilio_fiscal,
        "regimen_fiscal": current.regimen_fiscal,
        "uso_cfdi": current.uso_cfdi,
        "correo": found.correo,
    }


def _taken(
    request: HttpRequest, form: CustomerForm, found: Customer | None, draft: PageDraft, taken: RfcTaken
) -> HttpResponse:
    form.add_error("rfc", f"{taken}. Ábrelo en la lista" + (", o une los dos clientes" if found else ""))
    return _page(request, form, found, draft, status=422, other=taken.customer)


def _conflict(
    request: HttpRequest, form: CustomerForm, found: Customer, draft: PageDraft, merged: str = ""
) -> HttpResponse:
    """Nothing was written: what was typed stays, beside what is there now; saving again is then a decision."""
    now_kept: Mapping[str, str] = _kept(found, current_of(found))
    differ = []
    for name, label in COMPARED.items():
        kept, typed = now_kept.get(name, ""), form.shown(name)
        if kept != typed:
            differ.append((label, in_words(name, kept) or "vacío", in_words(name, typed) or "vacío"))
    last = Entry.objects.filter(about=f"customer:{found.pk}").exclude(actor="").order_by("-id").first()
    form.add_error(None, f"{merged} {CHANGED}".strip())
    return _page(request, form, found, draft, status=422, differ=differ, last=last)


def _page(
    request: HttpRequest,
    form: CustomerForm,
    found: Customer | None,
    draft: PageDraft,
    *,
    status: int = 200,
    seen: str = "",
    **more: Any,
) -> HttpResponse:
    """`seen`: what a refused form or a draft carried; else what is there now."""
    return show(
        request,
        "office/customers/edit.html",
        room="customers",
        status=status,
        form=form,
        customer=found,
        seen=seen or (of_customer(found, current_of(found)) if found else ""),
        draft=draft,
        **more,
    )
