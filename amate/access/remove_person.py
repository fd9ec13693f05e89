"""A person leaves the company; the account stays, for its other companies."""

from datetime import datetime

from amate.access.end_sessions import end_sessions
from amate.access.members import LAST_OWNER, NOT_YOURS, NotAllowed, keeps_an_owner, lock_member
from amate.access.models import Membership, Role
from amate.access.rules import may_manage
from amate.audit.record import record


def remove_person(*, membership_id: int, by: Membership, session: str | None, now: datetime) -> str:
    """Take the membership away, at once: every request reads it; and end the sessions, but the one of key `session` in
    which it is done. Answers the mail of who left.

    Anybody may take away his own. Raises NoSuchPerson, and NotAllowed for an owner whom only an owner may remove, and
    for the last one.
    """
    member = lock_member(membership_id)
    role = Role(member.role)
    if member.pk != by.pk and not may_manage(Role(by.role), of=role):
        raise NotAllowed(NOT_YOURS)
    if role == Role.OWNER and not keeps_an_owner(member):
        raise NotAllowed(LAST_OWNER)
    email = member.user.email
    member.delete()
    end_sessions(user_id=member.user_id, keep=session)
    record("person.removed", about=f"person:{member.user_id}", now=now, mail=email, role=role.value)
    return email
