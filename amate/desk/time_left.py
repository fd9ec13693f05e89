"""How long a run still takes, by what it did until now (FACE PAT-7)."""

from datetime import datetime, timedelta

from amate.desk.models import Run

SURE_AFTER = timedelta(seconds=3)  # before, the first rows say little of the rest
MINUTE = timedelta(minutes=1)


def time_left(run: Run, *, now: datetime) -> timedelta | None:
    """None: it is done, or too early to tell."""
    if not run.is_working or run.began_at is None or not 0 < run.through <= run.total:
        return None
    spent: timedelta = now - run.began_at
    return spent / run.through * (run.total - run.through) if spent >= SURE_AFTER else None


def in_words(left: timedelta | None) -> str:
    """
    >>> [in_words(timedelta(seconds=one)) for one in (4, 61, 125, 3700, 9000)]
    ['Falta menos de un minuto.', 'Falta como un minuto.', 'Faltan unos 2 minutos.', 'Falta como una hora.', 'Faltan unas 2 horas.']
    >>> in_words(None)
    ''
    """
    if left is None:
        return ""
    if left < MINUTE:
        return "Falta menos de un minuto."
    minutes = round(left / MINUTE)
    if minutes < 60:
        return "Falta como un minuto." if minutes == 1 else f"Faltan unos {minutes} minutos."
    hours = round(minutes / 60)
    return "Falta como una hora." if hours == 1 else f"Faltan unas {hours} horas."
