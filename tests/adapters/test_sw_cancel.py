"""Our SW client cancelling at the simulator, over real HTTP, with everything that can go wrong on the way."""

import asyncio
import json
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from lxml import etree
from structlog.testing import capture_logs

from amate.adapters.pac import (
    AnswerOrder,
    AnswerReceipt,
    CancelOrder,
    CancelReceipt,
    PacAmbiguous,
    PacError,
    PacRejected,
    PacUnavailable,
)
from amate.adapters.pac.sat_status import SatStanding, SatStatus, StatusQuery
from amate.adapters.pac.sw_cancel import read_pending, read_receipt
from amate.adapters.pac.sw_sapien import CANCEL
from amate.adapters.pac.sw_wire import Unauthorized
from amate.fiscal.acuse import read_acuse
from amate.fiscal.cancelacion import answer_request, cancel_request
from amate.fiscal.tfd import read_timbre
from amate.sandbox.mint import World
from tests.sandbox.documents import CFDI, draft, open_pair, seal_tree
from tests.sandbox.serving import Simulator, call

IMPATIENT = httpx.Timeout(connect=2.0, write=2.0, read=0.4, pool=2.0)
RFC = "CEA210315XX4"


class Story:
    """One stamped invoice of the cafetería, over a thousand pesos, and what is asked about it."""

    def __init__(self, simulator: Simulator, minted: World, now: datetime) -> None:
        self.simulator, self.minted, self.now = simulator, minted, now
        self.csd = open_pair(minted.csds["moral"])
        root = draft(now=now, cents=100_000)
        self.stamped = call(simulator.account(), lambda pac: pac.stamp(seal_tree(root, self.csd), key="d"))
        self.uuid = self.stamped.uuid
        self.order = self.ordered(self.uuid)

    def ordered(self, uuid: UUID, *, role: str = "moral") -> CancelOrder:
        csd = open_pair(self.minted.csds[role])
        fecha = self.now.replace(tzinfo=None)
        signed = cancel_request(uuid=uuid, motivo="02", sustitucion=None, csd=csd, fecha=fecha)
        return CancelOrder(rfc=csd.rfc, uuid=uuid, signed=signed)

    def cancel(self, order: CancelOrder | None = None, **options: Any) -> CancelReceipt:
        return call(self.simulator.account(), lambda pac: pac.cancel(order or self.order), **options)

    def failure(self, order: CancelOrder | None = None, **options: Any) -> PacError:
        with pytest.raises(PacError) as caught:
            self.cancel(order, **options)
        return caught.value

    def standing(self) -> SatStanding:
        timbre = read_timbre(self.stamped.xml)
        root = etree.fromstring(self.stamped.xml)
        receptor = root.find(f"{{{CFDI}}}Receptor")
        assert receptor is not None
        query = StatusQuery(self.uuid, RFC, str(receptor.get("Rfc")), Decimal(str(root.get("Total"))), timbre.sello_cfd)
        return ask(self.simulator.url, query)


def ask(url: str, query: StatusQuery) -> SatStanding:
    async def run() -> SatStanding:
        async with SatStatus(f"{url}/ConsultaCFDIService.svc") as sat:
            return await sat.ask(query)

    return asyncio.run(run())


@pytest.fixture
def story(simulator: Simulator, minted: World, now: datetime) -> Story:
    return Story(simulator, minted, now)


# ------------------------------------------------------------ yes


def test_it_cancels_and_keeps_the_acuse_as_it_came(story: Story) -> None:
    receipt = story.cancel()
    assert receipt.codes == {story.uuid: "201"}
    assert read_acuse(receipt.acuse).codes == {story.uuid: "201"}
    assert receipt.acuse.startswith(b"<?xml")
    standing = story.standing()
    assert standing.cancelled
    assert standing.how_cancelled == "sin_aceptacion"


def test_the_same_bytes_again_are_told_202(story: Story) -> None:
    story.cancel()
    assert story.cancel().codes == {story.uuid: "202"}


