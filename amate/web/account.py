"""Staff accounts: nobody signs up; owners invite (DECISIONS A7). allauth's own words are said here as we say them."""

import logging
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from amate.access.second_step import open_seed, seal_seed
from amate.companies.secrets import WrongMasterKey
from amate.web.guesses import count_guess, remember_device
from amate.web.network import address_of
from amate.web.note_logins import note_miss
from amate.web.tell import tell

logger = logging.getLogger(__name__)
WAIT = "Demasiados intentos. Espera unos minutos y vuelve a intentar"
# Which word the person gets of what allauth would mail itself.
NOTICES = {
    "account/email/password_changed": "password_changed",
    "account/email/password_reset": "password_changed",
    "mfa/email/totp_activated": "second_step_added",
    "mfa/email/totp_deactivated": "second_step_removed",
    "mfa/email/webauthn_added": "second_step_added",
    "mfa/email/webauthn_removed": "second_step_removed",
    "mfa/email/recovery_codes_generated": "codes_made",
}


class ClosedDoor(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "account_inactive": "Tu cuenta está desactivada. Pide a quien administra tu empresa que la active",
        "email_password_mismatch": "El correo o la contraseña no son correctos. Revísalos y vuelve a intentar",
        "enter_current_password": "Esa no es tu contraseña actual. Escríbela otra vez",
        "incorrect_password": "La contraseña no es correcta. Escríbela otra vez",
        "incorrect_code": "El código no es correcto. Escribe el que ves ahora en tu aplicación",
        "invalid_login": "No pudimos entrar con esos datos. Revísalos y vuelve a intentar",
        "too_many_login_attempts": WAIT,
        "rate_limited": WAIT,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Raises ValidationError when this mail or this network missed too often."""
        guess = count_guess(request, of=str(credentials.get("email", "")).strip().lower(), secret="password")  # noqa: S106
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            guess.was_right()
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_miss(request, email=str(credentials.get("email", "")))

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **more: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **more)
        remember_device(response, of=user.email)  # type: ignore[attr-defined]
        return response

    def send_notification_mail(self, template_prefix: str, user: Any, *said: Any, **more: Any) -> None:
        tell(user, NOTICES[template_prefix])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail is owed and sent by the worker; whatever else allauth would send is not a flow of this house."""
        raise RuntimeError(f"the web sends no mail: {template_prefix}")


class SecondStepDoor(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "No puedes desactivar la verificación en dos pasos",
        "cannot_generate_recovery_codes": "Activa antes la verificación en dos pasos: los códigos son su respaldo",
        "incorrect_code": "El código no es correcto. Escribe el que ves ahora en tu aplicación",
        "unverified_email": "Antes confirma tu correo",
    }

    def encrypt(self, text: str) -> str:
        return seal_seed(text)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return open_seed(encrypted_text)
        except WrongMasterKey as closed:
            logger.error(str(closed))
            raise ValidationError(
                "No podemos revisar tu código: a este Amate le falta su llave maestra. Avisa a quien lo instaló"
            ) from closed

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 allauth's name
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Mi llave {count + 1}" if count else "Mi llave"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Amate"}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        return {**super().get_public_key_credential_user_entity(user), "display_name": user.nombre or user.email}
