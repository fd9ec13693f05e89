"""The systems that serve: kept with their signing key sealed, and opened in the worker alone."""

from datetime import datetime

from django.conf import settings

from amate.access.wished_key import secret_of_wish
from amate.adapters.switch import SwitchAccount as Opened
from amate.adapters.switch.signing import key_of, new_key
from amate.audit.record import record
from amate.billing_cycle.service.models import Switch, SwitchAccount
from amate.companies.secrets import seal, unseal

KEY = "switch.key"


def keep_switch(*, name: str, url: str, observe_url: str, now: datetime, wish: str = "") -> tuple[SwitchAccount, str]:
    """A system that is told by signed notices, and the key that its people copy once. `wish`: of the page that asks."""
    key = key_of_wish(wish) if wish else new_key()
    account = SwitchAccount.objects.create(
        name=name,
        kind=Switch.WEBHOOK,
        url=url,
        observe_url=observe_url,
        secret=seal(key.encode(), field=KEY),
        wish=wish,
        key_made_at=now,
        created_at=now,
    )
    record("switch.kept", about=f"switch:{account.pk}", now=now, name=name)
    return account, key


def key_of_wish(wish: str) -> str:
    """The same for the second press."""
    return key_of(secret_of_wish(wish, purpose=KEY))


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
