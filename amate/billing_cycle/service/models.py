"""What a customer is served with, and what holds it back."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from amate.billing_cycle.subscriptions.models import Subscription
from amate.customers.models import Customer
from amate.tenancy.models import CompanyOwned, ScopedManager


class Reason(models.TextChoices):
    """Each is opened and lifted by its own acts: money lifts only the first."""

    NONPAYMENT = "nonpayment", "Falta de pago"
    ADMIN = "admin", "Decisión de la empresa"
    ABUSE = "abuse", "Mal uso"
    PAUSE = "pause", "Pausa que pidió el cliente"
    ENDED = "ended", "Baja"


class Switch(models.TextChoices):
    MANUAL = "manual", "Una persona lo hace"
    WEBHOOK = "webhook", "Aviso firmado a otro sistema"
    ROUTEROS = "routeros", "MikroTik RouterOS"
    RADIUS = "radius", "FreeRADIUS"
    WHM = "whm", "WHM de cPanel"
    HTTP = "http", "Otra API por HTTP"


# Those that tell how their services stand without an address of their own for it.
TELL_THEMSELVES = (Switch.ROUTEROS, Switch.RADIUS, Switch.WHM)


class Desired(models.TextChoices):
    ACTIVE = "active", "Activo"
    SUSPENDED = "suspended", "Suspendido"
    LIMITED = "limited", "Más lento"


class SwitchAccountQuerySet(models.QuerySet["SwitchAccount"]):
    def observed(self) -> "SwitchAccountQuerySet":
        """Those that tell how their services stand."""
        return self.filter(Q(kind__in=TELL_THEMSELVES) | ~Q(observe_url=""), disabled_at__isnull=True)


class SwitchAccount(CompanyOwned):
    """The system that serves and cuts. Its secrets are sealed (`companies.secrets`): of one that is told by signed notices
    the keys that sign, of every other its password."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Switch.choices)
    url = models.CharField(max_length=500, blank=True, default="")
    observe_url = models.CharField(max_length=500, blank=True, default="", help_text="where it tells how they stand")
    secret = models.BinaryField(null=True)
    old_secret = models.BinaryField(null=True, help_text="while the key is being changed both sign")
    nas_secret = models.BinaryField(null=True, help_text="of the equipment that closes the sessions of a RADIUS")
    terms: Any = models.JSONField(default=dict, help_text="what its kind wants to know besides; never a secret")
    wish = models.CharField(max_length=32, blank=True, default="", help_text="of the page that made the key")
    key_made_at = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True, help_text="it answered 410: a person turns it on again")
    failures = models.IntegerField(default=0, help_text="in a row, of orders that it did not take")
    rests_until = models.DateTimeField(null=True, help_text="it fails again and again: until then it is told nothing")
    observed_at = models.DateTimeField(null=True, help_text="when it last told how its services stand")
    tried_at = models.DateTimeField(null=True, help_text="when somebody last had it asked whether it answers")
    tried_well = models.BooleanField(default=False)
    tried_said = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()

    objects: ClassVar = ScopedManager.from_queryset(SwitchAccountQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="switch_name"),
            models.CheckConstraint(
                condition=Q(kind="manual", url="", secret__isnull=True)
                | Q(secret__isnull=False) & ~Q(kind="manual") & ~Q(url=""),
                name="switch_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def slows(self) -> bool:
        """It was told how to make a service slower instead of turning it off."""
        if self.kind == Switch.ROUTEROS:
            return self.terms.get("by") == "list" and bool(self.terms.get("slow_list"))
        return self.kind == Switch.RADIUS and bool(self.terms.get("slow_group"))


class ServiceQuerySet(models.QuerySet["Service"]):
    def live(self) -> "ServiceQuerySet":
        return self.filter(ended_at__isnull=True)

    def to_drive(self) -> "ServiceQuerySet":
        """What the other side does not have yet."""
        return self.live().filter(Q(actual_gen__isnull=True) | Q(actual_gen__lt=F("gen")))


class Service(CompanyOwned):
    """One thing that can be cut: a line, a mailbox, a pass. `gen` counts every change of what we want, so that whoever
    hears two orders keeps the later one; `desired` is active exactly while no hold is open (written with the hold), and slower
    while every open one asks for no more.
    `customer` answers for it: the payer of its subscription, whose lock is held by whoever holds or lifts."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="services", db_index=False)
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, null=True, related_name="services", db_index=False
    )
    switch = models.ForeignKey(SwitchAccount, on_delete=models.PROTECT, related_name="+", db_index=False)
    external_id = models.CharField(max_length=120, help_text="what the other system calls it")
    name = models.CharField(max_length=120)
    desired = models.CharField(max_length=10, choices=Desired.choices, default=Desired.ACTIVE)
    gen = models.BigIntegerField(default=1)
    changed_at = models.DateTimeField(help_text="when `desired` last changed")
    actual = models.CharField(max_length=10, choices=Desired.choices, blank=True, default="")
    actual_gen = models.BigIntegerField(null=True)
    observed_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True, default="", help_text="of the last order that failed")
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects: ClassVar = ScopedManager.from_queryset(ServiceQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "switch", "external_id"],
                condition=Q(ended_at__isnull=True),
                name="service_of_switch",
            ),
            models.CheckConstraint(condition=Q(gen__gte=1), name="service_gen"),
            models.CheckConstraint(
                condition=Q(actual_gen__isnull=True) | Q(actual_gen__lte=F("gen")), name="service_not_ahead"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "customer", "id"], name="service_of_customer"),
            models.Index(fields=["company", "subscription"], name="service_of_subscription"),
            models.Index(
                fields=["company", "id"],
                condition=Q(ended_at__isnull=True) & (Q(actual_gen__isnull=True) | Q(actual_gen__lt=F("gen"))),
                name="service_to_drive",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class HoldQuerySet(models.QuerySet["Hold"]):
    def open(self) -> "HoldQuerySet":
        return self.filter(lifted_at__isnull=True)


class Hold(CompanyOwned):
    """Why a service is cut. One for nonpayment is written with its decision or not at all."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="holds", db_index=False)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    note = models.CharField(max_length=300, blank=True, default="")
    decision = models.ForeignKey(
        "service.CutDecision", on_delete=models.PROTECT, null=True, related_name="holds", db_index=False
    )
    slower_until = models.DateField(
        null=True, help_text="it asks for a slower service and no more; from that day on it may be cut"
    )
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=254)
    lifted_on = models.DateField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=254, blank=True, default="")
    lifted_because = models.CharField(max_length=300, blank=True, default="")

    objects: ClassVar = ScopedManager.from_queryset(HoldQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "service", "reason"], condition=Q(lifted_at__isnull=True), name="hold_one_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(reason="nonpayment", decision__isnull=False)
                | ~Q(reason="nonpayment") & Q(decision__isnull=True),
                name="hold_has_decision",
            ),
            models.CheckConstraint(
                condition=Q(slower_until__isnull=True) | Q(reason="nonpayment"), name="hold_slower_of_a_debt"
            ),
            models.CheckConstraint(
                condition=Q(lifted_on__isnull=True, lifted_at__isnull=True, lifted_by="")
                | Q(lifted_on__isnull=False, lifted_at__isnull=False) & ~Q(lifted_by=""),
                name="hold_lifted_whole",
            ),
        ]
        indexes = [models.Index(fields=["company", "service", "-id"], name="hold_of_service")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.pk}"


