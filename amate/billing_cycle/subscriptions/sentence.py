"""What will be charged, and when, in one sentence that a person can hold against the contract."""

from datetime import date, timedelta

from amate.billing_cycle.subscriptions.calendar import LAST, Grid, Unit, boundary, period
from amate.papers.dates import MONTHS

WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
# What people call a month so many times, and days so many.
MONTHLY = {1: "mes", 2: "dos meses", 3: "tres meses", 4: "cuatro meses", 6: "seis meses"}


def sentence(grid: Grid, *, first_k: int = 0, cycles: int | None = None) -> str:
    """`first_k`: the first period that is charged here; `cycles`: how many there are in all, None for an open contract.

    >>> sentence(Grid(date(2026, 11, 15), Unit.MONTH), cycles=12)
    'Cada mes, el día 15, desde el 15 de noviembre de 2026 hasta el 14 de noviembre de 2027: 12 cobros'
    >>> sentence(Grid(date(2026, 1, 2), Unit.WEEK, 2))
    'Cada dos semanas, en viernes, desde el 2 de enero de 2026, hasta que se cancele'
    """
    start = period(grid, first_k).start
    said = f"{_often(grid)}, desde el {_day(start)}"
    if cycles is None and grid.ends is None:
        return f"{said}, hasta que se cancele"
    last = _last_day(grid, cycles)
    count = _count(grid, first_k=first_k, cycles=cycles)
    return f"{said} hasta el {_day(last)}: {count} {'cobro' if count == 1 else 'cobros'}"


def _often(grid: Grid) -> str:
    many = grid.every
    if grid.unit == Unit.DAY:
        return "Cada día" if many == 1 else f"Cada {many} días"
    if grid.unit == Unit.WEEK:
        weeks = {1: "Cada semana", 2: "Cada dos semanas"}.get(many, f"Cada {many} semanas")
        return f"{weeks}, en {WEEKDAYS[grid.anchor.weekday()]}"
    if grid.unit == Unit.SEMIMONTH:
        days = " y ".join("el último" if day == LAST else f"el {day}" for day in grid.days)
        return f"Cada quincena, {days}" if many == 1 else f"Cada {many} quincenas, {days}"
    if grid.unit == Unit.YEAR:
        years = "Cada año" if many == 1 else f"Cada {many} años"
        on = f"el último día de {MONTHS[grid.anchor.month - 1]}" if grid.eom else f"el {_of_year(grid.anchor)}"
        return f"{years}, {on}"
    months = f"Cada {MONTHLY.get(many, f'{many} meses')}"
    return f"{months}, el {'último día' if grid.eom else f'día {grid.anchor.day}'}" + _short_months(grid)


def _short_months(grid: Grid) -> str:
    """Whoever pays on the 31st wonders what happens in February."""
    if grid.eom or grid.anchor.day <= 28:
        return ""
    return " (o el último del mes, si no lo hay)"


def _last_day(grid: Grid, cycles: int | None) -> date:
    ends = [boundary(grid, cycles)] if cycles is not None else []
    return min([*ends, *([grid.ends] if grid.ends else [])]) - timedelta(days=1)


def _count(grid: Grid, *, first_k: int, cycles: int | None) -> int:
    k = first_k
    while (cycles is None or k < cycles) and (grid.ends is None or boundary(grid, k) < grid.ends):
        k += 1
    return k - first_k


def _day(day: date) -> str:
    return f"{day.day} de {MONTHS[day.month - 1]} de {day.year}"


def _of_year(day: date) -> str:
    return f"{day.day} de {MONTHS[day.month - 1]}"
