"""The company's accounts at banks, and how a file of each is read."""

from datetime import datetime
from typing import Any

from amate.adapters.bank import Layout
from amate.adapters.bank.mapping import Named, layout_of
from amate.audit.record import record
from amate.billing_cycle.reconciliation.how_paid import BadPayment
from amate.billing_cycle.reconciliation.models import BankAccount
from amate.ledger.references import is_clabe

BANKS = {
    "bbva": "BBVA",
    "santander": "Santander",
    "banorte": "Banorte",
    "banamex": "Citibanamex",
    "scotiabank": "Scotiabank",
    "hsbc": "HSBC",
    "otro": "Otro banco",
}


def keep_bank_account(*, account: BankAccount | None, name: str, bank: str, clabe: str, now: datetime) -> BankAccount:
    """A new account, or another name or CLABE of one. Raises BadPayment."""
    name, clabe = " ".join(name.split()), "".join(clabe.split())
    if not name:
        raise BadPayment("name", "Ponle un nombre, para distinguirla de otras.")
    if bank not in BANKS:
        raise BadPayment("bank", "Elige el banco.")
    if clabe and not is_clabe(clabe):
        raise BadPayment("clabe", "La CLABE lleva 18 números, y el último no coincide: cópiala otra vez.")
    others = BankAccount.objects.exclude(pk=account.pk if account else 0)
    if others.filter(name=name).exists():
        raise BadPayment("name", "Ya hay una cuenta con ese nombre.")
    if account is None:
        account = BankAccount.objects.create(name=name, bank=bank, clabe=clabe, created_at=now)
    else:
        account.name, account.bank, account.clabe = name, bank, clabe
        account.save(update_fields=["name", "bank", "clabe"])
    record("bank_account.kept", about=f"bank_account:{account.pk}", now=now, name=name)
    return account


def keep_mapping(*, account: BankAccount, named: Named, now: datetime) -> Layout:
    """What each column of its files is, said once. Raises `adapters.bank.mapping.BadMapping`."""
    layout = layout_of(named, code="own", name=account.name)
    account.mapping = {
        "day": named.day,
        "day_format": named.day_format,
        "texts": list(named.texts),
        "deposit": named.deposit,
        "withdrawal": named.withdrawal,
        "amount": named.amount,
        "sign": named.sign,
        "deposit_words": list(named.deposit_words),
        "withdrawal_words": list(named.withdrawal_words),
        "reference": named.reference,
        "balance": named.balance,
    }
    account.save(update_fields=["mapping"])
    record("bank_account.mapped", about=f"bank_account:{account.pk}", now=now, name=account.name)
    return layout


def forget_mapping(*, account: BankAccount, now: datetime) -> None:
    """Its files are recognised by themselves again."""
    account.mapping = {}
    account.save(update_fields=["mapping"])
    record("bank_account.mapped", about=f"bank_account:{account.pk}", now=now, name=account.name)


def layout_for(account: BankAccount) -> Layout | None:
    """None: the file says by itself what it is."""
    if not account.mapping:
        return None
    kept: dict[str, Any] = dict(account.mapping)
    for name in ("texts", "deposit_words", "withdrawal_words"):
        kept[name] = tuple(kept[name])
    return layout_of(Named(**kept), code="own", name=account.name)
