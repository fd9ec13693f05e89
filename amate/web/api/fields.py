"""Fields that several requests of the wheel share: days, whole numbers, whose it is; and how their lists go on."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from ninja import Query
from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from amate.customers.keep import customer_of_key
from amate.customers.models import Customer
from amate.customers.remaining import find_remaining
from amate.fiscal.text import TextRefused, clean_text
from amate.web.api.problems import FieldError, NoSuchThing, SaleRefused

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOST = 100
_LARGEST = 10**12


def _day(said: Any) -> Any:
    """Text only: a bare number would be read as seconds since 1970."""
    if isinstance(said, date):
        return said
    try:
        if isinstance(said, str) and _DAY.fullmatch(said):
            return date.fromisoformat(said)
    except ValueError:
        pass
    raise ValueError("Es un día, como 2026-11-21")


def _whole(said: Any) -> Any:
    if isinstance(said, bool) or not isinstance(said, int | Decimal) or said != int(said):
        raise ValueError("Es un número entero")
    return int(said)


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Whole = Annotated[int, BeforeValidator(_whole)]
Text = Annotated[str, StringConstraints(max_length=300)]
Number = Annotated[Whole, Field(ge=1, le=_LARGEST)]
After = Annotated[int | None, Query(ge=0, le=10**18, description="El `next` de la respuesta anterior")]
Limit = Annotated[int, Query(ge=1, le=MOST)]
Of = Annotated[int | None, Query(ge=1, le=_LARGEST, description="Número de cliente")]


def customer_said(external_id: str | None, number: int | None) -> Customer:
    """Who is meant by one of the two, of those that remain. Raises SaleRefused."""
    if (external_id is None) == (number is None):
        raise refused([FieldError(("customer",), "Di customer (tu clave) o customer_number, uno de los dos")])
    if external_id is not None:
        found, at = customer_of_key(external_id), "customer"
    else:
        found, at = customer_of_number(number or 0), "customer_number"
    if found is None:
        raise refused([FieldError((at,), "No hay un cliente con esa clave: envíalo primero con PUT a /customers")])
    return found


def customer_of_number(number: int) -> Customer | None:
    row: Customer | None = Customer.objects.filter(number=number).first()
    return None if row is None else find_remaining(row)


def customer_asked(number: int) -> Customer:
    """Of the address. Raises NoSuchThing."""
    found = customer_of_number(number)
    if found is None:
        raise NoSuchThing("No hay un cliente con ese número", "Revisa el número: está en su página y en /customers.")
    return found


def clean(name: str, said: str, errors: list[FieldError]) -> str:
    """Without what no document may carry; what cannot be mended is told."""
    try:
        return clean_text(said)
    except TextRefused as wrong:
        errors.append(FieldError((name,), str(wrong)))
        return ""


def refused(errors: list[FieldError], **more: Any) -> SaleRefused:
    return SaleRefused(title="Revisa los datos de la solicitud", errors=[one.as_json() for one in errors], **more)


def refused_at(errors: Mapping[str, str], names: Mapping[str, str]) -> SaleRefused:
    """What an act says of its own fields, as the request calls them."""
    said = [
        FieldError((names.get(name, name),) if names.get(name, name) else (), text) for name, text in errors.items()
    ]
    return refused(said)


def conflict(title: str, detail: str) -> SaleRefused:
    return SaleRefused(status=409, title=title, detail=detail)


def cut(rows: list[Any], limit: int) -> tuple[list[Any], bool]:
    """Of one more than were asked for."""
    return rows[:limit], len(rows) > limit
