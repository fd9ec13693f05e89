"""The list of what visitors of the portal wrote: what it may be narrowed by, and what an export of it holds."""

from typing import Any

from amate.customers.search import LAST
from amate.desk.filters import At, Filter, Kind
from amate.desk.listing import Cell, Column, Listing
from amate.help.models import Case
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.queries import begins

# What brought somebody to write, by the page that led there.
SUBJECTS = {
    "excepcion": "Pide una excepción: su plazo terminó",
    "global": "Pide su factura: su nota está en una global",
    "cancelada": "Su compra aparece cancelada",
    "revision": "Su compra está en revisión",
    "pausa": "Pide su factura: el portal no la emite",
    "error": "Hay un error en su factura",
    "ajena": "Dice que no fue quien facturó su compra",
    "extranjero": "No es contribuyente en México",
    "demora": "Su factura tarda",
}
LONGEST_ADDRESS = 254


def _written_by(rows: Any, text: str, at: At) -> Any:
    said = text.lower()
    return rows.filter(correo__gte=said, correo__lte=said.ljust(LONGEST_ADDRESS, LAST))


def _about_note(rows: Any, text: str, at: At) -> Any:
    return rows.filter(ticket__in=Ticket.objects.filter(begins(text, part_of_code=at.sees_codes)).values("pk"))


CASES = Listing(
    name="ayuda",
    title="Ayuda a clientes",
    one="mensaje",
    many="mensajes",
    # As of notes: fetched apart, since of a thousand messages few have a note.
    rows=lambda at: Case.objects.prefetch_related("ticket"),
    filters=(
        Filter(
            "estado", "Estado", Kind.CHOICE, lambda rows, state, at: rows.filter(state=state),
            choices=lambda: Case.State.choices, in_sight=True,
        ),
        Filter("q", "Correo de quien escribe", Kind.WORDS, _written_by, in_sight=True),
        Filter("nota", "Folio o código de su nota", Kind.WORDS, _about_note, in_sight=True),
        Filter(
            "motivo", "Motivo", Kind.CHOICE, lambda rows, subject, at: rows.filter(subject=subject),
            choices=SUBJECTS.items,
        ),
        Filter(
            "desde", "Recibido desde", Kind.DAY, lambda rows, day, at: rows.filter(asked_at__gte=at.start_of(day)),
            order=lambda day: "-asked_at",
        ),
        Filter(
            "hasta", "Recibido hasta", Kind.DAY, lambda rows, day, at: rows.filter(asked_at__lt=at.end_of(day)),
            order=lambda day: "-asked_at",
        ),
    ),
    columns=(
        Column("Recibido", Cell.MOMENT, lambda row, at: row.asked_at),
        Column("Estado", Cell.TEXT, lambda row, at: row.get_state_display(), 14),
        Column("Motivo", Cell.TEXT, lambda row, at: SUBJECTS.get(row.subject, row.subject), 36),
        Column("Mensaje", Cell.TEXT, lambda row, at: row.text, 60),
        Column("Nota", Cell.TEXT, lambda row, at: row.ticket.folio if row.ticket else ""),
        Column("Correo", Cell.TEXT, lambda row, at: row.correo, 30),
        Column("Teléfono", Cell.TEXT, lambda row, at: row.telefono),
        Column("Respuesta", Cell.TEXT, lambda row, at: row.answer, 60),
        Column("Respondió", Cell.TEXT, lambda row, at: row.answered_by, 28),
        Column("Respondido", Cell.MOMENT, lambda row, at: row.answered_at),
        Column("Cerró", Cell.TEXT, lambda row, at: row.closed_by, 28),
        Column("Cerrado", Cell.MOMENT, lambda row, at: row.closed_at),
    ),
)  # fmt: skip
