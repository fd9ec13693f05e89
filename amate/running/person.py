"""`amate person`: a way back in for whom nobody else can help, as a company's only owner; by who holds the machine."""

import argparse
import getpass
import sys
from collections.abc import Callable, Sequence
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from amate.access.end_sessions import end_sessions
from amate.access.models import User
from amate.access.reset_second_step import forget_second_step, note_reset
from amate.access.tell_person import tell_person
from amate.audit.record import record
from amate.running.prepare import server_up
from amate.tenancy.scope import company_scope


class Refused(Exception):
    """What was asked cannot be done; the sentence says what mends it. Nothing was written."""


def main(argv: Sequence[str]) -> int:
    said, now = _arguments(argv), timezone.now()
    try:
        with server_up():
            user = _find(said.email)
            print(_password(user, now=now) if said.act == "password" else _second_step(user, now=now))
    except Refused as refused:
        print(str(refused), file=sys.stderr)
        return 1
    return 0


def _second_step(user: User, *, now: datetime) -> str:
    forget_second_step(user)
    _in_each_company(user, lambda: note_reset(user, now=now), notice="second_step_reset", now=now)
    return f"{user.email} ya no tiene segundo paso y sus sesiones se cerraron. Entra con su contraseña y activa otro."


def _password(user: User, *, now: datetime) -> str:
    user.set_password(_typed(user))
    user.save(update_fields=["password"])
    end_sessions(user_id=user.pk, keep=None)

    def note() -> None:
        record("person.password_reset", about=f"person:{user.pk}", now=now, mail=user.email)

    _in_each_company(user, note, notice="password_changed", now=now)
    return f"{user.email} ya entra con la contraseña nueva. Sus sesiones se cerraron."


def _in_each_company(user: User, note: Callable[[], None], *, notice: str, now: datetime) -> None:
    """The act in the audit of every company of that person; the first one sends the mail."""
    companies = list(user.memberships.order_by("id").values_list("company_id", flat=True))
    for company_id in companies:
        with company_scope(company_id):
            note()
            if company_id == companies[0]:
                tell_person(user=user, notice=notice, now=now)


def _find(email: str) -> User:
    user: User | None = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise Refused(f"Nadie entra con {email}. Revisa el correo.")
    return user


def _typed(user: User) -> str:
    typed = getpass.getpass("Contraseña nueva: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    try:
        validate_password(typed, user)
    except ValidationError as refused:
        raise Refused(" ".join(refused.messages)) from refused
    return typed


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="amate person", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    for name, meaning in (
        ("reset-second-step", "quita llaves, aplicación y códigos de quien perdió su aparato"),
        ("password", "le pone otra contraseña, que se lee de la terminal o de la entrada estándar"),
    ):
        acts.add_parser(name, help=meaning).add_argument("email", help="el correo con el que entra")
    return parser.parse_args(argv)
