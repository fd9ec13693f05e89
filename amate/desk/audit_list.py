"""The audit as a list."""

import json
from typing import Any

from amate.audit.models import ActorKind, Entry
from amate.desk.act_words import in_words
from amate.desk.filters import At, Filter, Kind
from amate.desk.listing import Cell, Column, Listing

# Actors that are no person and no key; a mail never looks like these.
NAMELESS = {"visitante": ActorKind.VISITOR, "sistema": ActorKind.SYSTEM}


def _by(rows: Any, who: str, at: At) -> Any:
    if who in NAMELESS:
        return rows.filter(actor="", actor_kind=NAMELESS[who])
    return rows.filter(actor=who)


AUDIT = Listing(
    name="auditoria",
    title="Auditoría",
    one="acto",
    many="actos",
    rows=lambda at: Entry.objects.all(),
    filters=(
        Filter(
            "desde", "Desde el día", Kind.DAY, lambda rows, day, at: rows.filter(at__gte=at.start_of(day)),
            order=lambda day: "-at",
        ),
        Filter(
            "hasta", "Hasta el día", Kind.DAY, lambda rows, day, at: rows.filter(at__lt=at.end_of(day)),
            order=lambda day: "-at",
        ),
        Filter("quien", "Quién", Kind.WORDS, _by, in_sight=True),
        Filter(
            "tipo", "Sobre qué", Kind.WORDS, lambda rows, family, at: rows.filter(family=family), in_sight=True
        ),
        Filter(
            "sobre", "Una sola cosa", Kind.WORDS, lambda rows, about, at: rows.filter(about=about), in_sight=True
        ),
    ),
    columns=(
        Column("Cuándo", Cell.MOMENT, lambda row, at: row.at),
        Column("Quién", Cell.TEXT, lambda row, at: row.actor or ActorKind(row.actor_kind).label, 30),
        Column("Qué hizo", Cell.TEXT, lambda row, at: in_words(row.act, row.detail), 50),
        Column("Acto", Cell.TEXT, lambda row, at: row.act, 26),
        Column("Sobre", Cell.TEXT, lambda row, at: row.about),
        Column("Detalle", Cell.TEXT, lambda row, at: json.dumps(row.detail, ensure_ascii=False), 60),
        Column("Petición", Cell.TEXT, lambda row, at: row.request_id, 34),
        Column("Eslabón", Cell.NUMBER, lambda row, at: row.seq, 10),
    ),
)  # fmt: skip
