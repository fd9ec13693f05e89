"""The receiver's data: RFC first, then only what it calls for (FACE PAT-2, PAT-3)."""

import re
from collections.abc import Collection, Mapping
from typing import Any, Self

from django import forms
from django.http import QueryDict

from amate.fiscal.catalogs import catalogs_in_force
from amate.fiscal.places import place_of
from amate.fiscal.receptor import ReadReceptor, ReceptorRefused, default_uso, read_receptor, regimenes_for, usos_for
from amate.fiscal.rfc import DIGIT_WARNING, GENERICS, Persona, RfcRefused, read_rfc
from amate.fiscal.tables.personas import REGIMENES, USOS
from amate.web.mail_address import MailField
from amate.web.said import said

FIELDS = ("rfc", "nombre", "cp", "regimen_fiscal", "uso_cfdi", "correo")
CARDS = 4
PICK = ("", "Elige tu régimen")
HINTS = {
    "G03": "lo más común",
    "S01": "si no la vas a deducir",
    "G01": "si lo vas a revender o transformar",
    "D01": "médicos, dentistas y hospitales",
    "D10": "colegiaturas",
    "I04": "computadoras y accesorios",
    "I08": "si es una inversión",
}
PERSONAS: tuple[tuple[str, Persona], ...] = (("Persona física", "F"), ("Persona moral", "M"))


def as_typed(post: QueryDict) -> dict[str, str]:
    """Letter for letter: what a person typed is never typed again. Only NUL goes: PostgreSQL has no place for it."""
    return {name: str(post.get(name, "")).replace("\0", "")[:320] for name in FIELDS}


class FiscalForm(forms.Form):
    """Bound to what was typed so far. `receptor` is there once it is valid."""

    keep_suffix = False  # whether the name stays exactly as it was typed

    rfc = forms.CharField(
        label="RFC",
        help_text="12 caracteres si es empresa, 13 si es persona.",
        error_messages={"required": "Escribe tu RFC"},
        widget=forms.TextInput(
            {"class": "w-mid mono upper", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 24}
        ),
    )
    nombre = forms.CharField(
        label="Nombre o razón social",
        help_text="Sin “S.A. de C.V.” ni otra terminación de la sociedad.",
        error_messages={"required": "Escribe el nombre como está en el SAT"},
        widget=forms.TextInput(
            {"autocomplete": "organization", "class": "upper", "spellcheck": "false", "maxlength": 320}
        ),
    )
    cp = forms.CharField(
        label="Código postal de tu domicilio fiscal",
        error_messages={"required": "Escribe el código postal"},
        widget=forms.TextInput(
            {"class": "w-short num", "inputmode": "numeric", "maxlength": 8, "autocomplete": "postal-code"}
        ),
    )
    regimen_fiscal = forms.CharField(
        label="Régimen fiscal",
        error_messages={"required": "Elige tu régimen fiscal: está en tu Constancia"},
        widget=forms.Select(),
    )
    uso_cfdi = forms.CharField(
        label="¿Para qué usarás la factura?", error_messages={"required": "Elige para qué usarás la factura"}
    )
    correo = MailField(
        label="Correo electrónico",
        required=False,
        help_text="Te mandamos ahí el PDF y el XML. También podrás descargarlos aquí mismo.",
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )

    def __init__(
        self, typed: Mapping[str, Any], *, offered: Collection[str] | None, refresh: str, favoured: str = ""
    ) -> None:
        values = {name: str(typed.get(name, "")) for name in FIELDS}
        values["rfc"] = re.sub(r"[\s.\-–—_/]", "", values["rfc"]).upper()
        values["cp"] = re.sub(r"\s", "", values["cp"])
        self.offered = offered
        self.receptor: ReadReceptor | None = None
        self.persona = _persona(values["rfc"])
        known = regimenes_for(self.persona) if self.persona else tuple(REGIMENES)
        if values["regimen_fiscal"] not in known:
            values["regimen_fiscal"] = ""
        self.asked_uso = values["uso_cfdi"].upper()
        self.usos = _usos(values["regimen_fiscal"], self.persona, offered)
        values["uso_cfdi"] = self.asked_uso if self.asked_uso in self.usos else ""
        likeliest = _likeliest(self.usos, values["regimen_fiscal"], self.persona, offered)
        self.chosen = values["uso_cfdi"] or (favoured if favoured in self.usos else likeliest)
        super().__init__(values, auto_id="%s")
        self._dress(refresh)

    def quiet(self) -> Self:
        """As a page that nobody has sent yet: no errors."""
        self._errors = forms.utils.ErrorDict()
        return self

    def clean(self) -> dict[str, Any]:
        data = {name: self.data[name] for name in FIELDS if name != "correo"}
        data["domicilio_fiscal"] = data.pop("cp")
        # An impossible pair is judged as it was sent, not as we corrected it for the next try.
        data["uso_cfdi"] = self.asked_uso
        try:
            self.receptor = read_receptor(
                **data, catalogs=catalogs_in_force(), offered_usos=self.offered, keep_suffix=self.keep_suffix
            )
        except ReceptorRefused as refused:
            for name, message in refused.errors.items():
                self._refuse(name, message)
        return self.cleaned_data

    def _refuse(self, name: str, message: str) -> None:
        if name == "uso_cfdi" and self.asked_uso:
            self._errors.pop(name, None)  # "required", because we had emptied it
        if name not in self.errors:
            self.add_error(name, message)

    def lands_on(self, name: str, message: str) -> None:
        """A refusal of the SAT, on the field it is about (X12)."""
        self.quiet()
        self.cleaned_data = {}
        self.add_error(name, message)

    @property
    def cards(self) -> list[tuple[str, str, str]]:
        return [_card(uso) for uso in self.usos[:CARDS]]

    @property
    def more(self) -> list[tuple[str, str, str]]:
        return [_card(uso) for uso in self.usos[CARDS:]]

    @property
    def more_is_chosen(self) -> bool:
        return self.chosen in self.usos[CARDS:]

    @property
    def rfc_advice(self) -> tuple[str, bool]:
        """What to say while the RFC is being typed: (words, whether they stop it)."""
        return advice(self.data["rfc"])

    @property
    def place(self) -> str:
        """Where the postal code is: who mistyped it sees another town."""
        return str(place_of(str(self.data["cp"])) or "")

    def _dress(self, refresh: str) -> None:
        self.fields["cp"].help_text = self.place
        swap = {"hx-post": refresh, "hx-target": "#fiscal", "hx-swap": "outerHTML", "hx-trigger": "change"}
        self.fields["rfc"].widget.attrs.update(swap)
        regimen = self.fields["regimen_fiscal"]
        regimen.widget.attrs.update(swap)
        regimen.widget.choices = _regimes(self.persona)
        regimen.help_text = {
            "F": "Los que el SAT permite a una persona física. El tuyo está en tu Constancia.",
            "M": "Los que el SAT permite a una persona moral. El tuyo está en tu Constancia.",
            None: "El que dice tu Constancia de Situación Fiscal.",
        }[self.persona]


