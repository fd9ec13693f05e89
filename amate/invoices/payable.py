"""Invoices that payments pay, under their locks, with everything that decides on their instalments: in a fixed number of
statements, however many they are."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from amate.fiscal.instalments import Paid, TaxPart, net_of, objeto_of, pay, taxes_of
from amate.fiscal.read_conceptos import read_conceptos
from amate.fiscal.tables.monedas import decimals_of
from amate.fiscal.xml import parse
from amate.invoices.concepts import concepts_from_json
from amate.invoices.models import DEAD, Cancellation, Instalment, Invoice, Kind, Relation, Stamp
from amate.invoices.remaining import CREDITS
from amate.invoices.taxes import taxes_from_json
from amate.invoices.what_may_be_done import Document, why_not_payable


@dataclass(slots=True)
class Payable:
    """One of them, as what was decided of it so far leaves it. `why_not` (Spanish): it takes no payment, and the rest of this
    says nothing. `numbers` of its live instalments, `keys` of their payments."""

    invoice: Invoice
    why_not: str
    total: Decimal = Decimal(0)
    taxes: tuple[TaxPart, ...] = ()
    objeto_imp: str = ""
    earlier: tuple[Paid, ...] = ()
    numbers: frozenset[int] = frozenset()
    keys: frozenset[str] = frozenset()

    @property
    def to_pay(self) -> Decimal:
        return self.total - sum((one.amount for one in self.earlier), Decimal(0))

    @property
    def next_number(self) -> int:
        """Dense: the place of an instalment whose REP was cancelled is taken again (DB-3)."""
        return next(number for number in range(1, len(self.numbers) + 2) if number not in self.numbers)

    def split(self, amount: Decimal, *, other_currency: bool) -> Paid:
        return pay(
            taxes=self.taxes,
            total=self.total,
            earlier=self.earlier,
            amount=amount,
            decimals=decimals_of(self.invoice.moneda),
            other_currency=other_currency,
        )


def lock_payable(invoice_ids: Collection[int]) -> dict[int, Payable]:
    """Newest first (C6), and then read in new statements."""
    rows = Invoice.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=invoice_ids).order_by("-pk")
    found = list(rows.select_related("profile", "branch", "replaced_by"))
    going = dict(Cancellation.objects.open().filter(invoice__in=found).values_list("invoice_id", "state"))
    payable = {one.pk: Payable(one, why_not_payable(_document(one, going.get(one.pk, "")))) for one in found}
    standing = [one for one in found if not payable[one.pk].why_not]
    stamps = dict(Stamp.objects.filter(invoice__in=standing).values_list("invoice_id", "xml"))
    notes = _notes(standing)
    earlier = _earlier(standing)
    for one in standing:
        _fill(payable[one.pk], bytes(stamps[one.pk]), notes[one.pk], earlier[one.pk])
    return payable


def _document(invoice: Invoice, going: str) -> Document:
    return Document(
        name=str(invoice),
        kind=invoice.kind,
        state=invoice.state,
        metodo_pago=invoice.metodo_pago,
        refused_by=invoice.refused_by,
        replaced_by="" if invoice.replaced_by_id is None else str(invoice.replaced_by),
        cancelling=going,
    )


def _notes(invoices: Collection[Invoice]) -> dict[int, list[Invoice]]:
    found: dict[int, list[Invoice]] = defaultdict(list)
    rows = Relation.objects.filter(related__in=invoices, tipo_relacion__in=CREDITS, invoice__kind=Kind.EGRESO)
    rows = rows.filter(invoice__replaced_by__isnull=True).exclude(invoice__state__in=DEAD)
    for one in rows.select_related("invoice").order_by("invoice_id"):
        found[one.related_id].append(one.invoice)
    return found


def _earlier(invoices: Collection[Invoice]) -> dict[int, list[Instalment]]:
    found: dict[int, list[Instalment]] = defaultdict(list)
    for one in Instalment.objects.live().filter(invoice__in=invoices).order_by("num_parcialidad"):
        found[one.invoice_id].append(one)
    return found


def _fill(payable: Payable, xml: bytes, notes: list[Invoice], earlier: list[Instalment]) -> None:
    conceptos = read_conceptos(parse(xml))
    credited = taxes_of([concepto for note in notes for concepto in concepts_from_json(note.lines)])
    payable.total = payable.invoice.total - sum((note.total for note in notes), Decimal(0))
    payable.taxes = net_of(taxes_of(conceptos), credited)
    payable.objeto_imp = objeto_of(conceptos)
    payable.earlier = tuple(Paid(one.imp_pagado, taxes_from_json(one.taxes)) for one in earlier)
    payable.numbers = frozenset(one.num_parcialidad for one in earlier)
    payable.keys = frozenset(one.payment for one in earlier)
