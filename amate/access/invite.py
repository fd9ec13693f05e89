"""Somebody is invited to the company by mail, and an invitation is taken back."""

import secrets
from datetime import datetime, timedelta

from amate.access.link_token import digest_of, token_of_seed
from amate.access.members import NOT_YOURS, NotAllowed
from amate.access.models import Invitation, Membership, Role
from amate.access.rules import may_manage
from amate.audit.record import record
from amate.companies.models import Company
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise
from amate.tenancy.scope import open_company

VALID_FOR = timedelta(days=7)


def invite_person(*, email: str, role: Role, by: Membership, now: datetime) -> Invitation:
    """Write the invitation and owe its mail; an earlier one to the same address stops being good.

    Raises NotAllowed when `by` may not give that role, or the person is in the company already.
    """
    email = email.strip().lower()
    if not may_manage(Role(by.role), of=role):
        raise NotAllowed(NOT_YOURS)
    Company.objects.select_for_update(no_key=True).get(pk=open_company())  # a double click waits for the first one
    known = Membership.objects.filter(company_id=open_company(), user__email=email).first()
    if known is not None:
        raise NotAllowed(f"{email} ya está en tu empresa como {known.get_role_display()}: cambia su papel en la lista.")
    Invitation.objects.open().filter(company_id=open_company(), email=email).update(revoked_at=now)
    seed = secrets.token_hex(32)
    made: Invitation = Invitation.objects.create(
        company_id=open_company(),
        email=email,
        role=role,
        invited_by=by.user.email,
        seed=seed,
        token_digest=digest_of(_token(seed)),
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    key = f"invitation:{made.pk}"
    promise("invite", key=key, now=now, priority=SOMEBODY_WAITS, invitation_id=made.pk, to=email)
    record("person.invited", about=key, now=now, mail=email, role=role.value)
    return made


def revoke_invitation(*, invitation_id: int, by: Role, now: datetime) -> str | None:
    """Make its link useless. Answers the address, or None when it was not open any more. Raises NotAllowed."""
    rows = Invitation.objects.open().filter(company_id=open_company()).select_for_update(no_key=True)
    found: Invitation | None = rows.filter(pk=invitation_id).first()
    if found is None:
        return None
    if not may_manage(by, of=Role(found.role)):
        raise NotAllowed(NOT_YOURS)
    found.revoked_at = now
    found.save(update_fields=["revoked_at"])
    record("invitation.revoked", about=f"invitation:{found.pk}", now=now, mail=found.email)
    return found.email


def token_of(invitation: Invitation) -> str:
    """What the link carries. Only this installation's secret can make it: neither the row nor a copy of it can."""
    return _token(invitation.seed)


def _token(seed: str) -> str:
    return token_of_seed(seed, purpose="amate.access.invitation")
