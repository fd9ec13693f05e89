"""Customers and their fiscal data."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from amate.tenancy.models import CompanyOwned, ScopedManager

GENERIC_RFC = Q(rfc__in=["XAXX010101000", "XEXX010101000"])


class Customer(CompanyOwned):
    """The account: the unit we will lock, bill and serve. The RFC is optional; the number is not."""

    number = models.BigIntegerField()
    rfc = models.CharField(max_length=13, blank=True, default="")
    nombre = models.CharField(max_length=300)
    search_name = models.CharField(
        max_length=300, help_text="lower case, no accents: prefixes are searched by ranges (A3b)"
    )
    correo = models.EmailField(blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="customer_number"),
            models.UniqueConstraint(
                fields=["company", "rfc"], condition=~GENERIC_RFC & ~Q(rfc=""), name="customer_rfc"
            ),
        ]
        indexes = [models.Index(fields=["company", "search_name"], name="customer_search")]

    def __str__(self) -> str:
        return self.nombre


class FiscalProfileQuerySet(models.QuerySet["FiscalProfile"]):
    def current(self) -> "FiscalProfileQuerySet":
        return self.filter(accepted_at__isnull=False, superseded_at__isnull=True)


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

    objects: ClassVar = ScopedManager.from_queryset(FiscalProfileQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "rfc"],
                condition=Q(accepted_at__isnull=False, superseded_at__isnull=True) & ~GENERIC_RFC,
                name="one_current_profile_an_rfc",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(customer__isnull=False), name="accepted_profile_has_customer"
            ),
        ]
        indexes = [models.Index(F("company"), F("customer"), F("id").desc(), name="profile_of_customer")]

    def __str__(self) -> str:
        return f"{self.rfc} {self.nombre}"
