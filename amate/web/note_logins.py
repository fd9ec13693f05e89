"""Who came, who left and who tried, in the audit of every company of that person. A stranger's mail is never kept."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, user_logged_in
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from amate.access.models import Membership, User
from amate.audit.models import ActorKind
from amate.audit.record import Actor, acting, record
from amate.tenancy.scope import company_scope
from amate.web.clock import now


@receiver(user_logged_in)
def note_login(request: HttpRequest, user: User, **more: Any) -> None:
    _note("session.started", request, user)


@receiver(user_logged_out)
def note_logout(request: HttpRequest, user: User | None, **more: Any) -> None:
    if user is not None:
        _note("session.ended", request, user)


@receiver(password_changed)
def note_password(request: HttpRequest, user: User, **more: Any) -> None:
    _note("person.password_changed", request, user)


@receiver(password_reset)
def note_reset(request: HttpRequest, user: User, **more: Any) -> None:
    _note("person.password_reset", request, user)


@receiver(authenticator_added)
def note_second_step(request: HttpRequest, user: User, authenticator: Any, **more: Any) -> None:
    _note("person.second_step_added", request, user, kind=str(authenticator.type))


@receiver(authenticator_removed)
def note_second_step_removed(request: HttpRequest, user: User, authenticator: Any, **more: Any) -> None:
    _note("person.second_step_removed", request, user, kind=str(authenticator.type))


@receiver(authentication_failed)
def note_wrong_code(request: HttpRequest, user: User, **more: Any) -> None:
    _note("session.code_refused", request, user, by=Actor(ActorKind.VISITOR, "", _id(request)))


def note_ended_elsewhere(request: HttpRequest, count: int) -> None:
    _note("session.ended_elsewhere", request, request.user, count=count)  # type: ignore[arg-type]


def note_mail_changed(request: HttpRequest, user: User, *, before: str) -> None:
    _note("person.mail_changed", request, user, before=before)


def note_miss(request: HttpRequest, *, email: str) -> None:
    """A wrong password for somebody we know. Whoever typed it is a visitor: nothing says that it was that person."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is not None:
        _note("session.refused", request, user, by=Actor(ActorKind.VISITOR, "", _id(request)))


def _note(act: str, request: HttpRequest, user: User, *, by: Actor | None = None, **detail: Any) -> None:
    """The pages of an account belong to no company, so each company of that person gets its own note."""
    who = by or Actor(ActorKind.PERSON, user.email, _id(request))

    def note() -> None:
        for company_id in Membership.objects.filter(user_id=user.pk).values_list("company_id", flat=True):
            with company_scope(company_id), acting(who):
                record(act, about=f"person:{user.pk}", now=now(), mail=user.email, **detail)

    # allauth sends some of its signals inside a transaction of its own, and a scope is never nested.
    transaction.on_commit(note)


def _id(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))
