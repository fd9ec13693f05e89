"""An account with a payment provider gets other keys, or is used no more."""

from datetime import datetime

from amate.adapters.payments import BY_SECRET
from amate.audit.record import record
from amate.billing_cycle.reconciliation.accounts import KEY, BadAccount, check_key, proof_of_notices
from amate.billing_cycle.reconciliation.models import PaymentReference, ProviderAccount
from amate.companies.secrets import seal


def change_keys(*, account_id: int, private_key: str, webhook_keys: str, now: datetime) -> ProviderAccount:
    """What is sealed is shown to nobody, so that left empty it stays as it is. Raises BadAccount, ProviderAccount.DoesNotExist."""
    account: ProviderAccount = ProviderAccount.locked(account_id)
    if not private_key.strip() and not webhook_keys.strip():
        raise BadAccount("private_key", "Escribe la llave nueva, o la de sus avisos.")
    proof = proof_of_notices(account.code, webhook_keys)
    if account.code in BY_SECRET and not webhook_keys.strip():
        proof = {}
    if private_key.strip():
        check_key(account.code, private_key)
        account.sealed_key = seal(private_key.strip().encode(), field=KEY)
    for name, kept in proof.items():
        setattr(account, name, kept)
    account.tried_at = None
    account.save(update_fields=["sealed_key", "tried_at", *proof])
    record("provider.rekeyed", about=f"provider:{account.pk}", now=now, name=account.name)
    return account


def close_account(*, account_id: int, now: datetime) -> ProviderAccount:
    """It is swept and asked no more; what it collected stays, and its references are shown to nobody. Raises
    ProviderAccount.DoesNotExist."""
    account: ProviderAccount = ProviderAccount.locked(account_id)
    if account.closed_at is None:
        account.closed_at = now
        account.save(update_fields=["closed_at"])
        PaymentReference.objects.filter(account=account, ended_at__isnull=True).update(ended_at=now)
        record("provider.closed", about=f"provider:{account.pk}", now=now, name=account.name)
    return account
