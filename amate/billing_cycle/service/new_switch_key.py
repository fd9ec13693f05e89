"""Another key signs what a system is told: of the old one somebody may have a copy."""

from datetime import datetime

from amate.adapters.switch.signing import new_key
from amate.audit.record import record
from amate.billing_cycle.service.accounts import KEY
from amate.billing_cycle.service.models import Switch, SwitchAccount
from amate.companies.secrets import seal


def new_switch_key(*, switch_id: int, now: datetime) -> str:
    """A new key signs beside the old one until the next new one, so that the other side changes it in its own time. The
    answer is the only copy. Raises SwitchAccount.DoesNotExist."""
    account = SwitchAccount.objects.select_for_update(no_key=True).get(pk=switch_id, kind=Switch.WEBHOOK)
    key = new_key()
    account.old_secret, account.secret = account.secret, seal(key.encode(), field=KEY)
    account.save(update_fields=["old_secret", "secret"])
    record("switch.key_changed", about=f"switch:{account.pk}", now=now, name=account.name)
    return key
