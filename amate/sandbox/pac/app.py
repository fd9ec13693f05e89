"""The simulator's routes: SW Sapien's wire (ENGINE SW) beside Finkok's, under the faults of the day."""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from amate.sandbox.mint import NO_VALIDITY, World
from amate.sandbox.pac import wire
from amate.sandbox.pac.admin import admin_routes
from amate.sandbox.pac.cuts import rest
from amate.sandbox.pac.desk import Desk
from amate.sandbox.pac.finkok import finkok_routes
from amate.sandbox.pac.finkok_cancel import finkok_cancel_routes
from amate.sandbox.pac.page import page_routes
from amate.sandbox.pac.refusal import Refusal
from amate.sandbox.pac.sat_soap import sat_routes
from amate.sandbox.pac.spoil import spoil
from amate.sandbox.pac.stamp import Stamping
from amate.sandbox.pac.state import Store
from amate.sandbox.pac.strike import after, before, faults_of
from amate.sandbox.pac.sw_cancel import cancel_routes

BODY_CAP = 20_000_000


def create_app(world: World, store: Store, clock: Callable[[], datetime]) -> ASGIApp:
    """The ASGI application. `clock` gives the real instant, aware; admin may shift what the PAC believes.

    Raises `NotASandbox` when the authority of `world` does not say SIN VALIDEZ FISCAL.
    """
    desk = Desk(world, store, clock)
    sw = _Sw(desk)
    routes = [
        Route("/", sw.about),
        Route("/v2/security/authenticate", sw.authenticate, methods=["POST"]),
        Route("/security/authenticate", sw.authenticate_by_headers, methods=["POST"]),
        Route("/v4/cfdi33/stamp/v4", sw.stamp, methods=["POST"]),
        Route("/v4/cfdi33/stamp/v4/b64", sw.stamp_b64, methods=["POST"]),
        Route("/v4/cfdi33/issue/v4", sw.issue, methods=["POST"]),
        Route("/v4/cfdi33/issue/v4/b64", sw.issue, methods=["POST"]),
        Route("/management/v2/api/users/balance", sw.balance),
        Route("/account/balance", sw.old_balance),
        Route("/datawarehouse/v1/live/{uuid}", sw.fetch),
        *cancel_routes(desk),
        *sat_routes(desk),
        *finkok_routes(desk),
        *page_routes(desk),
        *finkok_cancel_routes(desk),
        *admin_routes(desk),
    ]
    return _WithTransport(Starlette(routes=routes))


class _WithTransport:
    """Hands the connection itself to `cuts`: only the outermost application is given the server's own `send`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["sim.transport"] = getattr(getattr(send, "__self__", None), "transport", None)
        await self._app(scope, receive, send)


class _Sw:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def about(self, request: Request) -> Response:
        return PlainTextResponse(f"Simulador de PAC, {NO_VALIDITY}. {self._desk.store.count()} CFDI timbrados.\n")

    # ------------------------------------------------------------ sessions

    async def authenticate(self, request: Request) -> Response:
        try:
            said = await request.json()
            user, password = str(said["user"]), str(said["password"])
        except (ValueError, KeyError, TypeError):
            return wire.bad_credentials()
        return self._open(user, password)

    async def authenticate_by_headers(self, request: Request) -> Response:
        return self._open(request.headers.get("user", ""), request.headers.get("password", ""))

    def _open(self, user: str, password: str) -> Response:
        session = self._desk.open_session(user, password)
        return wire.bad_credentials() if session is None else wire.session_opened(session)

    def _known(self, request: Request) -> bool:
        return self._desk.knows(request.headers.get("Authorization", ""))

    # ------------------------------------------------------------ stamping

    async def stamp(self, request: Request) -> Response:
        return await self._stamp(request, b64=False)

    async def stamp_b64(self, request: Request) -> Response:
        return await self._stamp(request, b64=True)

    async def issue(self, request: Request) -> Response:
        """`issue` would have the PAC seal: a key never leaves its company."""
        return wire.error("CO1001 - Este simulador no sella: manda el XML sellado a stamp.", status=400)

    async def _stamp(self, request: Request, *, b64: bool) -> Response:
        try:
            faults = faults_of(request, self._desk)
        except ValueError as wrong:
            return PlainTextResponse(f"X-Sim-Fault: {wrong}\n", status_code=400)
        await rest(faults)
        spoilt = before(faults)
        if spoilt is not None:
            return spoilt
        if "expired_token" in faults:
            self._desk.forget_sessions()
        if not self._known(request):
            return wire.no_session()
        if "no_credits" in faults or self._desk.stamps_left == 0:
            return wire.no_credits()
        try:
            sealed = await _sealed(request, b64=b64)
            stamping = self._desk.stamp(sealed, customid=request.headers.get("customid", ""))
        except Refusal as refusal:
            return wire.refused(refusal)
        return after(self._answer(stamping, frozenset(faults), b64=b64), faults)

    def _answer(self, stamping: Stamping, kinds: frozenset[str], *, b64: bool) -> Response:
        data = None
        if stamping.document is not None:
            xml = spoil(stamping.document.stamped, kinds=kinds, signer=self._desk.signer)
            data = wire.stamped(stamping.document, xml=xml, b64=b64)
        if stamping.again:
            status = 200 if "307_http_200" in kinds else 400
            return wire.previous(stamping.document, data=None if "307_without_data" in kinds else data, status=status)
        return wire.success(None if "json_without_data" in kinds else data)

    # ------------------------------------------------------------ reading

    async def balance(self, request: Request) -> Response:
        if not self._known(request):
            return wire.no_session()
        return wire.success(wire.balance(self._desk.stamps_left, self._desk.store.count()))

    async def old_balance(self, request: Request) -> Response:
        if not self._known(request):
            return wire.no_session()
        return wire.success(wire.old_balance(self._desk.stamps_left, self._desk.store.count()))

    async def fetch(self, request: Request) -> Response:
        if not self._known(request):
            return wire.no_session()
        document = self._desk.store.by_uuid(request.path_params["uuid"])
        if document is None:
            return wire.error("No se encontró el comprobante.", request.path_params["uuid"], status=404)
        return wire.success(wire.stamped(document, xml=document.stamped, b64=False))


async def _sealed(request: Request, *, b64: bool) -> bytes:
    """The bytes of the field `xml`. Raises `Refusal`."""
    if int(request.headers.get("Content-Length") or 0) > BODY_CAP:
        raise Refusal("301", "El comprobante es demasiado grande")
    async with request.form(max_files=2, max_fields=8) as form:
        field = form.get("xml")
        content = await field.read() if isinstance(field, UploadFile) else (field or "").encode()
    if not content:
        raise Refusal("301", "Falta el campo xml")
    if not b64:
        return content
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error as broken:
        raise Refusal("301", "El campo xml no es base64", str(broken)) from broken