class CutDecision(CompanyOwned):
    """Why a customer was cut for nonpayment: which debts, which rule, which day, and which warning reached him. Without an
    overdue debt it cannot be written (FEATURES 126)."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    rule: Any = models.JSONField(help_text="the terms as they were that day")
    receivable_ids: Any = models.JSONField(help_text="the debts that justify it")
    overdue = models.DecimalField(max_digits=18, decimal_places=2)
    oldest_due = models.DateField()
    warned_on = models.DateField()
    last_look: Any = models.JSONField(help_text="what was asked just before, and what was answered")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(overdue__gt=0), name="cut_of_a_debt"),
            models.CheckConstraint(condition=Q(oldest_due__lt=F("day")), name="cut_of_an_overdue_debt"),
            models.CheckConstraint(condition=Q(warned_on__lt=F("day")), name="cut_after_a_warning"),
        ]
        indexes = [
            models.Index(fields=["company", "customer", "-id"], name="cut_of_customer"),
            models.Index(fields=["company", "-day", "-id"], name="cut_newest"),
        ]

    def __str__(self) -> str:
        return f"corte {self.pk}"


class Order(CompanyOwned):
    """One try to make the other side as we want it: what was asked, what it answered, how long it took. Appended."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="orders", db_index=False)
    gen = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=Desired.choices)
    answer = models.CharField(max_length=300)
    went_well = models.BooleanField()
    millis = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "service", "-id"], name="order_of_service")]

    def __str__(self) -> str:
        return f"{self.service_id} gen {self.gen}"
