"""What was read goes to its tables in chunks, and is no part of the books until a person confirms it."""

import json
import zlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from amate.intake.models import Batch
from amate.intake.past.document import Past
from amate.intake.past.listing import Listed
from amate.tenancy.scope import open_company

_LIGHT = 1  # of zlib: most of a CFDI is certificate and seals, which do not shrink however hard one tries

OURS = "SELECT uuid FROM invoices_invoice WHERE uuid = ANY(%(uuids)s::uuid[])"
KEPT = "SELECT uuid FROM intake_pastcfdi WHERE uuid = ANY(%(uuids)s::uuid[]) AND kept_at IS NOT NULL"
ADD = """
INSERT INTO intake_pastcfdi (company_id, batch_id, "row", uuid, tipo, serie, folio, fecha, rfc, nombre, cp, regimen, uso,
  moneda, metodo_pago, total, iva, sold, xml, cancelled)
SELECT %(company)s, %(batch)s, r.*, false
FROM unnest(%(row)s::int[], %(uuid)s::uuid[], %(tipo)s::text[], %(serie)s::text[], %(folio)s::text[], %(fecha)s::text[],
  %(rfc)s::text[], %(nombre)s::text[], %(cp)s::text[], %(regimen)s::text[], %(uso)s::text[], %(moneda)s::text[],
  %(metodo_pago)s::text[], %(total)s::numeric[], %(iva)s::numeric[], %(sold)s::jsonb[], %(xml)s::bytea[]) AS r
ON CONFLICT (company_id, batch_id, uuid) DO NOTHING RETURNING uuid
"""
ADD_PAID = """
INSERT INTO intake_pastpaid (company_id, batch_id, rep, place, uuid, parcialidad, saldo_ant, pagado, insoluto, moneda, paid_on)
SELECT %(company)s, %(batch)s, r.* FROM unnest(%(rep)s::uuid[], %(place)s::int[], %(uuid)s::uuid[], %(parcialidad)s::int[],
  %(saldo_ant)s::numeric[], %(pagado)s::numeric[], %(insoluto)s::numeric[], %(moneda)s::text[], %(paid_on)s::date[]) AS r
"""
ADD_NAMED = """
INSERT INTO intake_pastnamed (company_id, batch_id, uuid, tipo_relacion, named)
SELECT %(company)s, %(batch)s, r.* FROM unnest(%(uuid)s::uuid[], %(tipo)s::text[], %(named)s::uuid[]) AS r
"""
ADD_LISTED = """
INSERT INTO intake_pastlisted (company_id, batch_id, uuid, tipo, receptor, nombre, issued_on, monto, cancelled, cancelled_on)
SELECT %(company)s, %(batch)s, r.* FROM unnest(%(uuid)s::uuid[], %(tipo)s::text[], %(receptor)s::text[], %(nombre)s::text[],
  %(issued_on)s::date[], %(monto)s::numeric[], %(cancelled)s::bool[], %(cancelled_on)s::date[]) AS r
ON CONFLICT (company_id, batch_id, uuid) DO UPDATE SET cancelled = intake_pastlisted.cancelled OR excluded.cancelled,
  cancelled_on = coalesce(intake_pastlisted.cancelled_on, excluded.cancelled_on)
"""
OF_THE_SAME = "SELECT xml FROM intake_pastcfdi WHERE batch_id = %s AND uuid = %s"
_COLUMNS = (
    "uuid", "tipo", "serie", "folio", "fecha", "rfc", "nombre", "cp", "regimen", "uso", "moneda", "metodo_pago", "total", "iva",
)  # fmt: skip


def known_uuids(uuids: Sequence[UUID]) -> set[UUID]:
    """Those that are documents of ours, or were kept by an earlier batch."""
    found: set[UUID] = set()
    with connection.cursor() as c:
        for sql in (OURS, KEPT):
            c.execute(sql, {"uuids": list(uuids)})
            found |= {one for (one,) in c.fetchall()}
    return found


def stage(batch: Batch, some: Sequence[tuple[int, Past]]) -> set[UUID]:
    """Those that were written: the like of the others is there, of this very upload. One UUID comes once in `some`."""
    values: dict[str, Any] = {name: [getattr(one, name) for _, one in some] for name in _COLUMNS}
    values |= {
        "company": open_company(),
        "batch": batch.pk,
        "row": [row for row, _ in some],
        "sold": [json.dumps(one.sold, ensure_ascii=False) for _, one in some],
        "xml": [zlib.compress(one.xml, _LIGHT) for _, one in some],
    }
    with connection.cursor() as c:
        c.execute(ADD, values)
        made = {one for (one,) in c.fetchall()}
    fresh = [one for _, one in some if one.uuid in made]
    _add_paid(batch, fresh)
    _add_named(batch, fresh)
    return made


def stage_listed(batch: Batch, some: Sequence[Listed]) -> None:
    """A UUID that two lists name is cancelled if one of them says so: the later list knows more."""
    once = {one.uuid: one for one in sorted(some, key=lambda one: one.cancelled)}
    names = ("uuid", "tipo", "receptor", "nombre", "issued_on", "monto", "cancelled", "cancelled_on")
    values: dict[str, Any] = {name: [getattr(one, name) for one in once.values()] for name in names}
    with connection.cursor() as c:
        c.execute(ADD_LISTED, {**values, "company": open_company(), "batch": batch.pk})


def is_same(batch: Batch, one: Past) -> bool:
    """Whether what is there under its UUID has the very same bytes."""
    with connection.cursor() as c:
        c.execute(OF_THE_SAME, [batch.pk, one.uuid])
        found = c.fetchone()
    return found is not None and zlib.decompress(bytes(found[0])) == one.xml


def _add_paid(batch: Batch, some: Sequence[Past]) -> None:
    rows = [(one.uuid, paid) for one in some for paid in one.pays]
    if not rows:
        return
    names = ("place", "uuid", "parcialidad", "saldo_ant", "pagado", "insoluto", "moneda", "paid_on")
    values: dict[str, Any] = {name: [getattr(paid, name) for _, paid in rows] for name in names}
    with connection.cursor() as c:
        c.execute(ADD_PAID, {**values, "rep": [rep for rep, _ in rows], "company": open_company(), "batch": batch.pk})


def _add_named(batch: Batch, some: Sequence[Past]) -> None:
    rows = [(one.uuid, tipo, named) for one in some for tipo, named in one.names]
    if not rows:
        return
    values: dict[str, Any] = {
        "uuid": [row[0] for row in rows],
        "tipo": [row[1] for row in rows],
        "named": [row[2] for row in rows],
    }
    with connection.cursor() as c:
        c.execute(ADD_NAMED, {**values, "company": open_company(), "batch": batch.pk})
