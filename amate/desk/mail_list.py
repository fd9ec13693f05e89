"""The list of mails: what it may be narrowed by, and what an export of it holds."""

from typing import Any

from django.db.models import Q

from amate.customers.search import LAST
from amate.desk.filters import At, Filter, Kind
from amate.desk.listing import Cell, Column, Listing
from amate.messages.causes import in_words
from amate.messages.models import Message
from amate.messages.try_mail import KIND as TEST

KINDS = {
    "invoice": "Factura",
    "to_accept": "Cancelación por aceptar",
    "cancelled": "Aviso de cancelación",
    "note": "Nota",
    "awaited": "Compra que no llegó",
    "purchases": "Enlace a sus compras",
    "expiry": "Aviso de plazo por vencer",
    "reminder": "Recordatorio de pago",
    "cut": "Aviso de suspensión",
    "rise": "Cambio de precio",
    "task": "Trabajo para un técnico",
    "invitation": "Invitación",
    "answer": "Respuesta",
    "password_reset": "Contraseña nueva",
    "mail_change": "Cambio de correo",
    "account_notice": "Aviso de una cuenta",
    "alert": "Aviso a tu equipo",
    TEST: "Prueba",
}
LONGEST_ADDRESS = 254


def _sent_to(rows: Any, text: str, at: At) -> Any:
    """As it was typed, or as most addresses are kept: in lower case."""
    begins = Q()
    for said in {text, text.lower()}:
        begins |= Q(to__gte=said, to__lte=said.ljust(LONGEST_ADDRESS, LAST))
    return rows.filter(begins)


MAILS = Listing(
    name="correos",
    title="Correos",
    one="correo",
    many="correos",
    rows=lambda at: Message.objects.defer("text", "html"),
    filters=(
        Filter(
            "ver", "Los que piden algo", Kind.CHOICE, lambda rows, said, at: rows.astray(),
            choices=lambda: (("sin-llegar", "No llegaron"),), in_sight=True,
        ),
        Filter(
            "estado", "Estado", Kind.CHOICE, lambda rows, state, at: rows.filter(state=state),
            choices=lambda: Message.State.choices, in_sight=True,
        ),
        Filter("q", "A qué dirección", Kind.WORDS, _sent_to, in_sight=True),
        Filter(
            "tipo", "De qué", Kind.CHOICE, lambda rows, kind, at: rows.filter(kind=kind), choices=KINDS.items
        ),
        Filter(
            "desde", "Desde el día", Kind.DAY, lambda rows, day, at: rows.filter(created_at__gte=at.start_of(day)),
            order=lambda day: "-created_at",
        ),
        Filter(
            "hasta", "Hasta el día", Kind.DAY, lambda rows, day, at: rows.filter(created_at__lt=at.end_of(day)),
            order=lambda day: "-created_at",
        ),
    ),
    columns=(
        Column("Escrito", Cell.MOMENT, lambda row, at: row.created_at),
        Column("De qué", Cell.TEXT, lambda row, at: KINDS.get(row.kind, row.kind), 20),
        Column("Sobre", Cell.TEXT, lambda row, at: row.about),
        Column("A", Cell.TEXT, lambda row, at: row.to, 30),
        Column("Asunto", Cell.TEXT, lambda row, at: row.subject, 50),
        Column("Estado", Cell.TEXT, lambda row, at: row.get_state_display()),
        Column("Enviado", Cell.MOMENT, lambda row, at: row.sent_at),
        Column("Se supo", Cell.MOMENT, lambda row, at: row.told_at),
        Column("Por qué no llegó", Cell.TEXT, lambda row, at: in_words(row.cause), 40),
        Column("Lo que dijo el otro lado", Cell.TEXT, lambda row, at: row.error, 40),
        Column("Atendido", Cell.MOMENT, lambda row, at: row.attended_at),
    ),
)  # fmt: skip