def test_the_receivers_no_leaves_it_live(story: Story) -> None:
    story.simulator.admin("POST", "clock", {"advance": 5 * 86_400})
    assert story.cancel().codes == {story.uuid: "201"}
    assert story.standing().in_process
    path = f"receiver/MCI7306249Y1/{story.uuid}"
    assert story.simulator.admin("POST", path, {"answer": "reject"}) == {"outcome": "Solicitud rechazada"}
    standing = story.standing()
    assert (standing.live, standing.refused_by_receiver, standing.needs_acceptance) == (True, True, True)


def test_silence_accepts_when_the_acceptance_clock_says_so(story: Story) -> None:
    story.simulator.admin("POST", "clock", {"advance": 5 * 86_400})
    story.cancel()
    story.simulator.admin("POST", "acceptance", {"working_days": 3})
    assert story.standing().how_cancelled == "plazo_vencido"


def test_nothing_of_the_request_is_logged(story: Story) -> None:
    with capture_logs() as lines:
        story.cancel()
    (line,) = [line for line in lines if line["event"] == "pac.cancel"]
    assert (line["outcome"], line["code"], line["uuid"]) == ("answered", "201", str(story.uuid))
    assert "SignatureValue" not in str(lines)
    assert "SignatureValue" not in repr(story.order)


# ------------------------------------------------------------ no


def test_a_no_about_the_document_is_a_receipt(story: Story) -> None:
    unknown = uuid4()
    receipt = story.cancel(story.ordered(unknown))
    assert receipt.codes == {unknown: "205"}
    assert read_acuse(receipt.acuse).codes == {unknown: "205"}
    assert story.cancel(story.ordered(story.uuid, role="fisica")).codes == {story.uuid: "203"}


def test_a_no_about_the_request_is_a_rejection(story: Story, minted: World) -> None:
    story.simulator.admin("PUT", "lists", {"revoked": [minted.csds["moral"].no_certificado]})
    failure = story.failure()
    assert isinstance(failure, PacRejected)
    assert failure.code == "304"
    story.simulator.admin("PUT", "lists", {})
    tampered = CancelOrder(RFC, story.uuid, story.order.signed.replace(b'"02"', b'"03"'))
    failure = story.failure(tampered)
    assert isinstance(failure, PacRejected)
    assert failure.code == "302"
    assert not story.standing().cancelled


# ------------------------------------------------------------ nobody knows: each fault of the way


@pytest.mark.parametrize(
    ("kind", "done"),
    [
        ("drop_before", False),
        ("500_before", False),
        ("html_200", False),
        ("html_500", False),
        ("drop_after", True),
        ("500_after", True),
        ("truncated", True),
        ("json_without_data", True),
        ("acuse_malformed", True),
        ("no_acuse", True),
        ("other_uuid", True),
    ],
)
def test_what_was_lost_is_ambiguous_and_the_same_bytes_mend_it(story: Story, kind: str, done: bool) -> None:
    story.simulator.fault(kind, on="cancel", count=1)
    assert isinstance(story.failure(), PacAmbiguous)
    assert story.standing().cancelled == done
    assert story.cancel().codes == {story.uuid: "202" if done else "201"}
    assert story.standing().cancelled


@pytest.mark.parametrize(("kind", "done"), [("hang", False), ("hang_after", True)])
def test_silence_is_ambiguous(story: Story, kind: str, done: bool) -> None:
    story.simulator.fault(kind, on="cancel", count=1)
    assert isinstance(story.failure(timeouts=IMPATIENT), PacAmbiguous)
    assert story.standing().cancelled == done


@pytest.mark.parametrize(("kind", "cause"), [("503", "busy"), ("429", "busy")])
def test_come_back_later_did_nothing(story: Story, kind: str, cause: str) -> None:
    story.simulator.fault(kind, on="cancel", count=1, retry_after=7)
    failure = story.failure()
    assert isinstance(failure, PacUnavailable)
    assert (failure.cause, failure.retry_after) == (cause, 7.0)
    assert story.standing().live


