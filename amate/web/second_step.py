"""The second step of a login: tries at its code are counted as those at a password are."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled

from amate.web.guesses import count_guess


class _Counted:
    user: Any
    fields: Any

    def __init__(self, *said: Any, **more: Any) -> None:
        super().__init__(*said, **more)
        self.fields["code"].error_messages["required"] = "Escribe el código"

    @property
    def by_app(self) -> bool:
        """Whether there is an application that shows codes, or only those of recovery."""
        return bool(is_mfa_enabled(self.user, [Authenticator.Type.TOTP]))

    def clean_code(self) -> str:
        guess = count_guess(context.request, of=self.user.email, secret="second-step")  # noqa: S106 which one, not its value
        code: str = super().clean_code()  # type: ignore[misc]
        guess.was_right()
        return code


class SecondStep(_Counted, AuthenticateForm):  # type: ignore[misc]
    pass


class SecondStepAgain(_Counted, ReauthenticateForm):  # type: ignore[misc]
    pass
