"""What the forms about money share: an amount, a day, and the customer whom somebody looks for."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest

from amate.customers.models import Customer
from amate.customers.remaining import find_remaining
from amate.customers.search import search
from amate.intake.cells import CellRefused, read_number
from amate.ledger.debts import debts_of
from amate.web.backoffice.keyset import MOST, asked
from amate.web.forms import MoneyInput

SHOWN = 20


class PesosField(forms.CharField):
    """Pesos as people write them; its value is a Decimal."""

    def __init__(self, **said: Any) -> None:
        widget = MoneyInput({"class": "num", "inputmode": "decimal", "autocomplete": "off", "maxlength": 24})
        super().__init__(**{"error_messages": {"required": "Escribe el importe"}, "widget": widget, **said})

    def clean(self, value: Any) -> Any:
        typed = super().clean(value).strip()
        if not typed:
            return None
        try:
            return read_number(typed)
        except CellRefused as refused:
            raise forms.ValidationError(refused.message) from refused


class DayField(forms.DateField):
    def __init__(self, **said: Any) -> None:
        super().__init__(
            widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            error_messages={"required": "Escribe el día", "invalid": "Escribe el día, como 2026-11-22"},
            **said,
        )


@dataclass(frozen=True, slots=True)
class DebtRow:
    """What a customer owes, to be ticked."""

    id: int
    says: str
    due_on: date
    left: Decimal


def debts_to_choose(customer_id: int) -> list[DebtRow]:
    """Oldest first."""
    debts = [one for one in debts_of([customer_id]) if one.left]
    debts.sort(key=lambda one: (one.receivable.due_on, one.receivable.pk))
    concepts: dict[int, str] = {}
    for debt in debts:
        charges = debt.receivable.charges.values_list("concept", flat=True)[:3] if len(debts) <= SHOWN else []
        concepts[debt.receivable.pk] = " · ".join(charges) or str(debt.receivable)
    return [DebtRow(one.receivable.pk, concepts[one.receivable.pk], one.receivable.due_on, one.left) for one in debts]


def found_customers(request: HttpRequest) -> tuple[str, list[Customer]]:
    """What was looked for, and who was found."""
    text = asked(request, "q")["q"]
    return text, search(text=text, limit=SHOWN) if text else []


def customer_of(said: str) -> Customer:
    """By an id that a page sent; who remains of him. Raises Http404."""
    number = int(said) if said.isascii() and said.isdecimal() and len(said) < 20 else 0
    found = Customer.objects.filter(pk=number).first() if 0 < number <= MOST else None
    if found is None:
        raise Http404
    return find_remaining(found)


def ids_of(said: list[str]) -> list[int]:
    return [int(one) for one in said[:100] if one.isascii() and one.isdecimal() and len(one) < 19]
