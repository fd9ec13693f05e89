"""The vouchers that a customer may pay at now: each asks for exactly what is left of its debt, whatever was paid a moment ago."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from amate.adapters.payments import ON_PRESS
from amate.billing_cycle.reconciliation.models import PaymentReference, ReferenceKind
from amate.billing_cycle.statements.told import Voucher
from amate.companies.day import zone_of_company
from amate.ledger.debts import owed_now

TITLES: Mapping[str, str] = {
    ReferenceKind.CASH: "Efectivo en tiendas",
    ReferenceKind.CLABE: "Transferencia SPEI",
    ReferenceKind.ORDER: "Tarjeta, en línea",
}
A_MOMENT = timedelta(seconds=1)


def vouchers_of(customer_ids: Collection[int], *, now: datetime) -> dict[int, tuple[Voucher, ...]]:
    """{customer: his vouchers, the debt that is due first before}. Two statements, or one if there is none."""
    rows = PaymentReference.objects.filter(
        customer_id__in=customer_ids, amount__isnull=False, ended_at__isnull=True, expires_at__gt=now
    )
    # A page that was made on a press is shown to who pressed; hours later it is gone.
    found = list(rows.exclude(account__code__in=ON_PRESS).order_by("kind", "id"))
    if not found:
        return {}
    owed = [one for one in owed_now({one.customer_id for one in found}) if one.moneda == "MXN"]
    left = {one.receivable_id: one.left for one in owed}
    place = {one.receivable_id: at for at, one in enumerate(owed)}
    told: dict[int, list[Voucher]] = defaultdict(list)
    good = [one for one in found if left.get(one.receivable_id or 0) == one.amount]
    for one in sorted(good, key=lambda row: place[row.receivable_id or 0]):
        told[one.customer_id].append(_told(one))
    return {pk: tuple(some) for pk, some in told.items()}


def _told(one: PaymentReference) -> Voucher:
    assert one.receivable_id is not None and one.amount is not None and one.expires_at is not None  # noqa: PT018
    card = one.kind == ReferenceKind.ORDER
    return Voucher(
        receivable_id=one.receivable_id,
        kind=one.kind,
        title=TITLES[one.kind],
        amount=one.amount,
        reference="" if card else one.value,
        url=str(one.facts.get("url", "")),
        where=", ".join(one.facts.get("shops", ())) or str(one.facts.get("bank", "")),
        until=(one.expires_at - A_MOMENT).astimezone(zone_of_company()).date(),
    )
