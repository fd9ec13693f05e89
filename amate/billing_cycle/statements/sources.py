"""What a statement needs to know beside the books: how debts and payments are called, which services run, how to pay."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Min, Q

from amate.billing_cycle.collection.models import PromiseToPay
from amate.billing_cycle.service.models import Hold, Reason, Service
from amate.billing_cycle.statements.told import Promised, ServiceState
from amate.billing_cycle.subscriptions.models import Subscription
from amate.billing_cycle.subscriptions.words import in_words
from amate.companies.day import zone_of_company
from amate.invoices.models import AT_THE_SAT, Invoice, Kind
from amate.ledger.models import Charge, Payment, Receivable
from amate.ledger.queries import OpenItem, open_items

DAY = timedelta(days=1)
CONCEPTS = 300  # letters of a row


@dataclass(frozen=True, slots=True)
class Called:
    """How a debt is called: its document, if it has one, and what it is for."""

    document: str
    concept: str


@dataclass(frozen=True, slots=True)
class Sources:
    debts: Mapping[int, Called]
    payments: Mapping[int, Payment]
    items: Mapping[int, list[OpenItem]]
    services: Mapping[int, list[ServiceState]]
    promises: Mapping[int, Promised]
    next_charges: Mapping[int, date]


def sources_of(
    customer_ids: Collection[int],
    *,
    debts: Iterable[int],
    payments: Iterable[int],
    on: date,
    moneda: str,
) -> Sources:
    """In a fixed number of statements. `debts` and `payments`: those that the movements name."""
    items: dict[int, list[OpenItem]] = defaultdict(list)
    named = set(debts)
    for one in open_items(as_of=on, customer_ids=customer_ids, moneda=moneda):
        items[one.customer_id].append(one)
        named.add(one.receivable_id)
    return Sources(
        debts=_called(named),
        payments=Payment.objects.in_bulk(list(set(payments))),
        items=items,
        services=_services(customer_ids, on=on),
        promises=_promises(customer_ids, on=on),
        next_charges=_next_charges(customer_ids, after=on),
    )


def _called(ids: Collection[int]) -> dict[int, Called]:
    concepts: dict[int, list[str]] = defaultdict(list)
    rows = Charge.objects.filter(receivable_id__in=ids).order_by("id")
    for pk, concept, start, end in rows.values_list("receivable_id", "concept", "service_from", "service_to"):
        period = "" if start is None or end is None else in_words(start, end)
        concepts[pk].append(concept if period in concept else f"{concept}, {period}")
    live = Invoice.objects.filter(
        receivable_id__in=ids, state__in=AT_THE_SAT, kind=Kind.INGRESO, replaced_by__isnull=True
    )
    documents = {
        pk: f"{serie}-{folio} · {str(uuid)[:8].upper()}"
        for pk, serie, folio, uuid in live.order_by("id").values_list("receivable_id", "serie", "folio", "uuid")
    }
    kinds = {one.pk: one for one in Receivable.objects.filter(pk__in=ids).only("kind", "company")}
    return {
        pk: Called(documents.get(pk) or one.get_kind_display(), " · ".join(concepts[pk])[:CONCEPTS])
        for pk, one in kinds.items()
    }


def _services(customer_ids: Collection[int], *, on: date) -> dict[int, list[ServiceState]]:
    """As they were wanted at the end of the day."""
    ends = datetime.combine(on + DAY, time(), zone_of_company())
    rows = Service.objects.filter(customer_id__in=customer_ids, created_at__lt=ends)
    rows = rows.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=ends)).order_by("id")
    held: dict[int, list[str]] = defaultdict(list)
    holds = Hold.objects.filter(service__customer_id__in=customer_ids, opened_on__lte=on)
    holds = holds.filter(Q(lifted_on__isnull=True) | Q(lifted_on__gt=on)).order_by("id")
    for service_id, reason in holds.values_list("service_id", "reason"):
        held[service_id].append(Reason(reason).label)
    found: dict[int, list[ServiceState]] = defaultdict(list)
    for pk, customer_id, name in rows.values_list("pk", "customer_id", "name"):
        why = held[pk]
        found[customer_id].append(
            ServiceState(name, not why, "Suspendido" if why else "Activo", ", ".join(dict.fromkeys(why)))
        )
    return found


def _promises(customer_ids: Collection[int], *, on: date) -> dict[int, Promised]:
    rows = PromiseToPay.objects.filter(customer_id__in=customer_ids, made_on__lte=on, until__gte=on)
    rows = rows.filter(Q(state=PromiseToPay.State.OPEN) | Q(settled_on__gt=on)).order_by("id")
    named = rows.values_list("customer_id", "amount", "until")
    return {customer_id: Promised(Decimal(amount), until) for customer_id, amount, until in named}


def _next_charges(customer_ids: Collection[int], *, after: date) -> dict[int, date]:
    rows = Subscription.objects.active().filter(payer_id__in=customer_ids, next_on__gt=after)
    return dict(rows.values("payer_id").annotate(on=Min("next_on")).values_list("payer_id", "on"))
