"""A picture comes in: of the company, or of one branch."""

from django import forms


class LogoForm(forms.Form):
    logo = forms.FileField(
        label="Logotipo",
        help_text="PNG, JPEG o WebP de hasta 2 MB. Con fondo transparente se ve mejor.",
        error_messages={"required": "Elige el archivo de tu logotipo", "empty": "El archivo está vacío: elige otro"},
        widget=forms.FileInput({"accept": "image/png,image/jpeg,image/webp"}),
    )
