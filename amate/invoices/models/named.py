"""What a document says of other documents: which it names and as what, and what a REP says was paid of each."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from amate.invoices.models.invoice import Invoice
from amate.ledger.models import Allocation
from amate.tenancy.models import CompanyOwned, ScopedManager


class Relation(CompanyOwned):
    """`invoice` names `related` in a node of CfdiRelacionados (REL-1). Written once, with the draft."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="relations")
    tipo_relacion = models.CharField(max_length=2)
    related = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="named_by")
    uuid = models.UUIDField(help_text="of `related`, as it is written")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "invoice", "tipo_relacion", "uuid"], name="relation_once"),
            models.CheckConstraint(condition=~Q(invoice=F("related")), name="relation_to_another"),
        ]
        indexes = [models.Index(fields=["company", "related"], name="relation_of_related")]

    def __str__(self) -> str:
        return f"{self.tipo_relacion}:{self.uuid}"


class InstalmentQuerySet(models.QuerySet["Instalment"]):
    def live(self) -> "InstalmentQuerySet":
        """What still counts as paid: its REP is on its way, or the SAT holds it as valid."""
        return self.filter(reopened_at__isnull=True)


class Instalment(CompanyOwned):
    """One payment of one PPD invoice in one REP, in the invoice's currency. Once its REP is refused for good or cancelled
    it is `reopened_at`, and the balance is owed again; nothing else of it ever changes."""

    rep = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="instalments")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="paid_by")
    payment = models.CharField(max_length=80, help_text="who paid: the key of the payment in the ledger")
    allocation = models.ForeignKey(
        Allocation,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="what of the ledger it tells the SAT; none of a payment that no ledger of ours holds",
    )
    num_parcialidad = models.PositiveSmallIntegerField()
    imp_saldo_ant = models.DecimalField(max_digits=18, decimal_places=2)
    imp_pagado = models.DecimalField(max_digits=18, decimal_places=2)
    objeto_imp = models.CharField(max_length=2)
    equivalencia = models.CharField(
        max_length=22, blank=True, default="", help_text="as written; empty: the payment is in the invoice's currency"
    )
    taxes = models.JSONField(help_text="of every tax what this one pays: what the next one must know (REP-E)")
    reopened_at = models.DateTimeField(null=True)

    objects: ClassVar = ScopedManager.from_queryset(InstalmentQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(  # DB-3; dense by `rep.py`
                fields=["company", "invoice", "num_parcialidad"],
                condition=Q(reopened_at__isnull=True),
                name="one_live_parcialidad",
            ),
            models.UniqueConstraint(  # DB-2
                fields=["company", "payment", "invoice"], condition=Q(reopened_at__isnull=True), name="one_live_rep"
            ),
            models.UniqueConstraint(
                fields=["company", "allocation"],
                condition=Q(reopened_at__isnull=True, allocation__isnull=False),
                name="one_live_rep_a_part",
            ),
            models.CheckConstraint(
                condition=Q(imp_pagado__gt=0, imp_saldo_ant__gte=F("imp_pagado"), num_parcialidad__gte=1),
                name="instalment_pays_what_is_owed",
            ),
        ]
        indexes = [models.Index(fields=["company", "rep"], name="instalment_of_rep")]

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.num_parcialidad}"

    @property
    def imp_saldo_insoluto(self) -> Decimal:
        return self.imp_saldo_ant - self.imp_pagado
