"""How a customer can pay: the company's account with his reference, and what a payment provider gave him for life."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from amate.billing_cycle.reconciliation.models import BankAccount, PaymentReference, ReferenceKind
from amate.billing_cycle.statements.told import Way
from amate.companies.models import Emisor
from amate.ledger.references import customer_reference

SHOWN = {"bank": "Banco", "shops": "Dónde", "url": "En línea"}
MOST = 999_999  # the last customer that a reference of seven digits can name


def ways_of(numbers: Mapping[int, int], *, emisor: Emisor, now: datetime) -> dict[int, tuple[Way, ...]]:
    """{customer: his ways}, of {customer: his number}. Two statements."""
    own: dict[int, list[Way]] = defaultdict(list)
    rows = PaymentReference.objects.filter(customer_id__in=numbers, receivable__isnull=True, ended_at__isnull=True)
    rows = rows.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now)).order_by("kind", "id")
    for one in rows:
        if one.kind == ReferenceKind.CLABE:
            says = (("CLABE", one.value), ("A nombre de", emisor.nombre))
            own[one.customer_id].append(Way(one.kind, "Transferencia SPEI a tu CLABE", says + _more(one)))
        elif one.kind == ReferenceKind.CASH:
            own[one.customer_id].append(Way(one.kind, "Efectivo", (("Referencia", one.value), *_more(one))))
    accounts = list(BankAccount.objects.exclude(clabe="").order_by("id"))
    found = {}
    for pk, number in numbers.items():
        clabes = any(way.kind == ReferenceKind.CLABE for way in own[pk])
        shared = () if clabes else tuple(_account(one, number, emisor) for one in accounts)
        found[pk] = (*own[pk], *shared)
    return found


def _account(one: BankAccount, number: int, emisor: Emisor) -> Way:
    says = [("CLABE", one.clabe), ("Banco", one.name), ("A nombre de", emisor.nombre)]
    if number <= MOST:
        says.append(("Referencia", customer_reference(number)))
    return Way("account", "Transferencia SPEI", tuple(says))


def _more(one: PaymentReference) -> tuple[tuple[str, str], ...]:
    said = ((label, one.facts.get(name)) for name, label in SHOWN.items())
    return tuple((label, ", ".join(value) if isinstance(value, list) else str(value)) for label, value in said if value)
