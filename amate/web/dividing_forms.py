"""How a note is divided, as the back office and the portal ask it: by shares of everything, or so many of each line to each."""

from decimal import Decimal
from typing import Any

from django import forms

from amate.fiscal.divided import MOST_PARTS
from amate.fiscal.ingreso import SaleLine
from amate.self_invoicing.split import Division

NUMBER = {"inputmode": "decimal", "class": "num", "autocomplete": "off"}
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
                widget=forms.TextInput(NUMBER),
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
                    widget=forms.TextInput(NUMBER),
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


def parts_asked(typed: str) -> int:
    return min(max(int(typed), 2), MOST_PARTS) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 2
