"""What is owed at this moment, debt by debt."""

from decimal import Decimal

from django.http import HttpRequest
from ninja import Router, Schema

from amate.companies.day import day_of
from amate.invoices.models import AT_THE_SAT, Invoice
from amate.ledger.debts import concepts_of, covered_of
from amate.ledger.models import Receivable
from amate.web import clock
from amate.web.api.fields import MOST, After, Limit, Of, customer_asked, cut
from amate.web.api.keys import Bearer
from amate.web.api.problems import FAULTS, Problem

router = Router(tags=["Pagos"])


class ReceivableOut(Schema):
    """Un cargo que se debe. `left` es lo que falta; `uuid`, su factura, si ya la tiene."""

    id: int
    customer: int
    concept: str
    issued_on: str
    due_on: str
    overdue: bool
    total: str
    left: str
    moneda: str
    uuid: str | None


class ReceivablesOut(Schema):
    """`next`: envíalo en `after` y sigue; null si no hay más."""

    items: list[ReceivableOut]
    next: int | None


@router.get(
    "",
    auth=Bearer("payments:read"),
    response={200: ReceivablesOut, **FAULTS, 422: Problem},
    summary="Lo que se debe: de todos, o de un cliente",
)
def list_receivables(
    request: HttpRequest, customer: Of = None, after: After = None, limit: Limit = MOST
) -> ReceivablesOut:
    today = day_of(clock.now())
    rows = Receivable.objects.unpaid().select_related("customer").filter(pk__gt=after or 0).order_by("id")
    if customer is not None:
        rows = rows.filter(customer=customer_asked(customer))
    page, more = cut(list(rows[: limit + 1]), limit)
    ids = [one.pk for one in page]
    concepts, covered = concepts_of(ids), covered_of(ids)
    told = Invoice.objects.filter(receivable__in=ids, state__in=AT_THE_SAT, kind="ingreso").order_by("id")
    uuids = dict(told.values_list("receivable_id", "uuid"))
    items = []
    for one in page:
        paid = covered[one.pk].paid + covered[one.pk].credit if one.pk in covered else Decimal(0)
        uuid = uuids.get(one.pk)
        items.append(
            ReceivableOut(
                id=one.pk,
                customer=one.customer.number,
                concept=concepts.get(one.pk, "Saldo anterior"),
                issued_on=one.issued_on.isoformat(),
                due_on=one.due_on.isoformat(),
                overdue=one.due_on < today,
                total=f"{one.total:.2f}",
                left=f"{one.total - paid:.2f}",
                moneda=one.moneda,
                uuid=str(uuid).upper() if uuid else None,
            )
        )
    return ReceivablesOut(items=items, next=page[-1].pk if more else None)
