"""The systems that serve: kept with their signing key sealed, and opened in the worker alone."""

from datetime import datetime

from django.conf import settings

from amate.adapters.switch import SwitchAccount as Opened
from amate.adapters.switch.signing import new_key
from amate.audit.record import record
from amate.billing_cycle.service.models import Switch, SwitchAccount
from amate.companies.secrets import seal, unseal

KEY = "switch.key"


def keep_switch(*, name: str, url: str, observe_url: str, now: datetime) -> tuple[SwitchAccount, str]:
    """A system that is told by signed notices, and the key that its people copy once: it is shown never again."""
    key = new_key()
    account = SwitchAccount.objects.create(
        name=name,
        kind=Switch.WEBHOOK,
        url=url,
        observe_url=observe_url,
        secret=seal(key.encode(), field=KEY),
        created_at=now,
    )
    record("switch.kept", about=f"switch:{account.pk}", now=now, name=name)
    return account, key


def open_account(account: SwitchAccount) -> Opened:
    """Raises `companies.secrets.WrongMasterKey`."""
    sealed = [bytes(one) for one in (account.secret, account.old_secret) if one]
    return Opened(
        code=account.kind,
        url=account.url,
        keys=tuple(unseal(one, field=KEY).decode() for one in sealed),
        observe_url=account.observe_url,
        private=frozenset(settings.PRIVATE_SWITCH_HOSTS),
    )
