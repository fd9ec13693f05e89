"""Notes of a factura global as they are kept in its draft."""

from collections.abc import Sequence
from typing import Any

from amate.fiscal.global_ticket import GlobalSale
from amate.invoices.lines import line_from_json, line_to_json


def sales_to_json(sales: Sequence[GlobalSale]) -> list[dict[str, Any]]:
    return [
        {
            "no_identificacion": sale.no_identificacion,
            "forma_pago": sale.forma_pago,
            "lines": [line_to_json(line) for line in sale.lines],
        }
        for sale in sales
    ]


def sales_from_json(kept: Sequence[dict[str, Any]]) -> list[GlobalSale]:
    return [
        GlobalSale(one["no_identificacion"], one["forma_pago"], tuple(line_from_json(line) for line in one["lines"]))
        for one in kept
    ]
