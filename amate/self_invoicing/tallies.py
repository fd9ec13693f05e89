"""What happens in the portal, counted by day and branch: no code, no RFC, nothing of who came.

A count is one more row and never an UPDATE, so that no two buyers wait for each other; the worker folds them each hour into
one row a day, branch and thing.
"""

from datetime import datetime, timedelta

from django.db import connection

from amate.companies.day import day_of
from amate.self_invoicing.models import Tally, Visit
from amate.self_invoicing.rules import Standing
from amate.tenancy.writes import insert, rewrite

SCANNED, TYPED, GIVEN, ASKED = "scanned", "typed", "given", "asked"
# How far a visit came: each of these counts once a visit, however often its page is sent.
REACHED = {GIVEN: 1, ASKED: 2}
# The pages of FEATURES 4.3 that stop a buyer, as the report words them.
CAUSES = {
    "X1": "Ninguna nota con ese código y ese total",
    "X2": "El código estaba mal escrito",
    "X3": "Demasiados intentos: tuvo que esperar",
    "X4": "El plazo ya había terminado",
    "X5": "Ya tenía factura",
    "X6": "Ya estaba en la factura global",
    "X7": "Esa venta no se factura en el portal",
    "X8": "La tienda la tenía en revisión",
    "X9": "La venta estaba cancelada",
    "X10": "Ya se estaba facturando desde otro lado",
    "X11": "El portal estaba en pausa",
    "X12": "El SAT no aceptó sus datos",
    "X13": "Escribió el RFC de público en general",
    "X14": "El PAC o el SAT no respondía",
    "X15": "Falla de la tienda: sello, timbres o un rechazo que no es del comprador",
}
CAUSE_OF = {
    Standing.EXPIRED: "X4",
    Standing.INVOICED: "X5",
    Standing.IN_GLOBAL: "X6",
    Standing.NOT_OFFERED: "X7",
    Standing.LOCKED: "X8",
    Standing.VOID: "X9",
    Standing.ISSUING: "X10",
    Standing.PORTAL_OFF: "X11",
    Standing.HELD_BY_US: "X15",
}
# Days whose counts are still folded; what a longer silence left is summed as it is.
FOLDED = 7

_FOLD = """
WITH gone AS (DELETE FROM self_invoicing_tally WHERE day >= %s RETURNING company_id, day, branch_id, what, count)
INSERT INTO self_invoicing_tally (company_id, day, branch_id, what, count)
SELECT company_id, day, branch_id, what, sum(count) FROM gone GROUP BY 1, 2, 3, 4
"""


def tally(what: str, *, branch_id: int | None, now: datetime) -> None:
    """One more of `what`; without a branch for what matched no note."""
    insert(Tally(day=day_of(now), branch_id=branch_id, what=what, count=1))


def reach(visit: Visit, step: str, *, branch_id: int, now: datetime) -> None:
    """The visit came as far as `step` (one of REACHED) for the first time, or nothing is counted."""
    if visit.reached < REACHED[step]:
        rewrite(visit, reached=REACHED[step])
        tally(step, branch_id=branch_id, now=now)


def stopped(visit: Visit, cause: str, *, branch_id: int, now: datetime) -> None:
    """`cause` (one of CAUSES) stands in the visit's way; looking at the same page again counts no more."""
    if visit.stopped_by != cause:
        rewrite(visit, stopped_by=cause)
        tally(cause, branch_id=branch_id, now=now)


def fold_tallies(*, now: datetime) -> None:
    """Harmless when doubled: of two at once, the second finds what the first deleted gone."""
    with connection.cursor() as c:
        c.execute(_FOLD, [day_of(now) - timedelta(days=FOLDED)])
