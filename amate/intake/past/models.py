"""What was read of the company's past: of a batch that a person has not confirmed yet, or kept for good."""

from django.db import models
from django.db.models import Q

from amate.tenancy.models import CompanyOwned


class PastCfdi(CompanyOwned):
    """A CFDI that another system issued. Amounts are what its XML says; it is no document of ours and never sent anywhere."""

    batch = models.ForeignKey("intake.Batch", on_delete=models.PROTECT, related_name="past", db_index=False)
    row = models.PositiveIntegerField(help_text="its place in the upload")
    uuid = models.UUIDField()
    tipo = models.CharField(max_length=1, help_text="c_TipoDeComprobante: I, E or P")
    serie = models.CharField(max_length=25)
    folio = models.CharField(max_length=40)
    fecha = models.CharField(max_length=19, help_text="as written: local and without zone")
    rfc = models.CharField(max_length=13)
    nombre = models.CharField(max_length=300)
    cp = models.CharField(max_length=5)
    regimen = models.CharField(max_length=3)
    uso = models.CharField(max_length=4)
    moneda = models.CharField(max_length=3)
    metodo_pago = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=18, decimal_places=6)
    iva = models.DecimalField(max_digits=18, decimal_places=6)
    sold = models.JSONField(help_text="of each line what a list of products needs (`document.Past.sold`)")
    xml = models.BinaryField(help_text="the XML as it came, deflated")
    cancelled = models.BooleanField(default=False, help_text="the SAT's metadata says so")
    replaced_by = models.UUIDField(null=True, help_text="another one names it as the one it replaces (relation 04)")
    kept_at = models.DateTimeField(null=True, help_text="when a person confirmed it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "batch", "uuid"], name="past_cfdi_once_a_batch"),
            models.UniqueConstraint(
                fields=["company", "uuid"], condition=Q(kept_at__isnull=False), name="past_cfdi_kept_once"
            ),
        ]
        indexes = [models.Index(fields=["company", "batch", "rfc", "-fecha"], name="past_cfdi_of_receptor")]

    def __str__(self) -> str:
        return str(self.uuid)


class PastPaid(CompanyOwned):
    """What a REP among them says of one invoice."""

    batch = models.ForeignKey("intake.Batch", on_delete=models.PROTECT, related_name="+")
    rep = models.UUIDField()
    place = models.PositiveIntegerField()
    uuid = models.UUIDField(help_text="of the invoice it pays")
    parcialidad = models.PositiveSmallIntegerField()
    saldo_ant = models.DecimalField(max_digits=18, decimal_places=6)
    pagado = models.DecimalField(max_digits=18, decimal_places=6)
    insoluto = models.DecimalField(max_digits=18, decimal_places=6)
    moneda = models.CharField(max_length=3)
    paid_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "batch", "rep", "place"], name="past_paid_once"),
        ]
        indexes = [models.Index(fields=["company", "uuid"], name="past_paid_of_invoice")]

    def __str__(self) -> str:
        return f"{self.uuid}/{self.parcialidad}"


class PastNamed(CompanyOwned):
    """One of them names another document, theirs or not."""

    batch = models.ForeignKey("intake.Batch", on_delete=models.PROTECT, related_name="+")
    uuid = models.UUIDField()
    tipo_relacion = models.CharField(max_length=2)
    named = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "batch", "uuid", "tipo_relacion", "named"], name="past_named_once"
            ),
        ]
        indexes = [models.Index(fields=["company", "named"], name="past_named_of_named")]

    def __str__(self) -> str:
        return f"{self.tipo_relacion}:{self.named}"


class PastListed(CompanyOwned):
    """A line of the SAT's metadata."""

    batch = models.ForeignKey("intake.Batch", on_delete=models.PROTECT, related_name="+", db_index=False)
    uuid = models.UUIDField()
    tipo = models.CharField(max_length=1)
    receptor = models.CharField(max_length=13)
    nombre = models.CharField(max_length=300)
    issued_on = models.DateField(null=True)
    monto = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    cancelled = models.BooleanField()
    cancelled_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "batch", "uuid"], name="past_listed_once")]

    def __str__(self) -> str:
        return str(self.uuid)


class GapKind(models.TextChoices):
    FOLIO = "folio", "Folios que faltan en una serie"
    UNLISTED = "unlisted", "XML que la metadata no nombra"
    NO_XML = "no_xml", "CFDI de la metadata sin su XML"
    PAID_UNKNOWN = "paid", "Complementos de facturas que no vienen"
    NAMED_UNKNOWN = "named", "Relacionados que no vienen"
    CHAIN = "chain", "Pagos que no cuadran"
    REPLACED = "replaced", "Sustituidas que siguen vigentes"
    LATER = "later", "Pagos de lo que entró antes"
    GENERIC = "generic", "Por cobrar sin cliente"
    SHARED = "shared", "Notas de crédito de varias facturas"


class PastGap(CompanyOwned):
    """Something that the documents say is missing, or do not agree about. Found by the dry run."""

    batch = models.ForeignKey("intake.Batch", on_delete=models.PROTECT, related_name="gaps", db_index=False)
    kind = models.CharField(max_length=10, choices=GapKind.choices)
    about = models.CharField(max_length=80, help_text="the document, as people name it")
    sentence = models.CharField(max_length=400)

    class Meta:
        indexes = [models.Index(fields=["company", "batch", "id"], name="past_gap_of_batch")]

    def __str__(self) -> str:
        return f"{self.about}: {self.sentence}"


class PastOffer(CompanyOwned):
    """A subscription that the invoices of a receiver look like. Nobody is subscribed by it: a person decides."""

    batch = models.ForeignKey("intake.Batch", on_delete=models.PROTECT, related_name="offers", db_index=False)
    rfc = models.CharField(max_length=13)
    nombre = models.CharField(max_length=300)
    key = models.CharField(max_length=80, help_text="of the product")
    concept = models.CharField(max_length=1000)
    every = models.CharField(max_length=12)
    times = models.PositiveIntegerField()
    first_on = models.DateField()
    last_on = models.DateField()
    next_on = models.DateField()
    cantidad = models.DecimalField(max_digits=18, decimal_places=6)
    price = models.DecimalField(max_digits=18, decimal_places=6, help_text="of one, of the last time, without taxes")

    class Meta:
        indexes = [models.Index(fields=["company", "batch", "id"], name="past_offer_of_batch")]

    def __str__(self) -> str:
        return f"{self.rfc}: {self.concept}"