def test_a_session_that_ended_is_opened_again_once(story: Story) -> None:
    story.simulator.fault("expired_token", on="cancel", count=1)
    assert story.cancel().codes == {story.uuid: "201"}
    assert story.simulator.asked(CANCEL) == 2


def test_a_dead_host_was_not_asked(story: Story) -> None:
    account = story.simulator.account(services_url="http://127.0.0.1:1")
    with pytest.raises(PacUnavailable) as failure:
        call(account, lambda pac: pac.cancel(story.order))
    assert failure.value.cause == "network"


def test_an_answer_without_the_deed_is_seen_in_the_standing(story: Story) -> None:
    story.simulator.fault("cancel_not_done", on="cancel", count=1)
    assert story.cancel().codes == {story.uuid: "201"}
    standing = story.standing()
    assert (standing.live, standing.in_process, standing.cancellable) == (True, False, True)
    assert story.cancel().codes == {story.uuid: "201"}
    assert story.standing().cancelled


def test_a_standing_that_lags_is_no_verdict(story: Story) -> None:
    story.simulator.admin("POST", "clock", {"advance": 7_200})
    story.cancel()
    story.simulator.fault("status_lag", on="status", ms=3_600_000, count=1)
    assert story.standing().live
    assert story.standing().cancelled
    story.simulator.fault("status_lag", on="status", ms=10_800_000, count=1)
    assert not story.standing().found


# ------------------------------------------------------------ our company as receiver


@pytest.fixture
def asked(simulator: Simulator, minted: World, now: datetime) -> tuple[Simulator, UUID]:
    """Issued to us by the física, who wants to cancel it."""
    root = draft(now=now, role="fisica", cents=100_000)
    receptor = root.find(f"{{{CFDI}}}Receptor")
    assert receptor is not None
    receptor.set("Rfc", RFC)
    receptor.set("Nombre", "CAFETERIA EL AMATE")
    csd = open_pair(minted.csds["fisica"])
    uuid = call(simulator.account(), lambda pac: pac.stamp(seal_tree(root, csd), key="f")).uuid
    simulator.admin("POST", "clock", {"advance": 5 * 86_400})
    signed = cancel_request(uuid=uuid, motivo="02", sustitucion=None, csd=csd, fecha=now.replace(tzinfo=None))
    call(simulator.account(), lambda pac: pac.cancel(CancelOrder(csd.rfc, uuid, signed)))
    return simulator, uuid


def answered(asked: tuple[Simulator, UUID], minted: World, now: datetime, *, accept: bool = True) -> AnswerReceipt:
    simulator, uuid = asked
    csd = open_pair(minted.csds["moral"])
    signed = answer_request(uuid=uuid, accept=accept, rfc_pac="LSO1306189R5", csd=csd, fecha=now.replace(tzinfo=None))
    return call(simulator.account(), lambda pac: pac.answer(AnswerOrder(RFC, uuid, accept, signed)))


def test_what_waits_for_us_is_listed_until_we_answer(
    asked: tuple[Simulator, UUID], minted: World, now: datetime
) -> None:
    simulator, uuid = asked
    assert call(simulator.account(), lambda pac: pac.pending(RFC)) == [uuid]
    receipt = answered(asked, minted, now)
    assert receipt.codes == {uuid: "1000"}
    acuse = read_acuse(receipt.acuse)
    assert (acuse.rfc, acuse.codes) == (RFC, {uuid: "1000"})
    assert call(simulator.account(), lambda pac: pac.pending(RFC)) == []
    assert answered(asked, minted, now).codes == {uuid: "1002"}


@pytest.mark.parametrize(
    ("kind", "code"), [("drop_before", "1000"), ("drop_after", "1002"), ("acuse_malformed", "1002")]
)
def test_an_answer_that_was_lost_may_be_sent_again(
    asked: tuple[Simulator, UUID], minted: World, now: datetime, kind: str, code: str
) -> None:
    asked[0].fault(kind, on="answer", count=1)
    with pytest.raises(PacAmbiguous):
        answered(asked, minted, now)
    assert answered(asked, minted, now).codes == {asked[1]: code}


