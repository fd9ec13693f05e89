"""What people call a document in a mail: its name, whose it is, and what it is about."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from amate.invoices.models import Invoice, Kind, Relation
from amate.invoices.payments import paid_on
from amate.papers.dates import in_full

NAMES = {
    Kind.INGRESO: "factura",
    Kind.EGRESO: "nota de crédito",
    Kind.GLOBAL: "factura global",
    Kind.PAGO: "complemento de pago",
}
_MASCULINE = (Kind.PAGO,)


@dataclass(frozen=True, slots=True)
class Called:
    """`name` after "tu" or "su"; `the` with its article; `amount`: of a REP what was paid; `currency` after it, empty in
    pesos; `about`: a sentence of its own, or nothing."""

    name: str
    the: str
    amount: Decimal
    currency: str
    about: str
    masculine: bool


def called(invoice: Invoice) -> Called:
    kind = Kind(invoice.kind)
    paid = invoice.lines if kind is Kind.PAGO else []
    currencies = {one["moneda"] for one in paid} or {invoice.moneda}
    return Called(
        name=NAMES[kind],
        the=f"{'el' if kind in _MASCULINE else 'la'} {NAMES[kind]}",
        amount=sum((Decimal(one["monto"]) for one in paid), Decimal(0)) if paid else invoice.total,
        currency="" if currencies == {"MXN"} else f" {', '.join(sorted(currencies))}",
        about=_about(invoice, kind),
        masculine=kind in _MASCULINE,
    )


def _about(invoice: Invoice, kind: Kind) -> str:
    if kind is Kind.EGRESO:
        named = (
            Relation.objects.filter(invoice=invoice)
            .exclude(tipo_relacion="04")
            .select_related("related")
            .order_by("pk")
        )
        return _listed(
            "Se descuenta de la factura", "Se descuenta de las facturas", [str(one.related) for one in named]
        )
    if kind is Kind.PAGO:
        days = sorted({paid_on(one) for one in invoice.lines})
        told = [in_full(datetime(day.year, day.month, day.day)).partition(",")[0] for day in days]  # noqa: DTZ001 a day
        paid = [str(one.invoice) for one in invoice.instalments.select_related("invoice").order_by("pk")]
        whole = _listed("Ampara el pago del", "Ampara los pagos del", told)
        return f"{whole} {_listed('Paga la factura', 'Paga las facturas', list(dict.fromkeys(paid)))}".strip()
    return ""


def _listed(one: str, many: str, names: list[str]) -> str:
    """
    >>> _listed("Paga", "Pagan", []), _listed("Paga", "Pagan", ["A-1"]), _listed("Paga", "Pagan", ["A-1", "A-2", "A-3"])
    ('', 'Paga A-1.', 'Pagan A-1, A-2 y A-3.')
    """
    if not names:
        return ""
    if len(names) > 10:
        names = [*names[:9], f"{len(names) - 9} más"]
    return f"{one} {names[0]}." if len(names) == 1 else f"{many} {', '.join(names[:-1])} y {names[-1]}."
