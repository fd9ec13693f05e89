"""The field for a Constancia. Nobody has to have one."""

from typing import Self

from django import forms


class ConstanciaForm(forms.Form):
    constancia = forms.FileField(
        label="Archivo de tu Constancia de Situación Fiscal",
        help_text=(
            "El PDF del SAT llena tus datos; una foto de su código QR, solo tu RFC. Lo leemos en el momento y no lo "
            "guardamos. Hasta 5 MB."
        ),
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png,image/webp"}),
        required=False,
    )

    @classmethod
    def refused(cls, why: str) -> Self:
        form = cls({}, auto_id="%s")
        form.add_error("constancia", why)
        return form
