"""How a CFDI stands at the SAT, by its public SOAP service `ConsultaCFDIService` (FISCAL CAN-6, CAN-8; ENGINE STATUS).

Asking changes nothing: whatever goes wrong is `PacUnavailable`, ask again later.
"""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from types import TracebackType
from typing import Protocol, runtime_checkable
from uuid import UUID
from xml.sax.saxutils import escape

import httpx
import structlog

from amate.adapters.authorities import authorities
from amate.adapters.pac import PacUnavailable
from amate.fiscal.qr import sat_expression
from amate.fiscal.xml import MalformedXml, parse

SAT_URL = "https://consultaqr.facturaelectronica.sat.gob.mx/ConsultaCFDIService.svc"
TIMEOUTS = httpx.Timeout(connect=5.0, write=5.0, read=20.0, pool=5.0)
WHOLE_CALL = 45.0
BODY_CAP = 100_000

_ACTION = '"http://tempuri.org/IConsultaCFDIService/Consulta"'
_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:tem="http://tempuri.org/">'
    "<soapenv:Header/><soapenv:Body><tem:Consulta><tem:expresionImpresa>{expression}</tem:expresionImpresa>"
    "</tem:Consulta></soapenv:Body></soapenv:Envelope>"
)
_NO_STANDING = "El SAT respondió sin el estado del comprobante."
_CODE = re.compile(r"^\s*(S|N)\s*-?\s*(\d{3})?")
_LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StatusQuery:
    """What the stamped CFDI says; `sello` is the issuer's whole seal."""

    uuid: UUID
    rfc_emisor: str
    rfc_receptor: str
    total: Decimal
    sello: str = field(repr=False)

    @property
    def expression(self) -> str:
        return sat_expression(
            uuid=str(self.uuid),
            rfc_emisor=self.rfc_emisor,
            rfc_receptor=self.rfc_receptor,
            total=self.total,
            sello=self.sello,
        )


@dataclass(frozen=True, slots=True)
class SatStanding:
    """The tuple of FISCAL CAN-6 in the SAT's own words; absent fields are empty."""

    codigo: str
    estado: str
    es_cancelable: str
    estatus_cancelacion: str
    efos: str

    @property
    def found(self) -> bool:
        """False is "not (yet) at the SAT" or a bad expression: never that the document is void."""
        return self.codigo.startswith("S")

    @property
    def bad_expression(self) -> bool:
        """601: what we asked is malformed, asking again will not help."""
        return "601" in self.codigo

    @property
    def live(self) -> bool:
        return self.found and self.estado == "Vigente"

    @property
    def cancelled(self) -> bool:
        return self.found and self.estado == "Cancelado"

    @property
    def how_cancelled(self) -> str:
        """ "" | sin_aceptacion | con_aceptacion | plazo_vencido (the receiver's silence)."""
        return _HOW.get(self.estatus_cancelacion.casefold(), "") if self.cancelled else ""

    @property
    def in_process(self) -> bool:
        return self.live and self.estatus_cancelacion.casefold() == "en proceso"

    @property
    def refused_by_receiver(self) -> bool:
        return self.live and self.estatus_cancelacion.casefold() == "solicitud rechazada"

    @property
    def cancellable(self) -> bool:
        return self.live and self.es_cancelable.casefold().startswith("cancelable")

    @property
    def needs_acceptance(self) -> bool:
        return self.live and self.es_cancelable.casefold() == "cancelable con aceptación"

    @property
    def issuer_listed(self) -> bool:
        """The issuer is on the SAT's list of those whose operations it presumes false (EFOS 100)."""
        return self.efos.strip() == "100"


_HOW = {
    "cancelado sin aceptación": "sin_aceptacion",
    "cancelado con aceptación": "con_aceptacion",
    "plazo vencido": "plazo_vencido",
}


@runtime_checkable
class TellsStanding(Protocol):
    """A PAC that asks the SAT for us how a CFDI stands."""

    async def standing(self, query: StatusQuery) -> SatStanding:
        """The SAT's own words, brought by the PAC. Raises `PacUnavailable`: ask again later."""


class SatStatus:
    """One client for all companies. Use it as an async context manager, or `aclose` it."""

    def __init__(self, url: str = SAT_URL, *, timeouts: httpx.Timeout = TIMEOUTS) -> None:
        self._url = url
        self._client = httpx.AsyncClient(
            timeout=timeouts,
            verify=authorities(),
            follow_redirects=False,
            limits=httpx.Limits(max_connections=8, max_keepalive_connections=4),
            mounts=dict.fromkeys(_LOOPBACK),
        )

    async def ask(self, query: StatusQuery) -> SatStanding:
        """Raises `PacUnavailable`: the service did not answer, or not as it is documented."""
        started = time.monotonic()
        outcome = "interrupted"
        try:
            standing = await self._ask(query)
            outcome = standing.codigo[:7]
            return standing
        except PacUnavailable:
            outcome = "unavailable"
            raise
        finally:
            log.info("sat.status", uuid=str(query.uuid), outcome=outcome, ms=round((time.monotonic() - started) * 1000))

    async def aclose(self) -> None:
        await self._client.aclose()

    async def __aenter__(self) -> "SatStatus":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _ask(self, query: StatusQuery) -> SatStanding:
        body = _ENVELOPE.format(expression=escape(query.expression)).encode()
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": _ACTION}
        request = self._client.build_request("POST", self._url, content=body, headers=headers)
        try:
            async with asyncio.timeout(WHOLE_CALL):
                response = await self._client.send(request, stream=True)
                try:
                    content = await _capped(response)
                finally:
                    await response.aclose()
        except (httpx.HTTPError, TimeoutError) as failure:
            raise PacUnavailable("network", f"El SAT no respondió: {type(failure).__name__}") from failure
        if response.status_code != 200:
            raise PacUnavailable("network", f"El servicio de estado del SAT respondió HTTP {response.status_code}.")
        return read_standing(content)


def read_standing(body: bytes) -> SatStanding:
    """Raises `PacUnavailable` for anything that is not the service's answer."""
    try:
        root = parse(body)
    except MalformedXml as broken:
        raise PacUnavailable("network", f"El SAT respondió algo que no se puede leer: {broken}") from broken
    result = root.find(".//{*}ConsultaResult")
    if result is None:
        raise PacUnavailable("network", _NO_STANDING)
    return standing_said(lambda name: (result.findtext(f"{{*}}{name}") or "").strip())


def standing_said(said: Callable[[str], str]) -> SatStanding:
    """From its five words, by the SAT's names of them. Raises `PacUnavailable` when they are not there."""
    codigo = said("CodigoEstatus")
    if not _CODE.match(codigo):
        raise PacUnavailable("network", _NO_STANDING)
    return SatStanding(
        codigo=codigo,
        estado=said("Estado"),
        es_cancelable=said("EsCancelable"),
        estatus_cancelacion=said("EstatusCancelacion"),
        efos=said("ValidacionEFOS"),
    )


async def _capped(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > BODY_CAP:
            raise PacUnavailable("network", "La respuesta del SAT es demasiado grande.")
    return bytes(body)
