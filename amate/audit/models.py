"""The rows of the audit."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from amate.tenancy.models import CompanyOwned, ScopedManager


class ActorKind(models.TextChoices):
    PERSON = "person", "Persona"
    KEY = "key", "Clave de API"
    VISITOR = "visitor", "Visitante del portal"
    SYSTEM = "system", "Sistema"


class EntryQuerySet(models.QuerySet["Entry"]):
    def unchained(self) -> "EntryQuerySet":
        return self.filter(seq__isnull=True)


class Entry(CompanyOwned):
    """One act. Written once; only the link of the chain is added afterwards (DECISIONS C12)."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=ActorKind.choices)
    actor = models.CharField(max_length=254, help_text="the person's mail, the key's prefix and name; empty for others")
    request_id = models.CharField(max_length=64, blank=True, default="")
    act = models.CharField(max_length=60, help_text="dotted, in the past: `ticket.locked`")
    family = models.CharField(max_length=60, help_text="what stands before the first dot of the act, to be filtered by")
    about = models.CharField(max_length=120, help_text="`ticket:12`; empty when it is about the company as a whole")
    detail = models.JSONField(default=dict)
    seq = models.BigIntegerField(null=True)
    digest = models.BinaryField(max_length=32, null=True)

    objects: ClassVar = ScopedManager.from_queryset(EntryQuerySet)()

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["company", "seq"], name="audit_seq"),
            models.CheckConstraint(
                condition=Q(seq__isnull=True, digest__isnull=True) | Q(seq__isnull=False, digest__isnull=False),
                name="audit_link_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="audit_newest"),
            models.Index(fields=["company", "about", "-id"], name="audit_about"),
            models.Index(fields=["company", "actor", "-id"], name="audit_actor"),
            models.Index(fields=["company", "family", "-id"], name="audit_family"),
            models.Index(fields=["company", "-at", "-id"], name="audit_at"),
            models.Index(fields=["company", "id"], condition=Q(seq__isnull=True), name="audit_unchained"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.about}"


class ChainHead(CompanyOwned):
    """The last link of a company's chain: the lock of those who chain, and the proof that no link at the end is gone."""

    seq = models.BigIntegerField(default=0)
    digest = models.BinaryField(max_length=32)
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="one_chain_a_company")]

    def __str__(self) -> str:
        return f"{self.company_id}:{self.seq}"


class Invariant(models.TextChoices):
    """What must hold whatever happens: each is a file of worker/invariants. The label tells people that it does not."""

    CLAIM = "claim_has_its_invoice", "Notas que no concuerdan con su factura"
    LEFT = "left_global_is_whole", "Notas que salieron a medias de su factura global"
    REFUND = "refund_is_credited", "Devoluciones que no concuerdan con su venta o su nota de crédito"
    PARTS = "parts_are_the_whole", "Notas divididas cuyas partes no suman lo que eran"
    STAMP = "stamp_is_of_its_sealing", "Facturas que no son como se timbraron"
    AUDIT = "audit_chain_holds", "Actos de la auditoría alterados o borrados"
    JOURNAL = "journal_sums_to_zero", "Asientos contables que no suman cero"
    ALLOCATIONS = "allocations_keep_within", "Pagos aplicados de más o a quien no debe"
    CREDIT = "credit_pays_debt", "Clientes con adeudo y saldo a favor a la vez"
    BALANCE = "balance_is_what_happened", "Clientes cuyo saldo no es lo que pasó"
    DEBT = "debt_is_in_the_books", "Cargos que no concuerdan con la contabilidad"
    IVA = "iva_is_of_what_was_paid", "Cargos cuyo IVA cobrado no es el de sus pagos"
    STATEMENTS = "statements_go_on", "Estados de cuenta que no siguen al anterior o que alguien alteró"
    INSTALMENTS = "instalments_keep_within", "Parcialidades que no caben en su factura"


class Inspection(CompanyOwned):
    """What the nightly look at one invariant has found, and how far it has come: a large company takes several nights
    a round, and what is known to be broken is looked at again every night."""

    KEPT: ClassVar[int] = 100

    invariant = models.CharField(max_length=40, choices=Invariant.choices)
    checked_at = models.DateTimeField(null=True)
    whole_at = models.DateTimeField(null=True, help_text="when the last round came to its end")
    through = models.BigIntegerField(default=0, help_text="everything up to here was looked at in this round")
    ids = ArrayField(
        models.BigIntegerField(),
        default=list,
        help_text="what is broken, at most KEPT: claims, invoices, or numbers of acts in the audit",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "invariant"], name="one_inspection_an_invariant")]

    def __str__(self) -> str:
        return f"{self.invariant}: {len(self.ids)}"

    @property
    def count(self) -> str:
        """How many are broken, in words."""
        return f"{self.KEPT} o más" if len(self.ids) >= self.KEPT else str(len(self.ids))
