"""The list of payments: what it may be narrowed by, and what an export of it holds."""

from typing import Any

from amate.billing_cycle.reconciliation.how_paid import HOW_PAID
from amate.customers.models import Customer
from amate.customers.search import having
from amate.desk.filters import At, Filter, Kind
from amate.desk.listing import Cell, Column, Listing
from amate.ledger.models import Payment, PaymentKind

STATES = {
    "unidentified": "Por identificar",
    "credit": "Con saldo a favor",
    "applied": "Aplicado",
    "reversed": "Revertido",
}
# How a payment came to us, by the beginning of its `provider`.
WAYS = {
    "typed": "Registrado a mano",
    "bank": "Archivo del banco",
    "conekta": "Conekta",
    "digital_femsa": "OXXO (FEMSA)",
    "stripe": "Stripe",
    "paypal": "PayPal",
    "mercado_pago": "Mercado Pago",
}


def state_of(row: Payment) -> str:
    """A key of STATES."""
    if row.reversed_on is not None:
        return "reversed"
    if row.customer_id is None:
        return "unidentified"
    return "credit" if row.used_up_on is None else "applied"


def way_of(row: Payment) -> str:
    code = row.provider.partition(":")[0]
    return WAYS.get(code, row.get_kind_display() if row.kind != PaymentKind.MONEY else code.capitalize())


def _in_state(rows: Any, state: str, at: At) -> Any:
    if state == "unidentified":
        return rows.unidentified()
    if state == "credit":
        return rows.with_credit()
    if state == "reversed":
        return rows.filter(reversed_on__isnull=False)
    return rows.live().filter(used_up_on__isnull=False)


def _by_way(rows: Any, way: str, at: At) -> Any:
    """By a range, which an index under the policy may serve."""
    return rows.filter(provider__gte=way, provider__lt=way + ";")


def _of_customer(rows: Any, text: str, at: At) -> Any:
    return rows.filter(customer__in=having(Customer.objects.live(), text).values("pk"))


PAYMENTS = Listing(
    name="pagos",
    title="Pagos",
    one="pago",
    many="pagos",
    rows=lambda at: Payment.objects.prefetch_related("customer"),
    pesos="amount",
    moneda="moneda",
    filters=(
        Filter("estado", "Estado", Kind.CHOICE, _in_state, choices=STATES.items, in_sight=True),
        Filter("q", "Nombre, RFC, teléfono o número del cliente", Kind.WORDS, _of_customer, in_sight=True),
        Filter(
            "desde", "Pagado desde", Kind.DAY, lambda rows, day, at: rows.filter(paid_on__gte=day),
            order=lambda day: "-paid_on",
        ),
        Filter(
            "hasta", "Pagado hasta", Kind.DAY, lambda rows, day, at: rows.filter(paid_on__lte=day),
            order=lambda day: "-paid_on",
        ),
        Filter("via", "Cómo nos enteramos", Kind.CHOICE, _by_way, choices=WAYS.items),
        Filter(
            "forma", "Forma de pago", Kind.CHOICE, lambda rows, how, at: rows.filter(forma_pago=how),
            choices=HOW_PAID.items,
        ),
        Filter("monto", "Importe exacto", Kind.PESOS, lambda rows, pesos, at: rows.filter(amount=pesos)),
    ),
    columns=(
        Column("Pago", Cell.NUMBER, lambda row, at: row.pk, 10),
        Column("Día", Cell.DAY, lambda row, at: row.paid_on, 12),
        Column("Número de cliente", Cell.NUMBER, lambda row, at: row.customer.number if row.customer else None, 10),
        Column("Cliente", Cell.TEXT, lambda row, at: row.customer.nombre if row.customer else "", 36),
        Column("Estado", Cell.TEXT, lambda row, at: STATES[state_of(row)], 18),
        Column("Tipo", Cell.TEXT, lambda row, at: row.get_kind_display(), 18),
        Column("Cómo nos enteramos", Cell.TEXT, lambda row, at: way_of(row), 22),
        Column("Forma de pago", Cell.TEXT, lambda row, at: HOW_PAID.get(row.forma_pago, row.forma_pago), 24),
        Column("Referencia", Cell.TEXT, lambda row, at: row.num_operacion, 24),
        Column("Moneda", Cell.TEXT, lambda row, at: row.moneda, 8),
        Column("Importe", Cell.PESOS, lambda row, at: row.amount, 14),
        Column("Nota", Cell.TEXT, lambda row, at: row.note, 40),
        Column("Registrado", Cell.MOMENT, lambda row, at: row.created_at),
    ),
)  # fmt: skip
