"""Our Finkok client against the simulator's SOAP wire, over real HTTP."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, TypeVar

import httpx
import pytest
from structlog.testing import capture_logs

from amate.adapters.pac import Pac, PacAmbiguous, PacError, PacRejected, PacUnavailable, Stamped, open_pac
from amate.adapters.pac import line as pac_line
from amate.adapters.pac.finkok import Finkok
from amate.fiscal.tfd import read_timbre, verify_sello_sat
from amate.sandbox.mint import World
from tests.sandbox.documents import sealed
from tests.sandbox.serving import Simulator

T = TypeVar("T")
IMPATIENT = httpx.Timeout(connect=2.0, write=2.0, read=0.4, pool=2.0)
STAMP = "/servicios/soap/stamp"


def call(simulator: Simulator, what: Callable[[Finkok], Coroutine[Any, Any, T]], **changes: Any) -> T:
    timeouts = changes.pop("timeouts", pac_line.TIMEOUTS)

    async def run() -> T:
        pac = Finkok(simulator.account(code="finkok", **changes), timeouts=timeouts)
        try:
            return await what(pac)
        finally:
            await pac.aclose()

    return asyncio.run(run())


def stamp(simulator: Simulator, document: bytes, **changes: Any) -> Stamped:
    return call(simulator, lambda pac: pac.stamp(document, key="doc-1"), **changes)


def recover(simulator: Simulator, document: bytes, **changes: Any) -> Stamped | None:
    return call(simulator, lambda pac: pac.recover(document, key="doc-1"), **changes)


def failure(simulator: Simulator, document: bytes, **changes: Any) -> PacError:
    with pytest.raises(PacError) as caught:
        stamp(simulator, document, **changes)
    return caught.value


def kept(simulator: Simulator) -> int:
    return int(simulator.admin("GET", "documents")["count"])


# ------------------------------------------------------------ yes


def test_it_stamps_and_believes_what_it_checked(simulator: Simulator, minted: World, now: datetime) -> None:
    stamped = stamp(simulator, sealed(minted, now=now))
    timbre = read_timbre(stamped.xml)
    assert stamped.uuid == timbre.uuid
    assert stamped.no_certificado_sat == minted.pac.no_certificado
    assert not stamped.recovered
    assert verify_sello_sat(timbre=timbre, certificate=minted.pac.cer)


def test_it_is_the_pac_of_the_protocol(simulator: Simulator) -> None:
    async def opened() -> str:
        pac: Pac = open_pac(simulator.account(code="finkok"))
        await pac.aclose()
        return pac.code

    assert asyncio.run(opened()) == "finkok"


def test_a_success_with_a_warning_is_a_success_and_the_log_tells_the_warning(
    simulator: Simulator, minted: World, now: datetime
) -> None:
    simulator.fault("warned")
    with capture_logs() as lines:
        assert not stamp(simulator, sealed(minted, now=now)).recovered
    (told,) = [line for line in lines if line["event"] == "pac.stamp"]
    assert told["code"].startswith("Aviso")
    assert told["outcome"] == "stamped"


def test_the_same_bytes_again_are_the_same_stamp(simulator: Simulator, minted: World, now: datetime) -> None:
    document = sealed(minted, now=now)
    first, again = stamp(simulator, document), stamp(simulator, document)
    assert again.recovered
    assert (again.uuid, again.xml) == (first.uuid, first.xml)
    assert kept(simulator) == 1
    assert simulator.asked(STAMP) == 2


def test_a_307_without_its_xml_is_asked_for_and_found(simulator: Simulator, minted: World, now: datetime) -> None:
    document = sealed(minted, now=now)
    first = stamp(simulator, document)
    simulator.fault("307_without_data", count=1)
    again = stamp(simulator, document)
    assert (again.uuid, again.recovered) == (first.uuid, True)
    assert simulator.asked(STAMP) == 3  # stamp, stamp, stamped


def test_a_307_whose_xml_is_nowhere_yet_is_ambiguous(simulator: Simulator, minted: World, now: datetime) -> None:
    """Finkok's own lag, seen by phpcfdi: `stamp` says it was stamped and `stamped` that it was not."""
    document = sealed(minted, now=now)
    stamp(simulator, document)
    simulator.fault("307_without_data")
    simulator.fault("forgets")
    assert isinstance(failure(simulator, document), PacAmbiguous)


