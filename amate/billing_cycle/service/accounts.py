"""The systems that serve: kept with their signing key sealed, and opened in the worker alone."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from amate.access.wished_key import secret_of_wish
from amate.adapters.switch import Account, HttpAccount, RadiusAccount, RouterAccount, WhmAccount
from amate.adapters.switch import SwitchAccount as Opened
from amate.adapters.switch.signing import key_of, new_key
from amate.audit.record import record
from amate.billing_cycle.service.models import Switch, SwitchAccount
from amate.companies.secrets import seal, unseal

KEY, PASSWORD, NAS = "switch.key", "switch.password", "switch.nas_secret"
POSTGRES, COA = 5432, 3799
SOCKET = "/var/run/postgresql"  # where a PostgreSQL of the same machine listens: opened by the operator like a host


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


def open_account(account: SwitchAccount) -> Account:
    """Raises `companies.secrets.WrongMasterKey`."""
    if account.kind == Switch.WEBHOOK:
        return _webhook(account)
    private = frozenset(settings.PRIVATE_SWITCH_HOSTS)
    password = unseal(bytes(account.secret or b""), field=PASSWORD).decode()
    if account.kind == Switch.ROUTEROS:
        return RouterAccount(url=account.url, password=password, private=private, **account.terms)
    if account.kind == Switch.RADIUS:
        where, terms = urlsplit(account.url), account.terms
        return RadiusAccount(
            host=where.hostname or SOCKET,
            port=where.port or POSTGRES,
            database=where.path.strip("/"),
            user=terms["user"],
            password=password,
            group=terms["group"],
            slow_group=terms.get("slow_group", ""),
            nas_host=terms["nas_host"],
            nas_port=int(terms["nas_port"] or COA),
            nas_secret=unseal(bytes(account.nas_secret), field=NAS).decode() if account.nas_secret else "",
            private=private,
        )
    if account.kind == Switch.WHM:
        return WhmAccount(url=account.url, token=password, private=private, **account.terms)
    if account.kind == Switch.HTTP:
        return HttpAccount(url=account.url, key=password, private=private, **account.terms)
    raise LookupError(f"«{account.kind}» no es un sistema al que se le avise.")


def _webhook(account: SwitchAccount) -> Opened:
    sealed = [bytes(one) for one in (account.secret, account.old_secret) if one]
    return Opened(
        code=account.kind,
        url=account.url,
        keys=tuple(unseal(one, field=KEY).decode() for one in sealed),
        observe_url=account.observe_url,
        private=frozenset(settings.PRIVATE_SWITCH_HOSTS),
    )
