"""Every document begins here: a draft with its series, what it names, and the promise to seal and stamp it."""

from collections.abc import Sequence
from datetime import datetime

from amate.companies.models import Branch
from amate.invoices.models import Invoice, Kind, Relation
from amate.promises.promise import promise
from amate.tenancy.writes import insert

# FEATURES 148: a series a branch and type. A branch's own has letters and digits only, so these are nobody else's.
SUFFIXES = {Kind.INGRESO: "", Kind.EGRESO: "-NC", Kind.GLOBAL: "-G", Kind.PAGO: "-P"}
TIPOS = {Kind.INGRESO: "I", Kind.EGRESO: "E", Kind.GLOBAL: "I", Kind.PAGO: "P"}


def serie_of(branch: Branch, kind: str) -> str:
    return branch.serie + SUFFIXES[Kind(kind)]


def write_draft(
    invoice: Invoice, *, names: Sequence[tuple[str, Invoice]] = (), priority: int | None, now: datetime
) -> Invoice:
    """Insert it and owe its stamp. `names`: (c_TipoRelacion, a stamped document of ours) in the order they are written.

    `priority` None: its stamp waits for something, and whoever drafts it owes it then.

    Whoever names a document holds its lock and has checked what REL-1 asks (DB-5).
    """
    invoice.serie = serie_of(invoice.branch, invoice.kind)
    invoice.tipo = TIPOS[Kind(invoice.kind)]
    invoice.created_at = now
    insert(invoice)
    for tipo_relacion, related in names:
        assert related.uuid is not None
        insert(Relation(invoice=invoice, tipo_relacion=tipo_relacion, related=related, uuid=related.uuid))
    if priority is None:
        return invoice
    promise("seal_and_stamp", key=f"stamp:{invoice.pk}", now=now, priority=priority, invoice_id=invoice.pk)
    return invoice
