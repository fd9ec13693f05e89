"""The form of the portal's rules."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from amate.companies.set_policy import MOST_GENERICS, PolicyFacts
from amate.fiscal.generic import Generic
from amate.fiscal.receptor import regimenes_for, usos_for
from amate.fiscal.rfc import Persona
from amate.fiscal.tables.personas import USOS

_BOTH: tuple[Persona, ...] = ("F", "M")
OFFERED = sorted({uso for who in _BOTH for regimen in regimenes_for(who) for uso in usos_for(regimen, who)})
USES = [(uso, f"{uso} · {USOS[uso].texto}") for uso in OFFERED]
NUMBER = {"class": "w-short num", "inputmode": "numeric"}
WHOLE = {"required": "Escribe un número", "invalid": "Escribe un número entero, como 30"}
SPARE = 2  # empty rows to write another concept in


class GenericForm(forms.Form):
    """What the invoice says of one family. A row that says nothing is no concept."""

    descripcion = forms.CharField(label="La factura dice", max_length=200, required=False)
    family = forms.CharField(
        label="En lugar de los artículos cuya clave del SAT empieza con",
        max_length=8,
        required=False,
        help_text="De 2 a 8 números; vacío: todo lo que vendes.",
        widget=forms.TextInput({"class": "w-short num", "inputmode": "numeric"}),
    )
    clave_prod_serv = forms.CharField(
        label="Clave del SAT que lleva",
        max_length=8,
        required=False,
        help_text="Para consumo de alimentos, 90101501.",
        widget=forms.TextInput({"class": "w-short num", "inputmode": "numeric"}),
    )
    clave_unidad = forms.CharField(
        label="Unidad",
        max_length=3,
        required=False,
        help_text="E48 es servicio; ACT, actividad.",
        widget=forms.TextInput({"class": "w-short upper", "spellcheck": "false"}),
    )

    def generic(self) -> Generic | None:
        said = {name: str(value).strip() for name, value in self.cleaned_data.items()}
        said["clave_unidad"] = said["clave_unidad"].upper()
        return Generic(**said) if any(said.values()) else None

    def quiet(self) -> None:
        self._errors = ErrorDict()


def generic_forms(typed: Any, kept: Sequence[Generic]) -> list[GenericForm]:
    """One for each concept and some to spare; of what was typed as many as came."""
    if typed is None:
        initials = [{"descripcion": g.descripcion, "family": g.family, "clave_prod_serv": g.clave_prod_serv,
                     "clave_unidad": g.clave_unidad} for g in kept]  # fmt: skip
        rows = [*initials, *({} for _ in range(SPARE))][:MOST_GENERICS]
        return [GenericForm(prefix=f"g{place}", initial=one) for place, one in enumerate(rows)]
    places = (place for place in range(MOST_GENERICS) if f"g{place}-descripcion" in typed)
    return [GenericForm(typed, prefix=f"g{place}") for place in places]


class PolicyForm(forms.Form):
    follows_company = forms.BooleanField(label="Esta sucursal usa las reglas de la empresa", required=False)
    enabled = forms.BooleanField(label="Portal encendido: tus clientes facturan solos", required=False)
    window_days = forms.IntegerField(
        label="Días para facturar después de la compra",
        help_text="0 es solo el mismo día.",
        min_value=0,
        max_value=366,
        error_messages={**WHOLE, "max_value": "Escribe de 0 a 366 días", "min_value": "Escribe de 0 a 366 días"},
        widget=forms.TextInput(NUMBER),
    )
    until_month_end = forms.BooleanField(label="Sin pasar del fin de mes", required=False)
    grace_days = forms.IntegerField(
        label="Días de gracia después del fin de mes",
        required=False,
        min_value=0,
        max_value=31,
        error_messages={**WHOLE, "max_value": "Escribe de 0 a 31 días", "min_value": "Escribe de 0 a 31 días"},
        widget=forms.TextInput(NUMBER),
    )
    minimum = forms.DecimalField(
        label="Compra mínima en pesos",
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        error_messages={"invalid": "Escribe un importe, como 50.00", "min_value": "Escribe un importe desde 0"},
        widget=forms.TextInput({"class": "w-short num", "inputmode": "decimal"}),
    )
    sources = forms.CharField(
        label="Solo las ventas de estas cajas",
        required=False,
        max_length=400,
        help_text="Los nombres con que tus cajas envían sus ventas, separados por comas. Vacío: todas.",
        widget=forms.TextInput({"class": "mono", "spellcheck": "false"}),
    )
    paid_only = forms.BooleanField(label="Solo compras ya pagadas, no a crédito", required=False)
    withholds_isr = forms.BooleanField(
        label="A personas morales, con la retención de ISR de RESICO (1.25 %)", required=False
    )
    default_uso = forms.ChoiceField(
        label="Uso propuesto", required=False, choices=[("", "El más común: G03, o S01 si no se puede"), *USES]
    )
    usos = forms.MultipleChoiceField(
        label="Usos que ofreces", required=False, choices=USES, widget=forms.CheckboxSelectMultiple
    )
    effective_from = forms.DateField(
        label="Vale desde el",
        error_messages={"required": "Elige el día", "invalid": "Elige un día del calendario"},
        widget=forms.DateInput({"type": "date", "class": "w-mid"}, format="%Y-%m-%d"),
    )

    def __init__(
        self, typed: Any, *, of_a_branch: bool, of_a_resico: bool, here: str, generics: Sequence[Generic], **more: Any
    ) -> None:
        super().__init__(typed, **more)
        self.here = here
        self.generics = generic_forms(typed, generics)
        if not of_a_branch:
            del self.fields["follows_company"]
        if not of_a_resico:
            del self.fields["withholds_isr"]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(one.is_valid() for one in self.generics)])

    @property
    def has_generics(self) -> bool:
        """Whether the rows of concepts are to be seen at once."""
        return any(one.errors or any(one[name].value() for name in one.fields) for one in self.generics)

    def quiet(self) -> None:
        """As a page that nobody has sent yet: no errors. After `facts`."""
        self._errors = ErrorDict()
        for one in self.generics:
            one.quiet()

    @property
    def has_errors(self) -> bool:
        return bool(self.errors or any(one.errors for one in self.generics))

    def refuse(self, name: str, message: str) -> None:
        """A mistake that the act found, at its field: of a concept "generics.0.family"."""
        first, _, rest = name.partition(".")
        if first != "generics":
            self.add_error(name, message)
            return
        place, _, field = rest.partition(".")
        said = [one for one in self.generics if one.generic() is not None]
        if place:
            said[int(place)].add_error(field, message)
        self.add_error(None, message)

    def facts(self) -> PolicyFacts:
        """After `is_valid`."""
        said = self.cleaned_data
        generics = (one.generic() for one in self.generics)
        names = (name.strip() for name in said["sources"].split(","))
        return PolicyFacts(
            enabled=said["enabled"],
            window_days=said["window_days"],
            until_month_end=said["until_month_end"],
            grace_days=said["grace_days"] or 0,
            minimum=said["minimum"] or Decimal(0),
            sources=tuple(dict.fromkeys(name for name in names if name)),
            paid_only=said["paid_only"],
            generics=tuple(one for one in generics if one is not None),
            withholds_isr=said.get("withholds_isr", True),
            usos=tuple(said["usos"]),
            default_uso=said["default_uso"],
        )
