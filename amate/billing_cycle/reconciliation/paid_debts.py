"""What payments paid, with every document that stands for it: read in a fixed number of statements, under the payers' locks."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from amate.billing_cycle.reconciliation.document_rules import Paid
from amate.billing_cycle.reconciliation.models import PaidNote
from amate.billing_cycle.subscriptions.models import Period
from amate.companies.billing_policy import BillingPolicy
from amate.customers.models import FiscalProfile
from amate.invoices.models import AT_THE_SAT, DEAD, Instalment, Invoice, Kind, RefusedBy, State
from amate.ledger.models import Allocation, Charge, Payment, PaymentKind, Receivable


@dataclass(slots=True)
class PaidDebt:
    """`parts`: everything live that pays it, whichever payment it is of. `documented`: the ids of parts that have a document
    of their own, `noted`: those that have a note; `has_note`: the whole debt has, `astray`: so does a part that was taken back
    since."""

    receivable: Receivable
    parts: list[Allocation] = field(default_factory=list)
    invoice: Invoice | None = None
    mended_soon: bool = False
    cancelled: bool = False
    profile: FiscalProfile | None = None
    documented: set[int] = field(default_factory=set)
    noted: set[int] = field(default_factory=set)
    has_note: bool = False
    astray: bool = False
    in_parts: bool = False

    @property
    def money(self) -> list[Allocation]:
        return [one for one in self.parts if one.payment.kind == PaymentKind.MONEY]

    @property
    def open_money(self) -> list[Allocation]:
        return [one for one in self.money if one.pk not in self.documented | self.noted]

    def facts(self, policy: BillingPolicy) -> Paid:
        one, invoice = self.receivable, self.invoice
        return Paid(
            kind=one.kind,
            mode=one.fiscal_mode,
            moneda=one.moneda,
            total=one.total,
            money=sum((part.amount for part in self.money), Decimal("0.00")),
            settled=one.settled_on is not None,
            metodo_pago=invoice.metodo_pago if invoice else "",
            stamped=invoice is not None and invoice.state in AT_THE_SAT,
            mended_soon=self.mended_soon,
            cancelled=self.cancelled,
            has_data=self.profile is not None,
            in_parts=self.in_parts,
            has_note=self.has_note,
            astray=self.astray,
            partial=policy.partial_payment,
        )


def paid_debts(payment_ids: Collection[int]) -> list[PaidDebt]:
    """Of these payments, by the debts' ids."""
    mine = Allocation.objects.live().filter(payment_id__in=payment_ids).values("receivable_id")
    return _read(Allocation.objects.live().filter(receivable_id__in=mine))


def paid_debt(receivable_id: int) -> PaidDebt | None:
    return next(iter(_read(Allocation.objects.live().filter(receivable_id=receivable_id))), None)


def charges_of(receivable_ids: Collection[int]) -> dict[int, list[Charge]]:
    found: dict[int, list[Charge]] = defaultdict(list)
    for one in Charge.objects.filter(receivable_id__in=receivable_ids).order_by("id"):
        found[one.receivable_id].append(one)
    return found


def _read(parts: "QuerySet[Allocation]") -> list[PaidDebt]:
    debts: dict[int, PaidDebt] = {}
    for part in parts.select_related("payment", "receivable__branch").order_by("id"):
        debts.setdefault(part.receivable_id, PaidDebt(part.receivable)).parts.append(part)
    if debts:
        _with_invoices(debts)
        _with_instalments(debts)
        _with_notes(debts)
        _with_receivers(debts)
    return [debts[pk] for pk in sorted(debts)]


def _with_invoices(debts: dict[int, PaidDebt]) -> None:
    """A substitute stands for the debt from its own stamp on; until then the old one does."""
    rows = Invoice.objects.filter(receivable_id__in=debts, kind=Kind.INGRESO, replaced_by__isnull=True)
    for one in rows.defer("lines", "generics").order_by("id"):
        assert one.receivable_id is not None
        debt = debts[one.receivable_id]
        if one.state in DEAD:
            debt.mended_soon |= one.state == State.REFUSED and one.refused_by == RefusedBy.OURS
            debt.cancelled |= one.state == State.CANCELLED
        elif one.replaces_id is not None and one.uuid is None:
            continue
        elif one.allocation_id is not None:
            debt.documented.add(one.allocation_id)
            debt.in_parts = True
        else:
            debt.invoice = one


def _with_instalments(debts: dict[int, PaidDebt]) -> None:
    by_part = {part.pk: debt for debt in debts.values() for part in debt.parts}
    told = Instalment.objects.live().filter(allocation_id__in=by_part).values_list("allocation_id", flat=True)
    for pk in told:
        if pk is not None:
            by_part[pk].documented.add(pk)


def _with_notes(debts: dict[int, PaidDebt]) -> None:
    """What has a note is never documented again, not even as a part of something else."""
    for one in PaidNote.objects.filter(receivable_id__in=debts).order_by("id"):
        debt = debts[one.receivable_id]
        if one.allocation_id is None:
            debt.has_note = True
            continue
        debt.noted.add(one.allocation_id)
        debt.in_parts = True
        debt.astray |= one.allocation_id not in {part.pk for part in debt.parts}


def _with_receivers(debts: dict[int, PaidDebt]) -> None:
    receivers = {pk: one.receivable.customer_id for pk, one in debts.items()}
    rows = Period.objects.filter(charge__receivable_id__in=debts)
    receivers |= dict(rows.values_list("charge__receivable_id", "subscription__customer_id"))
    current = FiscalProfile.objects.current().filter(customer_id__in=set(receivers.values()))
    profiles = {one.customer_id: one for one in current}
    for pk, debt in debts.items():
        debt.profile = profiles.get(receivers[pk])


def payers_of(payment_ids: Collection[int]) -> list[int]:
    """Their customers as they are now, to be locked."""
    rows = Payment.objects.filter(pk__in=payment_ids, customer__isnull=False)
    return sorted(set(rows.values_list("customer_id", flat=True)))


def untold_payments(customer_ids: Collection[int]) -> list[int]:
    """Their money that pays PPD invoices and that no REP tells yet."""
    told = Instalment.objects.live().filter(allocation=OuterRef("pk"))
    ppd = Invoice.objects.filter(receivable=OuterRef("receivable"), metodo_pago="PPD").exclude(state__in=DEAD)
    rows = Allocation.objects.live().filter(Exists(ppd), ~Exists(told), payment__customer_id__in=customer_ids)
    return sorted(set(rows.filter(payment__kind=PaymentKind.MONEY).values_list("payment_id", flat=True)))
