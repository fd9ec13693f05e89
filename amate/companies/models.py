"""Companies and what belongs to the emisor."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from amate.companies.billing_policy import BillingPolicy as BillingPolicy
from amate.companies.sandbox_clock import SandboxClock as SandboxClock
from amate.tenancy.models import CompanyOwned, ScopedManager, Stateful

STAMPS_AN_HOUR = 20
CORRECTIONS = 1
HOURS_AWAITED = 72


class Company(models.Model):
    """Directory row, read before any scope exists: it says where a company is, and nothing about it (DECISIONS A5)."""

    slug = models.SlugField(max_length=60, unique=True)
    host = models.CharField(
        max_length=253, null=True, unique=True, help_text="its own name for the portal, proved; null: it has none"
    )
    sandbox = models.BooleanField(
        default=False,
        help_text="it only tries things out: its clock may be ahead. Said when it is founded, and for good",
    )
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
    logo = models.CharField(max_length=16, blank=True, default="", help_text="Which drawing `Logo` holds; empty: none")
    foot_note = models.CharField(max_length=200, blank=True, default="", help_text="At the foot of notes and invoices")
    welcome = models.CharField(max_length=300, blank=True, default="", help_text="On the first page of the portal")
    source_labels = models.JSONField(
        default=dict, blank=True, help_text="{Ticket.source: what customers call it}: name_sources"
    )
    usual_iva = models.CharField(
        max_length=6,
        default="0.16",
        help_text="Of a line typed anew: a rate, exento, or 01 for what is no object of tax",
    )
    issuing_suspended = models.BooleanField(
        default=False, help_text="The SAT suspended issuing: nothing is sealed (FISCAL DB-13)"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="one_emisor_a_company")]

    def __str__(self) -> str:
        return self.nombre


class Logo(CompanyOwned):
    """A logo of the company or of one branch, drawn by us: PNG, nothing but pixels. Apart from Emisor and Branch, which
    pages read."""

    branch = models.ForeignKey(
        "Branch", on_delete=models.PROTECT, related_name="+", null=True, help_text="Null: the company's"
    )
    print_png = models.BinaryField(help_text="opaque, for papers")
    screen_png = models.BinaryField(help_text="a few kB, for pages")
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "branch"], name="one_logo_a_place", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"logo of {self.company_id}"


class BranchQuerySet(models.QuerySet["Branch"]):
    def open(self) -> "BranchQuerySet":
        return self.filter(closed_at__isnull=True).order_by("id")


class Branch(CompanyOwned):
    """A place of issue. Its CP is LugarExpedicion and decides the local time of Fecha and of deadlines."""

    code = models.SlugField(max_length=40)
    nombre = models.CharField(max_length=120)
    cp = models.CharField(max_length=5)
    address = models.CharField(max_length=300, blank=True, default="")
    serie = models.CharField(max_length=25)
    logo = models.CharField(max_length=16, blank=True, default="", help_text="As Emisor's; empty: the company's")
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(BranchQuerySet)()

    class Meta:
        verbose_name_plural = "branches"
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="branch_code"),
            models.UniqueConstraint(fields=["company", "serie"], name="branch_serie"),
        ]

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

    def seals_at(self, moment: object) -> "CsdQuerySet":
        """Those that seal at that moment, a datetime or the `Arg` of one; the one that lasts longest first."""
        return self.in_use().filter(valid_from__lte=moment, valid_to__gt=moment)


class Csd(CompanyOwned):
    """The certificate of digital seal. Its .key stays as the SAT gave it, under its password; key and password are
    sealed apart with the company's data key, and only the worker opens them (SEC-2)."""

    no_certificado = models.CharField(max_length=20)
    cer = models.BinaryField()
    sealed_key = models.BinaryField(default=bytes)
    sealed_password = models.BinaryField(default=bytes)
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


class CsdUpload(Stateful):
    """A CSD that somebody sent by the web, sealed until the worker has judged it; afterwards only the verdict is left."""

    class State(models.TextChoices):
        RECEIVED = "received", "En revisión"
        KEPT = "kept", "Guardado"
        REFUSED = "refused", "Rechazado"

    MOVES = {State.RECEIVED: frozenset({State.KEPT, State.REFUSED})}

    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    no_certificado = models.CharField(max_length=40)
    cer = models.BinaryField()
    sealed_key = models.BinaryField()
    sealed_password = models.BinaryField()
    verdict = models.CharField(max_length=400, blank=True, default="", help_text="Why it was refused, for people")
    sent_by = models.CharField(max_length=254, blank=True, default="")
    sent_at = models.DateTimeField()
    judged_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.no_certificado}:{self.state}"


