"""The lines of a document of what was paid: the charges' own, or of a part of them a share of each."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from amate.fiscal.share import share_out
from amate.ledger.models import Charge
from amate.ledger.rules import CENT

CUOTA = "Cuota"
OF_A_PART = " (parte pagada)"
LONGEST = 1000


class NoLines(Exception):
    """No document can be made of these charges. The message (Spanish) says why."""


def lines_of(charges: Sequence[Charge]) -> list[dict[str, Any]]:
    """As `invoices.lines` keeps them. Raises NoLines."""
    for one in charges:
        if not one.line:
            raise NoLines(f"«{one.concept}» no dice con qué claves se factura: haz su factura a mano.")
    return [dict(one.line) for one in charges]


def lines_of_part(charges: Sequence[Charge], *, part: Decimal) -> list[dict[str, Any]]:
    """Of each charge its share of `part`, which they sum to exactly, taxes within. Raises NoLines for taxes that do not follow
    the amount: a quota goes by quantity, and what is withheld is not in what was paid."""
    lines = lines_of(charges)
    if any(tax["retencion"] or tax["tipo_factor"] == CUOTA for line in lines for tax in line["impuestos"]):
        raise NoLines("El adeudo lleva retenciones o cuotas por cantidad: haz a mano la factura de la parte pagada.")
    shares = share_out(part, [one.total for one in charges], unit=CENT)
    return [_scaled(line, share) for line, share in zip(lines, shares, strict=True) if share]


def _scaled(line: dict[str, Any], share: Decimal) -> dict[str, Any]:
    return line | {
        "descripcion": line["descripcion"][: LONGEST - len(OF_A_PART)] + OF_A_PART,
        "cantidad": "1",
        "precio": format(share, "f"),
        "descuento": "0",
        "incluye_impuestos": True,
    }
