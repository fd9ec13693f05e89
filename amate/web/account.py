"""Staff accounts: nobody signs up; owners invite (DECISIONS A7)."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from amate.web.guesses import count_guess
from amate.web.network import network_of


class ClosedDoor(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return network_of(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Raises ValidationError when this mail or this network missed too often."""
        guess = count_guess(request, at=str(credentials.get("email", "")).strip().lower())
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            guess.was_right()
        return user
