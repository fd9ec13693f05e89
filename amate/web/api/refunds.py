"""What a till gives back of a sale, whole or in part; and the credit note that came of it."""

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from amate.fiscal.returned import Given
from amate.fiscal.text import TextRefused, clean_text
from amate.self_invoicing.hold import LONGEST_REASON
from amate.self_invoicing.models import Refund, Ticket
from amate.self_invoicing.refund import (
    NotRefundable,
    OtherTotal,
    RefundAlreadyRegistered,
    Return,
    refund_ticket,
)
from amate.self_invoicing.what_remains import refunded
from amate.web import clock
from amate.web.addresses import invoice_url
from amate.web.api.keys import Bearer, BearerWithJson
from amate.web.api.problems import FAULTS, FieldError, NoSuchThing, Problem, SaleRefused
from amate.web.api.sale import Amount, Cents, ExternalId, Key, Source, Strict

router = Router(tags=["Devoluciones"])
JSON = "application/json; charset=utf-8"
EXAMPLE: dict[str, Any] = {"reason": "No le quedó", "lines": [{"line": 2, "cantidad": "1"}], "total": "116.00"}


class ReturnedLineIn(Strict):
    line: int = Field(ge=1, le=1000, description="Cuál partida: la primera que enviaste es la 1", examples=[2])
    cantidad: Amount | None = Field(None, description="Cuántas devuelve. O esto, o importe", examples=["1"])
    importe: Cents | None = Field(None, description="Cuánto dinero de esa partida, con impuestos", examples=["50.00"])


class RefundIn(Strict):
    """Lo que se devuelve de una venta: por partida, un importe de toda la nota, o, sin ninguno de los dos, todo lo que queda."""

    model_config = ConfigDict(extra="forbid", strict=False, json_schema_extra={"examples": [EXAMPLE]})

    reason: str = Field(min_length=1, max_length=LONGEST_REASON, description="Por qué, para quien lo lea después")
    lines: Annotated[list[ReturnedLineIn], Field(min_length=1, max_length=1000)] | None = None
    importe: Cents | None = Field(
        None, description="Dinero de toda la nota, con impuestos: se reparte entre sus partidas. Sin lines"
    )
    total: Cents | None = Field(
        None,
        description="Lo que devolviste. Si lo dices y no es lo que valen esas partidas, se rechaza con las dos sumas",
    )
    tipo_relacion: Key = Field(
        "03", description="De su nota de crédito, si le toca: 03 devolución de mercancía, 01 bonificación o descuento"
    )
    forma_pago: Key | None = Field(
        None, description="c_FormaPago: cómo devolviste el dinero. Si falta, como se pagó; a crédito (PPD), obligatoria"
    )


class ReturnedLineOut(Schema):
    line: int
    cantidad: str | None
    importe: str | None


class RefundOut(Schema):
    """Una devolución. `credit_note_uuid` llega cuando su nota de crédito se timbra; es null si a la venta no le había tocado
    documento. `remaining` es lo que queda de la nota."""

    source: str
    external_id: str
    refund_id: str
    total: str
    reason: str
    tipo_relacion: str
    forma_pago: str
    lines: list[ReturnedLineOut]
    made_at: str
    ticket_total: str
    refunded: str
    remaining: str
    credit_note_uuid: str | None
    credit_note_url: str | None


REGISTERED = {200: RefundOut, 201: RefundOut, **FAULTS, **dict.fromkeys((409, 413, 415, 422), Problem)}


@router.put(
    "/{source}/{external_id}/refunds/{refund_id}",
    auth=BearerWithJson("tickets:write"),
    response=REGISTERED,
    summary="Registrar una devolución, de todo o de una parte (repetirla no devuelve dos veces)",
)
def put_refund(
    request: HttpRequest, back: RefundIn, source: Source, external_id: ExternalId, refund_id: ExternalId
) -> HttpResponse:
    ticket = _ticket(source, external_id)
    try:
        refund, new = refund_ticket(ticket_id=ticket.pk, back=_read(back, refund_id), now=clock.now())
    except RefundAlreadyRegistered as known:
        raise SaleRefused(
            status=409, title="Esa devolución ya se registró con otros datos", detail=str(known)
        ) from known
    except OtherTotal as wrong:
        raise _refused("total", str(wrong), said=f"{wrong.said:.2f}", computed=f"{wrong.computed:.2f}") from wrong
    except NotRefundable as refused:
        if not refused.field:
            raise SaleRefused(status=409, title="De esa nota ya no se devuelve nada", detail=str(refused)) from refused
        raise _refused(refused.field, str(refused)) from refused
    answer = _answer(ticket, refund)
    return HttpResponse(answer.model_dump_json(), status=201 if new else 200, content_type=JSON)


