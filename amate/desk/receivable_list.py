"""The list of what is owed: what it may be narrowed by, and what an export of it holds."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from amate.billing_cycle.subscriptions.models import Period, Plan, Term
from amate.customers.models import Customer
from amate.customers.search import having
from amate.desk.branch_choices import branch_choices
from amate.desk.filters import At, Filter, Kind
from amate.desk.listing import Cell, Column, Listing
from amate.ledger.models import Allocation, Charge, FiscalMode, Receivable, ReceivableKind, ReceivableState

STATES = {
    "unpaid": "Por cobrar",
    "overdue": "Vencido",
    "paid": "Pagado",
    ReceivableState.WRITTEN_OFF.value: "Incobrable",
    ReceivableState.VOID.value: "Anulado",
}
# CYCLE 7: days after the due day, from and to; the same buckets as `ledger.queries.BUCKETS`.
AGES: Mapping[str, tuple[int | None, int | None]] = {
    "por_vencer": (None, 0),
    "1-30": (1, 30),
    "31-60": (31, 60),
    "61-90": (61, 90),
    "91+": (91, None),
}
AGE_WORDS = {
    "por_vencer": "Por vencer",
    "1-30": "De 1 a 30 días",
    "31-60": "De 31 a 60 días",
    "61-90": "De 61 a 90 días",
    "91+": "Más de 90 días",
}
_MONEY = DecimalField(max_digits=18, decimal_places=2)


def with_left(rows: Any) -> Any:
    """`left`: what is still to be paid of each, by its live allocations; nothing of what was voided."""
    live = Allocation.objects.live().filter(receivable=OuterRef("pk")).order_by()
    paid = Subquery(live.values("receivable").annotate(paid=Sum("amount")).values("paid"), output_field=_MONEY)
    return rows.annotate(left=F("total") - Coalesce(paid, Value(Decimal("0.00")), output_field=_MONEY))


def state_of(row: Receivable, at: At) -> str:
    """A key of STATES."""
    if row.state != ReceivableState.OPEN:
        return str(row.state)
    if row.settled_on is not None:
        return "paid"
    return "overdue" if row.due_on < at.today else "unpaid"


def days_late(row: Receivable, at: At) -> int:
    """Of what is still owed; 0 for anything else."""
    return max((at.today - row.due_on).days, 0) if state_of(row, at) == "overdue" else 0


def _in_state(rows: Any, state: str, at: At) -> Any:
    if state == "all":
        return rows
    if state == "unpaid":
        return rows.unpaid()
    if state == "overdue":
        return rows.unpaid().filter(due_on__lt=at.today)
    if state == "paid":
        return rows.filter(state=ReceivableState.OPEN, settled_on__isnull=False)
    return rows.filter(state=state)


def _of_age(rows: Any, age: str, at: At) -> Any:
    first, last = AGES[age]
    rows = rows.unpaid()
    if first is not None:
        rows = rows.filter(due_on__lte=at.today - timedelta(days=first))
    return rows if last is None else rows.filter(due_on__gte=at.today - timedelta(days=last))


def _of_plan(rows: Any, plan_id: str, at: At) -> Any:
    terms = Term.objects.filter(plan_id=int(plan_id)).values("subscription_id")
    billed = Period.objects.filter(subscription__in=terms, charge__isnull=False).values("charge_id")
    return rows.filter(pk__in=Charge.objects.filter(pk__in=billed).values("receivable_id"))


def _of_customer(rows: Any, text: str, at: At) -> Any:
    return rows.filter(customer__in=having(Customer.objects.live(), text).values("pk"))


def plan_choices() -> Iterable[tuple[str, str]]:
    return [(str(pk), nombre) for pk, nombre in Plan.objects.order_by("nombre", "id").values_list("pk", "nombre")]


RECEIVABLES = Listing(
    name="por-cobrar",
    title="Por cobrar",
    one="cargo",
    many="cargos",
    rows=lambda at: with_left(Receivable.objects.prefetch_related("customer", "charges", "branch")),
    pesos="left",
    moneda="moneda",
    order="due_on",
    filters=(
        Filter(
            "estado", "Estado", Kind.CHOICE, _in_state, choices=lambda: [*STATES.items(), ("all", "Todos los cargos")],
            in_sight=True, off=lambda rows: rows.unpaid(), unchosen="Lo que se debe",
            # What is owed is indexed by its day; of the rest the newest come first.
            order=lambda state: "" if state in ("unpaid", "overdue") else "-id",
        ),
        Filter("edad", "Antigüedad", Kind.CHOICE, _of_age, choices=AGE_WORDS.items, in_sight=True),
        Filter("q", "Nombre, RFC, teléfono o número del cliente", Kind.WORDS, _of_customer, in_sight=True),
        Filter("plan", "Plan", Kind.CHOICE, _of_plan, choices=plan_choices),
        Filter(
            "tipo", "Tipo", Kind.CHOICE, lambda rows, kind, at: rows.filter(kind=kind),
            choices=lambda: ReceivableKind.choices,
        ),
        Filter(
            "modo", "Cómo se factura", Kind.CHOICE, lambda rows, mode, at: rows.filter(fiscal_mode=mode),
            choices=lambda: FiscalMode.choices,
        ),
        Filter("desde", "Vence desde", Kind.DAY, lambda rows, day, at: rows.filter(due_on__gte=day)),
        Filter("hasta", "Vence hasta", Kind.DAY, lambda rows, day, at: rows.filter(due_on__lte=day)),
        Filter("monto", "Total exacto", Kind.PESOS, lambda rows, pesos, at: rows.filter(total=pesos)),
        Filter(
            "sucursal", "Sucursal", Kind.CHOICE, lambda rows, pk, at: rows.filter(branch_id=int(pk)), choices=branch_choices
        ),
    ),
    columns=(
        Column("Cargo", Cell.NUMBER, lambda row, at: row.pk, 10),
        Column("Número de cliente", Cell.NUMBER, lambda row, at: row.customer.number, 10),
        Column("Cliente", Cell.TEXT, lambda row, at: row.customer.nombre, 36),
        Column("RFC", Cell.TEXT, lambda row, at: row.customer.rfc, 16),
        Column("Tipo", Cell.TEXT, lambda row, at: row.get_kind_display(), 16),
        Column("Concepto", Cell.TEXT, lambda row, at: concept_of(row), 44),
        Column("Emitido", Cell.DAY, lambda row, at: row.issued_on, 12),
        Column("Vence", Cell.DAY, lambda row, at: row.due_on, 12),
        Column("Días vencido", Cell.NUMBER, lambda row, at: days_late(row, at), 12),
        Column("Estado", Cell.TEXT, lambda row, at: STATES[state_of(row, at)], 14),
        Column("Moneda", Cell.TEXT, lambda row, at: row.moneda, 8),
        Column("Total", Cell.PESOS, lambda row, at: row.total, 14),
        Column("Por pagar", Cell.PESOS, lambda row, at: row.left, 14),
        Column("Sucursal", Cell.TEXT, lambda row, at: row.branch.nombre),
    ),
)  # fmt: skip


def concept_of(row: Receivable) -> str:
    """What it is for, of its prefetched charges."""
    return " · ".join(charge.concept for charge in row.charges.all()) or str(row)
