"""Another key signs what a system is told: of the old one somebody may have a copy."""

from datetime import datetime

from amate.access.wished_key import shows_again
from amate.audit.record import record
from amate.billing_cycle.service.accounts import KEY, key_of_wish
from amate.billing_cycle.service.models import Switch, SwitchAccount
from amate.companies.secrets import seal


def new_switch_key(*, switch_id: int, wish: str, now: datetime) -> str:
    """A new key signs beside the old one until the next new one, so that the other side changes it in its own time. The
    answer is the only copy. `wish`: of the page that asks; pressed twice it is one key, and both answers show it. Raises
    SwitchAccount.DoesNotExist, KeyWasMade."""
    account = SwitchAccount.objects.select_for_update(no_key=True).get(pk=switch_id, kind=Switch.WEBHOOK)
    key = key_of_wish(wish)
    if account.wish == wish and account.key_made_at is not None:
        shows_again(account.key_made_at, now=now)
        return key
    account.old_secret, account.secret = account.secret, seal(key.encode(), field=KEY)
    account.wish, account.key_made_at = wish, now
    account.save(update_fields=["old_secret", "secret", "wish", "key_made_at"])
    record("switch.key_changed", about=f"switch:{account.pk}", now=now, name=account.name)
    return key
