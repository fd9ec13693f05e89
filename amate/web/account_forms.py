"""allauth's forms, speaking to you as every other page does (Django's own Spanish says «usted»)."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm, ResetPasswordKeyForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms

from amate.web.mail_address import BAD_MAIL

NOT_THE_SAME = "Las dos contraseñas no son iguales: escribe la misma en los dos lugares"
LONGEST_NAME = 60
REQUIRED = {
    "login": "Escribe tu correo",
    "password": "Escribe tu contraseña",
    "oldpassword": "Escribe la contraseña que usas hoy",
    "password1": "Escribe tu contraseña nueva",
    "password2": "Escribe otra vez tu contraseña nueva",
    "code": "Escribe los 6 números de tu aplicación",
    "name": "Escribe un nombre para reconocerla",
    "credential": "Tu navegador no creó la llave: usa el botón otra vez",
}


def _say(form: forms.Form) -> None:
    for name, field in form.fields.items():
        if name in REQUIRED:
            field.error_messages["required"] = REQUIRED[name]
        if isinstance(field, forms.EmailField):
            field.error_messages["invalid"] = BAD_MAIL


class Login(LoginForm):  # type: ignore[misc]
    def __init__(self, *said: Any, **more: Any) -> None:
        super().__init__(*said, **more)
        self.fields["password"].help_text = ""  # the page has its own way to a forgotten one
        _say(self)


class Again(ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *said: Any, **more: Any) -> None:
        super().__init__(*said, **more)
        _say(self)


class _TwicePassword:
    """A new password, typed twice."""

    def __init__(self, *said: Any, **more: Any) -> None:
        super().__init__(*said, **more)
        _say(self)  # type: ignore[arg-type]

    def add_error(self, field: str | None, error: Any) -> None:
        # Only allauth's comparison adds a bare sentence here; what a field itself refuses is a ValidationError.
        ours = field == "password2" and not isinstance(error, forms.ValidationError)
        super().add_error(field, NOT_THE_SAME if ours else error)  # type: ignore[misc]


class ChangePassword(_TwicePassword, ChangePasswordForm):  # type: ignore[misc]
    pass


class NewPassword(_TwicePassword, ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ActivateTotp(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *said: Any, **more: Any) -> None:
        super().__init__(*said, **more)
        _say(self)


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *said: Any, **more: Any) -> None:
        super().__init__(*said, **more)
        self.fields["name"].max_length = LONGEST_NAME
        self.fields["name"].widget.attrs["maxlength"] = LONGEST_NAME
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].help_text = ""
        _say(self)

    def clean_name(self) -> str:
        return str(super().clean_name())[:LONGEST_NAME]


class NamePasskey(EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(max_length=LONGEST_NAME)

    def __init__(self, *said: Any, **more: Any) -> None:
        super().__init__(*said, **more)
        _say(self)
