"""The rules of recurring billing from a day on. A change is a new row, so that what was billed, told and cut is judged by the
rules of its day. Defaults are those of the house (CYCLE 5.5, DECISIONS D)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.models import CompanyOwned

# (code, days after the due day, what it is besides a letter: the last warning, which names the day of the cut; a call)
LADDER = (
    ("before", -5, ""),
    ("eve", -1, ""),
    ("today", 0, ""),
    ("late", 2, ""),
    ("last", 4, "last_warning"),
    ("again", 15, ""),
    ("call", 30, "call"),
)


class FiscalMode(models.TextChoices):
    """When the CFDI is issued (CYCLE 6)."""

    PPD = "ppd", "Factura al cobrar el periodo, complemento con cada pago"
    PUE_MES = "pue_mes", "Factura que se paga en el mismo mes"
    AVISO = "aviso", "Aviso de cobro, factura cuando se paga"
    CARGO = "cargo", "Primero el cargo, factura cuando se paga"
    PUBLICO = "publico", "Aviso de cobro, nota cuando se paga"


class WhileSuspended(models.TextChoices):
    """What a period costs of which the service was cut for nonpayment."""

    YES = "yes", "Se cobra completo"
    NO = "no", "No se cobra el periodo que empieza suspendido"
    PARTIAL = "partial", "Se cobran los días con servicio"


class StatementWhen(models.TextChoices):
    """When a statement of account goes out by itself."""

    NEVER = "never", "Solo cuando alguien lo pide"
    WITH_INVOICE = "with_invoice", "El día después de cada cargo"
    MONTHLY = "monthly", "Una vez al mes"


def _ladder() -> list[dict[str, Any]]:
    return [
        {"code": code, "offset": offset, "last_warning": what == "last_warning", "call": what == "call"}
        for code, offset, what in LADDER
    ]


def _monday_to_thursday() -> list[int]:
    return [0, 1, 2, 3]


def _monday_to_saturday() -> list[int]:
    return [0, 1, 2, 3, 4, 5]


def _order() -> list[str]:
    return ["reference", "chosen", "exact", "oldest"]


class BillingPolicy(CompanyOwned):
    effective_from = models.DateField()
    # What is billed
    fiscal_mode = models.CharField(max_length=10, choices=FiscalMode.choices, default=FiscalMode.AVISO)
    terms_days = models.PositiveSmallIntegerField(default=10, help_text="days to pay, from the start of the service")
    due_on_bank_days = models.BooleanField(default=True, help_text="a term that ends on a day without banks moves on")
    one_invoice_a_customer = models.BooleanField(
        default=True, help_text="charges of one day, currency and mode go together; else one a subscription"
    )
    bill_while_suspended = models.CharField(max_length=10, choices=WhileSuspended.choices, default=WhileSuspended.NO)
    stop_after_unpaid = models.PositiveSmallIntegerField(
        null=True, default=3, help_text="so many overdue debts, and no more is invoiced ahead of payment; null: always"
    )
    # How long we wait
    grace_days = models.PositiveSmallIntegerField(default=5)
    # Who paid a peso less than he owed is told, not cut.
    min_overdue_amount = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("10"))
    min_overdue_debts = models.PositiveSmallIntegerField(default=1)
    # What is cut
    suspends = models.BooleanField(default=True)
    suspend_scope = models.CharField(
        max_length=12,
        choices=[("service", "El servicio"), ("subscription", "La suscripción"), ("account", "Todo el cliente")],
        default="account",
    )
    cut_weekdays = ArrayField(models.PositiveSmallIntegerField(), default=_monday_to_thursday, help_text="Monday is 0")
    cut_from_hour = models.PositiveSmallIntegerField(default=9)
    cut_to_hour = models.PositiveSmallIntegerField(default=14)
    warned_days = models.PositiveSmallIntegerField(
        default=2, help_text="between the delivered last warning and the cut"
    )
    reduced_days = models.PositiveSmallIntegerField(
        default=0,
        db_default=0,
        help_text="of a slower service before the cut, where a system can; 0: it is cut at once",
    )
    terminate_after_days = models.PositiveSmallIntegerField(null=True, default=60, help_text="then a leave is proposed")
    # What is promised
    promise_days = models.PositiveSmallIntegerField(default=7)
    promises_a_year = models.PositiveSmallIntegerField(default=3)
    promises_by_themselves = models.BooleanField(default=True, help_text="without anybody of the company approving")
    # What is told
    ladder = models.JSONField(default=_ladder, help_text="[{code, offset, last_warning}]")
    contact_from_hour = models.PositiveSmallIntegerField(default=9)
    contact_to_hour = models.PositiveSmallIntegerField(default=20)
    contact_weekdays = ArrayField(models.PositiveSmallIntegerField(), default=_monday_to_saturday)
    max_reminders = models.PositiveSmallIntegerField(default=5, help_text="of one debt")
    max_messages_a_week = models.PositiveSmallIntegerField(default=3, help_text="to one customer")
    statement_when = models.CharField(
        max_length=12, choices=StatementWhen.choices, default=StatementWhen.MONTHLY, db_default=StatementWhen.MONTHLY
    )
    statement_day = models.PositiveSmallIntegerField(
        default=31, db_default=31, help_text="of the cut-off, when monthly; in a shorter month its last day"
    )
    # What it costs to be late
    late_fee_amount = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    late_fee_percent = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    late_fee_after_days = models.PositiveSmallIntegerField(default=0)
    reconnect_fee = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    # What is done with money
    allocation_order = ArrayField(models.CharField(max_length=12), default=_order)
    applies_credit = models.BooleanField(default=True, help_text="credit pays the next debt by itself")
    partial_payment = models.CharField(
        max_length=16,
        choices=[
            ("wait", "Se espera al resto"),
            ("split", "Una factura por la parte"),
            ("ppd", "Factura PPD y complemento"),
        ],
        default="wait",
    )
    rep_when = models.CharField(
        max_length=12,
        choices=[("at_once", "Con cada pago"), ("end_of_day", "Al cerrar el día"), ("monthly", "Una vez al mes")],
        default="end_of_day",
    )
    rep_day = models.PositiveSmallIntegerField(default=3, help_text="of the next month, when monthly: 5 at the latest")

    class Meta:
        verbose_name_plural = "billing policies"
        constraints = [
            models.UniqueConstraint(fields=["company", "effective_from"], name="billing_policy_day"),
            models.CheckConstraint(condition=Q(rep_day__gte=1, rep_day__lte=5), name="billing_policy_rep_day"),
            models.CheckConstraint(
                condition=Q(statement_day__gte=1, statement_day__lte=31), name="billing_policy_statement_day"
            ),
            models.CheckConstraint(
                condition=Q(cut_from_hour__lt=models.F("cut_to_hour"), cut_to_hour__lte=24),
                name="billing_policy_cut_hours",
            ),
            models.CheckConstraint(
                condition=Q(contact_from_hour__lt=models.F("contact_to_hour"), contact_to_hour__lte=24),
                name="billing_policy_contact_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from}"


_ON = Compiled(lambda: BillingPolicy.objects.filter(effective_from__lte=Arg("day")).order_by("-effective_from")[:1])


def billing_policy_on(day: date) -> BillingPolicy:
    """The rules in force on a day of the company; those of the house, unsaved, if nobody ever set any."""
    return _ON.first(day=day) or BillingPolicy(effective_from=day)
