"""Invoices, what was sealed, and what the PAC stamped."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import Q

from amate.companies.models import Branch
from amate.customers.models import FiscalProfile
from amate.tenancy.history import Event
from amate.tenancy.models import CompanyOwned, ScopedManager, Stateful


class Origin(models.TextChoices):
    PORTAL = "portal", "Portal de autofactura"
    COUNTER = "counter", "Mostrador"
    API = "api", "API"


class State(models.TextChoices):
    DRAFT = "draft", "Por sellar"
    SEALED = "sealed", "Por timbrar"
    SENDING = "sending", "Timbrando"
    UNKNOWN = "unknown", "Confirmando con el PAC"
    STAMPED = "stamped", "Vigente"
    REFUSED = "refused", "Rechazada"


ON_THE_WAY = frozenset({State.DRAFT, State.SEALED, State.SENDING, State.UNKNOWN})


class RefusedBy(models.TextChoices):
    """Who can mend a refusal: the receiver's data, or the company and we."""

    RECEIVER = "receiver", "Datos del receptor"
    OURS = "ours", "Emisor o sistema"


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def refused_for_staff(self) -> "InvoiceQuerySet":
        return self.filter(state=State.REFUSED, refused_by=RefusedBy.OURS)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(condition=pghistory.AnyChange("state")),
    fields=["id", "company", "state", "serie", "folio", "uuid", "refusal_code", "refusal"],
    base_model=Event,
    context_field=None,  # type: ignore[arg-type]  # None is what its manual says for "no context"
    obj_field=pghistory.ObjForeignKey(related_name="moves"),
    model_name="InvoiceMove",
)
class Invoice(Stateful):
    """One document from draft to stamp. Amounts are what the stamped XML says; a stamped amount is never derived again."""

    # sending → sealed: the PAC surely did not process it. sending → draft: its bytes were rejected and may be sealed anew.
    # unknown → draft: a person looked at the PAC's list and it is not there (`seal_anew`).
    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.DRAFT: frozenset({State.SEALED, State.REFUSED}),
        State.SEALED: frozenset({State.SENDING, State.DRAFT, State.STAMPED}),
        State.SENDING: frozenset(
            {State.SENDING, State.SEALED, State.UNKNOWN, State.STAMPED, State.REFUSED, State.DRAFT}
        ),
        State.UNKNOWN: frozenset({State.SENDING, State.STAMPED, State.DRAFT}),
        State.STAMPED: frozenset(),
        State.REFUSED: frozenset({State.DRAFT}),
    }

    tipo = models.CharField(max_length=1, default="I")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    profile = models.ForeignKey(FiscalProfile, on_delete=models.PROTECT, related_name="+")
    serie = models.CharField(max_length=25)
    folio = models.BigIntegerField(null=True)
    # Copied from the profile, so that a list needs no join and a later version changes nothing here.
    rfc = models.CharField(max_length=13)
    nombre = models.CharField(max_length=300)
    correo = models.EmailField(blank=True, default="")
    lines = models.JSONField()
    forma_pago = models.CharField(max_length=2)
    metodo_pago = models.CharField(max_length=3)
    moneda = models.CharField(max_length=3, default="MXN")
    total = models.DecimalField(max_digits=18, decimal_places=2, help_text="of the document: what was withheld is off")
    withheld = models.DecimalField(
        max_digits=18,
        decimal_places=2,
        default=0,
        help_text="total + withheld is the sale's. Above 0 it needs a CFDI of its own: never in a global (GLO-1, GLO-4)",
    )
    generics = models.JSONField(default=list, help_text="what its concepts say instead of `lines`: fiscal.generic")
    created_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)
    ever_ambiguous = models.BooleanField(
        default=False, help_text="an answer of the PAC was lost: its bytes may never change"
    )
    uuid = models.UUIDField(null=True)
    stamped_at = models.DateTimeField(null=True)
    refused_by = models.CharField(max_length=10, choices=RefusedBy.choices, blank=True, default="")
    refusal_code = models.CharField(max_length=20, blank=True, default="")
    refusal = models.TextField(blank=True, default="")

    objects: ClassVar = ScopedManager.from_queryset(InvoiceQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "serie", "folio"], name="invoice_folio"),
            models.UniqueConstraint(fields=["uuid"], name="invoice_uuid"),
            models.CheckConstraint(  # FISCAL DB-9: no PAC checks the second half
                condition=Q(metodo_pago="PUE") & ~Q(forma_pago="99") | Q(metodo_pago="PPD", forma_pago="99"),
                name="invoice_pue_ppd",
            ),
            models.CheckConstraint(
                condition=~Q(state="stamped") | Q(uuid__isnull=False, stamped_at__isnull=False, folio__isnull=False),
                name="invoice_stamped_has_uuid",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="invoice_newest"),
            models.Index(fields=["company", "state", "-id"], name="invoice_state"),
            models.Index(fields=["company", "rfc", "-id"], name="invoice_rfc"),
            # One for each way the list of invoices is narrowed or ordered (desk/invoice_list.py).
            models.Index(fields=["company", "-created_at", "-id"], name="invoice_created"),
            models.Index(fields=["company", "origin", "-id"], name="invoice_origin"),
            models.Index(fields=["company", "branch", "-id"], name="invoice_branch"),
            models.Index(fields=["company", "metodo_pago", "-id"], name="invoice_metodo"),
            models.Index(fields=["company", "forma_pago", "-id"], name="invoice_forma"),
        ]

    def __str__(self) -> str:
        return self.number or f"borrador {self.pk}"

    @property
    def number(self) -> str:
        """Series and folio as printed, or nothing before it has one."""
        return f"{self.serie}-{self.folio}" if self.folio is not None else ""


class Sealing(CompanyOwned):
    """The exact bytes that were sealed, stored before any PAC saw them. Written once; a new Fecha is a new row."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="sealings")
    key = models.CharField(max_length=100, unique=True, help_text="the PAC's idempotency key, for these bytes only")
    sha256 = models.BinaryField(max_length=32, unique=True)
    xml = models.BinaryField()
    fecha = models.DateTimeField(help_text="the instant of Fecha")
    no_certificado = models.CharField(max_length=20)
    sealed_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "invoice"], condition=Q(superseded_at__isnull=True), name="one_live_sealing"
            )
        ]

    def __str__(self) -> str:
        return self.key


class Stamp(CompanyOwned):
    """What the PAC gave back, believed only after it was checked against the sealed bytes. Written once."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="stamp")
    sealing = models.OneToOneField(Sealing, on_delete=models.PROTECT, related_name="+")
    pac = models.CharField(max_length=20)
    uuid = models.UUIDField(unique=True)
    xml = models.BinaryField()
    xml_sha256 = models.BinaryField(max_length=32)
    fecha_timbrado = models.DateTimeField()
    rfc_prov_certif = models.CharField(max_length=13)
    no_certificado_sat = models.CharField(max_length=20)
    recovered = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.uuid)
