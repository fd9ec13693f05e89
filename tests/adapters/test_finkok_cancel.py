"""Finkok's answers about cancellations, in the shapes that phpcfdi recorded, through the client itself."""

import asyncio
import base64
import json
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID
from xml.sax.saxutils import escape

import httpx
import pytest
from lxml import etree

from amate.adapters.pac import (
    AnswerOrder,
    CancelOrder,
    PacAccount,
    PacAmbiguous,
    PacRejected,
    PacUnavailable,
)
from amate.adapters.pac.finkok import Finkok
from amate.adapters.pac.sat_status import SatStanding, StatusQuery
from tests.adapters.test_finkok_wire import RECORDED, answer, written
from tests.corpus import needs_corpus

T = TypeVar("T")
RFC = "EKU9003173C9"
ONE, OTHER = UUID("11111111-2222-3333-4444-000000000001"), UUID("11111111-2222-3333-4444-000000000002")
ORDER = CancelOrder(RFC, ONE, b"<Cancelacion/>")
ANSWER = AnswerOrder(RFC, ONE, True, b"<SolicitudAceptacionRechazo/>")


def acuse(code: str = "201", uuid: UUID = ONE, rfc: str = RFC) -> str:
    return (
        f'<Acuse RfcEmisor="{rfc}" Fecha="2026-11-22T10:00:00"><Folios><UUID>{str(uuid).upper()}</UUID>'
        f"<EstatusUUID>{code}</EstatusUUID></Folios></Acuse>"
    )


def folio(code: str, uuid: UUID = ONE) -> str:
    return f"<Folios><Folio><UUID>{str(uuid).upper()}</UUID><EstatusUUID>{code}</EstatusUUID></Folio></Folios>"


def told(
    said: dict[str, str | httpx.Response], what: Callable[[Finkok], Coroutine[Any, Any, T]]
) -> tuple[T, list[Any]]:
    """Against a Finkok that answers `said` to each operation: what came of it, and what was asked."""
    asked: list[Any] = []

    def answers(request: httpx.Request) -> httpx.Response:
        operation = request.headers["SOAPAction"]
        asked.append((request.url.path, etree.fromstring(request.content).find(".//{*}Body")[0]))
        reply = said[operation]
        return (
            reply if isinstance(reply, httpx.Response) else httpx.Response(200, content=answer(operation, reply).body)
        )

    async def run() -> T:
        pac = Finkok(PacAccount("finkok", "http://pac.example", "", "u & co", "p"))
        pac._line.client = httpx.AsyncClient(transport=httpx.MockTransport(answers))
        try:
            return await what(pac)
        finally:
            await pac.aclose()

    return asyncio.run(run()), asked


def cancel(said: dict[str, str | httpx.Response]) -> tuple[Any, list[Any]]:
    return told(said, lambda pac: pac.cancel(ORDER))


def test_a_cancellation_is_handed_in_as_it_was_signed_and_its_acuse_is_kept() -> None:
    receipt, asked = cancel({"cancel_signature": f"{folio('201')}<Acuse>{escape(acuse())}</Acuse>"})
    assert receipt.codes == {ONE: "201"}
    assert receipt.acuse == acuse().encode()
    ((path, sent),) = asked
    fields = {etree.QName(node).localname: node.text for node in sent}
    assert path == "/servicios/soap/cancel"
    assert base64.b64decode(fields["xml"]) == ORDER.signed
    assert (fields["username"], fields["store_pending"]) == ("u & co", "false")


def test_an_acuse_that_the_answer_forgot_is_asked_for() -> None:
    receipt, asked = cancel(
        {
            "cancel_signature": folio("201"),
            "get_receipt": f"<success>true</success><receipt>{escape(acuse())}</receipt>",
        }
    )
    assert receipt.acuse == acuse().encode()
    assert [etree.QName(sent).localname for _, sent in asked] == ["cancel_signature", "get_receipt"]


@pytest.mark.parametrize("receipt", ["<success>false</success>", httpx.Response(429)])
def test_a_201_without_any_acuse_is_no_receipt(receipt: str | httpx.Response) -> None:
    """The SAT has the request: "not processed" would be untrue."""
    with pytest.raises(PacAmbiguous, match="acuse"):
        cancel({"cancel_signature": folio("201"), "get_receipt": receipt})


@pytest.mark.parametrize(("said", "code"), [("no_cancelable", "204"), ("205", "205"), ("203", "203")])
def test_a_refusal_of_the_one_cfdi_is_its_code(said: str, code: str) -> None:
    receipt, _ = cancel({"cancel_signature": folio(said)})
    assert (receipt.codes, receipt.acuse) == ({ONE: code}, b"")


def test_a_cfdi_that_it_does_not_know_is_205() -> None:
    receipt, _ = cancel({"cancel_signature": f"<CodEstatus>UUID: {ONE} No Encontrado</CodEstatus>"})
    assert receipt.codes == {ONE: "205"}


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<CodEstatus>algo pasó</CodEstatus>",
        f"{folio('201', OTHER)}<Acuse>{escape(acuse())}</Acuse>",
        f"{folio('201')}<Acuse>{escape(acuse(uuid=OTHER))}</Acuse>",
        f"{folio('201')}<Acuse>{escape(acuse(rfc='XAXX010101000'))}</Acuse>",
        f"{folio('201')}<Acuse>{escape(acuse(code='205'))}</Acuse>",
        f"{folio('201')}<Acuse>nada</Acuse>",
        "<Folios><Folio><UUID>x</UUID><EstatusUUID>201</EstatusUUID></Folio></Folios>",
    ],
)
def test_what_is_no_answer_to_this_request_is_ambiguous(inside: str) -> None:
    with pytest.raises(PacAmbiguous):
        cancel({"cancel_signature": inside})


