"""Sale lines as they are kept in a draft: exact decimals as text, read back into the values of the law."""

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from amate.fiscal.ingreso import SaleLine
from amate.fiscal.money import Impuesto, Line


def lines_to_json(lines: Sequence[SaleLine]) -> list[dict[str, Any]]:
    return [_to_json(line) for line in lines]


def lines_from_json(kept: Sequence[dict[str, Any]]) -> list[SaleLine]:
    return [_from_json(line) for line in kept]


def line_to_json(line: Line) -> dict[str, Any]:
    """What a line costs and the taxes it is subject to."""
    return {
        "cantidad": format(line.cantidad, "f"),
        "precio": format(line.precio, "f"),
        "descuento": format(line.descuento, "f"),
        "incluye_impuestos": line.incluye_impuestos,
        "objeto_imp": line.objeto_imp,
        "impuestos": [
            {
                "impuesto": tax.impuesto,
                "tipo_factor": tax.tipo_factor,
                "tasa_o_cuota": None if tax.tasa_o_cuota is None else format(tax.tasa_o_cuota, "f"),
                "retencion": tax.retencion,
            }
            for tax in line.impuestos
        ],
    }


def line_from_json(kept: dict[str, Any]) -> Line:
    taxes = tuple(
        [_tax(tax["impuesto"], tax["tipo_factor"], tax["tasa_o_cuota"], tax["retencion"]) for tax in kept["impuestos"]]
    )
    return Line(
        cantidad=Decimal(kept["cantidad"]),
        precio=Decimal(kept["precio"]),
        descuento=Decimal(kept["descuento"]),
        incluye_impuestos=kept["incluye_impuestos"],
        objeto_imp=kept["objeto_imp"],
        impuestos=taxes,
    )


@lru_cache(maxsize=512)
def _tax(impuesto: str, tipo_factor: str, tasa_o_cuota: str | None, retencion: bool) -> Impuesto:
    """A company sells under a handful of taxes: each is checked once."""
    return Impuesto(impuesto, tipo_factor, None if tasa_o_cuota is None else Decimal(tasa_o_cuota), retencion)


def _to_json(sale: SaleLine) -> dict[str, Any]:
    return {
        "descripcion": sale.descripcion,
        "clave_prod_serv": sale.clave_prod_serv,
        "clave_unidad": sale.clave_unidad,
        "no_identificacion": sale.no_identificacion,
        "unidad": sale.unidad,
        **line_to_json(sale.line),
    }


def _from_json(kept: dict[str, Any]) -> SaleLine:
    return SaleLine(
        line=line_from_json(kept),
        clave_prod_serv=kept["clave_prod_serv"],
        clave_unidad=kept["clave_unidad"],
        descripcion=kept["descripcion"],
        no_identificacion=kept["no_identificacion"],
        unidad=kept["unidad"],
    )
