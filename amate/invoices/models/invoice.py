"""Invoices, what was sealed, and what the PAC stamped."""

from typing import ClassVar

import pghistory
from django.db import models
from django.db.models import F, Q

from amate.companies.models import Branch
from amate.customers.models import FiscalProfile
from amate.invoices.models.kind_laws import KIND_LAWS
from amate.ledger.models import Allocation, Receivable
from amate.tenancy.history import Event
from amate.tenancy.models import CompanyOwned, ScopedManager, Stateful


class Origin(models.TextChoices):
    PORTAL = "portal", "Portal de autofactura"
    COUNTER = "counter", "Mostrador"
    API = "api", "API"
    OFFICE = "office", "Oficina"
    SYSTEM = "system", "Automático"


class Kind(models.TextChoices):
    """Which file of `invoices/kinds` composes it."""

    INGRESO = "ingreso", "Factura"
    EGRESO = "egreso", "Nota de crédito"
    GLOBAL = "global", "Factura global"
    PAGO = "pago", "Complemento de pago"


class State(models.TextChoices):
    DRAFT = "draft", "Por sellar"
    SEALED = "sealed", "Por timbrar"
    SENDING = "sending", "Timbrando"
    UNKNOWN = "unknown", "Confirmando con el PAC"
    STAMPED = "stamped", "Vigente"
    CANCEL_REQUESTED = "cancel_requested", "Cancelación pedida"
    IN_PROCESS = "in_process", "Esperando al receptor"
    CANCELLED = "cancelled", "Cancelada"
    REFUSED = "refused", "Rechazada"


ON_THE_WAY = frozenset({State.DRAFT, State.SEALED, State.SENDING, State.UNKNOWN})
# The SAT holds it as valid: until it says "Cancelado" every book counts it (CAN-6).
AT_THE_SAT = frozenset({State.STAMPED, State.CANCEL_REQUESTED, State.IN_PROCESS})
DEAD = frozenset({State.REFUSED, State.CANCELLED})


class CancelledHow(models.TextChoices):
    """As the SAT's EstatusCancelacion says; "Plazo vencido" is by silence (DECISIONS C8)."""

    WITH_ACCEPTANCE = "acceptance", "Con aceptación"
    WITHOUT_ACCEPTANCE = "without", "Sin aceptación"
    BY_SILENCE = "silence", "Por plazo vencido"


class RefusedBy(models.TextChoices):
    """Who can mend a refusal: the receiver's data, or the company and we. Nobody: it was abandoned."""

    RECEIVER = "receiver", "Datos del receptor"
    OURS = "ours", "Emisor o sistema"
    NOBODY = "nobody", "Se abandonó"


