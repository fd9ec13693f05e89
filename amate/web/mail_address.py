"""An e-mail address as a person types it, and as every mail server reads it."""

from typing import Any, ClassVar

from django import forms

# `messages` keys an address of ours may not outgrow; no real one comes near.
LONGEST_MAIL = 80
BAD_MAIL = "Al correo le falta algo: escríbelo como nombre@dominio.mx"
BEFORE_THE_AT = "Antes de la arroba el correo solo lleva letras sin acento ni ñ, números y signos: revísalo"


class MailField(forms.EmailField):
    """Its value is plain ASCII: a domain with accents is stored as the DNS knows it (IDNA)."""

    default_error_messages: ClassVar = {
        "invalid": BAD_MAIL,
        "max_length": f"Ese correo es demasiado largo: caben {LONGEST_MAIL} caracteres",
    }

    def __init__(self, **said: Any) -> None:
        super().__init__(max_length=LONGEST_MAIL, **said)

    def to_python(self, value: Any) -> str:
        typed = str(super().to_python(value))
        name, at, domain = typed.rpartition("@")
        if at and not name.isascii():
            raise forms.ValidationError(BEFORE_THE_AT, code="invalid")
        return typed if typed.isascii() else f"{name}@{_encoded(domain)}"


def _encoded(domain: str) -> str:
    """
    >>> _encoded("ñandú.mx")
    'xn--and-6ma2c.mx'
    """
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError as refused:
        raise forms.ValidationError(BAD_MAIL, code="invalid") from refused
