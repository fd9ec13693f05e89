"""What the documents say is missing. Each is told once, by the dry run; nothing of it keeps the rest from coming in."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from amate.intake.models import Batch
from amate.intake.past.models import GapKind, PastGap
from amate.intake.past.standing import STANDS, THERE
from amate.tenancy.writes import insert_all

AT_ONCE = 1000
MOST_FOLIOS = 1_000_000  # a hole larger than this is another numbering, not lost files
Note = Callable[[GapKind, str, str], None]

FOLIOS = f"""
SELECT serie, n + 1, next - 1 FROM (
  SELECT serie, n, lead(n) OVER (PARTITION BY serie ORDER BY n) AS next FROM (
    SELECT DISTINCT c.serie, CASE WHEN c.folio ~ '^[0-9]{{1,15}}$' THEN c.folio::bigint END AS n
    FROM intake_pastcfdi c WHERE {THERE.format("c")}) AS d WHERE n IS NOT NULL) AS g
WHERE next > n + 1 ORDER BY 1, 2
"""  # noqa: S608  of constants
NO_XML = """
SELECT m.uuid, m.tipo, m.receptor, m.issued_on, m.monto, m.cancelled FROM intake_pastlisted m
WHERE m.batch_id = %(batch)s AND m.tipo IN ('I', 'E', 'P', '')
  AND NOT EXISTS (SELECT 1 FROM intake_pastcfdi c WHERE c.batch_id = m.batch_id AND c.uuid = m.uuid)
  AND NOT EXISTS (SELECT 1 FROM intake_pastcfdi c WHERE c.uuid = m.uuid AND c.kept_at IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM invoices_invoice i WHERE i.uuid = m.uuid)
ORDER BY m.id
"""
UNLISTED = """
SELECT c.uuid, c.serie, c.folio FROM intake_pastcfdi c
WHERE c.batch_id = %(batch)s AND EXISTS (SELECT 1 FROM intake_pastlisted m WHERE m.batch_id = %(batch)s)
  AND NOT EXISTS (SELECT 1 FROM intake_pastlisted m WHERE m.batch_id = c.batch_id AND m.uuid = c.uuid)
ORDER BY c.id
"""
PAID_UNKNOWN = f"""
SELECT r.uuid, r.serie, r.folio, p.uuid, p.pagado FROM intake_pastpaid p
JOIN intake_pastcfdi r ON r.batch_id = p.batch_id AND r.uuid = p.rep AND {STANDS.format("r")}
WHERE p.batch_id = %(batch)s
  AND NOT EXISTS (SELECT 1 FROM intake_pastcfdi c WHERE c.uuid = p.uuid AND {THERE.format("c")})
  AND NOT EXISTS (SELECT 1 FROM invoices_invoice i WHERE i.uuid = p.uuid)
ORDER BY p.id
"""  # noqa: S608
NAMED_UNKNOWN = f"""
SELECT c.uuid, c.serie, c.folio, n.tipo_relacion, n.named FROM intake_pastnamed n
JOIN intake_pastcfdi c ON c.batch_id = n.batch_id AND c.uuid = n.uuid AND {STANDS.format("c")}
WHERE n.batch_id = %(batch)s
  AND NOT EXISTS (SELECT 1 FROM intake_pastcfdi o WHERE o.uuid = n.named AND {THERE.format("o")})
  AND NOT EXISTS (SELECT 1 FROM invoices_invoice i WHERE i.uuid = n.named)
