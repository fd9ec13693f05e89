"""What an import of earlier CFDI lacks, and the subscriptions that it looks like."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.access.may import MAY_IMPORT
from amate.desk.sheet import inert
from amate.intake.models import Batch, GapKind, PastGap, PastOffer
from amate.web.backoffice.page import show
from amate.web.backoffice.roles import require

SHOWN = 200
MOST = 50_000  # of a CSV: it is made in memory
# The first five are those by which the import of subscriptions knows its columns.
HEADS = (
    "RFC", "Plan", "Inicio", "Siguiente factura", "Cantidad",
    "Nombre", "Cada", "Veces", "Última factura", "Último precio sin impuestos",
)  # fmt: skip


@require_safe
def past(request: HttpRequest, slug: str, batch_id: int) -> HttpResponse:
    require(request, MAY_IMPORT)
    found = _find(batch_id)
    said = found.counts.get("cfdi", {})
    by_kind = said.get("gaps", {})
    return show(
        request,
        "office/import_past.html",
        room="imports",
        batch=found,
        kinds=[(GapKind(kind).label, many) for kind, many in by_kind.items()],
        gaps=list(PastGap.objects.filter(batch=found).order_by("id")[:SHOWN]),
        all_gaps=said.get("all_gaps", 0),
        offers=list(PastOffer.objects.filter(batch=found).order_by("id")[:SHOWN]),
        all_offers=said.get("offers", 0),
        shown=SHOWN,
    )


@require_safe
def gaps(request: HttpRequest, slug: str, batch_id: int) -> HttpResponse:
    require(request, MAY_IMPORT)
    rows = PastGap.objects.filter(batch=_find(batch_id)).order_by("id")[:MOST]
    said = [(one.get_kind_display(), one.about, one.sentence) for one in rows]
    return _csv(["Qué falta", "Documento", "Qué dice"], said, f"faltantes-importacion-{batch_id}.csv")


@require_safe
def offers(request: HttpRequest, slug: str, batch_id: int) -> HttpResponse:
    """With the heads that the import of subscriptions knows: a person takes out what is none, and uploads the rest."""
    require(request, MAY_IMPORT)
    rows = PastOffer.objects.filter(batch=_find(batch_id)).order_by("id")[:MOST]
    said = [
        (
            one.rfc, one.concept, one.first_on.isoformat(), one.next_on.isoformat(), _plain(one.cantidad),
            one.nombre, one.every, one.times, one.last_on.isoformat(), _plain(one.price),
        )
        for one in rows
    ]  # fmt: skip
    return _csv(HEADS, said, f"suscripciones-importacion-{batch_id}.csv")


def _plain(number: object) -> str:
    """
    >>> from decimal import Decimal
    >>> _plain(Decimal("300.000000")), _plain(Decimal("1.500000"))
    ('300', '1.5')
    """
    said = f"{number:f}"
    return said.rstrip("0").rstrip(".") if "." in said else said


def _find(batch_id: int) -> Batch:
    found: Batch | None = Batch.objects.select_related("source").filter(pk=batch_id).first()
    if found is None:
        raise Http404
    return found


def _csv(heads: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> HttpResponse:
    kept = io.StringIO()
    writer = csv.writer(kept)
    writer.writerow(heads)
    writer.writerows([inert(str(cell)) for cell in row] for row in rows)
    answer = HttpResponse("\ufeff" + kept.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
