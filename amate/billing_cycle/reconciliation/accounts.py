"""The company's accounts with payment providers, and opening what is sealed of them (in the worker alone)."""

from datetime import datetime

from amate.adapters.payments import SPOKEN
from amate.adapters.payments import ProviderAccount as Opened
from amate.audit.record import record
from amate.billing_cycle.reconciliation.models import ProviderAccount
from amate.companies.secrets import seal, unseal

KEY = "provider.key"


class BadAccount(Exception):
    """The account cannot be kept as it was typed; nothing was written. `field` and the message (Spanish) say why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def keep_account(
    *, code: str, name: str, private_key: str, webhook_keys: str, api_url: str, now: datetime
) -> ProviderAccount:
    """Keep a new account with its key sealed. Raises BadAccount."""
    if code not in SPOKEN:
        raise BadAccount("code", f"Elige un proveedor: {' o '.join(SPOKEN)}.")
    if not private_key.strip():
        raise BadAccount("private_key", "Escribe la llave privada que te dio el proveedor.")
    if not name.strip():
        raise BadAccount("name", "Ponle un nombre, para distinguirla de otras.")
    account = ProviderAccount.objects.create(
        code=code,
        name=name.strip(),
        sealed_key=seal(private_key.strip().encode(), field=KEY),
        webhook_keys=webhook_keys.strip(),
        api_url=api_url,
        created_at=now,
    )
    record("provider.kept", about=f"provider:{account.pk}", now=now, code=code)
    return account


def open_account(account: ProviderAccount) -> Opened:
    """Raises `companies.secrets.WrongMasterKey`."""
    return Opened(
        code=account.code,
        private_key=unseal(bytes(account.sealed_key), field=KEY).decode(),
        webhook_keys=_keys(account.webhook_keys),
        api_url=account.api_url,
    )


def to_verify(account: ProviderAccount) -> Opened:
    """Enough to prove a notice, and nothing that could ask for money: for the web."""
    return Opened(code=account.code, private_key="", webhook_keys=_keys(account.webhook_keys), api_url=account.api_url)


def _keys(pems: str) -> tuple[str, ...]:
    end = "-----END PUBLIC KEY-----"
    return tuple(f"{part.strip()}\n{end}\n" for part in pems.split(end) if part.strip())
