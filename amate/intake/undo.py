"""A batch is undone: what nobody has invoiced is voided, and what somebody has stays and is told."""

from datetime import datetime
from typing import Any

from django.db import connection

from amate.audit.record import record
from amate.companies.models import Product
from amate.intake.models import Batch, Imported, Kind
from amate.intake.moving_in import ACTS
from amate.intake.past.take_back import take_back_past
from amate.invoices.models import RefusedBy, State
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise
from amate.self_invoicing.models import Ticket

REASON = "Se deshizo la importación"

CHUNK = 2000
# By ids and in chunks: of a batch registered a moment ago the planner knows nothing, and joined it all to all.
NEXT = """
SELECT array_agg(ticket_id) FROM (
  SELECT ticket_id FROM intake_imported WHERE batch_id = %s AND ticket_id > %s ORDER BY ticket_id LIMIT %s) AS part
"""
# The order of locks of the house; buyers lock the ticket too, so afterwards no new claim can appear (DECISIONS C6).
LOCK = (
    "SELECT count(*) FROM (SELECT id FROM self_invoicing_ticket WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE) AS l"
)
# Its key is given back, so that the mended file can be imported; the note itself stays, void.
VOID = """
UPDATE self_invoicing_ticket t SET state = %(void)s, state_since = %(now)s, state_reason = %(reason)s,
  external_id = left(t.external_id, 50) || '~deshecha-' || t.id
WHERE t.id = ANY(%(ids)s) AND t.state IN (%(open)s, %(locked)s)
  AND NOT EXISTS (
    SELECT 1 FROM self_invoicing_claim c JOIN invoices_invoice f ON f.id = c.invoice_id
    WHERE c.ticket_id = t.id AND c.released_at IS NULL
      AND NOT (f.state = %(refused)s AND f.refused_by = %(receiver)s))
"""


def ask_undo(*, batch_id: int, now: datetime) -> Batch:
    """A person wants it undone. Raises IllegalMove if it is not COMMITTED."""
    batch = Batch.locked(batch_id)
    batch.now_in(Batch.State.UNDOING, now=now, progress=0)
    record("batch.undo_asked", about=f"batch:{batch.pk}", now=now, file=batch.file_name)
    promise("undo_batch", key=f"undo_batch:{batch.pk}", now=now, priority=SOMEBODY_WAITS, batch_id=batch.pk)
    return batch


def undo_batch(*, batch_id: int, now: datetime) -> None:
    """Void its tickets that are free, retire the products it added, take back what moved in with it; `counts` then holds `undone` and `kept`."""
    batch = Batch.objects.select_related("source").get(pk=batch_id)
    if batch.state != Batch.State.UNDOING:
        return
    if batch.source.kind == Kind.CFDI:
        undone, kept = take_back_past(batch, now)
    elif act := ACTS.get(batch.source.kind):
        undone, kept = act.take_back(batch, now)
    else:
        undone = _retire(batch, now=now) if batch.source.kind == Kind.PRODUCTS else _void(batch, now=now)
        kept = Imported.objects.filter(batch=batch).count() - undone
    counts = {**batch.counts, "undone": undone, "kept": kept}
    batch.now_in(Batch.State.UNDONE, now=now, counts=counts)
    record("batch.undone", about=f"batch:{batch.pk}", now=now, undone=undone, kept=kept)


def _void(batch: Batch, *, now: datetime) -> int:
    facts: dict[str, Any] = {
        "void": Ticket.State.VOID.value,
        "open": Ticket.State.OPEN.value,
        "locked": Ticket.State.LOCKED.value,
        "refused": State.REFUSED.value,
        "receiver": RefusedBy.RECEIVER.value,
        "reason": REASON,
        "now": now,
    }
    voided, last = 0, 0
    with connection.cursor() as c:
        while True:
            c.execute(NEXT, [batch.pk, last, CHUNK])
            found = c.fetchone()
            if not found or not found[0]:
                return voided
            ids = found[0]
            c.execute(LOCK, [ids])
            c.execute(VOID, {**facts, "ids": ids})
            voided += c.rowcount
            last = max(ids)


def _retire(batch: Batch, *, now: datetime) -> int:
    added = Imported.objects.filter(batch=batch).values("product_id")
    return int(Product.objects.filter(pk__in=added, is_active=True).update(is_active=False, changed_at=now))
