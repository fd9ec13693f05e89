"""A credit note of one invoice: an amount, or how much of each line; what is left is said before anybody types."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_CANCEL
from amate.fiscal.clock import zone_of
from amate.fiscal.comprobante import Concepto, DocumentRefused
from amate.fiscal.money import MoneyRefused
from amate.invoices.credit import ADVANCE, DISCOUNT, RETURN, NotCreditable, credit_invoice
from amate.invoices.how_it_stands import document_of
from amate.invoices.models import Invoice, Kind, Origin
from amate.invoices.remaining import conceptos_of, credited_of
from amate.invoices.what_may_be_done import why_not_creditable, why_not_credited
from amate.web.backoffice.one_document import find_document
from amate.web.backoffice.page import address, show
from amate.web.backoffice.replacing import PAID_WITH
from amate.web.backoffice.roles import require
from amate.web.backoffice.rows import invoice_pill
from amate.web.backoffice.sale_form import PesosField
from amate.web.backoffice.wish import wish_field
from amate.web.clock import now

# More fields than that nobody fills in by hand, and a global has thousands: Django refuses a form of more than 1,000.
MOST_LINES = 200


class CreditForm(forms.Form):
    relacion = forms.ChoiceField(
        label="Por qué",
        choices=[
            (DISCOUNT, "01 · Descuento o bonificación"),
            (RETURN, "03 · Devolución de mercancía"),
            (ADVANCE, "07 · Aplicación de un anticipo"),
        ],
        help_text="Un anticipo lleva la forma de pago 30.",
    )
    descripcion = forms.CharField(
        label="Qué dice la nota",
        max_length=300,
        help_text="Es el concepto: lo lee tu cliente.",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Escribe por qué se acredita: lo lee tu cliente"},
    )
    forma_pago = forms.ChoiceField(
        label="Cómo devuelves el dinero", choices=PAID_WITH, error_messages={"required": "Elige cómo lo devuelves"}
    )
    importe = PesosField(
        label="Importe, con impuestos",
        required=False,
        max_length=20,
        help_text="O déjalo vacío y escribe abajo cuánto de cada renglón.",
        error_messages={"required": "Escribe el importe que acreditas"},
    )

    nota = forms.CharField(
        label="Número de la nota",
        required=False,
        max_length=100,
        help_text="Como está en la global. Sin importe se acredita completa.",
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    clave = wish_field()

    def __init__(self, *said: Any, lines: list[tuple[int, str, Decimal]], is_global: bool, **more: Any) -> None:
        super().__init__(*said, **more)
        if not is_global:
            del self.fields["nota"]
        if len(lines) > MOST_LINES:
            name = "nota" if is_global else "importe"
            self.fields[name].required = True
            what = "por nota" if is_global else "por importe"
            self.fields[name].help_text = f"Con más de {MOST_LINES} renglones se acredita {what}."
            if is_global:
                self.fields["importe"].help_text = "Vacío: la nota completa."
            return
        for place, descripcion, cantidad in lines:
            self.fields[f"renglon_{place}"] = forms.DecimalField(
                label=f"{descripcion} (se facturaron {cantidad.normalize():f})",
                required=False,
                max_digits=18,
                decimal_places=6,
                min_value=Decimal(0),
                max_value=cantidad,
                error_messages={"max_value": f"Se facturaron {cantidad.normalize():f}: acredita de ahí para abajo"},
            )

    @property
    def quantities(self) -> dict[int, Decimal]:
        typed = {name: value for name, value in self.cleaned_data.items() if name.startswith("renglon_") and value}
        return {int(name.removeprefix("renglon_")): value for name, value in typed.items()}

    @property
    def line_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("renglon_")]


@require_http_methods(["GET", "HEAD", "POST"])
def credit(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    require(request, MAY_CANCEL)
    found = find_document(invoice_id)
    posted, left = request.method == "POST", found.total - credited_of(found)
    it = document_of(found)
    # Sent twice it is one note, also when the first took all that was left.
    why_not = why_not_creditable(it) if posted else why_not_credited(it, left=left)
    if why_not:
        messages.error(request, why_not)
        return redirect(address(request, "invoice", found.pk))
    lines = [(place, _named(one), one.cantidad) for place, one in enumerate(conceptos_of(found))]
    first = {"forma_pago": found.forma_pago if found.forma_pago != "99" else "03", "clave": uuid4().hex}
    form = CreditForm(request.POST if posted else None, lines=lines, is_global=found.kind == Kind.GLOBAL, initial=first)
    if posted and form.is_valid():
        note = _credit(found, form)
        if note is not None:
            messages.success(request, "Emitimos la nota de crédito. Aquí verás cuando esté timbrada.")
            return redirect(address(request, "invoice", note.pk))
    return show(
        request,
        "office/invoice_credit.html",
        room="invoices",
        zone=zone_of(found.branch.cp),
        status=422 if posted else 200,
        invoice=found,
        pill=invoice_pill(found),
        left=left,
        form=form,
    )


def _named(line: Concepto) -> str:
    """Lines of a global all say "Venta": their ticket tells them apart."""
    return f"{line.no_identificacion} · {line.descripcion}" if line.no_identificacion else line.descripcion


def _credit(found: Invoice, form: CreditForm) -> Invoice | None:
    """None: the form says why not."""
    said = form.cleaned_data
    try:
        return credit_invoice(
            invoice_id=found.pk,
            amount=said["importe"],
            quantities=form.quantities,
            tipo_relacion=said["relacion"],
            descripcion=said["descripcion"],
            forma_pago=said["forma_pago"],
            origin=Origin.OFFICE,
            now=now(),
            wish=said["clave"],
            ticket=said.get("nota", ""),
        )
    except (NotCreditable, MoneyRefused, DocumentRefused) as refused:
        form.add_error("importe", str(refused))
        return None