def advice(rfc: str) -> tuple[str, bool]:
    if not rfc:
        return "", False
    try:
        read = read_rfc(rfc)
    except RfcRefused as refused:
        return refused.message, True
    if read.value in GENERICS:
        return "Ese RFC es de público en general: escribe el tuyo para que la factura te sirva", True
    return ("", False) if read.check_digit_matches else (DIGIT_WARNING, False)


def is_generic(rfc: str) -> bool:
    return rfc in GENERICS


def _persona(rfc: str) -> Persona | None:
    return {12: "M", 13: "F"}.get(len(rfc))  # type: ignore[return-value]


def _regimes(persona: Persona | None) -> list[tuple[str, Any]]:
    if persona is not None:
        return [(PICK[0], said(PICK[1])), *_named(persona)]
    return [(PICK[0], said(PICK[1])), *((said(title), _named(each)) for title, each in PERSONAS)]


def _named(persona: Persona) -> list[tuple[str, str]]:
    return [(key, f"{key} · {said(REGIMENES[key].texto)}") for key in regimenes_for(persona)]


def _usos(regimen: str, persona: Persona | None, offered: Collection[str] | None) -> tuple[str, ...]:
    """Of the regime; of every regime that is still possible while none is chosen."""
    personas: tuple[Persona, ...] = (persona,) if persona else ("F", "M")
    lists = [
        usos_for(key, each, offered) for each in personas for key in ((regimen,) if regimen else regimenes_for(each))
    ]
    # The longest list first: it holds the most and has them in the order of likelihood.
    return tuple(dict.fromkeys(uso for usos in sorted(lists, key=len, reverse=True) for uso in usos))


def _likeliest(usos: tuple[str, ...], regimen: str, persona: Persona | None, offered: Collection[str] | None) -> str:
    if regimen and persona:
        return default_uso(regimen, persona, offered)
    return usos[0] if usos else ""


def _card(uso: str) -> tuple[str, str, str]:
    return uso, USOS[uso].texto, HINTS.get(uso, "")
