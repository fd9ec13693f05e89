"""What a session stands on changes: the person's other sessions end. This one has just shown who it is."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from amate.access.end_sessions import end_sessions
from amate.access.models import User


@receiver(password_changed)
@receiver(password_reset)
def end_those_of_the_old_password(request: HttpRequest, user: User, **more: Any) -> None:
    """Django refuses them already, their hash is of the old one; this takes them off the list as well."""
    end_sessions(user_id=user.pk, keep=request.session.session_key)


@receiver(authenticator_added)
def end_those_without_second_step(request: HttpRequest, user: User, authenticator: Any, **more: Any) -> None:
    """A company may let in only who has one: a session opened by the password alone must not profit from it."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        end_sessions(user_id=user.pk, keep=request.session.session_key)
