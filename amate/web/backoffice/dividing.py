"""One note among several buyers: by shares of everything, or so many of each line to each; and whole again."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from amate.access.may import MAY_SELL
from amate.fiscal.clock import zone_of
from amate.fiscal.divided import MOST_PARTS
from amate.fiscal.ingreso import SaleLine
from amate.invoices.lines import lines_from_json
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.rejoin import NotRejoinable, rejoin_ticket
from amate.self_invoicing.split import Division, NotSplittable, split_ticket, why_not_split
from amate.web.backoffice.page import address, show
from amate.web.backoffice.roles import require
from amate.web.backoffice.tickets import find_ticket
from amate.web.clock import now

MOST_LINES = 40
"""Of which the pieces are told apart on one page; a longer note is divided by shares."""


class SharesForm(forms.Form):
    """In what proportion: three ones are thirds."""

    def __init__(self, *said: Any, parts: int, **more: Any) -> None:
        super().__init__(*said, **more)
        for part in range(parts):
            self.fields[f"proporcion_{part}"] = forms.DecimalField(
                label=f"Parte {part + 1}",
                initial=1,
                max_digits=8,
                decimal_places=2,
                min_value=Decimal("0.01"),
                error_messages={"required": "Escribe cuánto le toca", "min_value": "Cada parte lleva algo"},
            )

    @property
    def division(self) -> Division:
        return Division(shares=tuple(self.cleaned_data.values()))


class PiecesForm(forms.Form):
    """How many of each line each part has; what the last one leaves empty is what is left."""

    def __init__(self, *said: Any, parts: int, sales: list[SaleLine], **more: Any) -> None:
        super().__init__(*said, **more)
        self.parts, self.sales = parts, sales
        for place, sale in enumerate(sales):
            for part in range(parts):
                self.fields[f"toma_{place}_{part}"] = forms.DecimalField(
                    label=f"Parte {part + 1}",
                    required=False,
                    max_digits=18,
                    decimal_places=6,
                    min_value=Decimal(0),
                    max_value=sale.line.cantidad,
                    error_messages={"max_value": f"Son {sale.line.cantidad.normalize():f}"},
                )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if self.errors:
            return said
        for place, sale in enumerate(self.sales):
            *names, last = [f"toma_{place}_{part}" for part in range(self.parts)]
            if said[last] is None:
                said[last] = sale.line.cantidad - sum((said[name] or Decimal(0) for name in names), Decimal(0))
            if (
                sum((said[name] or Decimal(0) for name in (*names, last)), Decimal(0)) != sale.line.cantidad
                or said[last] < 0
            ):
                self.add_error(names[0], f"Son {sale.line.cantidad.normalize():f}: reparte todas, ni más ni menos")
        return said

    @property
    def division(self) -> Division:
        said = self.cleaned_data
        return Division(
            takes=tuple(
                tuple(said[f"toma_{place}_{part}"] or Decimal(0) for part in range(self.parts))
                for place in range(len(self.sales))
            )
        )

    @property
    def rows(self) -> list[tuple[str, list[Any]]]:
        return [
            (
                f"{sale.descripcion} ({sale.line.cantidad.normalize():f})",
                [self[f"toma_{place}_{part}"] for part in range(self.parts)],
            )
            for place, sale in enumerate(self.sales)
        ]


@require_http_methods(["GET", "HEAD", "POST"])
def divide(request: HttpRequest, slug: str, ticket_id: int) -> HttpResponse:
    require(request, MAY_SELL)
    found, posted = find_ticket(ticket_id), request.method == "POST"
    if posted and found.state == Ticket.State.SPLIT:  # pressed twice
        return _done(request, found)
    if why_not := why_not_split(found, now=now()):
        messages.error(request, why_not)
        return redirect(address(request, "ticket", found.pk))
    parts = _parts(request.GET.get("partes", ""))
    sales = lines_from_json(found.lines)
    by_pieces = posted and request.POST.get("accion") == "piezas"
    shares = SharesForm(request.POST if posted and not by_pieces else None, parts=parts)
    pieces = PiecesForm(request.POST if by_pieces else None, parts=parts, sales=sales[:MOST_LINES])
    form: SharesForm | PiecesForm = pieces if by_pieces else shares
    if posted and form.is_valid():
        try:
            split_ticket(ticket_id=found.pk, division=form.division, now=now())
        except NotSplittable as refused:
            form.add_error(None, str(refused))
        else:
            return _done(request, found)
    return show(
        request,
        "office/ticket_divide.html",
        room="tickets",
        zone=zone_of(found.branch.cp),
        status=422 if posted else 200,
        ticket=found,
        parts=parts,
        choices=range(2, MOST_PARTS + 1),
        shares=shares,
        pieces=pieces if len(sales) <= MOST_LINES else None,
        form=form,
    )


@require_POST
def rejoin(request: HttpRequest, slug: str, ticket_id: int) -> HttpResponse:
    require(request, MAY_SELL)
    found = find_ticket(ticket_id)
    try:
        rejoin_ticket(ticket_id=found.pk, now=now())
    except NotRejoinable as refused:
        messages.error(request, str(refused))
    else:
        messages.success(
            request, "Está entera otra vez, con su código y su fecha de antes. Los de sus partes ya no sirven."
        )
    return redirect(address(request, "ticket", found.pk))


def _done(request: HttpRequest, found: Ticket) -> HttpResponse:
    messages.success(request, "La dividimos. Da a cada quien el código de su parte, o imprime su nota.")
    return redirect(address(request, "ticket", found.pk))


def _parts(typed: str) -> int:
    return min(max(int(typed), 2), MOST_PARTS) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 2