_STAMPED_ONCE = ["stamped", "cancel_requested", "in_process", "cancelled"]
_DEAD = ["refused", "cancelled"]


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def at_the_sat(self) -> "InvoiceQuerySet":
        """Valid for the SAT, whatever we have asked for meanwhile."""
        return self.filter(state__in=AT_THE_SAT)

    def refused_for_staff(self) -> "InvoiceQuerySet":
        return self.filter(state=State.REFUSED, refused_by=RefusedBy.OURS)


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(condition=pghistory.AnyChange("state", "replaced_by")),
    fields=[
        "id",
        "company",
        "state",
        "serie",
        "folio",
        "uuid",
        "refusal_code",
        "refusal",
        "cancelled_how",
        "replaced_by",
    ],
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
        # Back to stamped: the request was refused, or the receiver said no. It is live then as it was before.
        State.STAMPED: frozenset({State.CANCEL_REQUESTED}),
        State.CANCEL_REQUESTED: frozenset({State.IN_PROCESS, State.CANCELLED, State.STAMPED}),
        State.IN_PROCESS: frozenset({State.CANCELLED, State.STAMPED}),
        State.CANCELLED: frozenset(),
        State.REFUSED: frozenset({State.DRAFT}),
    }

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.INGRESO)
    tipo = models.CharField(max_length=1, default="I", help_text="c_TipoDeComprobante, of its kind")
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    profile = models.ForeignKey(FiscalProfile, on_delete=models.PROTECT, related_name="+")
    receivable = models.ForeignKey(
        Receivable, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, help_text="what it documents"
    )
    allocation = models.ForeignKey(
        Allocation,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="of a debt that is documented part by part: the part that was paid",
    )
    serie = models.CharField(max_length=25)
    folio = models.BigIntegerField(null=True)
    # Copied from the profile, so that a list needs no join and a later version changes nothing here.
    rfc = models.CharField(max_length=13)
    nombre = models.CharField(max_length=300)
    correo = models.EmailField(blank=True, default="")
    lines = models.JSONField(help_text="what it is composed of, as the file of its kind keeps it")
    forma_pago = models.CharField(
        max_length=2, blank=True, default="", help_text="empty: a REP says it in its payments"
    )
    metodo_pago = models.CharField(max_length=3, blank=True, default="")
    uso_cfdi = models.CharField(max_length=4, blank=True, default="", help_text="empty: the profile's own")
    moneda = models.CharField(max_length=3, default="MXN")
    tipo_cambio = models.CharField(max_length=20, blank=True, default="", help_text="as it is written; empty: pesos")
    total = models.DecimalField(max_digits=18, decimal_places=2, help_text="of the document: what was withheld is off")
    withheld = models.DecimalField(
        max_digits=18,
        decimal_places=2,
        default=0,
        help_text="total + withheld is the sale's. Above 0 it needs a CFDI of its own: never in a global (GLO-1, GLO-4)",
    )
    generics = models.JSONField(default=list, help_text="what its concepts say instead of `lines`: fiscal.generic")
    wish = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        help_text="of the page that asked for it: sent twice, it is one document",
    )
    created_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)
    ever_ambiguous = models.BooleanField(
        default=False, help_text="an answer of the PAC was lost: its bytes may never change"
    )
    uuid = models.UUIDField(null=True)
    stamped_at = models.DateTimeField(null=True)
    sample = models.BooleanField(
        default=False, db_default=False, help_text="stamped by a simulator: its TFD says that it has no validity"
    )
    refused_by = models.CharField(max_length=10, choices=RefusedBy.choices, blank=True, default="")
    refusal_code = models.CharField(max_length=20, blank=True, default="")
    refusal = models.TextField(blank=True, default="")
    cancelled_how = models.CharField(max_length=10, choices=CancelledHow.choices, blank=True, default="")
    cancelled_at = models.DateTimeField(null=True, help_text="when the SAT's answer was recorded")
    replaces = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="substitutes",
        help_text="what it is the substitute of",
    )
    replaced_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="the stamped document that stands in its place, written with that stamp (DECISIONS C4)",
    )
    # Of a global only (DECISIONS C11). Days are the branch's local ones, both included.
    periodicidad = models.CharField(max_length=2, blank=True, default="")
    period_from = models.DateField(null=True)
    period_to = models.DateField(null=True)
    part = models.PositiveSmallIntegerField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(InvoiceQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "wish"], condition=~Q(wish=""), name="invoice_wish"),
            models.UniqueConstraint(fields=["company", "serie", "folio"], name="invoice_folio"),
            models.UniqueConstraint(fields=["uuid"], name="invoice_uuid"),
            *KIND_LAWS,
            models.CheckConstraint(
                condition=~Q(state__in=_STAMPED_ONCE)
                | Q(uuid__isnull=False, stamped_at__isnull=False, folio__isnull=False),
                name="invoice_stamped_has_uuid",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False) & ~Q(cancelled_how="")
                | ~Q(state="cancelled") & Q(cancelled_at__isnull=True, cancelled_how=""),
                name="invoice_cancelled_says_how",
            ),
            models.CheckConstraint(
                condition=(Q(replaces__isnull=True) | ~Q(replaces=F("id")))
                & (Q(replaced_by__isnull=True) | ~Q(replaced_by=F("id"))),
                name="invoice_replaces_another",
            ),
            models.UniqueConstraint(  # C4: what is being replaced has one substitute, on its way or live
                fields=["company", "replaces"], condition=~Q(state__in=_DEAD), name="one_live_substitute"
            ),
            # C4. As below, a chain of substitutes holds the place by its first document.
            models.UniqueConstraint(
                fields=["company", "receivable"],
                condition=Q(kind="ingreso", receivable__isnull=False, allocation__isnull=True, replaces__isnull=True)
                & (~Q(state__in=_DEAD) | Q(replaced_by__isnull=False)),
                name="one_live_invoice_a_debt",
            ),
            models.UniqueConstraint(
                fields=["company", "allocation"],
                condition=Q(kind="ingreso", allocation__isnull=False, replaces__isnull=True)
                & (~Q(state__in=_DEAD) | Q(replaced_by__isnull=False)),
                name="one_live_invoice_a_part",
            ),
            # DB-10. A chain of substitutes holds the place by its first document: while that one lives, and afterwards for
            # as long as another stands in its place.
            models.UniqueConstraint(
                fields=["company", "branch", "periodicidad", "period_from", "part"],
                condition=Q(kind="global", replaces__isnull=True)
                & (~Q(state__in=_DEAD) | Q(replaced_by__isnull=False)),
                name="one_live_global",
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
            models.Index(fields=["company", "kind", "-id"], name="invoice_kind"),
            models.Index(fields=["company", "-id"], condition=Q(sample=True), name="invoice_sample"),
            models.Index(
                fields=["company", "receivable"], condition=Q(receivable__isnull=False), name="invoice_of_debt"
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"borrador {self.pk}"

    @property
    def number(self) -> str:
        """Series and folio as printed, or nothing before it has one."""
        return f"{self.serie}-{self.folio}" if self.folio is not None else ""


class Sealing(CompanyOwned):
    """The exact bytes that were sealed, stored before any PAC saw them. Written once; a new Fecha is a new row.

    Only `pac` and `asked_at` change: who may have stamped them (choose_pac).
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="sealings")
    key = models.CharField(max_length=100, unique=True, help_text="the PAC's idempotency key, for these bytes only")
    sha256 = models.BinaryField(max_length=32, unique=True)
    xml = models.BinaryField()
    fecha = models.DateTimeField(help_text="the instant of Fecha")
    no_certificado = models.CharField(max_length=20)
    catalogs = models.CharField(
        max_length=80, db_default="", help_text="edition of the SAT's catalogues it was held to"
    )
    sealed_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    pac = models.CharField(
        max_length=20,
        blank=True,
        default="",
        help_text="the PAC that may have stamped these bytes, from before it is asked until it surely did not; * is any",
    )
    asked_at = models.DateTimeField(null=True, help_text="when `pac` was last asked about them")

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