@pytest.mark.parametrize("inside", ["<CodEstatus>708</CodEstatus>", folio("708")])
def test_without_the_sat_it_was_not_handed_in(inside: str) -> None:
    with pytest.raises(PacUnavailable) as away:
        cancel({"cancel_signature": inside})
    assert away.value.cause == "network"


def test_a_refusal_of_the_whole_request_is_its_code() -> None:
    with pytest.raises(PacRejected) as no:
        cancel({"cancel_signature": "<CodEstatus>305 - Certificado inválido</CodEstatus>"})
    assert no.value.code == "305"


def test_a_wrong_password_needs_staff() -> None:
    with pytest.raises(PacUnavailable) as away:
        cancel({"cancel_signature": "<CodEstatus>300 - Usuario y contraseña inválidos</CodEstatus>"})
    assert away.value.cause == "credentials"


@pytest.mark.parametrize("where", ["aceptacion", "rechazo"])
def test_a_receivers_answer_is_told_by_uuid(where: str) -> None:
    row = f"<uuid>{ONE}</uuid><status>1000</status>"
    inside = f"<{where}><Item>{row}</Item></{where}><Acuse>{escape(acuse('1000'))}</Acuse>"
    receipt, asked = told({"accept_reject_signature": inside}, lambda pac: pac.answer(ANSWER))
    assert (receipt.codes, receipt.acuse) == ({ONE: "1000"}, acuse("1000").encode())
    assert asked[0][0] == "/servicios/soap/cancel"


def test_an_answer_that_was_refused_is_its_code() -> None:
    with pytest.raises(PacRejected) as no:
        told({"accept_reject_signature": "<error>1003 - No firmó el receptor</error>"}, lambda pac: pac.answer(ANSWER))
    assert no.value.code == "1003"


def test_what_waits_for_a_receiver_is_listed() -> None:
    inside = f"<uuids><string>{ONE}</string><string>{OTHER}</string></uuids><error/>"
    waiting, asked = told({"get_pending": inside}, lambda pac: pac.pending(RFC))
    assert waiting == [ONE, OTHER]
    assert asked[0][1].findtext("{*}rtaxpayer_id") == RFC
    nothing, _ = told({"get_pending": "<uuids/>"}, lambda pac: pac.pending(RFC))
    assert nothing == []


def test_a_list_that_cannot_be_read_can_be_asked_for_again() -> None:
    with pytest.raises(PacUnavailable):
        told({"get_pending": "<error>algo</error>"}, lambda pac: pac.pending(RFC))


@needs_corpus
def test_the_recorded_cancellation_of_two_is_read_for_the_one_we_asked() -> None:
    said = json.loads((RECORDED / "cancel-cancelsignature-response-2-items.json").read_text())["cancel_signatureResult"]
    said["Acuse"] = acuse()
    receipt, _ = cancel({"cancel_signature": written(said)})
    assert receipt.codes == {ONE: "201", OTHER: "204"}


@needs_corpus
def test_the_recorded_receipt_is_read() -> None:
    said = json.loads((RECORDED / "cancel-get-receipt-response.json").read_text())["get_receiptResult"]
    said["receipt"] = acuse()
    receipt, _ = cancel({"cancel_signature": folio("201"), "get_receipt": written(said)})
    assert receipt.acuse == acuse().encode()


# ------------------------------------------------------------ how a CFDI stands


QUERY = StatusQuery(uuid=ONE, rfc_emisor="H&E951128469", rfc_receptor=RFC, total=Decimal("330"), sello="c2VsbG8=")


def standing(said: str) -> SatStanding:
    return told({"get_sat_status": said}, lambda pac: pac.standing(QUERY))[0]


@needs_corpus
def test_the_recorded_standing_is_read_as_the_sats_own_would_be() -> None:
    recorded = json.loads((RECORDED / "cancel-get-sat-status-response.json").read_text(encoding="utf-8"))
    found = standing(written(recorded["get_sat_statusResult"]))
    assert (found.live, found.in_process, found.cancellable, found.needs_acceptance) == (True, True, True, False)
    assert found.estado == "Vigente"


def test_the_sat_is_asked_for_the_cfdi_by_all_but_its_seal() -> None:
    said = "<sat><CodigoEstatus>N - 602: Comprobante no encontrado.</CodigoEstatus></sat><error/>"
    found, asked = told({"get_sat_status": said}, lambda pac: pac.standing(QUERY))
    assert not found.found
    ((path, sent),) = asked
    assert path == "/servicios/soap/cancel"
    assert {etree.QName(node).localname: node.text for node in sent} == {
        "username": "u & co",
        "password": "p",
        "taxpayer_id": "H&E951128469",
        "rtaxpayer_id": RFC,
        "uuid": str(ONE).upper(),
        "total": "330.0",
    }


@pytest.mark.parametrize("said", ["<error>300 - no</error>", "<sat/>", "<sat><Estado>Cancelado</Estado></sat>", ""])
def test_a_standing_that_does_not_say_that_the_sat_answered_is_none(said: str) -> None:
    """Above all not "cancelled": books would move on it."""
    with pytest.raises(PacUnavailable):
        standing(said)
    with pytest.raises(PacUnavailable):
        told({"get_sat_status": httpx.Response(500, content=b"<html/>")}, lambda pac: pac.standing(QUERY))
