"""Who has a second step, and who must have one before a company opens."""

from allauth.mfa.models import Authenticator
from django.core.exceptions import ObjectDoesNotExist

from amate.access.models import Membership

# A recovery code is a way back to one of these, not a second step of its own.
SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def with_second_step(user_ids: list[int]) -> set[int]:
    """Those of them who have one."""
    rows = Authenticator.objects.filter(user_id__in=user_ids, type__in=SECOND_STEPS)
    return set(rows.values_list("user_id", flat=True))


def demanded_of(member: Membership) -> bool:
    """Whether the company lets that role in only with a second step."""
    try:
        return member.role in member.company.entry_rule.roles
    except ObjectDoesNotExist:
        return False


def owes_second_step(member: Membership) -> bool:
    """Whether nothing of the company opens to this person yet. Costs a query only where the rule demands one."""
    return demanded_of(member) and not with_second_step([member.user_id])
