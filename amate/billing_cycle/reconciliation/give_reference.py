"""A customer gets a reference of his own, for life, from a payment provider: whatever is paid there is his."""

from dataclasses import dataclass
from datetime import datetime

from amate.adapters.payments import PayerRef, PersistentReference, Way
from amate.audit.record import record
from amate.billing_cycle.reconciliation.models import PaymentReference, ProviderAccount, ReferenceKind
from amate.customers.models import Contact, Customer
from amate.customers.remaining import find_remaining
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise
from amate.tenancy.writes import insert_unless_there

KINDS = {Way.SPEI: ReferenceKind.CLABE, Way.CASH: ReferenceKind.CASH}


class CannotAsk(Exception):
    """Nothing was asked. The message (Spanish) says what is missing."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the provider is asked for, with no transaction open."""

    account: ProviderAccount
    customer_id: int
    payer: PayerRef
    way: Way


def ask_reference(*, customer_id: int, account_id: int, way: Way, now: datetime) -> None:
    """Owe it; asked for twice, or there already, it is one. Raises CannotAsk, ProviderAccount.DoesNotExist,
    Customer.DoesNotExist."""
    account = ProviderAccount.objects.get(pk=account_id, closed_at__isnull=True)
    customer = find_remaining(Customer.objects.get(pk=customer_id))
    payer = payer_of(customer, account)
    if not payer.email or not payer.phone:
        raise CannotAsk("El proveedor pide el correo y el teléfono del cliente: agrégalos en sus contactos.")
    if has_reference(customer_id=customer.pk, account_id=account.pk, way=way):
        raise CannotAsk("Ya tiene una referencia de ese proveedor.")
    promise(
        "give_reference",
        key=f"reference:{account.pk}:{customer.pk}:{way.value}",
        now=now,
        priority=SOMEBODY_WAITS,
        account_id=account.pk,
        customer_id=customer.pk,
        way=way.value,
    )


def wanted_reference(*, customer_id: int, account_id: int, way: str) -> Wanted | None:
    """None: it is there, or the account was closed meanwhile."""
    account = ProviderAccount.objects.filter(pk=account_id, closed_at__isnull=True).first()
    customer = find_remaining(Customer.objects.get(pk=customer_id))
    if account is None or has_reference(customer_id=customer.pk, account_id=account_id, way=Way(way)):
        return None
    return Wanted(account, customer.pk, payer_of(customer, account), Way(way))


def record_reference(*, wanted: Wanted, given: PersistentReference, now: datetime) -> None:
    """Once: the provider answers the same to the same question."""
    customer = find_remaining(Customer.objects.get(pk=wanted.customer_id))
    kept = PaymentReference(
        kind=KINDS[given.way],
        value=given.reference,
        customer=customer,
        account=wanted.account,
        facts={name: said for name, said in (("bank", given.bank), ("barcode", given.barcode_url)) if said}
        | {"source": given.source_id, "customer": given.provider_id},
        created_at=now,
    )
    if insert_unless_there(kept):
        record(
            "payment.reference_given",
            about=f"customer:{customer.pk}",
            now=now,
            kind=kept.get_kind_display(),
            value=kept.value,
        )


def has_reference(*, customer_id: int, account_id: int, way: Way) -> bool:
    rows = PaymentReference.objects.filter(customer_id=customer_id, account_id=account_id, kind=KINDS[way])
    return rows.filter(receivable__isnull=True, ended_at__isnull=True).exists()


def payer_of(customer: Customer, account: ProviderAccount) -> PayerRef:
    """As the provider asks for him; without a mail or a telephone it gives nothing."""
    contacts = list(Contact.objects.filter(customer=customer).order_by("-handles_payments", "id"))
    known = (
        PaymentReference.objects.filter(customer=customer, account=account, receivable__isnull=True)
        .order_by("-id")
        .first()
    )
    return PayerRef(
        our_id=f"{customer.company_id}-{customer.pk}",
        name=customer.nombre,
        email=customer.correo or next((one.correo for one in contacts if one.correo), ""),
        phone=next((one.telefono for one in contacts if one.telefono), ""),
        provider_id=str(known.facts.get("customer", "")) if known else "",
    )
