"""Days as a letter says them. Pure."""

from datetime import date

from amate.papers.dates import MONTHS

WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")


def day_in_words(day: date) -> str:
    """
    >>> day_in_words(date(2026, 3, 17))
    'martes 17 de marzo'
    """
    return f"{WEEKDAYS[day.weekday()]} {day.day} de {MONTHS[day.month - 1]}"


def due_in_words(due_on: date, today: date) -> str:
    """
    >>> due = date(2026, 3, 11)
    >>> [due_in_words(due, date(2026, 3, day)) for day in (6, 10, 11, 12, 15)]
    ['vence en 5 días', 'vence mañana', 'vence hoy', 'venció ayer', 'venció hace 4 días']
    """
    days = (due_on - today).days
    if days > 1:
        return f"vence en {days} días"
    words = {1: "vence mañana", 0: "vence hoy", -1: "venció ayer"}
    return words.get(days, f"venció hace {-days} días")
