"""The second step of a login: tries at its code are counted as those at a password are."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm

from amate.web.guesses import count_guess


class _Counted:
    user: Any

    def clean_code(self) -> str:
        guess = count_guess(context.request, at=f"second-step:{self.user.pk}")
        code: str = super().clean_code()  # type: ignore[misc]
        guess.was_right()
        return code


class SecondStep(_Counted, AuthenticateForm):  # type: ignore[misc]
    pass


class SecondStepAgain(_Counted, ReauthenticateForm):  # type: ignore[misc]
    pass
