"""A sale as plain values, and what it must be to become a note: the same law for the API, files and the counter."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from amate.companies.article import wrong_keys as wrong_keys
from amate.companies.article import wrong_kind_of_tax as wrong_kind_of_tax
from amate.companies.article import wrong_rate as wrong_rate
from amate.fiscal.catalogs import Catalogs, name_of
from amate.fiscal.clock import zone_of
from amate.fiscal.ingreso import PPD, PUE, SaleLine, total_of
from amate.fiscal.tables.comprobante import FORMAS_PAGO, METODOS_PAGO
from amate.papers.dates import in_full
from amate.self_invoicing.pagos import Pago, check_pagos

CFDI_40 = datetime(2022, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # a till's clock or zone may be wrong by hours; by a day it is a mistake
POR_DEFINIR = "99"
MXN = "MXN"


class TotalDoesNotAddUp(ValueError):
    """The total of the sale is not the sum of its lines; both sums are given, nothing was registered."""

    def __init__(self, *, said: Decimal, computed: Decimal) -> None:
        super().__init__(f"El total dice {said} y las partidas suman {computed}.")
        self.said = said
        self.computed = computed


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale to the general public, as the point of sale tells it. `sold_at` is an instant with its zone; `code` the
    one that is on paper (reserved for a till without network, or lost to a restore), None for a fresh one."""

    source: str
    external_id: str
    folio: str
    sold_at: datetime
    forma_pago: str
    total: Decimal
    lines: tuple[SaleLine, ...]
    moneda: str = MXN
    metodo_pago: str = PUE
    pagos: tuple[Pago, ...] = ()
    """Of one that was paid in several ways; then `forma_pago` is `main_forma(pagos)`."""
    code: str | None = None
    said: bytes | None = None
    """Digest of what a till sent that left things to our list of products: they change, and its repetition does not."""


def check_total(sale: Sale) -> None:
    """Raises TotalDoesNotAddUp, PagosDoNotAddUp, and money.MoneyRefused for a line that cannot be invoiced
    ("lines.0.precio")."""
    computed = total_of(sale.lines, moneda=sale.moneda)
    if computed != sale.total:
        raise TotalDoesNotAddUp(said=sale.total, computed=computed)
    check_pagos(sale.pagos, total=sale.total)


def exact(number: Decimal) -> Decimal:
    """The number without the zeros that say nothing, so that 1, 1.0 and 1.00 are one sale and not three.

    >>> exact(Decimal("100.50")), exact(Decimal("100")), exact(Decimal("0.160000"))
    (Decimal('100.5'), Decimal('100'), Decimal('0.16'))
    """
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


# ------------------------------------------------------------ what is wrong, in words; None when nothing is


def wrong_moment(sold_at: datetime, *, now: datetime) -> str | None:
    if sold_at.year < CFDI_40.year:
        return "Antes de 2022 no había CFDI 4.0: esa venta ya no se puede facturar"
    if sold_at.year > now.year + 1 or sold_at > now + AHEAD:
        return "Esa fecha está en el futuro: revisa el reloj y la zona de tu punto de venta"
    return None


def wrong_branch(branch: "Place", *, sold_at: datetime) -> str | None:
    """A closed branch sells no more. What it sold before comes in whenever its till sends it: those buyers paid, and
    without a note none of them could ask for an invoice."""
    if branch.closed_at is None or sold_at < branch.closed_at:
        return None
    since = in_full(branch.closed_at.astimezone(zone_of(branch.cp)))
    return f"La sucursal {branch.nombre} está cerrada desde el {since}: no registra ventas de después"


class Place(Protocol):
    """A branch."""

    nombre: str
    cp: str
    closed_at: datetime | None


def wrong_forma_pago(forma_pago: str, *, catalogs: Catalogs, day: date, metodo_pago: str = PUE) -> str | None:
    """PUE says how it was paid; PPD, sold on credit, always 99 (PAY-1)."""
    if metodo_pago == PPD:
        return (
            None
            if forma_pago == POR_DEFINIR
            else "A crédito (PPD) lleva 99 (por definir): aún no se sabe cómo se pagará"
        )
    if forma_pago == POR_DEFINIR:
        return "Una nota ya está pagada: 99 (por definir) es solo para ventas a crédito (PPD)"
    if forma_pago not in FORMAS_PAGO or not catalogs.is_valid("forma_pago", forma_pago, day):
        return f"El SAT no tiene la forma de pago “{forma_pago}”"
    return None


def wrong_metodo_pago(metodo_pago: str) -> str | None:
    return None if metodo_pago in METODOS_PAGO else "El método de pago es PUE (ya pagada) o PPD (a crédito)"


def wrong_moneda(moneda: str, *, catalogs: Catalogs) -> str | None:
    if moneda not in catalogs.monedas:
        return f"El SAT no tiene la moneda “{moneda}”"
    if moneda != MXN:
        return f"Por ahora las notas son en pesos (MXN), no en {name_of('moneda', moneda) or moneda}"
    return None
