"""Every date of the law that is near or past, of documents and of notes."""

from datetime import datetime

from amate.invoices.due import Due, due_documents
from amate.self_invoicing.globals_due import globals_due


def due_dates(*, now: datetime) -> list[Due]:
    """Inside the company's scope."""
    return [*due_documents(now=now), *globals_due(now=now)]
