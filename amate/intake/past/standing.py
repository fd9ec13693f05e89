"""Which of them stand: what the metadata says is cancelled, and what another one replaces, owe nothing and pay nothing."""

from django.db import connection

from amate.intake.models import Batch

# Of the batch in hand, or kept by an earlier one.
THERE = "({0}.batch_id = %(batch)s OR {0}.kept_at IS NOT NULL)"
STANDS = THERE + " AND NOT {0}.cancelled AND {0}.replaced_by IS NULL"

CANCELLED = """
UPDATE intake_pastcfdi c SET cancelled = true FROM intake_pastlisted m
WHERE c.batch_id = %(batch)s AND m.batch_id = c.batch_id AND m.uuid = c.uuid AND m.cancelled
"""
REPLACED = f"""
UPDATE intake_pastcfdi c SET replaced_by = b.uuid
FROM intake_pastnamed n JOIN intake_pastcfdi b ON b.batch_id = n.batch_id AND b.uuid = n.uuid
WHERE c.batch_id = %(batch)s AND n.named = c.uuid AND n.tipo_relacion = '04' AND b.tipo = c.tipo AND b.uuid <> c.uuid
  AND NOT b.cancelled AND {THERE.format("b")}
"""  # noqa: S608  of constants


def settle_standing(batch: Batch) -> None:
    """After everything of the upload was staged."""
    with connection.cursor() as c:
        c.execute(CANCELLED, {"batch": batch.pk})
        c.execute(REPLACED, {"batch": batch.pk})