@router.get(
    "/{source}/{external_id}/refunds/{refund_id}",
    auth=Bearer("tickets:read"),
    response={200: RefundOut, **FAULTS, 422: Problem},
    summary="Una devolución y su nota de crédito",
)
def read_refund(request: HttpRequest, source: Source, external_id: ExternalId, refund_id: ExternalId) -> RefundOut:
    ticket = _ticket(source, external_id)
    refund = Refund.objects.select_related("credit_note").filter(ticket=ticket, external_id=refund_id).first()
    if refund is None:
        raise NoSuchThing("No hay una devolución con esa clave", "Revisa la clave: es la que enviaste con PUT.")
    return _answer(ticket, refund)


def _ticket(source: str, external_id: str) -> Ticket:
    found: Ticket | None = Ticket.objects.filter(source=source, external_id=external_id).first()
    if found is None:
        raise NoSuchThing(
            "No hay una venta con esa clave", "Revisa source y external_id: son los que enviaste con PUT."
        )
    return found


def _read(said: RefundIn, refund_id: str) -> Return:
    """Raises SaleRefused with every field that is wrong."""
    errors: list[FieldError] = []
    if said.lines and said.importe is not None:
        errors.append(FieldError(("importe",), "Di las partidas, o un importe de toda la nota; no las dos cosas"))
    if said.tipo_relacion not in Refund.Why.values:
        errors.append(FieldError(("tipo_relacion",), "Es 03 (devolución de mercancía) o 01 (bonificación o descuento)"))
    for number, line in enumerate(said.lines or []):
        if (line.cantidad is None) == (line.importe is None):
            errors.append(FieldError(("lines", number), "Di cuántas devuelve (cantidad) o cuánto dinero (importe)"))
    reason = ""
    try:
        reason = clean_text(said.reason)
        if not reason:
            errors.append(FieldError(("reason",), "Escribe por qué se devuelve"))
    except TextRefused as refused:
        errors.append(FieldError(("reason",), str(refused)))
    if errors:
        raise _refusal(errors)
    lines = tuple((one.line - 1, Given(_number(one.cantidad), _number(one.importe))) for one in said.lines or [])
    back = Return(external_id=refund_id, reason=reason, tipo_relacion=said.tipo_relacion, lines=lines)
    return replace(back, importe=_number(said.importe), total=_number(said.total), forma_pago=said.forma_pago or "")


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _refused(field: str, detail: str, **more: Any) -> SaleRefused:
    where = tuple(int(step) if step.isdigit() else step for step in field.split("."))
    return _refusal([FieldError(where, detail)], **more)


def _refusal(errors: list[FieldError], **more: Any) -> SaleRefused:
    return SaleRefused(title="Revisa los datos de la devolución", errors=[error.as_json() for error in errors], **more)


def _answer(ticket: Ticket, refund: Refund) -> RefundOut:
    back = refunded(ticket)
    note = refund.credit_note
    uuid = str(note.uuid).upper() if note is not None and note.uuid else None
    return RefundOut.model_construct(  # of our own values: nothing to check
        source=ticket.source,
        external_id=ticket.external_id,
        refund_id=refund.external_id,
        total=f"{refund.total:.2f}",
        reason=refund.reason,
        tipo_relacion=refund.tipo_relacion,
        forma_pago=refund.forma_pago,
        lines=[
            ReturnedLineOut.model_construct(
                line=one["place"] + 1, cantidad=one.get("cantidad"), importe=one.get("importe")
            )
            for one in refund.lines
        ],
        made_at=refund.made_at.isoformat(),
        ticket_total=f"{ticket.total:.2f}",
        refunded=f"{back:.2f}",
        remaining=f"{ticket.total - back:.2f}",
        credit_note_uuid=uuid,
        credit_note_url=invoice_url(uuid) if uuid else None,
    )
