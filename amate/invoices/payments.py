"""Payments of a REP as they are kept in its draft. What each pays of which invoice stands in `Instalment`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from amate.fiscal.comprobante import NO_BANKS, Banks


@dataclass(frozen=True, slots=True)
class Received:
    """One payment as the ledger gives it. `key` names it for ever; `fecha_pago` local and naive, 12:00:00 when the hour is
    unknown; `tipo_cambio` pesos for one of `moneda`, empty in pesos.

    `applied`: how much of each invoice it pays, by id, in that invoice's currency; `equivalencias`: units of an invoice's
    currency for one of `moneda`, of those in another one. `parts`: by invoice, the allocation of the ledger that it tells.
    """

    key: str
    fecha_pago: datetime
    forma_pago: str
    monto: Decimal
    applied: Mapping[int, Decimal]
    moneda: str = "MXN"
    tipo_cambio: str = ""
    equivalencias: Mapping[int, str] = field(default_factory=dict)
    num_operacion: str = ""
    banks: Banks = NO_BANKS
    parts: Mapping[int, int] = field(default_factory=dict)


def payment_to_json(payment: Received) -> dict[str, Any]:
    return {
        "key": payment.key,
        "fecha_pago": payment.fecha_pago.isoformat(timespec="seconds"),
        "forma_pago": payment.forma_pago,
        "monto": format(payment.monto, "f"),
        "moneda": payment.moneda,
        "tipo_cambio": payment.tipo_cambio,
        "num_operacion": payment.num_operacion,
        "banks": {name: value for name, value in asdict(payment.banks).items() if value is not None},
    }


def received_to_json(payment: Received) -> dict[str, Any]:
    """With what it pays of which invoice: what a move of a payment keeps until it can be drafted."""
    return payment_to_json(payment) | {
        "applied": {str(pk): format(amount, "f") for pk, amount in payment.applied.items()},
        "equivalencias": {str(pk): said for pk, said in payment.equivalencias.items()},
        "parts": {str(pk): allocation for pk, allocation in payment.parts.items()},
    }


def received_from_json(kept: Mapping[str, Any]) -> Received:
    return Received(
        key=kept["key"],
        fecha_pago=datetime.fromisoformat(kept["fecha_pago"]),
        forma_pago=kept["forma_pago"],
        monto=Decimal(kept["monto"]),
        applied={int(pk): Decimal(amount) for pk, amount in kept["applied"].items()},
        moneda=kept["moneda"],
        tipo_cambio=kept["tipo_cambio"],
        equivalencias={int(pk): said for pk, said in kept["equivalencias"].items()},
        num_operacion=kept["num_operacion"],
        banks=banks_from_json(kept["banks"]),
        parts={int(pk): allocation for pk, allocation in kept.get("parts", {}).items()},
    )


def received_in_all(kept: Sequence[Mapping[str, Any]]) -> tuple[Decimal, str]:
    """What a REP says was received, and in which currency: in pesos when its payments are of several.

    >>> dollars = {"monto": "10.00", "moneda": "USD", "tipo_cambio": "18.50"}
    >>> received_in_all([dollars]), received_in_all([dollars, {"monto": "5.00", "moneda": "MXN", "tipo_cambio": ""}])
    ((Decimal('10.00'), 'USD'), (Decimal('190.00'), 'MXN'))
    """
    moneda, *others = {one["moneda"] for one in kept} or {"MXN"}
    if not others:
        return sum((Decimal(one["monto"]) for one in kept), Decimal(0)), moneda
    pesos = sum((Decimal(one["monto"]) * Decimal(one["tipo_cambio"] or 1) for one in kept), Decimal(0))
    return pesos.quantize(Decimal("0.01")), "MXN"


def paid_on(kept: Mapping[str, Any]) -> date:
    """The day on which a payment of a REP's draft was received."""
    return date.fromisoformat(kept["fecha_pago"][:10])


def banks_from_json(kept: Mapping[str, str]) -> Banks:
    return Banks(**kept)
