"""The complement of payments typed by hand: one payment of a PPD invoice, or of several of its receiver; or several payments
of that invoice, told together. Of one in another currency each payment says the rate of its own day, and may have come in
pesos."""

from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Self
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.access.may import MAY_CANCEL
from amate.fiscal.catalogs import name_of
from amate.fiscal.clock import fecha, zone_of
from amate.fiscal.comprobante import DocumentRefused
from amate.fiscal.heading import MXN
from amate.fiscal.rounding import UNITS, over, quantize
from amate.fiscal.tables.monedas import decimals_of
from amate.invoices.deadlines import rep_by
from amate.invoices.how_it_stands import document_of
from amate.invoices.models import Invoice, Kind, Origin, State
from amate.invoices.payments import Received
from amate.invoices.remaining import left_of
from amate.invoices.rep import NoRep, check_payment, draft_rep
from amate.invoices.what_may_be_done import why_not_paid, why_not_payable
from amate.papers.dates import short
from amate.web.backoffice.invoice_form import RateField
from amate.web.backoffice.one_document import find_document
from amate.web.backoffice.page import address, show
from amate.web.backoffice.replacing import PAID_WITH
from amate.web.backoffice.roles import require
from amate.web.backoffice.rows import invoice_pill
from amate.web.backoffice.sale_form import PesosField
from amate.web.backoffice.wish import wish_field
from amate.web.clock import now

NOON = time(12)
OFFERED = 20
MORE = 9  # payments beside the first
OTHER = "otro_pago"  # the button that asks for one more
TEN_PLACES = Decimal("1e-10")  # of EquivalenciaDR (CRP20237)


