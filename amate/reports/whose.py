"""Who is meant by what a customer says at the telephone: a name, an RFC, a telephone, a mail, a folio, a payment reference,
the name of his line (FEATURES 104). Each question is answered by an index (DECISIONS A3b)."""

import re
from collections.abc import Collection, Iterable

from amate.billing_cycle.reconciliation.models import PaymentReference
from amate.billing_cycle.service.models import Service, SwitchAccount
from amate.billing_cycle.subscriptions.models import Subscription
from amate.customers.models import Customer
from amate.customers.remaining import find_remaining
from amate.customers.rules import is_real
from amate.customers.search import search
from amate.invoices.models import Invoice
from amate.invoices.search import find_invoices
from amate.ledger.references import numbers_of_reference

LONGEST = 100


def customers_meant(*, text: str, limit: int) -> list[int]:
    """Ids of those that remain, the likeliest first: what was named in full stands before what only begins so. Nothing typed
    finds nobody."""
    said = text.replace("\x00", "").strip()[:LONGEST]
    if not said:
        return []
    digits = re.sub(r"[\s-]", "", said)
    named = [*ids_of_references([digits]).get(digits, []), *ids_of_external_ids([said]).get(said, [])]
    receivers = [_remaining(one) for one in Customer.objects.filter(pk__in=_of_folio(said))]
    found = [*named, *receivers, *(one.pk for one in search(text=said, limit=limit))]
    return list(dict.fromkeys(found))[:limit]


def ids_of_numbers(numbers: Collection[int]) -> dict[int, int]:
    """{the company's number of a customer: id of who remains of him}."""
    return {one.number: _remaining(one) for one in Customer.objects.filter(number__in=numbers)}


def ids_of_rfcs(rfcs: Collection[str]) -> dict[str, list[int]]:
    """{RFC: ids}. Of a generic RFC nobody is meant: it is everybody's."""
    rows = Customer.objects.live().filter(rfc__in=[one for one in rfcs if is_real(one)]).order_by("id")
    return _grouped(rows.values_list("rfc", "pk"))


def ids_of_external_ids(said: Collection[str]) -> dict[str, list[int]]:
    """{the key that another system gave to a customer, a service or a subscription: ids of whoever answers for it}."""
    # Of each system, because its index begins with the system.
    systems = list(SwitchAccount.objects.values_list("pk", flat=True))
    lines = Service.objects.live().filter(switch__in=systems, external_id__in=said)
    agreed = Subscription.objects.filter(external_id__in=said)
    known = [(one.external_id, _remaining(one)) for one in Customer.objects.filter(external_id__in=said)]
    lined = lines.values_list("external_id", "customer_id")
    return _grouped([*known, *lined, *agreed.values_list("external_id", "payer_id")])


def ids_of_references(said: Collection[str]) -> dict[str, list[int]]:
    """{a CLABE, a cash reference, a provider's order, the seven digits of a customer's number: ids of who remains}."""
    told = list(PaymentReference.objects.filter(value__in=said).values_list("value", "customer_id"))
    numbers = {number: one for one in said for number in numbers_of_reference(one)}
    told += [(numbers[row.number], row.pk) for row in Customer.objects.filter(number__in=numbers)]
    rows = Customer.objects.in_bulk([pk for _, pk in told])
    return _grouped([(one, _remaining(rows[pk])) for one, pk in told])


def _of_folio(said: str) -> list[int]:
    exact = find_invoices(text=said, most=1).exact
    if exact is None:
        return []
    rows = Invoice.objects.filter(pk=exact).values_list("receivable__customer_id", "profile__customer_id")
    return [owes or receives for owes, receives in rows if owes or receives]


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for said, pk in pairs:
        if pk not in found.setdefault(said, []):
            found[said].append(pk)
    return found


def _remaining(one: Customer) -> int:
    return one.pk if one.merged_into_id is None else find_remaining(one).pk
