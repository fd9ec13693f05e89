"""An invitation is accepted: the person joins the company with the role it says."""

from datetime import datetime

from amate.access.link_token import digest_of
from amate.access.models import Invitation, Membership, User
from amate.audit.record import record
from amate.tenancy.scope import open_company


class InvitationGone(LookupError):
    """Unknown, expired, taken back or used: nothing was written, and who wants in must be invited again."""


def find_invitation(token: str, *, now: datetime) -> Invitation | None:
    """The open invitation of that link, asked before any scope exists. An expired one is as good as none."""
    rows = Invitation.objects.open().select_related("company").filter(expires_at__gt=now)
    found: Invitation | None = rows.filter(token_digest=digest_of(token)).first()
    return found


def accept_invitation(*, token: str, user: User, now: datetime) -> Membership:
    """Inside the scope of its company. Raises InvitationGone, also for a link that was sent to another address."""
    rows = Invitation.objects.open().filter(company_id=open_company(), expires_at__gt=now, email=user.email)
    found: Invitation | None = rows.select_for_update(no_key=True).filter(token_digest=digest_of(token)).first()
    if found is None:
        raise InvitationGone
    found.accepted_at = now
    found.save(update_fields=["accepted_at"])
    # Somebody who was let in by another way meanwhile keeps the role he has.
    member, new = Membership.objects.get_or_create(
        user=user, company_id=found.company_id, defaults={"role": found.role}
    )
    if new:
        record("person.joined", about=f"person:{user.pk}", now=now, mail=user.email, role=member.role)
    return member
