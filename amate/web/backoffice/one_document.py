"""The one document that a page is about."""

from django.http import Http404

from amate.invoices.models import Invoice


def find_document(invoice_id: int) -> Invoice:
    """With what its pages need. Raises Http404."""
    rows = Invoice.objects.select_related("branch", "profile", "replaced_by__branch")
    found: Invoice | None = rows.filter(pk=invoice_id).first()
    if found is None:
        raise Http404
    return found
