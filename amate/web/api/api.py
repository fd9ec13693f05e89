"""The API as one object: its resources, its faults, and the OpenAPI document that describes both."""

import json
from decimal import Decimal
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser

from amate.web.api import (
    code_blocks,
    customers,
    invoices,
    notes,
    payments,
    receivables,
    refunds,
    standing,
    standing_csv,
    subscription_acts,
    subscriptions,
    tickets,
    validate,
)
from amate.web.api.problems import NoSuchThing, SaleRefused, ScopeMissing, TooOften, WrongMediaType, field_errors
from amate.web.faults import problem

DESCRIPTION = """Registra las ventas de tu punto de venta, consulta sus facturas, lleva tus clientes, suscripciones y pagos, y
pregunta si a un cliente se le atiende.

Cada venta se envía con `PUT` y una clave tuya (`source` y `external_id`): repetirla da la misma nota, el mismo código y
la misma fecha límite. Los importes son texto con punto decimal (`"1248.50"`); un número de JSON se lee por sus dígitos.
Los errores son `application/problem+json` (RFC 9457) y nombran cada campo con un puntero de JSON.
"""


class ExactNumbers(Parser):
    """JSON whose numbers keep the digits they were written with: no amount ever passes through a float."""

    def parse_body(self, request: HttpRequest) -> Any:
        return json.loads(request.body, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number)


class Api(NinjaAPI):
    def get_openapi_schema(self, **how: Any) -> OpenAPISchema:
        """As ninja makes it, with every fault documented under the media type it really has."""
        schema = super().get_openapi_schema(**how)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400:
                        response["content"] = {"application/problem+json": response["content"]["application/json"]}
        return schema

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """`put_customer`: what a client made of the document calls it. No two are alike, which a test watches."""
        return str(operation.view_func.__name__)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


api = Api(
    title="Amate",
    version="1",
    description=DESCRIPTION,
    docs_url=None,  # ninja's pages load scripts that our CSP refuses
    parser=ExactNumbers(),
    urls_namespace="api",
)
api.add_router("/tickets", notes.router)  # before the sales: its names are not those of a sale
api.add_router("/tickets", tickets.router)
api.add_router("/tickets", refunds.router)
api.add_router("/code-blocks", code_blocks.router)
api.add_router("/invoices", invoices.router)
api.add_router("/validate", validate.router)
api.add_router("/customers", customers.router)
api.add_router("/subscriptions", subscriptions.router)
api.add_router("/subscriptions", subscription_acts.router)
api.add_router("/payments", payments.router)
api.add_router("/receivables", receivables.router)
api.add_router("/standing", standing.router)
api.add_router("/standing.csv", standing_csv.router)


@api.exception_handler(SaleRefused)
def _refused(request: HttpRequest, refused: SaleRefused) -> HttpResponse:
    return problem(request, status=refused.status, title=refused.title, detail=refused.detail, **refused.more)


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    return problem(request, status=422, title="Revisa los datos de la solicitud", errors=field_errors(fault.errors))


@api.exception_handler(ScopeMissing)
def _scope_missing(request: HttpRequest, missing: ScopeMissing) -> HttpResponse:
    return problem(
        request,
        status=403,
        title="Tu clave de API no tiene este permiso",
        detail=f"Necesita {missing.scope}. Pide otra clave a quien administra tu empresa.",
        scope=missing.scope,
    )


@api.exception_handler(NoSuchThing)
def _no_such_thing(request: HttpRequest, fault: NoSuchThing) -> HttpResponse:
    return problem(request, status=404, title=fault.title, detail=fault.detail)


@api.exception_handler(WrongMediaType)
def _wrong_media_type(request: HttpRequest, fault: WrongMediaType) -> HttpResponse:
    return problem(request, status=415, title="Lo que enviaste no es del tipo que va aquí", detail=str(fault))


@api.exception_handler(TooOften)
def _too_often(request: HttpRequest, fault: TooOften) -> HttpResponse:
    answer = problem(
        request, status=429, title="Demasiadas solicitudes", detail=f"Espera {fault.seconds} segundos y sigue."
    )
    answer["Retry-After"] = str(fault.seconds)
    return answer


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, fault: RequestDataTooBig) -> HttpResponse:
    megabytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 1_048_576
    return problem(
        request, status=413, title="La solicitud es demasiado grande", detail=f"Caben {megabytes:.1f} MB en cada una."
    )


@api.exception_handler(HttpError)
def _unread(request: HttpRequest, fault: HttpError) -> HttpResponse:
    return problem(
        request, status=fault.status_code, title="El cuerpo no es JSON", detail="Revisa comas, comillas y llaves."
    )
