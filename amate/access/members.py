"""The people of a company under their lock: who is an owner is judged by one transaction at a time."""

from amate.access.models import Membership, Role
from amate.tenancy.scope import open_company

NOT_YOURS = "Solo quien es dueño puede nombrar, cambiar o quitar a un dueño: pídeselo."
LAST_OWNER = "Es el único dueño de la empresa: nombra antes a otro."


class NotAllowed(ValueError):
    """The rules of people forbid it; the sentence says what to do instead. Nothing was written."""


class NoSuchPerson(LookupError):
    """Nobody of this company: removed meanwhile, or of another one."""


def lock_member(membership_id: int) -> Membership:
    """The membership, with every other one of the open company locked too. Raises NoSuchPerson.

    Locked in order of id, so that two owners who take each other's role wait instead of both succeeding.
    """
    rows = Membership.objects.filter(company_id=open_company()).select_for_update(no_key=True, of=("self",))
    for one in rows.select_related("user").order_by("id"):
        if one.pk == membership_id:
            return one
    raise NoSuchPerson(str(membership_id))


def keeps_an_owner(without: Membership) -> bool:
    """Whether the company has an owner besides this one. In a statement of its own, after `lock_member`."""
    owners = Membership.objects.filter(company_id=open_company(), role=Role.OWNER)
    return owners.exclude(pk=without.pk).exists()
