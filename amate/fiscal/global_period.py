"""The period of a factura global: its first and last day, and how InformacionGlobal says it (FISCAL GLO-1, 3, 5, 6)."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from amate.fiscal.comprobante import DocumentRefused, InformacionGlobal
from amate.fiscal.tables.comprobante import PERIODICIDADES

DIARIO, SEMANAL, QUINCENAL, MENSUAL, BIMESTRAL = "01", "02", "03", "04", "05"
REGIMEN_BIMESTRAL = "621"
_FIRST_BIMESTRE = 13
_FORTNIGHT = 15


@dataclass(frozen=True, slots=True)
class GlobalPeriod:
    """`first` and `last` are business days of the company, both inside."""

    periodicidad: str
    first: date
    last: date

    @property
    def informacion_global(self) -> InformacionGlobal:
        """Meses 01..12, or 13..18 for two months (CFDI40134, CFDI40135)."""
        month = self.first.month
        meses = _FIRST_BIMESTRE + (month - 1) // 2 if self.periodicidad == BIMESTRAL else month
        return InformacionGlobal(self.periodicidad, f"{meses:02}", self.first.year)


def period_of(day: date, *, periodicidad: str) -> GlobalPeriod:
    """The period that `day` belongs to. A week is Monday to Sunday, cut where the month ends: Meses holds one (GLO-6).

    >>> period_of(date(2026, 10, 30), periodicidad="02")
    GlobalPeriod(periodicidad='02', first=datetime.date(2026, 10, 26), last=datetime.date(2026, 10, 31))
    """
    if periodicidad not in PERIODICIDADES:
        raise DocumentRefused("periodicidad", f"El SAT no tiene la periodicidad “{periodicidad}”")
    first_of_month, last_of_month = day.replace(day=1), _last_of_month(day)
    if periodicidad == DIARIO:
        return GlobalPeriod(periodicidad, day, day)
    if periodicidad == SEMANAL:
        monday = day - timedelta(days=day.weekday())
        sunday = monday + timedelta(days=6)
        return GlobalPeriod(periodicidad, max(monday, first_of_month), min(sunday, last_of_month))
    if periodicidad == QUINCENAL:
        if day.day <= _FORTNIGHT:
            return GlobalPeriod(periodicidad, first_of_month, day.replace(day=_FORTNIGHT))
        return GlobalPeriod(periodicidad, day.replace(day=_FORTNIGHT + 1), last_of_month)
    if periodicidad == MENSUAL:
        return GlobalPeriod(periodicidad, first_of_month, last_of_month)
    odd = first_of_month.replace(month=day.month - 1 + day.month % 2)
    return GlobalPeriod(periodicidad, odd, _last_of_month(odd.replace(month=odd.month + 1)))


def _last_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
