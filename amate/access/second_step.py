"""Who has a second step, who must have one before a company opens, and how its seed is kept."""

from allauth.mfa.models import Authenticator
from django.core.exceptions import ObjectDoesNotExist

from amate.access.models import Membership
from amate.companies.secrets import WrongMasterKey, decrypt, encrypt

# A recovery code is a way back to one of these, not a second step of its own.
SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)

# Where a seed lies within `Authenticator.data`: a telephone's, and that of the codes on paper.
SEEDS = ("secret", "seed")
ABOUT = "second step"


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


def seal_seed(plain: str) -> str:
    """Under the installation's master key: a stolen dump opens nobody's account. A person belongs to no one company."""
    return encrypt(plain.encode(), about=ABOUT).hex()


def open_seed(kept: str) -> str:
    """Raises companies.secrets.WrongMasterKey."""
    return decrypt(bytes.fromhex(kept), about=ABOUT).decode()


def rewrap_seeds() -> int:
    """Put every seed under the first master key. Answers how many cannot be opened any more."""
    lost = 0
    for one in Authenticator.objects.select_for_update().order_by("id"):
        try:
            opened = {name: open_seed(one.data[name]) for name in SEEDS if name in one.data}
        except WrongMasterKey:
            lost += 1
            continue
        if opened:
            one.data |= {name: seal_seed(seed) for name, seed in opened.items()}
            one.save(update_fields=["data"])
    return lost
