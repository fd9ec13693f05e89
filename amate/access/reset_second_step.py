"""A person lost the device of the second step: it is taken away, and the password alone opens until a new one is set."""

from datetime import datetime

from allauth.mfa.models import Authenticator

from amate.access.end_sessions import end_sessions
from amate.access.members import NOT_YOURS, NotAllowed, lock_member
from amate.access.models import Membership, Role, User
from amate.access.rules import may_manage
from amate.access.tell_person import tell_person
from amate.audit.record import record

NOT_ONESELF = "Tu propio segundo paso lo cambias en «Seguridad de tu cuenta»."
ELSEWHERE_TOO = (
    "Desde aquí no se puede: su cuenta no es solo de esta empresa. Pide a quien cuida el servidor que lo haga con "
    "«amate person reset-second-step»."
)


def reset_second_step(*, membership_id: int, by: Membership, now: datetime) -> str:
    """Take away every second step of the person, end the sessions and owe a mail that says so. Answers the address.

    Raises NoSuchPerson, and NotAllowed: for oneself, for an owner if `by` is none, and for an account that opens another
    company too, whose people would be weakened without a say.
    """
    member = lock_member(membership_id)
    if member.pk == by.pk:
        raise NotAllowed(NOT_ONESELF)
    if not may_manage(Role(by.role), of=Role(member.role)):
        raise NotAllowed(NOT_YOURS)
    if Membership.objects.filter(user_id=member.user_id).exclude(pk=member.pk).exists():
        raise NotAllowed(ELSEWHERE_TOO)
    forget_second_step(member.user)
    note_reset(member.user, now=now)
    tell_person(user=member.user, notice="second_step_reset", now=now)
    return member.user.email


def forget_second_step(user: User) -> None:
    """In every company at once: the account is one. Recovery codes go too, they belonged to what was lost."""
    Authenticator.objects.filter(user_id=user.pk).delete()
    end_sessions(user_id=user.pk, keep=None)


def note_reset(user: User, *, now: datetime) -> None:
    """In the open company's audit."""
    record("person.second_step_reset", about=f"person:{user.pk}", now=now, mail=user.email)
