"""Blocks of codes for tills that sell while they are offline."""

from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import BeforeValidator, Field

from amate.papers.dates import in_full, zone_in_words
from amate.self_invoicing.codes import show_code
from amate.self_invoicing.foretell import Ahead, foretell_deadlines
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


class DayOut(Schema):
    """Una venta de `day` imprime “Factura hasta el” `deadline_text`."""

    day: str
    deadline: str
    deadline_text: str
    rule: str


class BranchOut(Schema):
    """`rule` es la regla de hoy en palabras; `zone`, la hora de la sucursal: en ella cambia el día."""

    branch: str
    zone: str
    zone_text: str
    rule: str
    days: list[DayOut]


class BlockOut(Schema):
    """`codes` se imprimen tal cual; el QR es `qr_start`, el código sin guiones, una diagonal y el total en centavos.

    `branches` dice, por sucursal abierta, hasta cuándo se facturará una venta de cada uno de los 31 días que vienen.
    """

    batch: str
    source: str
    reserved_at: str
    qr_start: str
    codes: list[str]
    branches: list[BranchOut]


@router.post(
    "",
    auth=BearerWithJson("tickets:write"),
    response={201: BlockOut, **FAULTS, **dict.fromkeys((413, 415, 422), Problem)},
    summary="Reservar códigos para una caja que venderá sin conexión",
)
def reserve(request: HttpRequest, block: BlockIn) -> Status[BlockOut]:
    """Cada código sirve a una sola venta: envíalo en `code` con el PUT de esa venta cuando vuelva la conexión.

    Hasta entonces el portal responde a quien lo escriba lo mismo que a un código que no existe. Las fechas límite son las
    de las reglas guardadas: si las cambias, o pasan los 31 días, pide otro bloque, y usa las del más nuevo.
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
            branches=[_branch(one) for one in foretell_deadlines(now=now)],
        ),
    )


def _branch(one: Ahead) -> BranchOut:
    zone_text = zone_in_words(one.zone.key)
    return BranchOut(
        branch=one.branch.code,
        zone=one.zone.key,
        zone_text=zone_text,
        rule=one.days[0].rule,
        days=[
            DayOut(
                day=day.day.isoformat(),
                deadline=day.deadline.isoformat(),
                deadline_text=f"{in_full(day.deadline)}, {zone_text}",
                rule=day.rule,
            )
            for day in one.days
        ],
    )
