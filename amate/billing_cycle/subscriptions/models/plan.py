"""What is sold by the month: how often, for how much, and in which words."""

from django.db import models
from django.db.models import Q

from amate.billing_cycle.subscriptions.calendar import Unit
from amate.companies.billing_policy import FiscalMode, WhileSuspended
from amate.tenancy.models import CompanyOwned

UNITS = [
    (Unit.DAY, "días"),
    (Unit.WEEK, "semanas"),
    (Unit.SEMIMONTH, "quincenas"),
    (Unit.MONTH, "meses"),
    (Unit.YEAR, "años"),
]


class Stub(models.TextChoices):
    """Of a first period that is shorter than the others."""

    PRORATE = "prorate", "Solo los días que quedan"
    FREE = "free", "No se cobra"
    FULL = "full", "Completo"


class LastStub(models.TextChoices):
    CUT = "cut", "Termina ese día, y se cobran los días"
    WHOLE = "whole", "El último periodo corre completo"


class Plan(CompanyOwned):
    """What new subscriptions take over; a subscription keeps its own calendar in its terms. Where a plan says nothing the
    company's policy holds."""

    key = models.CharField(max_length=80, help_text="the business's own key")
    nombre = models.CharField(max_length=120)
    concept = models.CharField(max_length=1000, help_text="with {mes}, {periodo}…: `words`")
    clave_prod_serv = models.CharField(max_length=8)
    clave_unidad = models.CharField(max_length=3, default="E48")
    unidad = models.CharField(max_length=20, blank=True, default="")
    objeto_imp = models.CharField(max_length=2, default="02")
    moneda = models.CharField(max_length=3, default="MXN")
    unit = models.CharField(max_length=10, choices=UNITS, default=Unit.MONTH)
    every = models.PositiveSmallIntegerField(default=1)
    cut_day = models.PositiveSmallIntegerField(
        null=True, help_text="of the month, 31 its last; null: the day it started"
    )
    day_a = models.PositiveSmallIntegerField(default=1, help_text="of half months")
    day_b = models.PositiveSmallIntegerField(default=16)
    in_advance = models.BooleanField(default=True)
    lead_days = models.PositiveSmallIntegerField(default=0, help_text="billed so many days before the period begins")
    terms_days = models.PositiveSmallIntegerField(null=True)
    fiscal_mode = models.CharField(max_length=10, choices=FiscalMode.choices, blank=True, default="")
    forma_pago = models.CharField(max_length=2, default="03", help_text="of an invoice before its payment (pue_mes)")
    bill_while_suspended = models.CharField(max_length=10, choices=WhileSuspended.choices, blank=True, default="")
    reviewed = models.BooleanField(default=False, help_text="a person says go before its run begins")
    first_stub = models.CharField(max_length=10, choices=Stub.choices, default=Stub.PRORATE)
    last_stub = models.CharField(max_length=10, choices=LastStub.choices, default=LastStub.CUT)
    trial_unit = models.CharField(max_length=10, choices=UNITS, blank=True, default="")
    trial_every = models.PositiveSmallIntegerField(default=0)
    trial_moves_anchor = models.BooleanField(default=False)
    setup_fee = models.DecimalField(max_digits=18, decimal_places=6, default=0, help_text="taxed as the price is")
    setup_concept = models.CharField(max_length=1000, blank=True, default="Instalación")
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="plan_key"),
            models.CheckConstraint(condition=Q(every__gte=1), name="plan_every"),
            models.CheckConstraint(
                condition=Q(cut_day__isnull=True) | Q(cut_day__gte=1, cut_day__lte=31), name="plan_cut_day"
            ),
            models.CheckConstraint(
                condition=Q(day_a__gte=1, day_b__lte=31, day_a__lt=models.F("day_b")), name="plan_half_months"
            ),
            models.CheckConstraint(condition=Q(setup_fee__gte=0), name="plan_setup_fee"),
        ]

    def __str__(self) -> str:
        return self.nombre


class PriceRise(CompanyOwned):
    """One decision to charge more from a day on, over many plans: what it did can be told, and undone before its day."""

    valid_from = models.DateField()
    percent = models.DecimalField(max_digits=9, decimal_places=4, null=True, help_text="null: prices given one by one")
    why = models.CharField(max_length=300, blank=True, default="")
    plans = models.PositiveIntegerField(default=0)
    subscriptions = models.PositiveIntegerField(default=0)
    before = models.DecimalField(
        max_digits=18, decimal_places=2, default=0, help_text="a period of all of them, untaxed"
    )
    after = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    decided_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, help_text="when the letters were asked for")
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.valid_from}"


class PlanPrice(CompanyOwned):
    """What a period costs from a day on: the price of the day on which the period begins holds for all of it."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="prices")
    valid_from = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=6)
    includes_tax = models.BooleanField(default=True)
    taxes = models.JSONField(default=list, help_text="as the lines of invoices keep them")
    rise = models.ForeignKey(PriceRise, on_delete=models.PROTECT, null=True, related_name="prices")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "plan", "valid_from"], name="plan_price_day"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="plan_price_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} desde {self.valid_from}"