@pytest.mark.parametrize("kind", ["drop_before", "500_after", "html_200", "json_without_data", "truncated"])
def test_a_list_that_did_not_come_is_asked_for_later(asked: tuple[Simulator, UUID], kind: str) -> None:
    asked[0].fault(kind, on="pending", count=1)
    with pytest.raises(PacUnavailable):
        call(asked[0].account(), lambda pac: pac.pending(RFC))


def test_an_rfc_with_an_ampersand_finds_its_way(simulator: Simulator) -> None:
    assert call(simulator.account(), lambda pac: pac.pending("H&T190520XX0")) == []
    assert simulator.paths[-1] == "/pendings/H&T190520XX0"


# ------------------------------------------------------------ the wire by itself

UUID_1 = UUID("11111111-2222-3333-4444-000000000001")


def receipt(body: object, *, status: int = 200) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_receipt(status=status, retry_after=None, body=raw, uuid=UUID_1, rfc=RFC, received="201")


def error(message: str, detail: str = "", data: object = None) -> dict[str, object]:
    return {"status": "error", "message": message, "messageDetail": detail, "data": data}


def test_keys_are_compared_without_case() -> None:
    codes, acuse = receipt({"status": "success", "data": {"uuid": {str(UUID_1).lower(): "202"}, "acuse": None}})
    assert (codes, acuse) == ({UUID_1: "202"}, b"")


def test_a_refusal_in_words_is_about_the_document_we_asked_for() -> None:
    codes, _ = receipt(error("CA205 - El UUID no existe."), status=400)
    assert codes == {UUID_1: "205"}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (error("CACFDI33 - Problemas con el xml.", "CA305 - Certificado Inválido."), PacRejected),
        (error("CACFDI33 - Problemas con los campos.", "Falta el XML"), PacRejected),
        (error("CA1000 - El XML proporcionado está mal formado."), PacRejected),
        (error("AU4101 - El token proporcionado ha expirado."), Unauthorized),
        (error("CA2000 - No fue posible cancelar, intente más tarde."), PacAmbiguous),
        (error("Algo pasó"), PacAmbiguous),
        ({"status": "success", "data": None}, PacAmbiguous),
        ({"status": "success", "data": {"uuid": {"no-uuid": "201"}}}, PacAmbiguous),
        ({"status": "success", "data": {"uuid": {str(UUID_1): "201"}}}, PacAmbiguous),
        ({"status": "success", "data": {"uuid": {str(UUID_1): "201"}, "acuse": "<html/>"}}, PacAmbiguous),
        (b"<html>", PacAmbiguous),
    ],
)
def test_each_answer_has_its_kind(body: object, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        receipt(body, status=400)


@pytest.mark.parametrize(
    ("rfc", "uuid", "code"),
    [
        ("XAXX010101000", UUID_1, "201"),
        (RFC, UUID("29983e50-d2f7-4fb9-9264-ad791764c47c"), "201"),
        (RFC, UUID_1, "205"),
    ],
)
def test_an_acuse_of_something_else_is_not_believed(rfc: str, uuid: UUID, code: str) -> None:
    acuse = f'<Acuse RfcEmisor="{rfc}"><Folios><UUID>{uuid}</UUID><EstatusUUID>{code}</EstatusUUID></Folios></Acuse>'
    with pytest.raises(PacAmbiguous, match="acuse"):
        receipt({"status": "success", "data": {"uuid": {str(UUID_1): "201"}, "acuse": acuse}})


def test_no_requests_may_be_said_as_an_error() -> None:
    def read(body: object) -> list[UUID]:
        return read_pending(status=400, retry_after=None, body=json.dumps(body).encode())

    assert read(error("CA1101 - No existen peticiones para el RFC Receptor.")) == []
    assert read({"status": "success", "data": {"uuid": [str(UUID_1)], "codEstatus": "1100"}}) == [UUID_1]
    with pytest.raises(PacRejected):
        read(error("CA301 - XML Mal Formado"))
    with pytest.raises(PacAmbiguous):
        read({"status": "success", "data": {"uuid": ["x"]}})
