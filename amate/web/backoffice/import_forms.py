"""The two forms of an import: which file it is, and what its columns mean."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from amate.fiscal.tables.comprobante import FORMAS_PAGO
from amate.intake.columns import FIELDS, NEEDED, missing
from amate.intake.look import Look, places_in
from amate.intake.models import Kind
from amate.intake.options import IVA, NAME_OF_A_SOURCE, Options
from amate.intake.upload import LARGEST

NOT_THERE = "No viene en el archivo"
# Of what moves in, the options that mean something; the others are of sales and products.
_FALLS_ON: dict[str, str] = {Kind.BALANCES: "referencia"}
OFFERED: dict[str, set[str]] = {
    Kind.CUSTOMERS: {"sheet"},
    Kind.BALANCES: {"sheet", "comma", "month_first", "branch", "iva"},
    Kind.SUBSCRIBED: {"sheet", "comma", "month_first", "branch"},
}


class UploadForm(forms.Form):
    kind = forms.ChoiceField(
        label="Qué trae",
        choices=Kind.choices,
        help_text="Si tus ventas nombran productos, importa primero los productos.",
    )
    source = forms.CharField(
        label="De dónde viene",
        max_length=40,
        help_text="Un nombre corto para los archivos de la misma forma, como caja-1. Guardamos qué significa cada columna.",
        error_messages={"required": "Escribe un nombre para este origen, como caja-1"},
        widget=forms.TextInput({"autocomplete": "off", "list": "origenes", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label="Archivo",
        help_text=f"XLSX, XLS o CSV, hasta {LARGEST // 1_000_000} MB y 500,000 renglones. De facturas anteriores, un ZIP con sus XML y la metadata del SAT.",
        error_messages={"required": "Elige un archivo", "empty": "El archivo está vacío"},
        widget=forms.FileInput({"accept": ".csv,.txt,.tsv,.xlsx,.xlsm,.xls,.zip,.xml"}),
    )

    def clean_source(self) -> str:
        typed: str = self.cleaned_data["source"].strip()
        if not NAME_OF_A_SOURCE.fullmatch(typed):
            raise forms.ValidationError("Usa letras sin acento, números, puntos y guiones, como caja-1")
        return typed

    def clean_file(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(f"El archivo pesa más de {LARGEST // 1_000_000} MB: divídelo en varios")
        return file


class MappingForm(forms.Form):
    """A field `col_…` for each one of the kind, then the options. `mapping` and `options` are what is shown first."""

    sheet = forms.ChoiceField(label="Hoja", required=False)
    comma = forms.TypedChoiceField(
        label="Los decimales se marcan con",
        choices=[("", "Punto, como 1,248.50"), ("1", "Coma, como 1.248,50")],
        coerce=bool,
        required=False,
    )
    month_first = forms.TypedChoiceField(
        label="Las fechas se escriben",
        choices=[("", "Día/mes/año, como 21/11/2026"), ("1", "Mes/día/año, como 11/21/2026")],
        coerce=bool,
        required=False,
    )
    prices_without_tax = forms.TypedChoiceField(
        label="Los precios de cada unidad",
        choices=[("", "Ya traen los impuestos"), ("1", "Van sin impuestos")],
        coerce=bool,
        required=False,
    )
    branch = forms.ChoiceField(label="Sucursal", required=False)
    forma_pago = forms.ChoiceField(
        label="Forma de pago",
        choices=[("", "La dice el archivo"), *((one.clave, f"{one.clave} {one.texto}") for one in FORMAS_PAGO.values() if one.clave != "99"), ("99", "Aún no se paga: a crédito (PPD)")],
        required=False,
    )  # fmt: skip
    iva = forms.ChoiceField(
        label="IVA", choices=list(IVA.items()), required=False, help_text="No suponemos ninguna tasa."
    )
    descripcion = forms.CharField(label="Descripción", max_length=200, required=False)
    clave_prod_serv = forms.CharField(
        label="Clave del SAT del producto", max_length=8, required=False, help_text="8 números, como 90101500."
    )
    clave_unidad = forms.CharField(
        label="Clave del SAT de la unidad", max_length=3, required=False, help_text="Como H87 (pieza) o E48 (servicio)."
    )

    def __init__(
        self,
        data: Any = None,
        *,
        kind: str,
        look: Look,
        branches: Sequence[tuple[str, str]],
        mapping: Mapping[str, str] | None = None,
        options: Options | None = None,
    ) -> None:
        shown = _initial(look, mapping or {}, options or Options())
        super().__init__(data, initial=shown)
        self._kind = kind
        choices = [("", NOT_THERE), *((name, _with_sample(look, place)) for place, name in enumerate(look.names))]
        self.column_fields = []
        for one in FIELDS[kind]:
            self.fields[f"col_{one.name}"] = forms.ChoiceField(
                label=one.label, choices=choices, required=False, help_text=one.hint
            )
            self.column_fields.append(f"col_{one.name}")
        self.fields["sheet"].choices = [(name, name) for name in look.sheets]  # type: ignore[attr-defined]
        self.fields["branch"].choices = [("", "La dice el archivo"), *branches]  # type: ignore[attr-defined]
        for name in self._absent(look, branches):
            del self.fields[name]

    def _absent(self, look: Look, branches: Sequence[tuple[str, str]]) -> list[str]:
        """What there is nothing to choose of."""
        out = ["sheet"] if len(look.sheets) < 2 else []
        if self._kind == Kind.PRODUCTS:
            return [*out, "branch", "forma_pago", "descripcion", "month_first"]
        if self._kind in OFFERED:
            offered = OFFERED[self._kind] - set(out) - ({"branch"} if len(branches) < 2 else set())
            return [name for name in self.fields if not name.startswith("col_") and name not in offered]
        return out + (["branch"] if len(branches) < 2 else [])

    def bound_columns(self) -> list[forms.BoundField]:
        return [self[name] for name in self.column_fields]

    def bound_options(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in self.column_fields]

    @property
    def mapping(self) -> dict[str, str]:
        """After `is_valid`."""
        said = {name.removeprefix("col_"): self.cleaned_data.get(name, "") for name in self.column_fields}
        return {field: column for field, column in said.items() if column}

    @property
    def options(self) -> Options:
        said = dict(self.cleaned_data)
        for name in ("comma", "month_first"):
            said[name] = bool(said.get(name))
        return Options.of({**said, "prices_include_tax": not said.pop("prices_without_tax", "")})

    def clean_clave_prod_serv(self) -> str:
        return str(self.cleaned_data["clave_prod_serv"]).strip()

    def clean_clave_unidad(self) -> str:
        return str(self.cleaned_data["clave_unidad"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        self.cleaned_data.setdefault("sheet", "")
        lacks = missing(self._kind, self.mapping)
        if lacks:
            first = "col_" + next(
                (name for name in NEEDED.get(self._kind, ()) if name not in self.mapping),
                _FALLS_ON.get(self._kind, "folio"),
            )
            at = {"la fecha de la venta": "col_fecha"}.get(lacks[0], first)
            at = "col_total" if lacks[0].startswith("el total") else at
            self.add_error(at, f"Falta decir qué columna tiene {', '.join(lacks)}")
        return self.cleaned_data


def _initial(look: Look, mapping: Mapping[str, str], options: Options) -> dict[str, Any]:
    shown: dict[str, Any] = {f"col_{field}": look.names[place] for field, place in places_in(look, mapping).items()}
    shown |= options.as_json() | {"sheet": look.sheet}
    for name in ("comma", "month_first"):
        shown[name] = "1" if getattr(options, name) else ""
    return shown | {"prices_without_tax": "" if options.prices_include_tax else "1"}


def _with_sample(look: Look, place: int) -> str:
    said = next((cells[place] for cells in look.samples if place < len(cells) and cells[place].strip()), "")
    return f"{look.names[place]} (como {said[:24]})" if said else look.names[place]