@pytest.mark.parametrize(("status", "fault"), [(429, "429"), (503, "503"), (200, "expired_token")])
def test_after_a_307_nothing_may_say_that_it_was_not_processed(
    minted: World, now: datetime, status: int, fault: str
) -> None:
    """`PacUnavailable` would send the document to another PAC, and it has a UUID here."""
    said = {"stamp": (200, "307"), "stamped": (status, "300")}
    code, problem = asyncio.run(_scripted(sealed(minted, now=now), said))
    assert (code, type(problem)) == ("stamped", PacAmbiguous)


async def _scripted(document: bytes, said: dict[str, tuple[int, str]]) -> tuple[str, Exception]:
    """A Finkok that answers `said` to each operation. Answers the last operation asked and the failure."""
    from amate.adapters.pac import PacAccount

    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["SOAPAction"])
        status, code = said[asked[-1]]
        body = SCRIPT.format(operation=asked[-1], code=code)
        return httpx.Response(status, text=body, headers={"Retry-After": "3"} if status != 200 else {})

    pac = Finkok(PacAccount("finkok", "http://pac.example", "", "u", "p"))
    pac._line.client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    try:
        await pac.stamp(document, key="k")
    except PacError as failed:
        return asked[-1], failed
    finally:
        await pac.aclose()
    raise AssertionError("it believed an answer without a stamp")


SCRIPT = """<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><{operation}Response><{operation}Result>
<xml/><Incidencias><Incidencia><CodigoError>{code}</CodigoError><MensajeIncidencia>dice</MensajeIncidencia></Incidencia>
</Incidencias></{operation}Result></{operation}Response></e:Body></e:Envelope>"""


# ------------------------------------------------------------ nobody knows


LOST_ANSWERS = [
    "hang_after",
    "drop_after",
    "truncated",
    "500_after",
    "json_without_data",
    "other_tfd",
    "wrong_sello_sat",
    "altered_xml",
]


@pytest.mark.parametrize("fault", LOST_ANSWERS)
def test_a_stamp_whose_answer_was_lost_is_ambiguous_and_then_recovered(
    simulator: Simulator, minted: World, now: datetime, fault: str
) -> None:
    document = sealed(minted, now=now)
    simulator.fault(fault, count=1)
    assert isinstance(failure(simulator, document, timeouts=IMPATIENT), PacAmbiguous)
    (there,) = simulator.admin("GET", "documents")["documents"]
    recovered = recover(simulator, document)
    assert recovered is not None
    assert recovered.recovered
    assert str(recovered.uuid).upper() == there["uuid"]


@pytest.mark.parametrize("fault", ["drop_before", "500_before", "html_200", "hang"])
def test_silence_or_noise_is_ambiguous_and_asking_does_not_stamp(
    simulator: Simulator, minted: World, now: datetime, fault: str
) -> None:
    document = sealed(minted, now=now)
    simulator.fault(fault, count=1)
    assert isinstance(failure(simulator, document, timeouts=IMPATIENT), PacAmbiguous)
    assert recover(simulator, document) is None
    assert kept(simulator) == 0


@pytest.mark.parametrize("fault", ["other_tfd", "wrong_sello_sat", "altered_xml"])
def test_a_false_stamp_is_not_believed_when_it_is_asked_for_either(
    simulator: Simulator, minted: World, now: datetime, fault: str
) -> None:
    document = sealed(minted, now=now)
    stamp(simulator, document)
    simulator.fault(fault)
    with pytest.raises(PacAmbiguous):
        recover(simulator, document)


def test_a_no_to_the_question_is_no_proof() -> None:
    """`stamped` may refuse what it is shown; whether that was stamped stays unknown."""
    with pytest.raises(PacAmbiguous, match="el PAC respondió 705"):
        asyncio.run(_recover_scripted())