class PacTrial(CompanyOwned):
    """What the PAC answered when somebody of the company asked whether it is there. The last one; `told_at` null: asked."""

    asked_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    went_well = models.BooleanField(default=False)
    sentence = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="one_pac_trial_a_company")]

    def __str__(self) -> str:
        return self.sentence


class DataKey(CompanyOwned):
    """The company's own key, wrapped with a master key (SEC-1). The newest that opens is the one in force."""

    master = models.CharField(max_length=16, help_text="The fingerprint of the master key that wraps it")
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.pk} under {self.master}"


class PortalPolicy(CompanyOwned):
    """The rules of self-invoicing from a day on, of the company or of one branch. A change is a new row: old notes keep
    what they printed. Which row is in force is decided in `policies.py` only."""

    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, related_name="+", null=True, help_text="Null: the company's"
    )
    effective_from = models.DateField()
    follows_company = models.BooleanField(
        default=False, help_text="A branch's row only: from that day on the company's rules are its own again"
    )
    enabled = models.BooleanField(default=True)
    window_days = models.PositiveSmallIntegerField(null=True, default=30, help_text="Null: only the month's end counts")
    until_month_end = models.BooleanField(default=False, help_text="The end of the month, if it comes before the days")
    grace_days = models.PositiveSmallIntegerField(default=0, help_text="Days after the end of the month")
    minimum = models.DecimalField(max_digits=12, decimal_places=2, default=0, help_text="Total in pesos; 0: every sale")
    sources = models.JSONField(default=list, blank=True, help_text="Ticket.source that qualify; empty: all")
    paid_only = models.BooleanField(default=False, help_text="Sales on credit do not qualify")
    generics = models.JSONField(
        default=list, blank=True, help_text="What invoices say instead of the detail, a family each: fiscal.generic"
    )
    withholds_isr = models.BooleanField(
        default=True, help_text="If the company is a RESICO física: to a persona moral with ISR withheld (TAX-4)"
    )
    usos = models.JSONField(default=list, blank=True, help_text="c_UsoCFDI offered; empty: all the SAT accepts")
    stamps_an_hour = models.PositiveSmallIntegerField(
        default=STAMPS_AN_HOUR, help_text="Invoices that the portal issues to one RFC in an hour, at most (GRD-4)"
    )
    hours_awaited = models.PositiveSmallIntegerField(
        default=HOURS_AWAITED, help_text="How long what was asked of a sale that has not come is kept (row 18)"
    )
    default_uso = models.CharField(max_length=4, blank=True, default="", help_text="Empty: G03, else S01 (USO-2)")
    may_split = models.BooleanField(default=False, help_text="Whoever holds a note divides it himself in the portal")
    corrections = models.PositiveSmallIntegerField(
        default=CORRECTIONS, help_text="How often a buyer corrects a note's invoice himself; what is more asks the shop"
    )

    class Meta:
        verbose_name_plural = "portal policies"
        constraints = [
            models.UniqueConstraint(
                fields=["company", "branch", "effective_from"], name="portal_policy_day", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(window_days__gte=0, window_days__lte=366), name="portal_policy_window"),
            models.CheckConstraint(
                condition=Q(window_days__isnull=False) | Q(until_month_end=True), name="portal_policy_ends"
            ),
            models.CheckConstraint(condition=Q(grace_days__gte=0, grace_days__lte=31), name="portal_policy_grace"),
            models.CheckConstraint(
                condition=Q(follows_company=False) | Q(branch__isnull=False), name="portal_policy_follows"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.effective_from}"


class OwnHost(CompanyOwned):
    """The name that the company wants its portal to answer to. Only once it is proved does it become `Company.host`,
    where requests find it; a name that was only asked for is in nobody's way."""

    host = models.CharField(max_length=253)
    asked_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=300, blank=True, default="", help_text="Why it is not proved, for people")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="one_own_host_a_company")]

    def __str__(self) -> str:
        return self.host


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
