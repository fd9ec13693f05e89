"""The list of invoices: what it may be narrowed by, and what an export of it holds."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from amate.desk.branch_choices import branch_choices
from amate.desk.filters import At, Filter, Kind
from amate.desk.listing import Cell, Column, Listing
from amate.fiscal.catalogs import name_of
from amate.fiscal.tables.comprobante import FORMAS_PAGO
from amate.invoices.models import ON_THE_WAY, Invoice, Origin, State
from amate.invoices.models import Kind as DocumentKind
from amate.invoices.queries import LAST, meant
from amate.self_invoicing.request_folio import read_request_folio

STATES = {
    "to_mend": "Por corregir",
    "on_the_way": "En camino",
    State.STAMPED.value: "Vigente",
    "cancelling": "En cancelación",
    State.CANCELLED.value: "Cancelada",
    State.REFUSED.value: "Rechazada",
}


CANCELLING = (State.CANCEL_REQUESTED, State.IN_PROCESS)


def _in_state(rows: Any, state: str, at: At) -> Any:
    if state == "on_the_way":
        return rows.filter(state__in=ON_THE_WAY)
    if state == "cancelling":
        return rows.filter(state__in=CANCELLING)
    return rows.refused_for_staff() if state == "to_mend" else rows.filter(state=state)


def _received_by(rows: Any, text: str, at: At) -> Any:
    """A range, because LIKE cannot use an index under row-level security (DECISIONS A3b)."""
    rfc = text.upper()
    return rows.filter(rfc__gte=rfc, rfc__lte=rfc.ljust(13, LAST))


def _meant(rows: Any, text: str, at: At) -> Any:
    """By the folio of the request too, which a buyer has before there is any other."""
    asked = read_request_folio(text)
    return rows.filter(meant(text) if asked is None else meant(text) | Q(pk=asked))


def _formas() -> Iterable[tuple[str, str]]:
    return [(key, f"{key} · {name_of('forma_pago', key)}") for key in sorted(FORMAS_PAGO)]


INVOICES = Listing(
    name="facturas",
    title="Facturas",
    one="factura",
    many="facturas",
    # As of notes: joined, the few branches would lead the planner astray.
    rows=lambda at: Invoice.objects.prefetch_related("branch").defer("lines"),
    pesos="total",
    moneda="moneda",
    filters=(
        Filter(
            "desde", "Desde el día", Kind.DAY, lambda rows, day, at: rows.filter(created_at__gte=at.start_of(day)),
            order=lambda day: "-created_at",
        ),
        Filter(
            "hasta", "Hasta el día", Kind.DAY, lambda rows, day, at: rows.filter(created_at__lt=at.end_of(day)),
            order=lambda day: "-created_at",
        ),
        Filter("estado", "Estado", Kind.CHOICE, _in_state, choices=STATES.items, in_sight=True),
        Filter(
            "tipo", "Documento", Kind.CHOICE, lambda rows, kind, at: rows.filter(kind=kind),
            choices=lambda: DocumentKind.choices,
        ),
        Filter(
            "origen", "Origen", Kind.CHOICE, lambda rows, origin, at: rows.filter(origin=origin),
            choices=lambda: Origin.choices, in_sight=True,
        ),
        Filter(
            "q", "Folio, UUID, RFC o nombre", Kind.WORDS, _meant, in_sight=True
        ),
        Filter("rfc", "RFC del receptor", Kind.WORDS, _received_by),
        Filter(
            "sucursal", "Sucursal", Kind.CHOICE, lambda rows, pk, at: rows.filter(branch_id=int(pk)), choices=branch_choices
        ),
        Filter(
            "metodo", "Método de pago", Kind.CHOICE, lambda rows, key, at: rows.filter(metodo_pago=key),
            choices=lambda: [(key, f"{key} · {name_of('metodo_pago', key)}") for key in ("PUE", "PPD")],
        ),
        Filter(
            "forma", "Forma de pago", Kind.CHOICE, lambda rows, key, at: rows.filter(forma_pago=key), choices=_formas
        ),
        Filter(
            "validez", "Validez fiscal", Kind.CHOICE, lambda rows, said, at: rows.filter(sample=said == "sin"),
            choices=lambda: (("con", "Con validez"), ("sin", "Muestras sin validez")),
        ),
    ),
    columns=(
        Column("Folio", Cell.TEXT, lambda row, at: row.number),
        Column("Documento", Cell.TEXT, lambda row, at: row.get_kind_display()),
        Column("UUID", Cell.TEXT, lambda row, at: str(row.uuid or "").upper(), 38),
        Column("Estado", Cell.TEXT, lambda row, at: State(row.state).label, 16),
        Column("Sin validez fiscal", Cell.TEXT, lambda row, at: "Muestra" if row.sample else "", 10),
        Column("Origen", Cell.TEXT, lambda row, at: row.get_origin_display()),
        Column("RFC", Cell.TEXT, lambda row, at: row.rfc, 16),
        Column("Receptor", Cell.TEXT, lambda row, at: row.nombre, 36),
        Column("Sucursal", Cell.TEXT, lambda row, at: row.branch.nombre),
        Column("Pedida", Cell.MOMENT, lambda row, at: row.created_at),
        Column("Timbrada", Cell.MOMENT, lambda row, at: row.stamped_at),
        Column("Forma de pago", Cell.TEXT, lambda row, at: row.forma_pago, 10),
        Column("Método de pago", Cell.TEXT, lambda row, at: row.metodo_pago, 10),
        Column("Moneda", Cell.TEXT, lambda row, at: row.moneda, 8),
        Column("Total", Cell.PESOS, lambda row, at: row.total, 14),
        Column("Correo", Cell.TEXT, lambda row, at: row.correo, 28),
    ),
)  # fmt: skip
