"""What a customer agreed to, and the calendar it follows."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from amate.billing_cycle.subscriptions.calendar import Grid, Unit
from amate.billing_cycle.subscriptions.models.plan import UNITS, Plan
from amate.companies.billing_policy import FiscalMode
from amate.companies.models import Branch
from amate.customers.models import Customer
from amate.tenancy.models import CompanyOwned, ScopedManager, Stateful


class SubscriptionState(models.TextChoices):
    DRAFT = "draft", "Por empezar"
    ACTIVE = "active", "Activa"
    ENDED = "ended", "Terminada"
    CANCELLED = "cancelled", "Cancelada"


def days(start: str, end: str) -> Func:
    """The days [start, end) of two columns, an empty end being for ever."""
    return Func(F(start), F(end), function="daterange", output_field=DateRangeField())


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def active(self) -> "SubscriptionQuerySet":
        return self.filter(state=SubscriptionState.ACTIVE)

    def due(self, day: object) -> "SubscriptionQuerySet":
        """Of which something is to be done by that day, a date or the `Arg` of one."""
        return self.active().filter(next_on__lte=day)


class Subscription(Stateful):
    """`customer` is served and receives the invoice; `payer`, mostly the same, owes and is locked. Whether it is paused on a
    day is told by its pauses, never copied here."""

    State = SubscriptionState
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        SubscriptionState.DRAFT: frozenset({SubscriptionState.ACTIVE, SubscriptionState.CANCELLED}),
        SubscriptionState.ACTIVE: frozenset({SubscriptionState.ENDED, SubscriptionState.CANCELLED}),
        SubscriptionState.ENDED: frozenset(),
        SubscriptionState.CANCELLED: frozenset(),
    }

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    payer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=120, blank=True, default="", help_text="which of several: an address, a domain")
    external_id = models.CharField(max_length=80, blank=True, default="", help_text="its key in the business's system")
    wish = models.CharField(
        max_length=40, blank=True, default="", help_text="of the page that asked: sent twice, it is one"
    )
    state = models.CharField(max_length=10, choices=SubscriptionState.choices, default=SubscriptionState.DRAFT)
    state_since = models.DateTimeField()
    state_reason = models.CharField(max_length=300, blank=True, default="")
    starts_on = models.DateField(help_text="of the service; a trial is served too")
    ends_on = models.DateField(null=True, help_text="the first day without service")
    cycles = models.PositiveIntegerField(null=True, help_text="how many periods in all; null: as many as come")
    next_k = models.IntegerField(default=0, help_text="the next period; those before it are never billed again")
    next_on = models.DateField(null=True, help_text="when there is work to do; null: never more")
    fiscal_mode = models.CharField(max_length=10, choices=FiscalMode.choices, blank=True, default="")
    terms_days = models.PositiveSmallIntegerField(null=True)
    on_its_own = models.BooleanField(default=False, help_text="its charges go into no other's invoice")
    created_at = models.DateTimeField()

    objects: ClassVar = ScopedManager.from_queryset(SubscriptionQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "wish"], condition=~Q(wish=""), name="subscription_wish"),
            models.UniqueConstraint(
                fields=["company", "external_id"], condition=~Q(external_id=""), name="subscription_external_id"
            ),
            models.CheckConstraint(
                condition=Q(cycles__isnull=True) | Q(next_k__lte=F("cycles")), name="subscription_not_past_its_cycles"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")), name="subscription_ends_after"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "active"]) | Q(next_on__isnull=True), name="subscription_over_is_over"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "next_on", "payer"], condition=Q(state="active"), name="subscription_due"),
            models.Index(
                fields=["company", "payer", "next_on"], condition=Q(state="active"), name="subscription_payer"
            ),
            models.Index(fields=["company", "customer", "-id"], name="subscription_customer"),
            models.Index(fields=["company", "state", "-id"], name="subscription_state"),
        ]

    def __str__(self) -> str:
        return self.label or f"suscripción {self.pk}"


class Term(CompanyOwned):
    """A stretch of a subscription with one plan, quantity, price and calendar. A change is the next stretch, so that a
    period that is billed late is billed as it was agreed for its days."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="terms")
    seq = models.PositiveIntegerField()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=12, decimal_places=3, default=1)
    price = models.DecimalField(
        max_digits=18, decimal_places=6, null=True, help_text="its own, of one unit; null: the plan's of the day"
    )
    anchor = models.DateField()
    unit = models.CharField(max_length=10, choices=UNITS)
    every = models.PositiveSmallIntegerField(default=1)
    eom = models.BooleanField(default=False)
    day_a = models.PositiveSmallIntegerField(default=1)
    day_b = models.PositiveSmallIntegerField(default=16)
    first_k = models.IntegerField(default=0, help_text="the number of the period that begins on the anchor")
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "subscription", "seq"], name="term_seq"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="term_quantity"),
            models.CheckConstraint(condition=Q(every__gte=1), name="term_every"),
            models.CheckConstraint(condition=Q(price__isnull=True) | Q(price__gt=0), name="term_price"),
            models.CheckConstraint(condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on")), name="term_has_days"),
            ExclusionConstraint(
                name="terms_do_not_overlap",
                expressions=[
                    ("subscription", RangeOperators.EQUAL),
                    (days("from_on", "to_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}.{self.seq}"

    @property
    def grid(self) -> Grid:
        """Its calendar, cut to its own days."""
        return Grid(
            anchor=self.anchor,
            unit=Unit(self.unit),
            every=self.every,
            eom=self.eom,
            days=(self.day_a, self.day_b),
            first_k=self.first_k,
            begins=self.from_on,
            ends=self.to_on,
        )
