"""Customers and their fiscal data."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from amate.fiscal.receptor import Receptor
from amate.tenancy.models import CompanyOwned, ScopedManager

GENERIC_RFC = Q(rfc__in=["XAXX010101000", "XEXX010101000"])


class CustomerQuerySet(models.QuerySet["Customer"]):
    def live(self) -> "CustomerQuerySet":
        """Without those that were merged into another: they only point at who remains."""
        return self.filter(merged_into__isnull=True)


class Customer(CompanyOwned):
    """The account: the unit we will lock, bill and serve. The RFC is optional; the number is not."""

    number = models.BigIntegerField()
    rfc = models.CharField(max_length=13, blank=True, default="")
    nombre = models.CharField(max_length=300)
    search_name = models.CharField(
        max_length=300, help_text="lower case, no accents: prefixes are searched by ranges (A3b)"
    )
    correo = models.EmailField(blank=True, default="")
    external_id = models.CharField(
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text="its key in the business's system; a merged one keeps its own",
    )
    created_at = models.DateTimeField()
    verified_at = models.DateTimeField(
        null=True, help_text="staff answer for these fiscal data: from here on the portal only proposes"
    )
    subscriber_since = models.DateTimeField(
        null=True, help_text="he is billed by himself from here on: whoever knows his RFC only proposes data"
    )
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    merged_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(CustomerQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="customer_number"),
            models.UniqueConstraint(
                fields=["company", "external_id"], condition=~Q(external_id=""), name="customer_external_id"
            ),
            models.UniqueConstraint(
                fields=["company", "rfc"],
                condition=~GENERIC_RFC & ~Q(rfc="") & Q(merged_into__isnull=True),
                name="customer_rfc",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True, merged_at__isnull=True)
                | Q(merged_into__isnull=False, merged_at__isnull=False) & ~Q(merged_into=F("id")),
                name="customer_merged_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "search_name"], name="customer_search"),
            # Of a generic RFC the name says who it is, and there are as many as the company has strangers.
            models.Index(fields=["company", "rfc", "nombre"], name="customer_rfc_and_name"),
            models.Index(fields=["company", "-id"], name="customer_newest"),
            models.Index(fields=["company", "-created_at", "-id"], name="customer_created"),
            models.Index(fields=["company", "-id"], condition=Q(verified_at__isnull=False), name="customer_verified"),
            models.Index(fields=["company", "-id"], condition=Q(rfc=""), name="customer_no_rfc"),
        ]

    def __str__(self) -> str:
        return self.nombre


class CustomerWord(CompanyOwned):
    """What a customer is found by: the words of the names, RFC, number, mails and telephones. Written by triggers alone,
    so that no way of writing a customer can forget it. Prefixes are searched by ranges (DECISIONS A3b)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=80, db_collation="C")

    class Meta:
        indexes = [models.Index(fields=["company", "word", "customer"], name="customer_word")]

    def __str__(self) -> str:
        return self.word


class Contact(CompanyOwned):
    """A person of a customer, and what he is there for."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contacts")
    nombre = models.CharField(max_length=120, blank=True, default="")
    search_name = models.CharField(max_length=120, blank=True, default="")
    correo = models.EmailField(blank=True, default="")
    telefono = models.CharField(max_length=30, blank=True, default="", help_text="as it was typed")
    digits = models.CharField(max_length=15, blank=True, default="", help_text="of the telephone: what is searched")
    receives_invoices = models.BooleanField(default=False, help_text="every invoice of the customer is mailed here too")
    handles_payments = models.BooleanField(default=False, help_text="whom to ask about a payment")
    origin = models.CharField(max_length=20, help_text="staff, or the origin of the invoice that brought this mail")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "customer", "id"], name="contact_of_customer")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(nombre="") | ~Q(correo="") | ~Q(telefono=""), name="contact_says_something"
            ),
            models.CheckConstraint(condition=Q(receives_invoices=False) | ~Q(correo=""), name="contact_can_receive"),
        ]

    def __str__(self) -> str:
        return self.nombre or self.correo or self.telefono


class FiscalProfileQuerySet(models.QuerySet["FiscalProfile"]):
    def current(self) -> "FiscalProfileQuerySet":
        return self.filter(accepted_at__isnull=False, superseded_at__isnull=True)

    def to_review(self) -> "FiscalProfileQuerySet":
        """The SAT stamped with them, but staff answer for others: a person decides."""
        return self.filter(confirmed_at__isnull=False, accepted_at__isnull=True, dismissed_at__isnull=True)


class FiscalProfile(CompanyOwned):
    """One immutable version of somebody's fiscal data. Not accepted yet: a proposal, and nobody's."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="profiles")
    rfc = models.CharField(max_length=13)
    nombre = models.CharField(max_length=300)
    domicilio_fiscal = models.CharField(max_length=5)
    regimen_fiscal = models.CharField(max_length=3)
    uso_cfdi = models.CharField(max_length=4)
    residencia_fiscal = models.CharField(max_length=3, blank=True, default="")
    num_reg_id_trib = models.CharField(max_length=40, blank=True, default="")
    correo = models.EmailField(blank=True, default="")
    origin = models.CharField(max_length=20)
    proposed_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True, help_text="stamped with, and kept for staff to review")
    dismissed_at = models.DateTimeField(null=True, help_text="reviewed: the data that we had stay")

    objects: ClassVar = ScopedManager.from_queryset(FiscalProfileQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "rfc"],
                condition=Q(accepted_at__isnull=False, superseded_at__isnull=True) & ~GENERIC_RFC,
                name="one_current_profile_an_rfc",
            ),
            models.UniqueConstraint(
                fields=["company", "customer"],
                condition=Q(accepted_at__isnull=False, superseded_at__isnull=True),
                name="one_current_profile_a_customer",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(customer__isnull=False), name="accepted_profile_has_customer"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(customer__isnull=False),
                name="confirmed_profile_has_customer",
            ),
        ]
        indexes = [
            models.Index(F("company"), F("customer"), F("id").desc(), name="profile_of_customer"),
            models.Index(
                fields=["company", "-id"],
                condition=Q(confirmed_at__isnull=False, accepted_at__isnull=True, dismissed_at__isnull=True),
                name="profile_to_review",
            ),
        ]

    @property
    def receptor(self) -> Receptor:
        """As an invoice names it."""
        return Receptor(
            rfc=self.rfc,
            nombre=self.nombre,
            domicilio_fiscal=self.domicilio_fiscal,
            regimen_fiscal=self.regimen_fiscal,
            uso_cfdi=self.uso_cfdi,
            residencia_fiscal=self.residencia_fiscal or None,
            num_reg_id_trib=self.num_reg_id_trib or None,
        )

    def __str__(self) -> str:
        return f"{self.rfc} {self.nombre}"
