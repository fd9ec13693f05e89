"""A sale as a point of sale sends it."""

import re
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from amate.self_invoicing.pagos import MOST

MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")
AMOUNT = re.compile(r"[0-9]{1,10}(\.[0-9]{1,6})?")
CENTS = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?")


def _moment(said: Any) -> Any:
    """Text only: a bare number would be read as seconds since 1970, in a zone that nobody wrote."""
    if not isinstance(said, str) or not MOMENT.match(said):
        raise ValueError("Es una fecha con hora y zona, como 2026-11-21T14:07:00-06:00")
    return said


def _digits(said: Any, form: re.Pattern[str], decimals: int) -> str:
    text = str(said) if isinstance(said, str | Decimal) else ""
    if not form.fullmatch(text):
        raise ValueError(f"Escribe el número con punto y hasta {decimals} decimales, sin comas ni signo, como 1248.50")
    return text


def _amount(said: Any) -> str:
    return _digits(said, AMOUNT, 6)


def _cents(said: Any) -> str:
    return _digits(said, CENTS, 2)


def _number_schema(pattern: re.Pattern[str], example: str) -> WithJsonSchema:
    text = {"type": "string", "pattern": f"^{pattern.pattern}$"}
    return WithJsonSchema({"anyOf": [text, {"type": "number", "minimum": 0}], "examples": [example]})


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
Amount = Annotated[str, BeforeValidator(_amount), _number_schema(AMOUNT, "1248.50")]
Cents = Annotated[str, BeforeValidator(_cents), _number_schema(CENTS, "1248.50")]
NAME = r"^[A-Za-z0-9][A-Za-z0-9._:@~+-]*$"
Source = Annotated[str, StringConstraints(pattern=NAME, max_length=40)]
ExternalId = Annotated[str, StringConstraints(pattern=NAME, max_length=80)]
Reason = Annotated[str, StringConstraints(max_length=200)]
Key = Annotated[str, Field(max_length=20)]


class Strict(Schema):
    """A field we do not know is a mistake of spelling: dropping it would lose what it meant."""

    model_config = ConfigDict(extra="forbid", strict=False)


class ImpuestoIn(Strict):
    impuesto: Key = Field(description="c_Impuesto: 002 IVA, 003 IEPS", examples=["002"])
    tipo_factor: Key = Field("Tasa", description="Tasa, Cuota o Exento")
    tasa_o_cuota: Amount | None = Field(None, description="0.16 es 16 %; en Exento no se escribe", examples=["0.16"])
    retencion: bool = Field(False, strict=True, description="Una nota al público no lleva retenciones: siempre false")


Taxes = Annotated[list[ImpuestoIn], Field(max_length=10)]


class LineIn(Strict):
    producto: str | None = Field(
        None,
        min_length=1,
        max_length=80,
        description="La clave de un producto de tu lista en Amate. De él salen las claves del SAT, la unidad, los "
        "impuestos, la descripción y el precio que no digas aquí; lo que digas aquí gana",
        examples=["CAF-1"],
    )
    descripcion: str | None = Field(None, max_length=2000, description="Obligatoria si no dices producto")
    cantidad: Amount
    precio: Amount | None = Field(
        None, description="De una unidad. Obligatorio si no dices producto, o si el producto no tiene precio"
    )
    descuento: Amount = Field("0", description="De toda la partida")
    clave_prod_serv: Key | None = Field(
        None, description="c_ClaveProdServ. Obligatoria si no dices producto", examples=["27112100"]
    )
    clave_unidad: Key | None = Field(
        None, description="c_ClaveUnidad. Obligatoria si no dices producto", examples=["H87"]
    )
    unidad: str | None = Field(None, max_length=100)
    no_identificacion: str | None = Field(None, max_length=200, description="Tu clave del artículo")
    objeto_imp: Key | None = Field(None, description="c_ObjetoImp. Si falta: el del producto, o 02")
    impuestos: Taxes | None = Field(
        None,
        description="Los de esta partida. Si falta, valen los del producto o default_impuestos; nunca se supone una tasa",
    )


class PagoIn(Strict):
    forma_pago: Key = Field(description="c_FormaPago, menos 99", examples=["01"])
    importe: Cents = Field(description="Cuánto se pagó así")


EXAMPLE: dict[str, Any] = {
    "sold_at": "2026-11-21T14:07:00-06:00",
    "folio": "R-20418",
    "forma_pago": "01",
    "total": "156.00",
    "lines": [
        {"producto": "CAF-1", "cantidad": "2", "precio": "20.00"},
        {
            "descripcion": "Martillo de uña 16 oz",
            "cantidad": "1",
            "precio": "116.00",
            "clave_prod_serv": "27111602",
            "clave_unidad": "H87",
            "impuestos": [{"impuesto": "002", "tipo_factor": "Tasa", "tasa_o_cuota": "0.16"}],
        },
    ],
}


class SaleIn(Strict):
    """Una venta al público en general. Una partida puede nombrar un producto de tu lista, o decirlo todo ella misma."""

    model_config = ConfigDict(extra="forbid", strict=False, json_schema_extra={"examples": [EXAMPLE]})

    sold_at: Moment = Field(description="Instante de la venta, con su zona", examples=["2026-11-21T14:07:00-06:00"])
    branch: str | None = Field(None, max_length=40, description="Código de la sucursal; obligatorio si hay varias")
    folio: str = Field(min_length=1, max_length=80, description="El de la nota impresa")
    forma_pago: Key | None = Field(
        None,
        description="c_FormaPago: cómo se pagó; 99 solo si es a crédito. Obligatoria si no dices pagos",
        examples=["01"],
    )
    pagos: Annotated[list[PagoIn], Field(min_length=1, max_length=MOST)] | None = Field(
        None,
        description="Si se pagó de varias formas: cada una con su importe; deben sumar el total. La factura lleva la "
        "forma con la que se pagó más (si hay empate, la primera), como pide la guía de llenado del SAT",
    )
    metodo_pago: Key = Field("PUE", description="c_MetodoPago: PUE ya pagada; PPD a crédito, con forma_pago 99")
    code: str | None = Field(
        None,
        max_length=40,
        description="El que ya está impreso: de un bloque de POST /code-blocks, o el de una venta que se vuelve a mandar después de restaurar un respaldo",
    )
    total: Cents = Field(description="El de la nota impresa: debe ser la suma de las partidas")
    prices_include_taxes: bool = Field(True, strict=True, description="Si precio y descuento ya traen los impuestos")
    moneda: Key = Field("MXN", description="c_Moneda; por ahora, MXN")
    default_impuestos: Taxes | None = Field(None, description="Los de cada partida que no diga los suyos")
    lines: list[LineIn] = Field(min_length=1, max_length=1000)
