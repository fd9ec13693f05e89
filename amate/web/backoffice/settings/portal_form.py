"""The form of the portal's rules."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from amate.companies.models import CORRECTIONS, HOURS_AWAITED, STAMPS_AN_HOUR, PortalPolicy
from amate.companies.name_sources import LONGEST_LABEL
from amate.companies.set_policy import MOST_CORRECTIONS, MOST_GENERICS, MOST_HOURS, MOST_STAMPS, PolicyFacts
from amate.fiscal.generic import Generic
from amate.fiscal.receptor import regimenes_for, usos_for
from amate.fiscal.rfc import Persona
from amate.fiscal.tables.personas import USOS
from amate.fiscal.text import TextRefused, clean_text

_BOTH: tuple[Persona, ...] = ("F", "M")
OFFERED = sorted({uso for who in _BOTH for regimen in regimenes_for(who) for uso in usos_for(regimen, who)})
USES = [(uso, f"{uso} · {USOS[uso].texto}") for uso in OFFERED]
NUMBER = {"class": "w-short num", "inputmode": "numeric"}
WHOLE = {"required": "Escribe un número", "invalid": "Escribe un número entero, como 30"}
UNTIL = [
    ("days", "Unos días después de la compra"),
    ("month_end", "El fin del mes de la compra"),
    ("earlier", "Lo que llegue primero de los dos"),
]
SPARE = 2  # empty rows to write another one in
MOST_SOURCES = 100


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


class SourceForm(forms.Form):
    """A till whose sales qualify, and what customers call it: buyers read that, never the id."""

    source = forms.CharField(
        label="Nombre con que envía sus ventas",
        max_length=40,
        required=False,
        widget=forms.TextInput({"class": "w-mid mono", "spellcheck": "false", "autocomplete": "off", "list": "cajas"}),
    )
    label = forms.CharField(
        label="Cómo la conocen tus clientes",
        max_length=LONGEST_LABEL,
        required=False,
        help_text="Lo que sigue a «compras de», como: la caja principal.",
    )

    def clean_label(self) -> str:
        try:
            return clean_text(self.cleaned_data["label"], longest=LONGEST_LABEL)
        except TextRefused as refused:
            raise forms.ValidationError(refused.message) from refused

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        source, label = said.get("source", ""), said.get("label", "")
        if source and not label and "label" not in self.errors:
            self.add_error("label", f"Escribe cómo conocen tus clientes a la caja {source}")
        if label and not source and "source" not in self.errors:
            self.add_error("source", f"Escribe con qué nombre envía sus ventas {label}, o borra ese renglón")
        return said

    def quiet(self) -> None:
        self._errors = ErrorDict()


def source_forms(typed: Any, kept: Mapping[str, str]) -> list[SourceForm]:
    """As `generic_forms`."""
    if typed is None:
        rows = [{"source": source, "label": label} for source, label in kept.items()]
        rows = [*rows, *({} for _ in range(SPARE))][:MOST_SOURCES]
        return [SourceForm(prefix=f"s{place}", initial=one) for place, one in enumerate(rows)]
    places = (place for place in range(MOST_SOURCES) if f"s{place}-source" in typed)
    return [SourceForm(typed, prefix=f"s{place}") for place in places]


def until_of(rules: PortalPolicy) -> str:
    """Which of UNTIL they are."""
    if rules.window_days is None:
        return "month_end"
    return "earlier" if rules.until_month_end else "days"


def _whole(*, label: str, least: int, most: int, what: str, help_text: str = "") -> forms.IntegerField:
    """A number that may be left out. `what` it counts, as its error says it."""
    outside = f"Escribe de {least} a {most} {what}".rstrip()
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=least,
        max_value=most,
        error_messages={**WHOLE, "max_value": outside, "min_value": outside},
        widget=forms.TextInput(NUMBER),
    )


class PolicyForm(forms.Form):
    follows_company = forms.BooleanField(label="Esta sucursal usa las reglas de la empresa", required=False)
    enabled = forms.BooleanField(label="Portal encendido: tus clientes facturan solos", required=False)
    until = forms.ChoiceField(
        label="¿Hasta cuándo se factura?",
        choices=UNTIL,
        widget=forms.RadioSelect,
        error_messages={"required": "Elige una de las tres", "invalid_choice": "Elige una de las tres"},
    )
    window_days = _whole(
        label="Días para facturar después de la compra",
        help_text="0 es solo el mismo día. Con solo el fin de mes no cuentan.",
        least=0,
        most=366,
        what="días",
    )
    grace_days = _whole(
        label="Días de gracia después del fin de mes",
        least=0,
        most=31,
        what="días",
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
    paid_only = forms.BooleanField(label="Solo compras ya pagadas, no a crédito", required=False)
    withholds_isr = forms.BooleanField(
        label="A personas morales, con la retención de ISR de RESICO (1.25 %)", required=False
    )
    stamps_an_hour = _whole(
        label="Facturas por hora a un mismo RFC, cuando mucho",
        help_text="Cuida tus timbres de quien pida de más. Súbelo si vendes a empresas que facturan muchas notas juntas.",
        least=1,
        most=MOST_STAMPS,
        what="facturas",
    )
    may_split = forms.BooleanField(
        label="Quien tiene la nota puede dividirla en el portal, para facturarla entre varios", required=False
    )
    corrections = _whole(
        label="Veces que tu cliente corrige él mismo la factura de una nota",
        help_text="Solo mientras el SAT la cancela sin aceptación. Lo demás, y todo si escribes 0, lo apruebas tú.",
        least=0,
        most=MOST_CORRECTIONS,
        what="",
    )
    hours_awaited = _whole(
        label="Horas que guardamos lo pedido de una compra que aún no llega",
        help_text="Si la venta llega en ese tiempo, su factura sale sola; si no, se le avisa por correo. Sin dato, 72.",
        least=1,
        most=MOST_HOURS,
        what="horas",
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
        self,
        typed: Any,
        *,
        of_a_branch: bool,
        of_a_resico: bool,
        here: str,
        generics: Sequence[Generic],
        sources: Mapping[str, str],
        **more: Any,
    ) -> None:
        """`sources`: {the till's id: what customers call it}, of the rules in force."""
        super().__init__(typed, **more)
        self.here = here
        self.generics = generic_forms(typed, generics)
        self.sources = source_forms(typed, sources)
        if not of_a_branch:
            del self.fields["follows_company"]
        if not of_a_resico:
            del self.fields["withholds_isr"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        needs_days = said.get("until") in ("days", "earlier") and "window_days" not in self.errors
        if needs_days and said.get("window_days") is None:
            self.add_error("window_days", WHOLE["required"])
        for one in self.sources:
            for messages in one.errors.values():
                self.add_error(None, messages)
        return said

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(one.is_valid() for one in (*self.generics, *self.sources))])

    @property
    def has_generics(self) -> bool:
        """Whether the rows of concepts are to be seen at once."""
        return any(one.errors or any(one[name].value() for name in one.fields) for one in self.generics)

    def quiet(self) -> None:
        """As a page that nobody has sent yet: no errors. After `facts`."""
        self._errors = ErrorDict()
        for concept in self.generics:
            concept.quiet()
        for till in self.sources:
            till.quiet()

    @property
    def has_sources(self) -> bool:
        return any(one.errors or one["source"].value() or one["label"].value() for one in self.sources)

    @property
    def has_errors(self) -> bool:
        return bool(self.errors or any(one.errors for one in (*self.generics, *self.sources)))

    def labels(self) -> dict[str, str]:
        """What customers call each till that the rules name. After `is_valid`."""
        said = (one.cleaned_data for one in self.sources)
        return {row["source"]: row["label"] for row in said if row.get("source")}

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
        return PolicyFacts(
            enabled=said["enabled"],
            window_days=None if said["until"] == "month_end" else said["window_days"],
            until_month_end=said["until"] != "days",
            grace_days=said["grace_days"] or 0,
            minimum=said["minimum"] or Decimal(0),
            sources=tuple(self.labels()),
            paid_only=said["paid_only"],
            generics=tuple(one for one in generics if one is not None),
            withholds_isr=said.get("withholds_isr", True),
            stamps_an_hour=said["stamps_an_hour"] or STAMPS_AN_HOUR,
            hours_awaited=said["hours_awaited"] or HOURS_AWAITED,
            usos=tuple(said["usos"]),
            default_uso=said["default_uso"],
            may_split=said["may_split"],
            corrections=CORRECTIONS if said["corrections"] is None else said["corrections"],
        )
