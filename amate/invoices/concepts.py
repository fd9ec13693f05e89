"""Concepts as they are kept in a draft: exact decimals as text, read back into the values of the law."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from amate.fiscal.comprobante import Concepto, Retencion, Traslado
from amate.fiscal.exact_text import number_of, text_of


def concepts_to_json(concepts: Sequence[Concepto]) -> list[dict[str, Any]]:
    return [_to_json(concepto) for concepto in concepts]


def concepts_from_json(kept: Sequence[dict[str, Any]]) -> list[Concepto]:
    return [_from_json(one) for one in kept]


def _to_json(concepto: Concepto) -> dict[str, Any]:
    return {
        "clave_prod_serv": concepto.clave_prod_serv,
        "clave_unidad": concepto.clave_unidad,
        "descripcion": concepto.descripcion,
        "no_identificacion": concepto.no_identificacion,
        "unidad": concepto.unidad,
        "cantidad": text_of(concepto.cantidad),
        "valor_unitario": text_of(concepto.valor_unitario),
        "importe": text_of(concepto.importe),
        "descuento": text_of(concepto.descuento),
        "objeto_imp": concepto.objeto_imp,
        "traslados": [_tax(tax) for tax in concepto.traslados],
        "retenciones": [_tax(tax) for tax in concepto.retenciones],
    }


def _tax(tax: Traslado | Retencion) -> list[str | None]:
    return [text_of(tax.base), tax.impuesto, tax.tipo_factor, text_of(tax.tasa_o_cuota), text_of(tax.importe)]


def _from_json(kept: dict[str, Any]) -> Concepto:
    return Concepto(
        clave_prod_serv=kept["clave_prod_serv"],
        cantidad=Decimal(kept["cantidad"]),
        clave_unidad=kept["clave_unidad"],
        descripcion=kept["descripcion"],
        valor_unitario=Decimal(kept["valor_unitario"]),
        importe=Decimal(kept["importe"]),
        objeto_imp=kept["objeto_imp"],
        descuento=number_of(kept["descuento"]),
        no_identificacion=kept["no_identificacion"],
        unidad=kept["unidad"],
        traslados=tuple(
            Traslado(Decimal(base), impuesto, factor, number_of(tasa), number_of(importe))
            for base, impuesto, factor, tasa, importe in kept["traslados"]
        ),
        retenciones=tuple(
            Retencion(Decimal(base), impuesto, factor, Decimal(tasa), Decimal(importe))
            for base, impuesto, factor, tasa, importe in kept["retenciones"]
        ),
    )
