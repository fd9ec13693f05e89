"""A database whose restore did not end: its documents may exist at the PAC, and nobody has held them yet.

Said in the database's own comment: no backup carries it, and every machine sees it.
"""

from django.db import connection, connections

UNFINISHED = "amate: a restore of this database did not end"


class HalfRestored(Exception):
    """Whoever served it could stamp twice."""

    def __init__(self) -> None:
        super().__init__(
            "La restauración de esta base de datos no terminó, y lo que hay en ella podría timbrarse dos veces. Vuelve a "
            "correr `amate restore` en una instalación vacía: otro AMATE_HOME, o una base de datos nueva."
        )


def begin_restore() -> None:
    """As the owner, before the first row."""
    _comment(UNFINISHED)


def end_restore() -> None:
    """All that may exist is held, or nothing was restored."""
    _comment(None)


def refuse_half_restored() -> None:
    """Raises HalfRestored."""
    with connection.cursor() as c:
        c.execute(
            "SELECT shobj_description(oid, 'pg_database') = %s FROM pg_database WHERE datname = current_database()",
            [UNFINISHED],
        )
        (unfinished,) = c.fetchone()
    if unfinished:
        raise HalfRestored


def _comment(said: str | None) -> None:
    owner = connections["owner"]
    with owner.cursor() as c:
        value = "NULL" if said is None else f"'{said}'"
        c.execute(f"COMMENT ON DATABASE {owner.ops.quote_name(str(owner.settings_dict['NAME']))} IS {value}")
