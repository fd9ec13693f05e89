"""The contacts of a customer: added by whoever talks with them, corrected, removed."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_KEEP_CONTACTS, MAY_KEEP_CUSTOMERS
from amate.customers.contacts import Said, add_contact, change_contact, remove_contact
from amate.customers.fingerprint import Changed, of_contact
from amate.customers.models import Contact, Customer
from amate.customers.remaining import Merged, find_remaining
from amate.customers.rules import national
from amate.fiscal.text import TextRefused, clean_text
from amate.web.backoffice.customer import find_customer
from amate.web.backoffice.customer_edit import CHANGED
from amate.web.backoffice.drafted import Drafted, PageDraft, draft_of
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may, require
from amate.web.clock import now
from amate.web.mail_address import MailField

LED = "A dónde van sus facturas lo cambia quien es dueño, administra o lleva la contabilidad."
FIELDS = ("nombre", "correo", "telefono", "receives_invoices", "handles_payments")


class ContactForm(forms.Form):
    nombre = forms.CharField(
        label="Nombre", required=False, max_length=120, help_text="Y su puesto, si ayuda: “Luz, contabilidad”.",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"max_length": "Escríbelo más corto: caben 120 letras"},
    )  # fmt: skip
    correo = MailField(
        label="Correo electrónico", required=False,
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    telefono = forms.CharField(
        label="Teléfono", required=False, max_length=30, help_text="Con lada; 10 números.",
        widget=forms.TextInput({"class": "w-mid", "inputmode": "tel", "autocomplete": "off"}),
        error_messages={"max_length": "Escríbelo más corto: caben 30 caracteres"},
    )  # fmt: skip
    receives_invoices = forms.BooleanField(label="Recibe por correo todas sus facturas", required=False)
    handles_payments = forms.BooleanField(label="Con esta persona se ven los pagos", required=False)

    def __init__(
        self,
        request: HttpRequest,
        found: Contact | None,
        typed: QueryDict | None = None,
        *,
        shown: QueryDict | None = None,
    ) -> None:
        """`shown`: a draft, in place of what is kept."""
        kept = {name: getattr(found, name) for name in FIELDS} if found else None
        super().__init__(typed, initial=shown.dict() if shown is not None else kept)
        if not may(request, MAY_KEEP_CUSTOMERS):
            self.fields["receives_invoices"].disabled = True
            self.fields["correo"].disabled = found is not None and found.receives_invoices
            self.fields["receives_invoices"].help_text = LED

    def clean_nombre(self) -> str:
        try:
            return clean_text(self.cleaned_data["nombre"])
        except TextRefused as refused:
            raise forms.ValidationError(refused.message) from refused

    def clean_telefono(self) -> str:
        typed = " ".join(str(self.cleaned_data["telefono"]).split())
        if typed and len(national(typed)) < 8:
            raise forms.ValidationError("Al teléfono le faltan números: escríbelo con lada")
        return typed

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if not self.errors and not any(said[name] for name in ("nombre", "correo", "telefono")):
            self.add_error("nombre", "Escribe al menos el nombre, el correo o el teléfono")
        if said.get("receives_invoices") and not said.get("correo") and "correo" not in self.errors:
            self.add_error("correo", "Escribe a qué correo le llegan las facturas")
        return said


def _address_of(contact_id: int) -> list[int]:
    customer_id = Contact.objects.filter(pk=contact_id).values_list("customer_id", flat=True).first()
    if customer_id is None:
        raise Http404
    return [customer_id, contact_id]


NEW = Drafted(
    "contact:new",
    page="contact_new",
    roles=MAY_KEEP_CONTACTS,
    fields=frozenset(FIELDS),
    tells=frozenset({"nombre", "correo", "telefono"}),
    of_a_thing=True,
)
CONTACT = Drafted(
    "contact",
    page="contact",
    roles=MAY_KEEP_CONTACTS,
    fields=frozenset({*FIELDS, "visto"}),
    of_a_thing=True,
    args_of=_address_of,
)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str, customer_id: int) -> HttpResponse:
    require(request, MAY_KEEP_CONTACTS)
    found = find_customer(customer_id)
    if found.merged_into_id is not None and request.method != "POST":
        return redirect(address(request, "contact_new", find_remaining(found).pk))
    draft = draft_of(request, NEW, found.pk)
    if request.method != "POST":
        return _page(request, ContactForm(request, None, shown=draft.typed), found, None, draft)
    form = ContactForm(request, None, request.POST)
    if not form.is_valid():
        return _page(request, form, found, None, draft, status=422)
    try:
        added = add_contact(customer_id=found.pk, said=_said(form), now=now())
    except Merged as merged:
        form.add_error(None, f"{merged} No se guardó: revisa que sea el mismo y vuelve a guardar")
        draft.drop()
        return _page(request, form, merged.into, None, draft_of(request, NEW, merged.into.pk), status=422)
    draft.drop()
    messages.success(request, f"Agregamos a {added}.")
    return _back(request, found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, slug: str, customer_id: int, contact_id: int) -> HttpResponse:
    require(request, MAY_KEEP_CONTACTS)
    found = _find(customer_id, contact_id)
    draft = draft_of(request, CONTACT, found.pk)
    if request.method != "POST":
        form = ContactForm(request, found, shown=draft.typed)
        return _page(request, form, found.customer, found, draft, seen=draft.said("visto")[:64])
    form = ContactForm(request, found, request.POST)
    if not form.is_valid():
        return _page(request, form, found.customer, found, draft, status=422, seen=request.POST.get("visto", "")[:64])
    try:
        changed = change_contact(contact_id=found.pk, said=_said(form), seen=request.POST.get("visto", ""), now=now())
    except Changed:
        fresh = _find(customer_id, contact_id)
        form.add_error(None, CHANGED.replace("este cliente", "este contacto"))
        return _page(request, form, fresh.customer, fresh, draft, status=422, differ=_differ(form, fresh))
    draft.drop()
    messages.success(request, f"Guardamos a {changed}.")
    return _back(request, changed.customer_id)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, slug: str, customer_id: int, contact_id: int) -> HttpResponse:
    """Asks first; a POST removes."""
    require(request, MAY_KEEP_CUSTOMERS)
    found = _find(customer_id, contact_id)
    if request.method != "POST":
        return show(
            request,
            "office/customers/contact_remove.html",
            room="customers",
            contact=found,
            customer=found.customer,
        )
    gone = remove_contact(contact_id=found.pk, now=now())
    messages.success(request, f"Quitamos a {gone} de los contactos.")
    return _back(request, gone.customer_id)


def _find(customer_id: int, contact_id: int) -> Contact:
    """Under the customer it had when the page was drawn, or the one that remains of it."""
    found: Contact | None = Contact.objects.select_related("customer").filter(pk=contact_id).first()
    if found is None or find_remaining(find_customer(customer_id)).pk != found.customer_id:
        raise Http404
    return found


def _back(request: HttpRequest, customer_id: int) -> HttpResponse:
    return redirect(address(request, "customer", customer_id) + "#contactos")


def _said(form: ContactForm) -> Said:
    return Said(**{name: form.cleaned_data[name] for name in FIELDS})


def _differ(form: ContactForm, fresh: Contact) -> list[tuple[str, str, str]]:
    words = {True: "Sí", False: "No", "": "vacío"}
    found = []
    for name in FIELDS:
        kept, typed = getattr(fresh, name), form.cleaned_data[name]
        if kept != typed:
            found.append((str(form.fields[name].label), str(words.get(kept, kept)), str(words.get(typed, typed))))
    return found


def _page(
    request: HttpRequest, form: ContactForm, customer: Customer, found: Contact | None, draft: PageDraft, *,
    status: int = 200, seen: str = "", differ: list[tuple[str, str, str]] | None = None,
) -> HttpResponse:  # fmt: skip
    return show(
        request,
        "office/customers/contact.html",
        room="customers",
        status=status,
        form=form,
        customer=customer,
        contact=found,
        seen=seen or (of_contact(found) if found else ""),
        differ=differ or [],
        draft=draft,
        may_remove=found is not None and may(request, MAY_KEEP_CUSTOMERS),
    )
