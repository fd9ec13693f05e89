"""The company's accounts with payment providers, and opening what is sealed of them (in the worker alone)."""

import re
from datetime import datetime

from amate.adapters.payments import BY_SECRET, SPOKEN
from amate.adapters.payments import ProviderAccount as Opened
from amate.audit.record import record
from amate.billing_cycle.reconciliation.models import ProviderAccount
from amate.companies.secrets import seal, unseal

KEY = "provider.key"
WEBHOOK_ID = re.compile(r"[A-Z0-9]{10,40}")
ACCESS_TOKEN = re.compile(r"(APP_USR|TEST)-[!-~]{10,}")
MERCADO_PAGO_SECRET = re.compile(r"[A-Za-z0-9_-]{16,200}")
NOTICE_SECRETS = "provider.notice_secrets"


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
    check_key(code, private_key)
    if not name.strip():
        raise BadAccount("name", "Ponle un nombre, para distinguirla de otras.")
    proof = proof_of_notices(code, webhook_keys)
    account = ProviderAccount.objects.create(
        code=code,
        name=name.strip(),
        sealed_key=seal(private_key.strip().encode(), field=KEY),
        **proof,
        api_url=api_url,
        created_at=now,
    )
    record("provider.kept", about=f"provider:{account.pk}", now=now, code=code)
    return account


def check_key(code: str, private_key: str) -> None:
    """Raises BadAccount for one that has not the form of its provider's."""
    client_id, _, secret = private_key.strip().partition(":")
    if code == "paypal" and not (client_id and secret and ":" not in secret):
        raise BadAccount("private_key", "Escribe el Client ID y el Secret de PayPal, con dos puntos entre ellos.")
    if code == "mercado_pago" and not ACCESS_TOKEN.fullmatch(private_key.strip()):
        raise BadAccount("private_key", "El Access Token de Mercado Pago empieza con “APP_USR-”: cópialo completo.")


def open_account(account: ProviderAccount) -> Opened:
    """Raises `companies.secrets.WrongMasterKey`."""
    return Opened(
        code=account.code,
        private_key=unseal(bytes(account.sealed_key), field=KEY).decode(),
        webhook_keys=_keys(account),
        api_url=account.api_url,
    )


def to_verify(account: ProviderAccount) -> Opened:
    """Enough to prove a notice, and nothing that could ask for money: for the web. Raises
    `companies.secrets.WrongMasterKey`."""
    return Opened(code=account.code, private_key="", webhook_keys=_keys(account), api_url=account.api_url)


def proof_of_notices(code: str, typed: str) -> dict[str, str | bytes]:
    """What was typed as it is kept: a secret sealed, a public key open. Raises BadAccount."""
    lines = typed.split()
    if code == "paypal" and not all(WEBHOOK_ID.fullmatch(one) for one in lines):
        raise BadAccount(
            "webhook_keys", "El ID del webhook de PayPal lleva letras mayúsculas y números: cópialo completo."
        )
    if code not in BY_SECRET:
        return {"webhook_keys": typed.strip()}
    if code == "mercado_pago" and not all(MERCADO_PAGO_SECRET.fullmatch(one) for one in lines):
        raise BadAccount(
            "webhook_keys", "La clave secreta de los webhooks de Mercado Pago lleva letras y números: cópiala completa."
        )
    if code == "stripe" and not all(one.startswith("whsec_") for one in lines):
        raise BadAccount("webhook_keys", "El secreto de sus avisos empieza con “whsec_”: cópialo de Stripe completo.")
    return {"sealed_notice_secrets": seal("\n".join(lines).encode(), field=NOTICE_SECRETS) if lines else b""}


def _keys(account: ProviderAccount) -> tuple[str, ...]:
    if account.code in BY_SECRET:
        sealed = bytes(account.sealed_notice_secrets)
        return tuple(unseal(sealed, field=NOTICE_SECRETS).decode().split()) if sealed else ()
    if account.code == "paypal":
        return tuple(account.webhook_keys.split())
    end = "-----END PUBLIC KEY-----"
    return tuple(f"{part.strip()}\n{end}\n" for part in account.webhook_keys.split(end) if part.strip())
