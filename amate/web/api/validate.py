"""`amate check-cfdi` over HTTP: what can be said about any CFDI without asking anybody. Nothing of it is kept."""

from threading import Lock

from django.http import HttpRequest
from ninja import Router, Schema

from amate.access.limit import Limit
from amate.access.models import ApiKey
from amate.fiscal.check import check_cfdi
from amate.fiscal.rules.table import source_of
from amate.web import clock
from amate.web.api.keys import Bearer
from amate.web.api.problems import FAULTS, Problem, TooOften, WrongMediaType
from amate.web.sends import count_send, sends_must_wait

router = Router(tags=["Validar"])
TAKES = ("application/xml", "text/xml")
OF_A_KEY = Limit("validate-cfdi", 30, 60)
"""A document of the largest size costs some seconds of one processor."""
_ONE_AT_A_TIME = Lock()
"""Of a process. The count is kept when the request's transaction has ended: many at once would pass it together."""
A_MOMENT = 5
BODY = {
    "requestBody": {
        "required": True,
        "content": {one: {"schema": {"type": "string", "contentMediaType": one}} for one in TAKES},
    }
}


class FindingOut(Schema):
    """`severity`: error, warning o note; `where`: el camino en el documento; `source`: la regla y su edición."""

    code: str
    severity: str
    where: str
    message: str
    source: str | None


class ReportOut(Schema):
    """`valid`: ninguno es error. Lo que solo un PAC puede saber no se revisa."""

    valid: bool
    findings: list[FindingOut]


class _Reads(Bearer):
    """Refuses another media type before the body is read."""

    def __call__(self, request: HttpRequest) -> ApiKey:
        key = super().__call__(request)
        if request.content_type not in TAKES:
            raise WrongMediaType("El CFDI va tal cual, con la cabecera Content-Type: application/xml.")
        return key


@router.post(
    "/cfdi",
    auth=_Reads("invoices:read"),
    response={200: ReportOut, **FAULTS, 413: Problem, 415: Problem, 422: Problem, 429: Problem},
    openapi_extra=BODY,
    summary="Revisa un CFDI 4.0, tuyo o de otros; no se guarda",
)
def validate_cfdi(request: HttpRequest, sellos: bool = True) -> ReportOut:
    now, who = clock.now(), str(request.api_key.pk)  # type: ignore[attr-defined]
    if wait := sends_must_wait(OF_A_KEY, who, now=now):
        raise TooOften(wait)
    body = request.body  # a slow sender holds nobody up
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise TooOften(A_MOMENT)
    try:
        count_send(request, OF_A_KEY, who, now=now)
        report = check_cfdi(body, seals=sellos)
    finally:
        _ONE_AT_A_TIME.release()
    return ReportOut(
        valid=report.valid,
        findings=[
            FindingOut(
                code=one.code,
                severity=one.severity,
                where=one.where,
                message=one.message,
                source=None if (source := source_of(one.code)) is None else str(source),
            )
            for one in report.findings
        ],
    )
