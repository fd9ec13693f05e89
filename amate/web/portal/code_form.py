"""What a person copies from the paper note: the code and the total."""

import re

from django import forms

from amate.self_invoicing.codes import IGNORED, LENGTH, read_code
from amate.web.forms import MoneyInput

NO_MATCH = (
    "No encontramos una nota con esos datos. Revisa el código y el total; si acabas de comprar, espera unos minutos"
)
MISTYPED = "Al código le falta o le sobra una letra, o hay una cambiada. Cópialo otra vez de tu nota"
_TOTAL = re.compile(r"[0-9]{1,12}\.[0-9]{2}")


class CodeForm(forms.Form):
    codigo = forms.CharField(
        label="Código de facturación",
        help_text="Son 12 letras y números, debajo del QR. No importan los guiones ni las mayúsculas.",
        error_messages={"required": "Escribe el código de facturación"},
        widget=forms.TextInput(
            {
                "class": "code",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "maxlength": 40,
            }
        ),
    )
    total = forms.CharField(
        label="Total de tu compra",
        help_text="Con centavos, como aparece en la nota. Por ejemplo: 1,248.50",
        error_messages={"required": "Escribe el total de tu compra"},
        widget=MoneyInput({"class": "num", "inputmode": "decimal", "autocomplete": "off", "maxlength": 24}),
    )

    mistyped = False

    def clean_codigo(self) -> str:
        """The code as it is stored. A mistyped one ends here, without a query and without a miss (X2)."""
        typed = self.cleaned_data["codigo"]
        code = read_code(typed)
        if code is None:
            self.mistyped = True
            raise forms.ValidationError(_what_is_wrong(typed))
        return code

    def clean_total(self) -> int:
        """In cents."""
        typed = re.sub(r"[\s$,]|mxn|pesos", "", self.cleaned_data["total"].lower())
        if not _TOTAL.fullmatch(typed):
            raise forms.ValidationError("Escribe el total con pesos y centavos, como 1,248.50")
        return int(typed.replace(".", ""))

    def no_match(self) -> None:
        """One answer for an unknown code, a wrong total and another company's note (GRD-2)."""
        self.add_error("codigo", NO_MATCH)


def _what_is_wrong(typed: str) -> str:
    symbols = sum(c not in IGNORED for c in typed)
    return MISTYPED if symbols == LENGTH else f"{MISTYPED} (lleva {LENGTH} y escribiste {symbols})"
