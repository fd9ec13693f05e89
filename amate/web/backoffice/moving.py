"""Move the payments of a REP to the invoices that they really pay; and what a move that stopped asks of a person."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from amate.access.may import MAY_CANCEL
from amate.fiscal.clock import zone_of
from amate.invoices.cancel import LONGEST_REASON, NotCancellable, cancel_invoice, plan_for
from amate.invoices.how_it_stands import document_of
from amate.invoices.issue_moved import promise_moved
from amate.invoices.leave_moved import leave_moved
from amate.invoices.models import Invoice, Kind, Motivo, MovedPayment, MoveState, State
from amate.invoices.move_payment import NotMovable, move_payment
from amate.invoices.payments import Received
from amate.invoices.received_in import received_in
from amate.invoices.remaining import left_of
from amate.invoices.what_may_be_done import why_not_moved
from amate.papers.dates import short
from amate.web.backoffice.attention import ToDo
from amate.web.backoffice.one_document import find_document
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import may, require
from amate.web.backoffice.rows import invoice_pill
from amate.web.clock import now

OFFERED = 20
MOST_PAYMENTS = 20


class MoveForm(forms.Form):
    """One field for each payment and invoice that it may pay: `pago_<place>_<invoice>`."""

    razon = forms.CharField(
        label="Qué estaba mal",
        max_length=LONGEST_REASON,
        help_text="La ley pide conservar la razón. Queda en el historial; el receptor no la ve.",
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Escribe qué estaba mal: la ley pide conservar la razón"},
    )

    def __init__(
        self, *said: Any, payments: list[Received], offered: list[tuple[Invoice, Decimal]], **more: Any
    ) -> None:
        super().__init__(*said, **more)
        self.payments = payments
        for place, payment in enumerate(payments):
            for invoice, left in offered:
                self.fields[f"pago_{place}_{invoice.pk}"] = forms.DecimalField(
                    label=f"{invoice} de {short(invoice.created_at)}, debe ${left:,.2f}",
                    required=False,
                    initial=payment.applied.get(invoice.pk),
                    max_digits=18,
                    decimal_places=2,
                    min_value=Decimal(0),
                    error_messages={"invalid": "Escribe el importe con números, como 417.58"},
                )

    @property
    def groups(self) -> list[tuple[Received, list[Any]]]:
        return [
            (payment, [self[name] for name in self.fields if name.startswith(f"pago_{place}_")])
            for place, payment in enumerate(self.payments)
        ]

    @property
    def applied(self) -> dict[str, dict[int, Decimal]]:
        return {
            payment.key: {
                int(name.rpartition("_")[2]): value
                for name, value in self.cleaned_data.items()
                if name.startswith(f"pago_{place}_") and value
            }
            for place, payment in enumerate(self.payments)
        }


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    require(request, MAY_CANCEL)
    found = find_document(invoice_id)
    why_not = why_not_moved(document_of(found), moving=MovedPayment.objects.open().filter(rep=found).exists())
    payments = [] if why_not else received_in(found)
    if len(payments) > MOST_PAYMENTS:
        why_not = f"Con más de {MOST_PAYMENTS} pagos no se mueven aquí: cancela el complemento y regístralos otra vez."
    if why_not:
        messages.error(request, why_not)
        return redirect(address(request, "invoice", found.pk))
    looked_for = request.GET.get("otra", "").replace("\x00", "").strip()[:60]
    offered = _offered(found, payments, looked_for)
    posted = request.method == "POST"
    form = MoveForm(request.POST if posted else None, payments=payments, offered=offered)
    if posted and form.is_valid():
        try:
            move_payment(
                rep_id=found.pk,
                applied=form.applied,
                reason=form.cleaned_data["razon"],
                asked_by=request.user.get_username(),
                now=now(),
            )
        except NotMovable as why:
            form.add_error(None, str(why))
        else:
            messages.success(
                request, "Pedimos cancelar el complemento. En cuanto el SAT diga que sí, sale el correcto."
            )
            return redirect(address(request, "invoice", found.pk) + "#t-moved")
    return show(
        request,
        "office/invoice_move.html",
        room="invoices",
        zone=zone_of(found.branch.cp),
        status=422 if posted else 200,
        invoice=found,
        pill=invoice_pill(found),
        form=form,
        plan=plan_for(invoice=found, motivo=Motivo.ERRORS, now=now()),
        looked_for=looked_for,
        nothing_found=bool(looked_for) and _look_for(looked_for) is None,
    )


@require_POST
def again(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    """Whatever stopped it: its cancellation is asked for once more, or its new REP is tried once more."""
    require(request, MAY_CANCEL)
    found, moment = find_document(invoice_id), now()
    stopped = _open_move(found)
    if stopped is None:
        return _settled(request, found)
    try:
        if found.state == State.STAMPED:
            cancel_invoice(
                invoice_id=found.pk,
                motivo=Motivo.ERRORS,
                reason=stopped.reason,
                asked_by=request.user.get_username(),
                now=moment,
            )
        else:
            promise_moved(found, now=moment)
    except NotCancellable as why:
        messages.error(request, str(why))
    else:
        messages.success(request, "Lo intentamos otra vez. Aquí verás qué pasa.")
    return redirect(address(request, "invoice", found.pk) + "#t-moved")


@require_POST
def leave(request: HttpRequest, slug: str, invoice_id: int) -> HttpResponse:
    require(request, MAY_CANCEL)
    found = find_document(invoice_id)
    stopped = _open_move(found)
    if stopped is None:
        return _settled(request, found)
    try:
        leave_moved(move_id=stopped.pk, now=now())
    except NotCancellable as why:
        messages.error(request, str(why))
    else:
        messages.success(request, "Lo dejamos como está.")
    return redirect(address(request, "invoice", found.pk))


def moved_of(found: Invoice) -> dict[str, object]:
    """What the page of a REP says of its payments that move, by name."""
    if found.kind != Kind.PAGO:
        return {}
    last = MovedPayment.objects.filter(rep=found).order_by("-pk").first()
    moving = last is not None and last.settled_at is None
    return {
        "moved": last,
        "move_stopped": last is not None and last.state in (MoveState.KEPT, MoveState.STUCK),
        "can_move": not why_not_moved(document_of(found), moving=moving),
    }


def moved_todos(request: HttpRequest) -> list[ToDo]:
    if not may(request, MAY_CANCEL):
        return []
    found = MovedPayment.objects.for_a_person().select_related("rep").order_by("pk")[:20]
    return [
        ToDo(
            "bad",
            "i-sheet",
            f"El pago del complemento {one.rep} no se ha movido",
            one.why,
            "Resolver",
            address(request, "invoice", one.rep_id) + "#t-moved",
        )
        for one in found
    ]


def _open_move(found: Invoice) -> MovedPayment | None:
    one: MovedPayment | None = MovedPayment.objects.open().filter(rep=found).first()
    return one


def _settled(request: HttpRequest, found: Invoice) -> HttpResponse:
    messages.info(request, "Ya no hacía falta: se resolvió mientras tanto.")
    return redirect(address(request, "invoice", found.pk))


def _offered(rep: Invoice, payments: list[Received], looked_for: str) -> list[tuple[Invoice, Decimal]]:
    """What it pays now, the receiver's other open PPD invoices, and one that was looked for; each with what it would owe
    if this REP were not."""
    here: dict[int, Decimal] = {}
    for payment in payments:
        for pk, amount in payment.applied.items():
            here[pk] = here.get(pk, Decimal(0)) + amount
    live = Invoice.objects.filter(kind=Kind.INGRESO, metodo_pago="PPD", state=State.STAMPED, replaced_by__isnull=True)
    theirs = list(live.filter(rfc=rep.rfc).exclude(pk__in=here).order_by("-pk")[:OFFERED])
    one = _look_for(looked_for) if looked_for else None
    rows = [*live.filter(pk__in=here).order_by("pk"), *theirs]
    if one is not None and one.pk not in {row.pk for row in rows}:
        rows.append(one)
    owed = [(row, left_of(row).to_pay + here.get(row.pk, Decimal(0))) for row in rows]
    return [(row, left) for row, left in owed if left > 0]


def _look_for(text: str) -> Invoice | None:
    """Of any receiver, by its whole number or UUID."""
    live = Invoice.objects.filter(kind=Kind.INGRESO, metodo_pago="PPD", state=State.STAMPED, replaced_by__isnull=True)
    try:
        return live.filter(uuid=UUID(text)).first()
    except ValueError:
        serie, _, folio = text.upper().rpartition("-")
        known = folio.isascii() and folio.isdigit() and len(folio) < 19
        return live.filter(serie=serie, folio=int(folio)).first() if known else None
