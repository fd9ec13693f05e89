"""What an answer means, byte by byte."""

import json
from typing import Any

import pytest

from amate.adapters.pac import PacAmbiguous, PacKeyConflict, PacRejected, PacUnavailable
from amate.adapters.pac.sw_wire import Unauthorized, read_answer

XML = "<cfdi:Comprobante/>"


def said(**body: Any) -> bytes:
    return json.dumps({"data": None, "message": None, "messageDetail": None, **body}).encode()


def read(body: bytes, *, status: int = 200, retry_after: float | None = None) -> Any:
    return read_answer(status=status, retry_after=retry_after, body=body)


@pytest.mark.parametrize("status", [200, 201, 500])
def test_a_well_formed_success_counts_whatever_the_status(status: int) -> None:
    answer = read(said(status="success", data={"cfdi": XML}), status=status)
    assert (answer.code, answer.xml) == (None, XML.encode())


@pytest.mark.parametrize(
    "body",
    [
        said(status="error", message="307. El comprobante contiene un timbre previo.", data={"cfdi": XML}),
        said(status="error", message="  307 - timbre previo", data=XML),
        said(status="error", message="Timbre previo", data={"code": "307", "cfdi": XML}),
        said(status="success", data={"code": 307, "cfdi": XML}),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 307])
def test_a_307_is_a_success_wherever_it_stands(body: bytes, status: int) -> None:
    answer = read(body, status=status)
    assert (answer.code, answer.xml) == ("307", XML.encode())


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("CFDI40119 - El campo Total no corresponde", "CFDI40119"),
        ("CRP20268 - BaseP", "CRP20268"),
        ("CO1002 - falta un xmlns", "CO1002"),
        ("CC3001 - schemaLocation", "CC3001"),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 403, 500])
def test_a_code_is_a_definite_no_whatever_the_status(message: str, code: str, status: int) -> None:
    with pytest.raises(PacRejected) as no:
        read(said(status="error", message=message, messageDetail="aquí"), status=status)
    assert (no.value.code, no.value.detail) == (code, "aquí")


@pytest.mark.parametrize(
    ("message", "code"), [("302 - El sello no es válido", "302"), ("401. Fecha fuera de rango", "401")]
)
@pytest.mark.parametrize("status", [200, 400])
def test_a_number_of_the_sat_is_a_definite_no(message: str, code: str, status: int) -> None:
    with pytest.raises(PacRejected) as no:
        read(said(status="error", message=message), status=status)
    assert no.value.code == code


@pytest.mark.parametrize(
    "message", ["500 Internal Server Error", "502 Bad Gateway", "504 Gateway Timeout", "302 Found"]
)
@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_number_of_http_is_no_verdict(message: str, status: int) -> None:
    """Taken for one, it would let staff seal the document anew while the first may be stamped."""
    with pytest.raises(PacAmbiguous):
        read(said(status="error", message=message), status=status)


def test_a_401_of_http_is_a_refused_session() -> None:
    with pytest.raises(Unauthorized):
        read(said(status="error", message="401 Unauthorized"), status=401)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Mantenimiento</html>",
        b"",
        b'{"data": {"cfdi": "<cf',
        b"[]",
        b'{"ok": true}',
        said(status="error", message="Algo salió mal"),
        said(status="error", message="CO1000 - Error no controlado"),
    ],
)
@pytest.mark.parametrize("status", [200, 302, 404, 500, 502])
def test_what_says_nothing_definite_is_ambiguous(body: bytes, status: int) -> None:
    with pytest.raises(PacAmbiguous):
        read(body, status=status)


def test_a_503_without_retry_after_is_ambiguous() -> None:
    with pytest.raises(PacAmbiguous):
        read(b"", status=503)


@pytest.mark.parametrize(("status", "retry_after"), [(429, None), (429, 3.0), (503, 3.0)])
def test_a_busy_pac_did_not_process_it(status: int, retry_after: float | None) -> None:
    with pytest.raises(PacUnavailable) as busy:
        read(b"busy", status=status, retry_after=retry_after)
    assert (busy.value.cause, busy.value.retry_after) == ("busy", retry_after)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (said(status="error", message="AU4101 - El token proporcionado ha expirado."), 400),
        (said(status="error", message="El token debe contener 3 partes"), 401),
        (b"Unauthorized", 401),
    ],
)
def test_a_refused_session_is_not_a_refused_document(body: bytes, status: int) -> None:
    with pytest.raises(Unauthorized):
        read(body, status=status)


def test_a_reused_key_is_a_conflict() -> None:
    with pytest.raises(PacKeyConflict):
        read(said(status="error", message="CFDI3307 - customid usado"), status=400)


@pytest.mark.parametrize("message", ["No cuenta con timbres disponibles", "Sin saldo", "Cuenta sin créditos"])
def test_an_empty_account_is_recognised_by_its_words(message: str) -> None:
    with pytest.raises(PacUnavailable) as empty:
        read(said(status="error", message=message), status=400)
    assert empty.value.cause == "credits"


def test_a_success_without_xml_has_none() -> None:
    assert read(said(status="success")).xml is None
