"""What a period costs on the day it begins, and the line that its document will carry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from amate.billing_cycle.subscriptions.models import PlanPrice
from amate.fiscal.money import Impuesto, Line, q2, tax_line
from amate.fiscal.tables.impuestos import IEPS, IVA
from amate.fiscal.tables.monedas import decimals_of
from amate.fiscal.withholding import withholds
from amate.invoices.lines import line_from_json, line_to_json

ONE = Decimal(1)
ZERO = Decimal("0.00")


class NoPrice(Exception):
    """The plan has no price for that day. The message (Spanish) says which plan and day."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What the SAT wants to know about what is sold."""

    clave_prod_serv: str
    clave_unidad: str
    unidad: str
    objeto_imp: str


@dataclass(frozen=True, slots=True)
class Price:
    """Of one unit for one whole period."""

    amount: Decimal
    includes_tax: bool
    taxes: tuple[Impuesto, ...]


@dataclass(frozen=True, slots=True)
class Amounts:
    """Of a charge. `total` is what is to be paid: base + iva + ieps − withheld."""

    total: Decimal
    iva: Decimal
    ieps: Decimal
    withheld: Decimal


def price_on(prices: Iterable[PlanPrice], day: date, *, own: Decimal | None, rfc: str, plan: str) -> Price:
    """`own`: a price agreed with this customer, taxed as the plan's is. Only a persona moral withholds. Raises NoPrice."""
    found = max((one for one in prices if one.valid_from <= day), key=lambda one: one.valid_from, default=None)
    if found is None:
        raise NoPrice(f"El plan {plan} no tiene precio para el {day:%d/%m/%Y}: escribe uno que empiece ese día o antes")
    taxes = taxes_of(found)
    if not withholds(rfc):
        taxes = tuple(tax for tax in taxes if not tax.retencion)
    return Price(found.amount if own is None else own, found.includes_tax, taxes)


def taxes_of(price: PlanPrice) -> tuple[Impuesto, ...]:
    return _taxes(tuple(tuple(sorted(tax.items())) for tax in price.taxes))


@lru_cache(maxsize=256)
def _taxes(kept: tuple[tuple[tuple[str, Any], ...], ...]) -> tuple[Impuesto, ...]:
    line = {
        "cantidad": "1",
        "precio": "1",
        "descuento": "0",
        "incluye_impuestos": True,
        "objeto_imp": "02",
        "impuestos": [dict(tax) for tax in kept],
    }
    return line_from_json(line).impuestos


def gross(price: Price, quantity: Decimal) -> Decimal:
    """What the quantity costs for a whole period, in whole cents, taxed or not as the price is."""
    return q2(price.amount * quantity)


def priced_line(price: Price, *, quantity: Decimal, amount: Decimal, discount: Decimal, objeto_imp: str) -> Line:
    """`amount`: of all of it, before `discount`. A part of a period is sold as one thing: no unit price would give it."""
    whole = amount == gross(price, quantity)
    return Line(
        cantidad=quantity if whole else ONE,
        precio=price.amount if whole else amount,
        impuestos=price.taxes,
        incluye_impuestos=price.includes_tax,
        descuento=discount,
        objeto_imp=objeto_imp,
    )


@lru_cache(maxsize=4096)
def amounts_of(line: Line, moneda: str) -> Amounts:
    """Taxed once a price: a thousand customers of a plan pay the same. Raises MoneyRefused."""
    taxed = tax_line(line, decimals=decimals_of(moneda))
    found = {IVA: ZERO, IEPS: ZERO}
    for tax in taxed.traslados:
        if tax.importe is not None and tax.impuesto in found:
            found[tax.impuesto] += tax.importe
    withheld = sum((tax.importe for tax in taxed.retenciones), ZERO)
    return Amounts(taxed.total, found[IVA], found[IEPS], withheld)


def line_json(line: Line, *, keys: Keys, concept: str) -> dict[str, Any]:
    """As `invoices.lines` keeps a line in a draft."""
    return {
        "descripcion": concept,
        "clave_prod_serv": keys.clave_prod_serv,
        "clave_unidad": keys.clave_unidad,
        "no_identificacion": None,
        "unidad": keys.unidad or None,
        **_line_json(line),
    }


@lru_cache(maxsize=4096)
def _line_json(line: Line) -> dict[str, Any]:
    """Shared by all who pay the same: whoever gets it does not write into it."""
    return line_to_json(line)
