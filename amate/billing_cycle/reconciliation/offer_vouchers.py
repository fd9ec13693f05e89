"""Which vouchers an account makes for each debt: none until a person says so."""

from collections.abc import Collection, Mapping
from datetime import datetime

from amate.adapters.payments import ON_PRESS, Way
from amate.audit.record import record
from amate.billing_cycle.reconciliation.models import ProviderAccount
from amate.billing_cycle.reconciliation.voucher_rules import Offer

WORDS: Mapping[Way, str] = {
    Way.CASH: "Efectivo en tiendas",
    Way.SPEI: "Transferencia SPEI",
    Way.CARD: "Tarjeta, en línea",
}
_OF: Mapping[str, tuple[Way, ...]] = {
    "conekta": (Way.CASH, Way.SPEI, Way.CARD),
    "digital_femsa": (Way.CASH,),
    "stripe": (Way.CASH,),
    "paypal": (Way.CARD,),
    "mercado_pago": (Way.CASH, Way.SPEI, Way.CARD),
}


def ways_of_account(account: ProviderAccount) -> tuple[Way, ...]:
    """What its provider can make."""
    return _OF.get(account.code, ())


def words_of(account: ProviderAccount, way: Way) -> str:
    return "En su página, cuando el cliente la pide" if account.code in ON_PRESS else WORDS[way]


def offer_vouchers(*, account_id: int, ways: Collection[Way], now: datetime) -> ProviderAccount:
    """What is not offered any more is ended by the next turn of its customers. A way that its provider has not is left out.
    Raises ProviderAccount.DoesNotExist."""
    account: ProviderAccount = ProviderAccount.locked(account_id)
    account.voucher_ways = [way.value for way in ways_of_account(account) if way in ways]
    account.save(update_fields=["voucher_ways"])
    said = ", ".join(words_of(account, Way(way)) for way in account.voucher_ways) or "ninguna"
    record("provider.vouchers", about=f"provider:{account.pk}", now=now, name=account.name, ways=said)
    return account


def offers_now() -> tuple[Offer, ...]:
    """Of all accounts that are used."""
    rows = ProviderAccount.objects.filter(closed_at__isnull=True).exclude(voucher_ways=[]).order_by("id")
    found = rows.values_list("pk", "code", "voucher_ways")
    return tuple(Offer(pk, Way(way), code in ON_PRESS) for pk, code, ways in found for way in ways)
