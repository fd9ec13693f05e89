"""A person asks whether a system that serves answers, with the data that were typed."""

from dataclasses import dataclass
from datetime import datetime

from amate.adapters.switch import Account
from amate.billing_cycle.service.accounts import open_account
from amate.billing_cycle.service.models import Service, SwitchAccount
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise

KIND = "try_switch"
SOME = 5  # services of ours that it is asked about
NOBODY = "amate-prueba"  # asked about where there is none yet


@dataclass(frozen=True, slots=True)
class Trial:
    account: Account
    of_ours: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return self.of_ours or (NOBODY,)


def ask_switch(*, switch_id: int, now: datetime) -> bool:
    """False: it is of those that cannot be asked. Raises SwitchAccount.DoesNotExist."""
    account = SwitchAccount.objects.get(pk=switch_id)
    if not SwitchAccount.objects.observed().filter(pk=account.pk).exists():
        return False
    SwitchAccount.objects.filter(pk=account.pk).update(tried_at=None)
    promise(KIND, key=f"{KIND}:{account.pk}", now=now, priority=SOMEBODY_WAITS, account_id=account.pk)
    return True


def switch_to_try(*, account_id: int) -> Trial | None:
    """Raises `companies.secrets.WrongMasterKey`."""
    account = SwitchAccount.objects.observed().filter(pk=account_id).first()
    if account is None:
        return None
    names = Service.objects.live().filter(switch=account).order_by("id").values_list("external_id", flat=True)[:SOME]
    return Trial(open_account(account), tuple(names))


def record_answer(*, account_id: int, well: bool, said: str, now: datetime) -> None:
    """Whatever came of it is what was asked, so it is not tried again."""
    SwitchAccount.objects.filter(pk=account_id).update(tried_at=now, tried_well=well, tried_said=said[:300])
