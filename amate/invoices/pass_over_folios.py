"""A series that stands behind its own invoices: its next number would be a duplicate, which the database refuses."""

from django.db.models import Max

from amate.companies.folios import leave_out
from amate.companies.models import Series
from amate.invoices.models import Invoice


def pass_over_taken(*, invoice_id: int) -> None:
    """Let the series of this invoice go on after the last folio that any of its invoices has.

    It stands behind only when somebody set it back by hand: a gap is legal, a double is not.
    """
    serie = Invoice.objects.values_list("serie", flat=True).get(pk=invoice_id)
    taken = int(Invoice.objects.filter(serie=serie).aggregate(last=Max("folio"))["last"] or 0)
    behind = taken - Series.objects.get(name=serie).last
    if behind > 0:
        leave_out(series=serie, count=behind)
