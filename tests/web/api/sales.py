"""Sales as a till would send them."""

from typing import Any

IVA_16 = {"impuesto": "002", "tipo_factor": "Tasa", "tasa_o_cuota": "0.16"}


def line(**changes: Any) -> dict[str, Any]:
    return {
        "descripcion": "Martillo de uña 16 oz",
        "cantidad": "1",
        "precio": "116.00",
        "clave_prod_serv": "27111602",
        "clave_unidad": "H87",
        "impuestos": [IVA_16],
    } | changes


def sale(**changes: Any) -> dict[str, Any]:
    """One hammer of 116.00 with IVA."""
    return {
        "sold_at": "2026-11-18T12:41:00-06:00",
        "folio": "R-20418",
        "forma_pago": "01",
        "total": "116.00",
        "lines": [line()],
    } | changes
