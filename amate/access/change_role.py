"""A person gets another role in the company."""

from datetime import datetime

from amate.access.end_sessions import end_sessions
from amate.access.members import LAST_OWNER, NOT_YOURS, NotAllowed, keeps_an_owner, lock_member
from amate.access.models import Membership, Role
from amate.access.rules import may_manage
from amate.audit.record import record


def change_role(*, membership_id: int, role: Role, by: Role, session: str | None, now: datetime) -> Membership:
    """`by` is the role of who changes it, from the session of that key. The same role again changes nothing; another one
    ends the person's other sessions: pages of the older role stay open nowhere.

    Raises NoSuchPerson, and NotAllowed when it touches an owner without being one, or would leave none.
    """
    member = lock_member(membership_id)
    before = Role(member.role)
    if role == before:
        return member
    if not (may_manage(by, of=before) and may_manage(by, of=role)):
        raise NotAllowed(NOT_YOURS)
    if before == Role.OWNER and not keeps_an_owner(member):
        raise NotAllowed(LAST_OWNER)
    member.role = role
    member.save(update_fields=["role"])
    end_sessions(user_id=member.user_id, keep=session)
    record(
        "person.role_changed",
        about=f"person:{member.user_id}",
        now=now,
        mail=member.user.email,
        before=before.value,
        role=role.value,
    )
    return member
