"""Staff accounts: nobody signs up; owners invite (DECISIONS A7). allauth's own words are said here as we say them."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from amate.web.guesses import count_guess
from amate.web.network import address_of
from amate.web.note_logins import note_miss

WAIT = "Demasiados intentos. Espera unos minutos y vuelve a intentar"


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
        guess = count_guess(request, at=str(credentials.get("email", "")).strip().lower())
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            guess.was_right()
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note_miss(request, email=str(credentials.get("email", "")))


class SecondStepDoor(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": "No puedes desactivar la verificación en dos pasos",
        "cannot_generate_recovery_codes": "Activa antes la verificación en dos pasos: los códigos son su respaldo",
        "incorrect_code": "El código no es correcto. Escribe el que ves ahora en tu aplicación",
    }
