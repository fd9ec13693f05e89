"""What a customer writes to say that he paid, or when he will."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from amate.billing_cycle.collection.models import Channel
from amate.billing_cycle.reconciliation.how_paid import HOW_PAID
from amate.billing_cycle.reconciliation.report_payment import MOST_BYTES


class PesosField(forms.CharField):
    """An amount in any shape people write it: $1,248.50, 1248.5."""

    def __init__(self, **said: Any) -> None:
        attrs = {"inputmode": "decimal", "class": "w-short num", "maxlength": 20}
        super().__init__(widget=forms.TextInput(attrs), **said)

    def to_python(self, value: Any) -> Any:
        typed = "".join(str(value or "").split()).replace("$", "").replace(",", "")
        if not typed:
            return ""
        try:
            amount = Decimal(typed)
        except InvalidOperation:
            raise forms.ValidationError("Escribe la cantidad con números, como 1,248.50") from None
        if not amount.is_finite():
            raise forms.ValidationError("Escribe la cantidad con números, como 1,248.50")
        return amount


class DayField(forms.DateField):
    def __init__(self, **said: Any) -> None:
        widget = forms.DateInput({"type": "date", "class": "w-mid"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d", "%d/%m/%Y"], **said)


class ReportForm(forms.Form):
    amount = PesosField(label="¿Cuánto pagaste?", error_messages={"required": "Escribe cuánto pagaste"})
    day = DayField(
        label="¿Qué día?", error_messages={"required": "Elige el día del pago", "invalid": "Elige el día del pago"}
    )
    forma_pago = forms.ChoiceField(
        label="¿Cómo pagaste?",
        choices=[("", "Elige una"), *HOW_PAID.items()],
        error_messages={"required": "Elige cómo pagaste", "invalid_choice": "Elige cómo pagaste"},
    )
    reference = forms.CharField(
        label="Referencia o clave de rastreo",
        required=False,
        max_length=100,
        help_text="La que dice tu comprobante.",
        error_messages={"max_length": "La referencia lleva hasta 100 letras o números"},
        widget=forms.TextInput({"spellcheck": "false", "autocomplete": "off"}),
    )
    proof = forms.FileField(
        label="Tu comprobante",
        required=False,
        help_text="Una foto (JPG o PNG) o un PDF de hasta 5 MB.",
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
        error_messages={"empty": "Ese archivo está vacío"},
    )

    def clean_proof(self) -> "UploadedFile[Any] | None":
        """Too big a one is refused by its size, before it is read into memory."""
        proof: UploadedFile[Any] | None = self.cleaned_data["proof"]
        if proof is not None and (proof.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                f"El comprobante pasa de {MOST_BYTES // 1_000_000} MB: sube una foto más ligera."
            )
        return proof

    def ask_for_proof_again(self) -> None:
        """A browser gives no file back: where something else was wrong, the chosen one must be chosen again."""
        if self.files.get("proof") and "proof" not in self.errors:
            self.add_error("proof", "Elige otra vez tu comprobante: el navegador no lo conserva")


class ChannelsForm(forms.Form):
    no_por = forms.MultipleChoiceField(
        label="No quiero recordatorios por",
        required=False,
        choices=list(Channel.choices),
        widget=forms.CheckboxSelectMultiple,
        help_text="Tus facturas, avisos de cobro y el aviso antes de suspender tu servicio te llegan siempre.",
        error_messages={"invalid_choice": "Elige entre correo, SMS y llamada"},
    )


class PromiseForm(forms.Form):
    amount = PesosField(label="¿Cuánto vas a pagar?", error_messages={"required": "Escribe cuánto vas a pagar"})
    until = DayField(
        label="¿A más tardar qué día?", error_messages={"required": "Elige el día", "invalid": "Elige el día"}
    )
