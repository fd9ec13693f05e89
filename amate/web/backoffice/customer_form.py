"""A customer's data as staff type them: whole fiscal data, or a name only for whoever has given none."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from amate.fiscal.receptor import Receptor
from amate.fiscal.text import TextRefused, clean_text
from amate.web.backoffice.receiver_form import ReceiverForm, typed_receiver

AS_TYPED = "conservar"  # the box that keeps a name letter for letter


class CustomerForm(ReceiverForm):
    """`optional`: the customer has no fiscal data of his own yet, so all of them may stay empty."""

    def __init__(self, typed: Mapping[str, Any], *, optional: bool) -> None:
        super().__init__(typed)
        self.as_typed = bool(typed.get(AS_TYPED))
        self.keep_suffix = self.keep_suffix or self.as_typed
        self.only_a_name = optional and not any(self.data[name] for name in ("rfc", "cp", "regimen_fiscal"))
        if self.only_a_name:
            for name in ("rfc", "cp", "regimen_fiscal", "uso_cfdi"):
                self.fields[name].required = False
        self.fields["correo"].help_text = "Se propone cuando le facturas en el mostrador."
        self.fields["correo"].widget.attrs["autocomplete"] = "off"
        if optional:
            self.fields["rfc"].help_text += " Si aún no lo tienes, guarda solo el nombre."

    def clean(self) -> dict[str, Any]:
        if not self.only_a_name:
            return super().clean()
        try:
            self.cleaned_data["nombre"] = clean_text(self.cleaned_data.get("nombre", ""))[:300]
        except TextRefused as refused:
            self.add_error("nombre", refused.message)
        return self.cleaned_data

    @property
    def typed_name(self) -> str:
        return str(self.cleaned_data["nombre"])

    @property
    def receptor_or_none(self) -> Receptor | None:
        return self.receptor.receptor if self.receptor else None

    @property
    def advice(self) -> list[str]:
        """What we did to what was typed, and what looks odd in it. After `is_valid`."""
        if self.receptor is None:
            return []
        said = []
        if self.receptor.suffix_removed:
            said.append(f"Quitamos “{self.receptor.suffix_removed}” del nombre: así lo tiene el SAT.")
        return said + [f"{warning}." for warning in self.receptor.warnings.values()]

    def shown(self, name: str) -> str:
        """A field as it would be kept, to compare it with what is."""
        if self.receptor is not None and name in ("rfc", "nombre"):
            return str(getattr(self.receptor.receptor, name))
        if self.only_a_name and name in ("cp", "regimen_fiscal", "uso_cfdi"):
            return ""
        return str(self.cleaned_data.get(name) or self.data.get(name, ""))


def typed_customer(post: QueryDict) -> dict[str, str]:
    return {**typed_receiver(post), AS_TYPED: post.get(AS_TYPED, "")[:1]}
