"""What is charged, and what is owed for it."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from amate.companies.billing_policy import FiscalMode as FiscalMode
from amate.companies.models import Branch
from amate.customers.models import Customer
from amate.tenancy.models import CompanyOwned, ScopedManager, Stateful

MEMO_MODES = frozenset({FiscalMode.AVISO, FiscalMode.CARGO, FiscalMode.PUBLICO})


class ReceivableKind(models.TextChoices):
    AVISO = "aviso", "Aviso de cobro"
    INVOICE = "invoice", "Factura"
    FEE = "fee", "Recargo"
    OPENING = "opening", "Saldo inicial"


class ReceivableState(models.TextChoices):
    OPEN = "open", "Por cobrar"
    VOID = "void", "Anulada"
    WRITTEN_OFF = "written_off", "Incobrable"


class ReceivableQuerySet(models.QuerySet["Receivable"]):
    def unpaid(self) -> "ReceivableQuerySet":
        """What is owed now; written off is not, though it may still be paid."""
        return self.filter(state=ReceivableState.OPEN, settled_on__isnull=True)


class Receivable(Stateful):
    """What a customer owes, made of charges. Its facts never change; `settled_on` and `reopened_on` are written by the
    database from its allocations. What is left of it is a query, never a column."""

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        ReceivableState.OPEN: frozenset({ReceivableState.VOID, ReceivableState.WRITTEN_OFF}),
        ReceivableState.VOID: frozenset(),
        ReceivableState.WRITTEN_OFF: frozenset(),
    }

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="receivables", db_index=False)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=ReceivableKind.choices)
    fiscal_mode = models.CharField(max_length=10, choices=FiscalMode.choices)
    issued_on = models.DateField()
    due_on = models.DateField()
    moneda = models.CharField(max_length=3)
    total = models.DecimalField(
        max_digits=18, decimal_places=2, help_text="what is to be paid: what is withheld is off"
    )
    iva = models.DecimalField(max_digits=18, decimal_places=2)
    ieps = models.DecimalField(max_digits=18, decimal_places=2)
    withheld = models.DecimalField(max_digits=18, decimal_places=2, help_text="taxes that the customer pays for us")
    fee_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="fees", db_index=False, help_text="of a late fee"
    )
    state = models.CharField(max_length=12, choices=ReceivableState.choices, default=ReceivableState.OPEN)
    state_on = models.DateField(null=True, help_text="the day it left the state open")
    settled_on = models.DateField(null=True, help_text="cache: the day from which its allocations sum to its total")
    reopened_on = models.DateField(null=True, help_text="the last day an allocation of it was reversed")
    created_at = models.DateTimeField()

    objects: ClassVar = ScopedManager.from_queryset(ReceivableQuerySet)()

    # The charges it was just made of: only in what `charge_customers` answers.
    made_of: "tuple[Charge, ...]" = ()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(total__gt=0), name="receivable_positive"),
            models.CheckConstraint(
                condition=Q(iva__gte=0, ieps__gte=0, withheld__gte=0, total__gte=F("iva") + F("ieps") - F("withheld")),
                name="receivable_taxes_within",
            ),
            models.CheckConstraint(
                condition=Q(state="open", state_on__isnull=True) | ~Q(state="open") & Q(state_on__isnull=False),
                name="receivable_state_has_day",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("issued_on")), name="receivable_due_after_issue"),
            models.CheckConstraint(condition=~Q(kind="fee") | Q(fee_of__isnull=False), name="receivable_fee_of"),
            models.CheckConstraint(
                condition=Q(kind="aviso", fiscal_mode__in=["aviso", "cargo", "publico"])
                | Q(kind="invoice", fiscal_mode__in=["ppd", "pue_mes"])
                | Q(kind__in=["fee", "opening"]),
                name="receivable_kind_of_mode",
            ),
        ]
        indexes = [
            # What is open on a day: not settled yet, or settled later (queries.py). The days follow so that ageing needs
            # no more than the index and the allocations.
            models.Index(fields=["company", "settled_on", "due_on", "id"], name="receivable_open"),
            models.Index(fields=["company", "customer", "settled_on"], name="receivable_of_customer"),
            models.Index(fields=["company", "issued_on", "id"], name="receivable_issued"),
            models.Index(fields=["company", "fee_of"], condition=Q(fee_of__isnull=False), name="receivable_fees"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_memo(self) -> bool:
        """Booked in the memo pair until it is paid: no document of it stands yet."""
        by_mode = self.fiscal_mode in MEMO_MODES and self.kind == ReceivableKind.FEE
        return self.kind == ReceivableKind.AVISO or by_mode

    @property
    def base(self) -> Decimal:
        return self.total - self.iva - self.ieps + self.withheld


class Charge(CompanyOwned):
    """An amount for one source (a period, a fee), in one receivable for ever. `line` is what the document will carry, kept
    for it and never read here."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    receivable = models.ForeignKey(Receivable, on_delete=models.PROTECT, related_name="charges")
    source_key = models.CharField(max_length=80)
    concept = models.CharField(max_length=1000)
    line = models.JSONField(default=dict)
    total = models.DecimalField(max_digits=18, decimal_places=2)
    iva = models.DecimalField(max_digits=18, decimal_places=2)
    ieps = models.DecimalField(max_digits=18, decimal_places=2)
    withheld = models.DecimalField(max_digits=18, decimal_places=2)
    service_from = models.DateField(null=True)
    service_to = models.DateField(null=True, help_text="the day after the last of the service")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "source_key"], name="charge_once_a_source"),
            models.CheckConstraint(condition=~Q(source_key=""), name="charge_has_source"),
            models.CheckConstraint(
                condition=Q(service_from__isnull=True, service_to__isnull=True) | Q(service_to__gt=F("service_from")),
                name="charge_service_whole",
            ),
        ]
        indexes = [models.Index(fields=["company", "customer", "-id"], name="charge_of_customer")]

    def __str__(self) -> str:
        return self.concept
