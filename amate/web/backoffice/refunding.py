"""A refund of one note: how much of each line, an amount, or all that is left; what is left is said before anybody types."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_VOID
from amate.fiscal.clock import zone_of
from amate.fiscal.returned import Given
from amate.invoices.credit import APPLIED
from amate.invoices.lines import lines_from_json
from amate.invoices.models import Kind
from amate.self_invoicing.models import Refund, Ticket
from amate.self_invoicing.queries import live_invoice
from amate.self_invoicing.refund import NotRefundable, RefundAlreadyRegistered, Return, refund_ticket
from amate.self_invoicing.sale import POR_DEFINIR
from amate.self_invoicing.what_remains import left_after, refunds_of, rest_after
from amate.web.backoffice.crediting import MOST_LINES
from amate.web.backoffice.page import address, show
from amate.web.backoffice.reason_field import ReasonField
from amate.web.backoffice.replacing import PAID_WITH
from amate.web.backoffice.roles import require
from amate.web.backoffice.sale_form import PesosField
from amate.web.backoffice.tickets import find_ticket
from amate.web.backoffice.wish import wish_field
from amate.web.clock import now

GIVEN_BACK_WITH = [(key, words) for key, words in PAID_WITH if key != APPLIED]


class RefundForm(forms.Form):
    tipo = forms.ChoiceField(label="Qué es", choices=[(key, f"{key} · {words}") for key, words in Refund.Why.choices])
    motivo = ReasonField()
    forma_pago = forms.ChoiceField(
        label="Cómo devuelves el dinero",
        choices=GIVEN_BACK_WITH,
        error_messages={"required": "Elige cómo lo devuelves"},
    )
    importe = PesosField(
        label="Importe, con impuestos",
        required=False,
        max_length=20,
        help_text="O déjalo vacío y escribe abajo cuánto de cada partida.",
    )
    clave = wish_field()

    def __init__(self, *said: Any, lines: list[tuple[int, str, Decimal]], whole: bool, **more: Any) -> None:
        super().__init__(*said, **more)
        self.whole = whole
        if len(lines) > MOST_LINES:
            self.fields["importe"].help_text = f"Con más de {MOST_LINES} partidas se devuelve por importe, o todo."
            return
        for place, descripcion, left in lines:
            self.fields[f"partida_{place}"] = forms.DecimalField(
                label=f"{descripcion} (quedan {left.normalize():f})",
                required=False,
                max_digits=18,
                decimal_places=6,
                min_value=Decimal(0),
                max_value=left,
                error_messages={"max_value": f"Quedan {left.normalize():f}: devuelve de ahí para abajo"},
            )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if self.errors or self.whole:
            return said
        if said.get("importe") is None and not self.quantities:
            self.add_error(
                "importe", "Escribe un importe, o cuánto de alguna partida; o usa «Devolver todo lo que queda»"
            )
        elif said.get("importe") is not None and self.quantities:
            self.add_error("importe", "Escribe un importe, o cuánto de cada partida; no las dos cosas")
        return said

    @property
    def quantities(self) -> dict[int, Decimal]:
        typed = {name: value for name, value in self.cleaned_data.items() if name.startswith("partida_") and value}
        return {int(name.removeprefix("partida_")): value for name, value in typed.items()}

    @property
    def line_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("partida_")]


@require_http_methods(["GET", "HEAD", "POST"])
def refund(request: HttpRequest, slug: str, ticket_id: int) -> HttpResponse:
    require(request, MAY_VOID)
    found, posted = find_ticket(ticket_id), request.method == "POST"
    refunds = refunds_of([found]).get(found.pk, [])
    if posted and any(one.external_id == request.POST.get("clave") for one in refunds):
        return _done(request, found)  # sent twice it is one, also when the first took all that was left
    if found.state == Ticket.State.VOID:
        messages.error(request, "Esta nota está cancelada: no queda nada que devolver.")
        return redirect(address(request, "ticket", found.pk))
    if found.state == Ticket.State.SPLIT:
        messages.error(request, "Esta nota se dividió: registra la devolución en la parte que toca.")
        return redirect(address(request, "ticket", found.pk))
    sales = lines_from_json(found.lines)
    rest = rest_after(sales, refunds, moneda=found.moneda)
    lines = [(place, sales[place].descripcion, one.cantidad) for place, one in enumerate(rest) if one is not None]
    paid = found.forma_pago if found.forma_pago != POR_DEFINIR else "15"
    form = RefundForm(
        request.POST if posted else None,
        lines=lines,
        whole=posted and request.POST.get("accion") == "todo",
        initial={"forma_pago": paid, "clave": uuid4().hex},
    )
    if posted and form.is_valid() and _register(found, form):
        return _done(request, found)
    document = live_invoice(found)
    return show(
        request,
        "office/ticket_refund.html",
        room="tickets",
        zone=zone_of(found.branch.cp),
        status=422 if posted else 200,
        ticket=found,
        left=left_after(found, refunds).total,
        document=document,
        in_global=document is not None and document.kind == Kind.GLOBAL,
        form=form,
    )


def _done(request: HttpRequest, found: Ticket) -> HttpResponse:
    messages.success(request, "Registramos la devolución. Aquí ves lo que queda y su nota de crédito, si le toca.")
    return redirect(address(request, "ticket", found.pk))


def _register(found: Ticket, form: RefundForm) -> bool:
    """False: the form says why not."""
    said = form.cleaned_data
    lines = () if form.whole else tuple((place, Given(cantidad=many)) for place, many in form.quantities.items())
    back = Return(
        external_id=said["clave"],
        reason=said["motivo"],
        tipo_relacion=said["tipo"],
        lines=lines,
        importe=None if form.whole else said["importe"],
        forma_pago=said["forma_pago"],
    )
    try:
        refund_ticket(ticket_id=found.pk, back=back, now=now())
    except (NotRefundable, RefundAlreadyRegistered) as refused:
        form.add_error("importe", str(refused))
        return False
    return True
