"""Files that came in, what each column of a source means, and what each file became."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from amate.companies.models import Product
from amate.intake.past.models import GapKind as GapKind
from amate.intake.past.models import PastCfdi as PastCfdi
from amate.intake.past.models import PastGap as PastGap
from amate.intake.past.models import PastListed as PastListed
from amate.intake.past.models import PastNamed as PastNamed
from amate.intake.past.models import PastOffer as PastOffer
from amate.intake.past.models import PastPaid as PastPaid
from amate.self_invoicing.models import Ticket
from amate.tenancy.models import CompanyOwned, Stateful


class Kind(models.TextChoices):
    SALES = "sales", "Ventas"
    PRODUCTS = "products", "Productos"
    CUSTOMERS = "customers", "Clientes"
    BALANCES = "balances", "Saldos iniciales"
    SUBSCRIBED = "subscribed", "Suscripciones"
    CFDI = "cfdi", "Facturas anteriores (XML en un ZIP)"


class ImportSource(CompanyOwned):
    """Where files of one shape come from, and how they are read. Its name is the tickets' `source`."""

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=40)
    mapping = models.JSONField(default=dict, help_text="{field: the words at the head of its column}")
    options = models.JSONField(default=dict, help_text="`options.Options`")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "kind", "name"], name="import_source_name")]

    def __str__(self) -> str:
        return self.name


class Batch(Stateful):
    """One uploaded file on its way. The worker's states are UPLOADED, COMMITTING and UNDOING."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Leyendo"
        ASKING = "asking", "Faltan columnas"
        READ = "read", "Revisada, sin registrar"
        COMMITTING = "committing", "Registrando"
        COMMITTED = "committed", "Registrada"
        UNDOING = "undoing", "Deshaciendo"
        UNDONE = "undone", "Deshecha"
        REFUSED = "refused", "No se pudo leer"
        EXPIRED = "expired", "Caducó sin registrarse"

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        State.UPLOADED: frozenset({State.ASKING, State.READ, State.REFUSED}),
        State.ASKING: frozenset({State.UPLOADED, State.EXPIRED}),
        State.READ: frozenset({State.UPLOADED, State.COMMITTING, State.EXPIRED}),
        State.COMMITTING: frozenset({State.COMMITTED, State.READ}),
        State.COMMITTED: frozenset({State.UNDOING}),
        State.UNDOING: frozenset({State.UNDONE}),
        State.UNDONE: frozenset(),
        State.REFUSED: frozenset(),
        State.EXPIRED: frozenset(),
    }
    WORKING: ClassVar = frozenset({State.UPLOADED, State.COMMITTING, State.UNDOING})

    source = models.ForeignKey(ImportSource, on_delete=models.PROTECT, related_name="batches")
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    state_since = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    sha256 = models.BinaryField(max_length=32)
    is_utf8 = models.BooleanField(help_text="whether the whole file decodes as UTF-8")
    sheet = models.CharField(max_length=100, blank=True, default="")
    look = models.JSONField(default=dict, help_text="what its head shows: `look.Look`")
    counts = models.JSONField(default=dict, help_text="`counts.Counts`")
    errors = models.JSONField(default=list, help_text="[row, column, sentence] of the first 1,000")
    fault = models.CharField(max_length=400, blank=True, default="", help_text="why it could not be read or registered")
    progress = models.PositiveSmallIntegerField(default=0, help_text="of 100, while the worker is at it")
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=254)
    skip_bad = models.BooleanField(default=False, help_text="a person saw the rows with errors and leaves them out")

    class Meta:
        verbose_name_plural = "batches"
        indexes = [
            models.Index(fields=["company", "-id"], name="batch_newest"),
            models.Index(fields=["company", "sha256"], name="batch_same_file"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING

    def now_in(self, state: str, *, now: Any, **facts: Any) -> None:
        """Move, at that moment. Raises IllegalMove."""
        self.move_to(state, state_since=now, **facts)


class Piece(CompanyOwned):
    """Some of the bytes of a file, so that none of them is ever whole in memory; gone when it is registered or old."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "batch", "number"], name="piece_number")]

    def __str__(self) -> str:
        return f"{self.batch_id}.{self.number}"


class Imported(CompanyOwned):
    """What a batch made: a ticket, or a product that was not there before."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="imported")
    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="imported", null=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ticket__isnull=False, product__isnull=True) | Q(ticket__isnull=True, product__isnull=False),
                name="imported_one_thing",
            )
        ]
        indexes = [models.Index(fields=["batch", "ticket"], name="imported_batch")]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.ticket_id or self.product_id}"
