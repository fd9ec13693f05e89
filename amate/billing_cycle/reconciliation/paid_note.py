"""That a paid debt, or a part of it, has a note: for good, so that nothing of it is documented a second time."""

from django.db import models
from django.db.models import Q

from amate.ledger.models import Allocation, Receivable
from amate.tenancy.models import CompanyOwned


class PaidNote(CompanyOwned):
    """Written with the promise that registers the note. `allocation`: the part that it is of; None: of the whole debt."""

    receivable = models.ForeignKey(Receivable, on_delete=models.PROTECT, related_name="+", db_index=False)
    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "receivable"], condition=Q(allocation__isnull=True), name="one_note_of_a_debt"
            ),
            models.UniqueConstraint(
                fields=["company", "allocation"], condition=Q(allocation__isnull=False), name="one_note_of_a_part"
            ),
        ]
        indexes = [models.Index(fields=["company", "receivable"], name="notes_of_a_debt")]

    def __str__(self) -> str:
        return f"{self.receivable_id}:{self.allocation_id or 'whole'}"
