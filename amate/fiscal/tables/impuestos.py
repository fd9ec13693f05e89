"""Taxes, factors, rates and objects of tax (FISCAL TAX-1..4, CON-2)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from amate.fiscal.tables.entry import CFDI_40, Entry, by_clave

ISR, IVA, IEPS = "001", "002", "003"
TASA, CUOTA, EXENTO = "Tasa", "Cuota", "Exento"

IMPUESTOS = by_clave([Entry(ISR, "ISR"), Entry(IVA, "IVA"), Entry(IEPS, "IEPS")])
TIPOS_FACTOR = by_clave(Entry(factor, factor) for factor in (TASA, CUOTA, EXENTO))

OBJETOS_IMP = by_clave(
    [
        Entry("01", "No objeto de impuesto"),
        Entry("02", "Sí objeto de impuesto"),
        Entry("03", "Sí objeto del impuesto y no obligado al desglose"),
        Entry("04", "Sí objeto del impuesto y no causa impuesto", date(2022, 10, 7)),
        Entry("05", "Sí objeto del impuesto, IVA crédito PODEBI", date(2023, 12, 6)),
        Entry("06", "Sí objeto del IVA, no traslado IVA", date(2024, 12, 13)),
        Entry("07", "No traslado del IVA, sí desglose IEPS", date(2024, 12, 13)),
        Entry("08", "No traslado del IVA, no desglose IEPS", date(2024, 12, 13)),
    ]
)


@dataclass(frozen=True, slots=True)
class Tasa:
    """A rate, or, when `minimo` is given, every rate from `minimo` to `valor`."""

    impuesto: str
    factor: str
    valor: Decimal
    minimo: Decimal | None = None
    traslado: bool = False
    retencion: bool = False
    desde: date = CFDI_40
    hasta: date | None = None

    def holds(self, tasa: Decimal, as_of: date) -> bool:
        if as_of < self.desde or (self.hasta is not None and as_of > self.hasta):
            return False
        return tasa == self.valor if self.minimo is None else self.minimo <= tasa <= self.valor


def _ieps(valor: str, *, retencion: bool = True) -> Tasa:
    return Tasa(IEPS, TASA, Decimal(valor), traslado=True, retencion=retencion)


_ZERO = Decimal(0)
_QUOTA_SINCE = date(2026, 1, 1)

TASAS = (
    Tasa(IVA, TASA, Decimal("0.00"), traslado=True),
    Tasa(IVA, TASA, Decimal("0.16"), traslado=True),
    Tasa(IVA, TASA, Decimal("0.08"), traslado=True),
    Tasa(IVA, TASA, Decimal("0.16"), minimo=_ZERO, retencion=True),
    _ieps("1.6"),
    _ieps("0.53"),
    _ieps("0.5"),
    _ieps("0.304"),
    _ieps("0.3"),
    _ieps("0.265"),
    _ieps("0.25"),
    _ieps("0.09"),
    _ieps("0.08"),
    _ieps("0.07"),
    _ieps("0.06"),
    _ieps("0.03", retencion=False),
    _ieps("0", retencion=False),
    Tasa(IEPS, CUOTA, Decimal("72.1605"), minimo=_ZERO, traslado=True, retencion=True, desde=_QUOTA_SINCE),
    Tasa(ISR, TASA, Decimal("0.35"), minimo=_ZERO, retencion=True),
)


def is_rate(
    impuesto: str, factor: str, tasa: Decimal, *, retencion: bool, as_of: date, tasas: tuple[Tasa, ...] = TASAS
) -> bool:
    """Whether c_TasaOCuota has this rate on that day (CFDI40179, CFDI40185).

    The ceiling of the IEPS quota rises every January and we hold only the latest, so older documents are held to it.
    """
    if factor == CUOTA:
        as_of = max(as_of, _QUOTA_SINCE)
    return any(
        row.impuesto == impuesto
        and row.factor == factor
        and (row.retencion if retencion else row.traslado)
        and row.holds(tasa, as_of)
        for row in tasas
    )
