"""What is left of a stamped document: to credit, and to pay. Read under its lock, so that nobody takes it twice (DB-5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.db.models import Sum

from amate.fiscal.comprobante import Concepto
from amate.fiscal.credited import taxed_of
from amate.fiscal.instalments import Paid, TaxPart, net_of, objeto_of, taxes_of
from amate.fiscal.read_conceptos import read_conceptos
from amate.fiscal.xml import parse
from amate.invoices.concepts import concepts_from_json
from amate.invoices.models import DEAD, Instalment, Invoice, Kind, Relation, Stamp
from amate.invoices.taxes import taxes_from_json

CREDITS = ("01", "03", "07")


@dataclass(frozen=True, slots=True)
class Left:
    """Of one document in its own currency. `credited` and `paid` count what is on its way too; `earlier` its live
    instalments in order; `taxes` what remains of each tax once the credit notes are off."""

    total: Decimal
    credited: Decimal
    earlier: tuple[Paid, ...]
    taxes: tuple[TaxPart, ...]
    objeto_imp: str

    @property
    def paid(self) -> Decimal:
        return sum((one.amount for one in self.earlier), Decimal(0))

    @property
    def to_pay(self) -> Decimal:
        return self.total - self.credited - self.paid


def left_of(invoice: Invoice) -> Left:
    """Of a stamped ingreso or global."""
    conceptos = conceptos_of(invoice)
    notes = _live_notes(invoice)
    credited = taxes_of([concepto for note in notes for concepto in concepts_from_json(note.lines)])
    return Left(
        total=invoice.total,
        credited=sum((note.total for note in notes), Decimal(0)),
        earlier=tuple(
            Paid(one.imp_pagado, taxes_from_json(one.taxes))
            for one in Instalment.objects.live().filter(invoice=invoice).order_by("num_parcialidad")
        ),
        taxes=net_of(taxes_of(conceptos), credited),
        objeto_imp=objeto_of(conceptos),
    )


def conceptos_of(invoice: Invoice) -> Sequence[Concepto]:
    """As the SAT has them."""
    return read_conceptos(parse(bytes(Stamp.objects.get(invoice=invoice).xml)))


def credited_of(invoice: Invoice) -> Decimal:
    """How much its credit notes take back, on their way or live."""
    notes = _notes(invoice).aggregate(sum=Sum("total"))
    return notes["sum"] or Decimal(0)


def credited_tickets(invoice: Invoice) -> dict[str, Decimal]:
    """Of a global: how much of each ticket its credit notes take back, by its number."""
    credited: dict[str, Decimal] = {}
    for note in _live_notes(invoice):
        for concepto in concepts_from_json(note.lines):
            number = concepto.no_identificacion or ""
            credited[number] = credited.get(number, Decimal(0)) + taxed_of(concepto).total
    return credited


def _live_notes(invoice: Invoice) -> list[Invoice]:
    return list(_notes(invoice).order_by("pk"))


def _notes(invoice: Invoice) -> "models.QuerySet[Invoice]":
    named = Relation.objects.filter(related=invoice, tipo_relacion__in=CREDITS).values("invoice_id")
    notes: models.QuerySet[Invoice] = Invoice.objects.filter(pk__in=named, kind=Kind.EGRESO, replaced_by__isnull=True)
    return notes.exclude(state__in=DEAD)
