"""Which forma de pago an account's payments are invoiced with: the law does not say which a wallet's is (PAY-6)."""

from collections.abc import Mapping
from datetime import datetime

from amate.adapters.payments import FORMA_PAGO, METHODS
from amate.audit.record import record
from amate.billing_cycle.reconciliation.how_paid import check_how
from amate.billing_cycle.reconciliation.models import ProviderAccount

METHOD_WORDS: Mapping[str, str] = {
    "cash": "Efectivo",
    "spei": "Transferencia",
    "credit": "Tarjeta de crédito",
    "debit": "Tarjeta de débito",
    "wallet": "Saldo en el proveedor",
}


def formas_of(account: ProviderAccount) -> dict[str, str]:
    """{method: c_FormaPago} of every method that its provider tells."""
    return {method: account.formas.get(method, FORMA_PAGO[method]) for method in METHODS.get(account.code, ())}


def choose_formas(*, account_id: int, formas: Mapping[str, str], now: datetime) -> ProviderAccount:
    """For what comes from now on: a payment keeps the one it came with. A method that its provider has not is left out, and
    what is as it always was is not written. Raises BadPayment, ProviderAccount.DoesNotExist."""
    account: ProviderAccount = ProviderAccount.locked(account_id)
    chosen = {method: check_how(formas[method]) for method in METHODS.get(account.code, ()) if method in formas}
    account.formas = {method: forma for method, forma in chosen.items() if forma != FORMA_PAGO[method]}
    account.save(update_fields=["formas"])
    said = ", ".join(f"{METHOD_WORDS[method]} {forma}" for method, forma in formas_of(account).items())
    record("provider.formas", about=f"provider:{account.pk}", now=now, name=account.name, formas=said)
    return account
