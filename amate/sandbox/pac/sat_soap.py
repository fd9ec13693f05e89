"""The SAT's `ConsultaCFDIService`, over SOAP as the real one speaks it (ENGINE STATUS, SIM-6)."""

from xml.sax.saxutils import escape

from lxml import etree
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from amate.sandbox.pac.cuts import rest
from amate.sandbox.pac.desk import Desk
from amate.sandbox.pac.status import Told
from amate.sandbox.pac.strike import after, before

PATH = "/ConsultaCFDIService.svc"
_ACTION = "http://tempuri.org/IConsultaCFDIService/Consulta"
_TEMPURI = "{http://tempuri.org/}"
_STRICT = etree.XMLParser(resolve_entities=False, no_network=True, recover=False, load_dtd=False)
_ANSWER = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<ConsultaResponse xmlns="http://tempuri.org/"><ConsultaResult '
    'xmlns:a="http://schemas.datacontract.org/2004/07/Sat.Cfdi.Negocio.ConsultaCfdi.Servicio" '
    'xmlns:i="http://www.w3.org/2001/XMLSchema-instance">'
    "{fields}</ConsultaResult></ConsultaResponse></s:Body></s:Envelope>"
)
_FAULT = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>'
    "<faultcode>s:Client</faultcode><faultstring>{why}</faultstring></s:Fault></s:Body></s:Envelope>"
)


def sat_routes(desk: Desk) -> list[Route]:
    service = _Service(desk)
    return [Route(PATH, service.ask, methods=["POST"])]


class _Service:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ask(self, request: Request) -> Response:
        faults = self._desk.draw_faults("status")
        await rest(faults)
        spoilt = before(faults)
        if spoilt is not None:
            return spoilt
        if request.headers.get("SOAPAction", "").strip('"') != _ACTION:
            return _soap(_FAULT.format(why="SOAPAction"), status=500)
        expression = _expression(await request.body())
        if expression is None:
            return _soap(_FAULT.format(why="expresionImpresa"), status=500)
        late = faults["status_lag"].ms / 1000 if "status_lag" in faults else 0.0
        return after(_soap(_written(self._desk.tell(expression, late=late))), faults)


def _expression(body: bytes) -> str | None:
    try:
        root = etree.fromstring(body, _STRICT)
    except etree.XMLSyntaxError:
        return None
    return root.findtext(f".//{_TEMPURI}Consulta/{_TEMPURI}expresionImpresa")


def _written(told: Told) -> str:
    said = (
        ("CodigoEstatus", told.codigo),
        ("EsCancelable", told.standing.es_cancelable),
        ("Estado", told.standing.estado),
        ("EstatusCancelacion", told.standing.estatus_cancelacion),
        ("ValidacionEFOS", told.efos),
    )
    return _ANSWER.format(fields="".join(_field(name, text) for name, text in said))


def _field(name: str, text: str) -> str:
    return f"<a:{name}>{escape(text)}</a:{name}>" if text else f"<a:{name}/>"


def _soap(text: str, *, status: int = 200) -> Response:
    return Response(text, status_code=status, media_type="text/xml; charset=utf-8")
