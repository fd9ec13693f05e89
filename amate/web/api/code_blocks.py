"""Blocks of codes for tills that sell while they are offline."""

from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import BeforeValidator, Field

from amate.self_invoicing.codes import show_code
from amate.self_invoicing.reserve import MOST_CODES, reserve_codes
from amate.web import clock
from amate.web.addresses import portal_url
from amate.web.api.keys import BearerWithJson
from amate.web.api.problems import FAULTS, Problem
from amate.web.api.sale import Source, Strict

router = Router(tags=["Notas"])


def _whole(said: Any) -> Any:
    """The body's numbers come as Decimal; a text or true is no count."""
    if not isinstance(said, Decimal) or said != said.to_integral_value():
        raise ValueError(f"Es un número entero, de 1 a {MOST_CODES}")
    return int(said)


class BlockIn(Strict):
    source: Source = Field(description="El de las ventas que los llevarán: ninguna otra caja puede usarlos")
    count: Annotated[int, BeforeValidator(_whole)] = Field(ge=1, le=MOST_CODES)


class BlockOut(Schema):
    """`codes` se imprimen tal cual; el QR es `qr_start`, el código sin guiones, una diagonal y el total en centavos."""

    batch: str
    source: str
    reserved_at: str
    qr_start: str
    codes: list[str]


@router.post(
    "",
    auth=BearerWithJson("tickets:write"),
    response={201: BlockOut, **FAULTS, **dict.fromkeys((413, 415, 422), Problem)},
    summary="Reservar códigos para una caja que venderá sin conexión",
)
def reserve(request: HttpRequest, block: BlockIn) -> Status[BlockOut]:
    """Cada código sirve a una sola venta: envíalo en `code` con el PUT de esa venta cuando vuelva la conexión.

    Hasta entonces el portal responde a quien lo escriba lo mismo que a un código que no existe.
    """
    now = clock.now()
    batch, codes = reserve_codes(source=block.source, count=block.count, now=now)
    return Status(
        201,
        BlockOut(
            batch=str(batch),
            source=block.source,
            reserved_at=now.isoformat(),
            qr_start=portal_url(request.company),  # type: ignore[attr-defined]
            codes=[show_code(code) for code in codes],
        ),
    )