ORDER BY n.id
"""  # noqa: S608
REPLACED = """
SELECT c.uuid, c.serie, c.folio, c.replaced_by FROM intake_pastcfdi c
WHERE c.batch_id = %(batch)s AND c.replaced_by IS NOT NULL AND NOT c.cancelled ORDER BY c.id
"""
# An earlier batch opened these invoices with what was left of them then.
LATER = f"""
SELECT r.uuid, r.serie, r.folio, c.serie || '-' || c.folio, p.pagado, c.batch_id FROM intake_pastpaid p
JOIN intake_pastcfdi r ON r.batch_id = p.batch_id AND r.uuid = p.rep AND {STANDS.format("r")}
JOIN intake_pastcfdi c ON c.uuid = p.uuid AND c.kept_at IS NOT NULL AND c.batch_id <> p.batch_id
WHERE p.batch_id = %(batch)s ORDER BY p.id
"""  # noqa: S608


class Gaps:
    """Written in parts, so that a year in which everything is missing fits into memory too."""

    def __init__(self, batch: Batch) -> None:
        self.batch, self.counts = batch, Counter[str]()
        self._waiting: list[PastGap] = []

    def note(self, kind: GapKind, about: str, sentence: str) -> None:
        self.counts[kind.value] += 1
        self._waiting.append(PastGap(batch=self.batch, kind=kind, about=about[:80], sentence=sentence[:400]))
        if len(self._waiting) >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        insert_all(self._waiting)
        self._waiting = []


def find_gaps(*, batch: Batch, note: Note) -> None:
    """All but those of balances, which are found while these are reckoned."""
    for serie, first, last in _rows(FOLIOS, batch):
        many = last - first + 1
        name = serie or "sin serie"
        if many <= MOST_FOLIOS:
            said = f"{first}" if many == 1 else f"{first} a {last} ({many:,})"
            note(GapKind.FOLIO, name, f"Falta el folio {said}" if many == 1 else f"Faltan los folios {said}")
    for uuid, tipo, receptor, issued_on, monto, cancelled in _rows(NO_XML, batch):
        facts = [_TIPOS.get(tipo, "CFDI"), f"a {receptor}", f"del {issued_on:%d/%m/%Y}" if issued_on else ""]
        facts += [f"por {monto:,.2f}" if monto else "", "(cancelado)" if cancelled else ""]
        note(GapKind.NO_XML, str(uuid).upper(), f"Falta el XML: {' '.join(part for part in facts if part)}")
    for uuid, serie, folio in _rows(UNLISTED, batch):
        note(GapKind.UNLISTED, _name(serie, folio, uuid), "La metadata no lo nombra: no sabemos si está cancelado")
    for uuid, serie, folio, paid, pagado in _rows(PAID_UNKNOWN, batch):
        said = f"Paga {pagado:,.2f} de la factura {str(paid).upper()}, que no viene"
        note(GapKind.PAID_UNKNOWN, _name(serie, folio, uuid), said)
    for uuid, serie, folio, tipo, named in _rows(NAMED_UNKNOWN, batch):
        note(
            GapKind.NAMED_UNKNOWN,
            _name(serie, folio, uuid),
            f"Nombra a {str(named).upper()} (relación {tipo}), que no viene",
        )
    for uuid, serie, folio, by in _rows(REPLACED, batch):
        said = f"La sustituye {str(by).upper()} y nada dice que esté cancelada: no la cobramos. Cancélala ante el SAT"
        note(GapKind.REPLACED, _name(serie, folio, uuid), said)
    for uuid, serie, folio, of, pagado, earlier in _rows(LATER, batch):
        said = f"Paga {pagado:,.2f} de {of}, que entró con la importación {earlier}: su saldo ya está abierto, regístrale este pago"
        note(GapKind.LATER, _name(serie, folio, uuid), said)


_TIPOS = {"I": "factura", "E": "nota de crédito", "P": "complemento de pago"}


def _name(serie: str, folio: str, uuid: object) -> str:
    return "-".join(part for part in (serie, folio) if part) or str(uuid).upper()


def _rows(sql: str, batch: Batch) -> Iterator[Any]:
    with connection.cursor() as c:
        c.execute(sql, {"batch": batch.pk})
        while rows := c.fetchmany(AT_ONCE):
            yield from rows