class PaymentRow(forms.Form):
    """One payment. Of an invoice in another currency `importe` is in `moneda`; `tipo_cambio`: pesos for one of the invoice's
    currency, on the day of the payment."""

    fecha = forms.DateField(
        label="Qué día se recibió",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Escribe qué día se recibió", "invalid": "Escribe el día, como 2026-11-22"},
    )
    importe = PesosField(
        label="Cuánto se recibió", max_length=20, error_messages={"required": "Escribe cuánto se recibió"}
    )
    forma_pago = forms.ChoiceField(label="Cómo se pagó", choices=PAID_WITH)
    num_operacion = forms.CharField(
        label="Número de operación", max_length=100, required=False, help_text="Referencia, cheque o autorización."
    )

    def __init__(self, *args: Any, moneda: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if moneda == MXN:
            return
        named = [(one, f"{one} · {name_of('moneda', one) or one}") for one in (moneda, MXN)]
        self.fields["moneda"] = forms.ChoiceField(label="En qué moneda se recibió", choices=named)
        self.fields["tipo_cambio"] = RateField(
            label="Tipo de cambio del día del pago",
            max_length=20,
            help_text=f"Cuántos pesos valía un {moneda}.",
            error_messages={"required": f"Escribe cuántos pesos valía un {moneda} el día del pago"},
            widget=forms.TextInput({"inputmode": "decimal", "class": "num", "autocomplete": "off"}),
        )

    @property
    def said(self) -> dict[str, Any]:
        """After `is_valid`; empty for a row in which nothing was typed."""
        return self.cleaned_data

    def quiet(self) -> Self:
        """As a page that nobody has sent yet: no errors."""
        self._errors = forms.utils.ErrorDict()
        return self


class MorePayment(PaymentRow):
    """Another payment of the same invoice. Untouched it does not count: how it was paid is always chosen."""

    def has_changed(self) -> bool:
        return any(name in self.changed_data for name in ("fecha", "importe", "num_operacion", "tipo_cambio"))


class PaymentForm(PaymentRow):
    """The first payment. `clave` names them all: sent twice they are the same."""

    clave = wish_field()

    def __init__(self, *args: Any, others: Sequence[tuple[Invoice, Decimal]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for invoice, left in others:
            self.fields[f"factura_{invoice.pk}"] = PesosField(
                label=f"{invoice} de {short(invoice.created_at)}, debe ${left:,.2f}", required=False, max_length=20
            )

    @property
    def other_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("factura_")]

    @property
    def others(self) -> dict[int, Decimal]:
        """How much of the payment is for each of the other invoices."""
        said = {name: self.cleaned_data.get(name) for name in self.fields if name.startswith("factura_")}
        return {int(name.removeprefix("factura_")): amount for name, amount in said.items() if amount}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        importe = data.get("importe")
        if importe is not None and not self.errors and sum(self.others.values()) >= importe:
            self.add_error("importe", "Lo que va a las otras facturas es todo lo que se recibió: deja algo para esta")
        return data


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    require(request, MAY_CANCEL)
    found = find_document(invoice_id)
    it, posted = document_of(found), request.method == "POST"
    why_not = why_not_payable(it)
    if why_not:
        messages.error(request, why_not)
        return redirect(address(request, "invoice", found.pk))
    left = left_of(found)
    if not posted and (paid := why_not_paid(it, left=left.to_pay)):  # what is sent twice the act itself tells
        messages.error(request, paid)
        return redirect(address(request, "invoice", found.pk))
    moment, zone = now(), zone_of(found.branch.cp)
    today = moment.astimezone(zone).date()
    form, more = _forms(request, found, first={"fecha": today, "importe": left.to_pay})
    asks_another = posted and OTHER in request.POST
    if asks_another:
        form.quiet()
        more = [one.quiet() for one in more]
    elif posted and _all_valid([form, *more]):
        rep = _draft(found, [form, *more], moment=moment)
        if rep is not None:
            messages.success(request, "Emitimos el complemento de pago. Aquí verás cuando esté timbrado.")
            return redirect(address(request, "invoice", rep.pk))
    return show(
        request,
        "office/invoice_pay.html",
        room="invoices",
        zone=zone,
        status=422 if posted and not asks_another else 200,
        invoice=found,
        pill=invoice_pill(found),
        left=left,
        due=rep_by(today),
        form=form,
        more=more,
        troubled=next((one for one in (form, *more) if one.errors), None),
        may_add=len(more) < MORE,
    )


def _forms(request: HttpRequest, found: Invoice, *, first: dict[str, Any]) -> tuple[PaymentForm, list[MorePayment]]:
    """The first payment, and as many more as the page had or asks for now."""
    sent = request.POST if request.method == "POST" else None
    typed = "" if sent is None else sent.get("pagos", "")
    had = int(typed) if typed.isdecimal() and len(typed) == 1 else 0
    count = min(had + (sent is not None and OTHER in sent), MORE)
    others = _others(found) if found.moneda == MXN else ()
    start = {**first, "forma_pago": "03", "clave": uuid4().hex}
    rows = [
        MorePayment(
            sent if number <= had + 1 else None,
            initial={"forma_pago": "03"},
            moneda=found.moneda,
            prefix=f"p{number}",
            empty_permitted=True,
            use_required_attribute=False,
        )
        for number in range(2, count + 2)
    ]
    return PaymentForm(sent, initial=start, moneda=found.moneda, others=others), rows


def _others(found: Invoice) -> list[tuple[Invoice, Decimal]]:
    """What else its receiver owes in pesos, the oldest first."""
    rows = Invoice.objects.filter(
        kind=Kind.INGRESO, metodo_pago="PPD", state=State.STAMPED, rfc=found.rfc, moneda=MXN, replaced_by__isnull=True
    )
    owed = [(one, left_of(one).to_pay) for one in rows.exclude(pk=found.pk).order_by("pk")[:OFFERED]]
    return [(one, left) for one, left in owed if left > 0]


def _all_valid(rows: Sequence[PaymentRow]) -> bool:
    """Each is asked, so that every mistake is told at once."""
    wrong = [row for row in rows if not row.is_valid()]
    return not wrong


def _draft(found: Invoice, rows: Sequence[PaymentRow], *, moment: datetime) -> Invoice | None:
    """None: a form says why not. Instalments are numbered in the order in which the money came."""
    first = rows[0]
    assert isinstance(first, PaymentForm)
    payments: list[Received] = []
    for number, row in enumerate(rows, start=1):
        if not row.said:
            continue
        key = f"mano:{first.said['clave']}" + (f":{number}" if number > 1 else "")
        payments.append(_received(found, row, key=key, moment=moment))
        try:
            check_payment(payments[-1])
        except DocumentRefused as refused:
            row.add_error(refused.field if refused.field in row.fields else "importe", refused.message)
            return None
    try:
        payments.sort(key=lambda one: one.fecha_pago)
        return draft_rep(payments=payments, origin=Origin.OFFICE, now=moment)
    except (NoRep, DocumentRefused) as refused:
        first.add_error("importe", str(refused))
    return None


def _received(found: Invoice, row: PaymentRow, *, key: str, moment: datetime) -> Received:
    """Of today, whose hour nobody typed, the hour is the REP's own: noon may not have come."""
    said = row.said
    local = fecha(found.branch.cp, moment)
    noon = datetime.combine(said["fecha"], NOON)
    return Received(
        key=key,
        fecha_pago=min(noon, local) if said["fecha"] <= local.date() else noon,
        forma_pago=said["forma_pago"],
        monto=said["importe"],
        num_operacion=said["num_operacion"],
        **_in_money(found, said, row.others if isinstance(row, PaymentForm) else {}),
    )


def _in_money(found: Invoice, said: dict[str, Any], others: dict[int, Decimal]) -> dict[str, Any]:
    """In which currency it came, at which rate, and how much of each invoice it pays."""
    rate: Decimal | None = said.get("tipo_cambio")
    if rate is None:
        return {"applied": {found.pk: said["importe"] - sum(others.values()), **others}}
    if said["moneda"] == found.moneda:
        return {"applied": {found.pk: said["importe"]}, "moneda": found.moneda, "tipo_cambio": format(rate, "f")}
    return {
        "applied": {found.pk: quantize(over(said["importe"], rate), UNITS[decimals_of(found.moneda)])},
        "equivalencias": {found.pk: format(over(Decimal(1), rate).quantize(TEN_PLACES), "f")},
    }
