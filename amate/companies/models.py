"""Companies and what belongs to the emisor."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q

from amate.tenancy.models import CompanyOwned, ScopedManager


class Company(models.Model):
    """Directory row, read before any scope exists: it says where a company is, and nothing about it (DECISIONS A5)."""

    slug = models.SlugField(max_length=60, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "companies"

    def __str__(self) -> str:
        return self.slug


class Emisor(CompanyOwned):
    """The company as the SAT and its customers know it."""

    rfc = models.CharField(max_length=13)
    nombre = models.CharField(max_length=300, help_text="As the SAT lists it, without the capital regime (CFDI40139)")
    regimen_fiscal = models.CharField(max_length=3)
    nombre_comercial = models.CharField(max_length=120)
    telefono = models.CharField(max_length=30, blank=True, default="")
    correo = models.EmailField(blank=True, default="")
    colour = models.CharField(max_length=7, default="#0b5f4d")
    issuing_suspended = models.BooleanField(
        default=False, help_text="The SAT suspended issuing: nothing is sealed (FISCAL DB-13)"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="one_emisor_a_company")]

    def __str__(self) -> str:
        return self.nombre


class Branch(CompanyOwned):
    """A place of issue. Its CP is LugarExpedicion and decides the local time of Fecha and of deadlines."""

    code = models.SlugField(max_length=40)
    nombre = models.CharField(max_length=120)
    cp = models.CharField(max_length=5)
    address = models.CharField(max_length=300, blank=True, default="")
    serie = models.CharField(max_length=25)

    class Meta:
        verbose_name_plural = "branches"
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="branch_code")]

    def __str__(self) -> str:
        return self.nombre


class Series(CompanyOwned):
    """The last number given in a series. A table of its own, locked last and for a moment (HOUSE law 13)."""

    name = models.CharField(max_length=40)
    last = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "series"
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="series_name")]

    def __str__(self) -> str:
        return self.name


class CsdQuerySet(models.QuerySet["Csd"]):
    def in_use(self) -> "CsdQuerySet":
        return self.filter(retired_at__isnull=True).order_by("-valid_to")


class Csd(CompanyOwned):
    """The certificate of digital seal. Its key is encrypted with the installation's master key, and only the worker
    decrypts it (DECISIONS C7)."""

    no_certificado = models.CharField(max_length=20)
    cer = models.BinaryField()
    encrypted_key = models.BinaryField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    kept_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(CsdQuerySet)()

    class Meta:
        verbose_name = "CSD"
        constraints = [models.UniqueConstraint(fields=["company", "no_certificado"], name="csd_number")]

    def __str__(self) -> str:
        return self.no_certificado


class PortalPolicyQuerySet(models.QuerySet["PortalPolicy"]):
    def on(self, day: date) -> "PortalPolicy | None":
        """The rules in force that day, or None if the company never set any."""
        return self.filter(effective_from__lte=day).order_by("-effective_from").first()


class PortalPolicy(CompanyOwned):
    """The rules of self-invoicing from a day on. A change is a new row: old notes keep what they printed."""

    effective_from = models.DateField()
    enabled = models.BooleanField(default=True)
    window_days = models.PositiveSmallIntegerField(default=30)
    until_month_end = models.BooleanField(default=False, help_text="The earlier of the window and the end of the month")
    usos = models.JSONField(default=list, blank=True, help_text="c_UsoCFDI offered; empty: all the SAT accepts")

    objects: ClassVar = ScopedManager.from_queryset(PortalPolicyQuerySet)()

    class Meta:
        verbose_name_plural = "portal policies"
        constraints = [
            models.UniqueConstraint(fields=["company", "effective_from"], name="portal_policy_day"),
            models.CheckConstraint(condition=Q(window_days__gte=0, window_days__lte=366), name="portal_policy_window"),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from}"


class Product(CompanyOwned):
    """What is sold, with what the SAT wants to know about it; a sale's line names it by its key."""

    key = models.CharField(max_length=80, help_text="the business's own key: SKU, code of the article")
    descripcion = models.CharField(max_length=1000)
    clave_prod_serv = models.CharField(max_length=8)
    clave_unidad = models.CharField(max_length=3)
    unidad = models.CharField(max_length=20, blank=True, default="")
    objeto_imp = models.CharField(max_length=2, default="02")
    taxes = models.JSONField(default=list, help_text="as the lines of the API give them")
    price = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    prices_include_tax = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="product_key")]
        indexes = [models.Index(fields=["company", "descripcion"], name="product_descripcion")]

    def __str__(self) -> str:
        return self.key
