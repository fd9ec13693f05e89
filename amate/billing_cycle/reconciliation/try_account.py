"""A person asks whether a payment provider answers with the keys that were typed."""

from datetime import datetime

from amate.audit.record import record
from amate.billing_cycle.reconciliation.models import ProviderAccount
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise

KIND = "try_provider"


def ask_account(*, account_id: int, now: datetime) -> None:
    """Raises ProviderAccount.DoesNotExist."""
    account = ProviderAccount.objects.get(pk=account_id, closed_at__isnull=True)
    ProviderAccount.objects.filter(pk=account.pk).update(tried_at=None)
    record("provider.tried", about=f"provider:{account.pk}", now=now, name=account.name)
    promise(KIND, key=f"{KIND}:{account.pk}", now=now, priority=SOMEBODY_WAITS, account_id=account.pk)


def account_to_try(*, account_id: int) -> ProviderAccount | None:
    return ProviderAccount.objects.filter(pk=account_id, closed_at__isnull=True).first()


def record_answer(*, account_id: int, well: bool, said: str, now: datetime) -> None:
    """Whatever came of it is what was asked, so it is not tried again."""
    ProviderAccount.objects.filter(pk=account_id).update(tried_at=now, tried_well=well, tried_said=said[:300])