async def _recover_scripted() -> Stamped | None:
    from amate.adapters.pac import PacAccount

    body = SCRIPT.format(operation="stamped", code="705")
    pac = Finkok(PacAccount("finkok", "http://pac.example", "", "u", "p"))
    pac._line.client = httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(200, text=body)))
    try:
        return await pac.recover(b"<x/>", key="k")
    finally:
        await pac.aclose()


# ------------------------------------------------------------ no, and not now


@pytest.mark.parametrize(("role", "code"), [("expired", "305"), ("fiel", "306"), ("lookalike", "308")])
def test_a_bad_certificate_is_a_definite_no(
    simulator: Simulator, minted: World, now: datetime, role: str, code: str
) -> None:
    no = failure(simulator, sealed(minted, now=now, role=role))
    assert isinstance(no, PacRejected)
    assert no.code == code
    assert kept(simulator) == 0


def test_a_wrong_password_needs_staff(simulator: Simulator, minted: World, now: datetime) -> None:
    refused = failure(simulator, sealed(minted, now=now), password="otra & más")
    assert isinstance(refused, PacUnavailable)
    assert refused.cause == "credentials"
    assert kept(simulator) == 0


def test_after_five_failures_it_stops_asking(simulator: Simulator, minted: World, now: datetime) -> None:
    document = sealed(minted, now=now)
    simulator.fault("500_before")

    async def insist(pac: Finkok) -> tuple[PacUnavailable, float]:
        for _ in range(5):
            with pytest.raises(PacAmbiguous):
                await pac.stamp(document, key="k")
        with pytest.raises(PacUnavailable) as rested:
            await pac.stamp(document, key="k")
        return rested.value, pac.gate.rest

    rested, rest = call(simulator, insist)
    assert rested.cause == "breaker"
    assert rest == pytest.approx(30, abs=2)
    assert simulator.asked(STAMP) == 5


def test_the_balance_of_an_rfc_is_read(simulator: Simulator, minted: World, now: datetime) -> None:
    def left(**changes: Any) -> int | None:
        return call(simulator, lambda pac: pac.balance(), **changes)

    assert left() is None  # no RFC to ask for, but it knows us
    with pytest.raises(PacUnavailable) as unknown:
        left(password="otra")
    assert unknown.value.cause == "credentials"
    assert left(rfc="EKU9003173C9") is None  # on demand
    simulator.admin("PUT", "credits", {"left": 7})
    assert left(rfc="EKU9003173C9") == 7
    with pytest.raises(PacUnavailable) as refused:
        left(rfc="EKU9003173C9", password="otra")
    assert refused.value.cause == "credentials"


def test_the_log_tells_the_outcome_and_no_secret(simulator: Simulator, minted: World, now: datetime) -> None:
    with capture_logs() as lines:
        stamp(simulator, sealed(minted, now=now))
        failure(simulator, sealed(minted, now=now, role="expired"))
    told = [(line["pac"], line["outcome"], line["key"]) for line in lines if line["event"] == "pac.stamp"]
    assert told == [("finkok", "stamped", "doc-1"), ("finkok", "PacRejected", "doc-1")]
    assert minted.password not in str(lines)


# ------------------------------------------------------------ a second witness


def test_satcfdis_own_finkok_client_can_use_the_simulator(
    simulator: Simulator, minted: World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from satcfdi.cfdi import CFDI
    from satcfdi.exceptions import ResponseError
    from satcfdi.pacs.finkok import DocumentStatus
    from satcfdi.pacs.finkok import Finkok as Theirs

    monkeypatch.setattr(Theirs, "host", simulator.url)
    theirs = Theirs(minted.user, minted.password)
    document = sealed(minted, now=now)
    cfdi = CFDI.from_string(document)
    with pytest.raises(ResponseError, match="603"):
        theirs.stamped(cfdi)
    first = theirs.stamp(cfdi)
    assert theirs.stamped(cfdi).document_id == first.document_id
    assert theirs.pending_stamp(first.document_id).status == DocumentStatus.FINISHED
    with pytest.raises(ResponseError, match="No Encontrado"):
        theirs.pending_stamp("01234567-0123-0123-0123-012345678901")
    assert kept(simulator) == 1
