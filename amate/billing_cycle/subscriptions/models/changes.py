"""What befalls a subscription between two periods: pauses, extras, and changes that somebody decided."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from amate.billing_cycle.subscriptions.models.subscription import Subscription, Term, days
from amate.ledger.models import Charge
from amate.tenancy.models import CompanyOwned


class PauseKind(models.TextChoices):
    PAUSE = "pause", "Pausa"
    HELD = "held", "Suspensión"


class Pause(CompanyOwned):
    """Days without service, written down so that billing needs to know nothing else. `held` are those of a suspension,
    which `service` writes; what they cost is the policy's to say."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="pauses")
    kind = models.CharField(max_length=10, choices=PauseKind.choices, default=PauseKind.PAUSE)
    from_on = models.DateField()
    to_on = models.DateField(null=True, help_text="the first day with service again; null: until somebody says so")
    charges = models.BooleanField(default=False, help_text="a pause that is paid for all the same")
    credits = models.BooleanField(default=True, help_text="what was billed of its days is given back")
    moves_anchor = models.BooleanField(default=False, help_text="the calendar begins anew when it ends")
    reason = models.CharField(max_length=300, blank=True, default="")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="pause_has_days"),
            ExclusionConstraint(
                name="pauses_do_not_overlap",
                expressions=[
                    ("subscription", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (days("from_on", "to_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} desde {self.from_on}"


class AddOn(CompanyOwned):
    """What is charged with every period that begins in its days, or taken off its price. It stops by itself."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="add_ons")
    concept = models.CharField(max_length=1000)
    is_discount = models.BooleanField(default=False)
    percent = models.DecimalField(max_digits=7, decimal_places=4, null=True, help_text="of a discount; else `amount`")
    amount = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=3, default=1)
    clave_prod_serv = models.CharField(
        max_length=8, blank=True, default="", help_text="empty: the plan's, as its taxes"
    )
    clave_unidad = models.CharField(max_length=3, blank=True, default="")
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__isnull=True, amount__gt=0)
                | Q(is_discount=True, percent__gt=0, percent__lte=100, amount__isnull=True),
                name="add_on_says_how_much",
            ),
            models.CheckConstraint(condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name="add_on_has_days"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="add_on_quantity"),
        ]
        indexes = [models.Index(fields=["company", "subscription"], name="add_on_of_subscription")]

    def __str__(self) -> str:
        return self.concept


class OneOff(CompanyOwned):
    """Charged once, with the next run from its day on; or a credit, which lessens what comes next until it is used up."""

    key = models.CharField(max_length=80, help_text="of what brought it: the same cause is charged once")
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="one_offs")
    is_credit = models.BooleanField(default=False)
    concept = models.CharField(max_length=1000)
    amount = models.DecimalField(max_digits=18, decimal_places=2, help_text="taxed as the plan's price is, or not yet")
    clave_prod_serv = models.CharField(
        max_length=8, blank=True, default="", help_text="empty: the plan's, as its taxes"
    )
    clave_unidad = models.CharField(max_length=3, blank=True, default="")
    on = models.DateField()
    starts_on = models.DateField(null=True, help_text="of the service that it is for, if for any days")
    ends_on = models.DateField(null=True)
    used = models.DecimalField(max_digits=18, decimal_places=2, default=0, help_text="of a credit")
    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, help_text="charged, or used up, or withdrawn")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="one_off_key"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="one_off_amount"),
            models.CheckConstraint(
                condition=Q(is_credit=False, used=0) | Q(is_credit=True, used__gte=0, used__lte=F("amount")),
                name="one_off_used",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "subscription", "on"], condition=Q(settled_at__isnull=True), name="one_off_open"
            ),
            models.Index(fields=["company", "on"], condition=Q(settled_at__isnull=True), name="one_off_due"),
        ]

    def __str__(self) -> str:
        return self.concept


class PlannedChange(CompanyOwned):
    """A change that somebody decided, from when on, and what it was before: it is told, and can be withdrawn in time."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(
        max_length=10,
        choices=[("plan", "Cambio de plan"), ("quantity", "Cambio de cantidad"), ("price", "Cambio de precio"),
                 ("calendar", "Cambio de calendario"), ("stop", "Baja")],
    )  # fmt: skip
    effective_on = models.DateField()
    term = models.OneToOneField(Term, on_delete=models.SET_NULL, null=True, related_name="+")
    extra = models.OneToOneField(OneOff, on_delete=models.PROTECT, null=True, related_name="+")
    said = models.JSONField(default=dict, help_text="before and after, as people read them")
    why = models.CharField(max_length=300, blank=True, default="")
    decided_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "subscription", "-id"], name="change_of_subscription")]

    def __str__(self) -> str:
        return f"{self.kind} desde {self.effective_on}"
