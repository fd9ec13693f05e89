"""Our SW client against the simulator, over real HTTP."""

import asyncio
from datetime import datetime
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from amate.adapters.pac import (
    Pac,
    PacAmbiguous,
    PacError,
    PacKeyConflict,
    PacRejected,
    PacUnavailable,
    Stamped,
    open_pac,
)
from amate.adapters.pac import line as pac_line
from amate.adapters.pac.sw_sapien import STAMP, SwSapien
from amate.fiscal.tfd import read_timbre, verify_sello_sat
from amate.sandbox.mint import World
from tests.sandbox.documents import sealed
from tests.sandbox.serving import Simulator, call

IMPATIENT = httpx.Timeout(connect=2.0, write=2.0, read=0.4, pool=2.0)
AUTH = "/v2/security/authenticate"


def stamp(simulator: Simulator, document: bytes, *, key: str = "doc-1", **options: Any) -> Stamped:
    return call(simulator.account(), lambda pac: pac.stamp(document, key=key), **options)


def failure(simulator: Simulator, document: bytes, *, key: str = "doc-1", **options: Any) -> PacError:
    with pytest.raises(PacError) as caught:
        stamp(simulator, document, key=key, **options)
    return caught.value


# ------------------------------------------------------------ yes


def test_it_stamps_and_believes_what_it_checked(simulator: Simulator, minted: World, now: datetime) -> None:
    stamped = stamp(simulator, sealed(minted, now=now))
    timbre = read_timbre(stamped.xml)
    assert stamped.uuid == timbre.uuid
    assert stamped.rfc_prov_certif == "SIM240229XX4"
    assert stamped.no_certificado_sat == minted.pac.no_certificado
    assert not stamped.recovered
    assert timbre.leyenda == "SIN VALIDEZ FISCAL"
    assert verify_sello_sat(timbre=timbre, certificate=minted.pac.cer)


@pytest.mark.parametrize("role", ["fisica", "enie", "ampersand"])
def test_it_stamps_for_every_kind_of_emitter(simulator: Simulator, minted: World, now: datetime, role: str) -> None:
    assert stamp(simulator, sealed(minted, now=now, role=role)).sello_sat


def test_it_is_the_pac_of_the_protocol(simulator: Simulator) -> None:
    async def opened() -> str:
        pac: Pac = open_pac(simulator.account())
        await pac.aclose()
        return pac.code

    assert asyncio.run(opened()) == "sw_sapien"
    with pytest.raises(LookupError, match="otro"):
        open_pac(simulator.account(code="otro"))


@pytest.mark.parametrize("shape", [None, "307_http_200", "307_http_400"])
def test_the_same_bytes_again_are_the_same_stamp(
    simulator: Simulator, minted: World, now: datetime, shape: str | None
) -> None:
    document = sealed(minted, now=now)
    first = stamp(simulator, document)
    if shape:
        simulator.fault(shape)
    again = stamp(simulator, document)
    assert again.recovered
    assert (again.uuid, again.xml) == (first.uuid, first.xml)
    assert simulator.admin("GET", "documents")["count"] == 1


def test_a_slow_answer_is_still_an_answer(simulator: Simulator, minted: World, now: datetime) -> None:
    simulator.fault("latency", ms=150)
    assert not stamp(simulator, sealed(minted, now=now)).recovered


# ------------------------------------------------------------ nobody knows: the same bytes bring it back

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
    patience = {"timeouts": IMPATIENT} if fault == "hang_after" else {}
    assert isinstance(failure(simulator, document, **patience), PacAmbiguous)
    (kept,) = simulator.admin("GET", "documents")["documents"]
    recovered = call(simulator.account(), lambda pac: pac.recover(document, key="doc-1"))
    assert recovered is not None
    assert recovered.recovered
    assert str(recovered.uuid).upper() == kept["uuid"]


@pytest.mark.parametrize("fault", ["drop_before", "500_before", "html_200", "hang"])
def test_silence_or_noise_is_ambiguous_even_if_nothing_was_stamped(
    simulator: Simulator, minted: World, now: datetime, fault: str
) -> None:
    document = sealed(minted, now=now)
    simulator.fault(fault, count=1)
    assert isinstance(failure(simulator, document, timeouts=IMPATIENT), PacAmbiguous)
    recovered = call(simulator.account(), lambda pac: pac.recover(document, key="doc-1"))
    assert recovered is not None
    assert not recovered.recovered  # never stamped before, stamped now
    assert simulator.admin("GET", "documents")["count"] == 1


@pytest.mark.parametrize(
    ("fault", "doubt"),
    [("other_tfd", "other_sello"), ("wrong_sello_sat", "bad_sello_sat"), ("altered_xml", "content_changed")],
)
def test_a_false_stamp_says_what_is_false(
    simulator: Simulator, minted: World, now: datetime, fault: str, doubt: str
) -> None:
    simulator.fault(fault)
    lie = failure(simulator, sealed(minted, now=now))
    assert isinstance(lie, PacAmbiguous)
    assert lie.cause.startswith(doubt)


def test_a_307_without_its_document_is_ambiguous(simulator: Simulator, minted: World, now: datetime) -> None:
    document = sealed(minted, now=now)
    stamp(simulator, document)
    simulator.fault("307_without_data")
    assert isinstance(failure(simulator, document), PacAmbiguous)


def test_an_endless_answer_is_cut(
    simulator: Simulator, minted: World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pac_line, "BODY_CAP", 2_000)
    assert isinstance(failure(simulator, sealed(minted, now=now)), PacAmbiguous)


def test_our_key_on_other_bytes_stops_everything(simulator: Simulator, minted: World, now: datetime) -> None:
    stamp(simulator, sealed(minted, now=now, folio="1"), key="same")
    conflict = failure(simulator, sealed(minted, now=now, folio="2"), key="same")
    assert isinstance(conflict, PacKeyConflict)
    assert isinstance(conflict, PacAmbiguous)  # whoever knows only the three errors holds the document


# ------------------------------------------------------------ no


@pytest.mark.parametrize(("role", "code"), [("expired", "305"), ("fiel", "306"), ("lookalike", "308")])
def test_a_bad_certificate_is_a_definite_no(
    simulator: Simulator, minted: World, now: datetime, role: str, code: str
) -> None:
    no = failure(simulator, sealed(minted, now=now, role=role))
    assert isinstance(no, PacRejected)
    assert no.code == code
    assert simulator.admin("GET", "documents")["count"] == 0


def test_a_tampered_document_is_rejected_with_the_code_and_the_detail(
    simulator: Simulator, minted: World, now: datetime
) -> None:
    tampered = sealed(minted, now=now).replace(b'Total="232.00"', b'Total="232.01"')
    no = failure(simulator, tampered)
    assert isinstance(no, PacRejected)
    assert no.code == "302"
    assert "sello" in no.message
    assert no.detail.startswith("||4.0|")


# ------------------------------------------------------------ not now


def test_a_wrong_password_needs_staff(simulator: Simulator, minted: World, now: datetime) -> None:
    with pytest.raises(PacUnavailable) as caught:
        call(simulator.account(password="otra"), lambda pac: pac.stamp(sealed(minted, now=now), key="k"))
    assert caught.value.cause == "credentials"
    assert simulator.asked(STAMP) == 0


# ------------------------------------------------------------ sessions


def test_one_session_serves_many_stamps(simulator: Simulator, minted: World, now: datetime) -> None:
    async def many(pac: SwSapien) -> None:
        for n in range(4):
            await pac.stamp(sealed(minted, now=now, folio=str(n)), key=f"doc-{n}")

    call(simulator.account(), many)
    assert simulator.asked(AUTH) == 1


def test_an_expired_session_is_renewed_once_for_all_who_wait(
    simulator: Simulator, minted: World, now: datetime
) -> None:
    documents = [sealed(minted, now=now, folio=str(n)) for n in range(9)]

    async def together(pac: SwSapien) -> list[Stamped]:
        await pac.stamp(documents[0], key="doc-0")
        simulator.fault("expired_token", count=1)
        rest = [pac.stamp(document, key=f"doc-{n}") for n, document in enumerate(documents[1:], 1)]
        return await asyncio.gather(*rest)

    stamps = call(simulator.account(), together)
    assert len({one.uuid for one in stamps}) == 8
    assert simulator.asked(AUTH) == 2


def test_a_session_refused_twice_needs_staff(simulator: Simulator, minted: World, now: datetime) -> None:
    simulator.fault("expired_token")
    refused = failure(simulator, sealed(minted, now=now))
    assert isinstance(refused, PacUnavailable)
    assert refused.cause == "credentials"
    assert simulator.asked(STAMP) == 2


# ------------------------------------------------------------ manners


def test_after_five_failures_it_stops_asking(simulator: Simulator, minted: World, now: datetime) -> None:
    document = sealed(minted, now=now)
    simulator.fault("500_before")

    async def insist(pac: SwSapien) -> PacUnavailable:
        for _ in range(5):
            with pytest.raises(PacAmbiguous):
                await pac.stamp(document, key="k")
        with pytest.raises(PacUnavailable) as rested:
            await pac.stamp(document, key="k")
        return rested.value

    rested = call(simulator.account(), insist)
    assert rested.cause == "breaker"
    assert rested.retry_after == pytest.approx(30, abs=2)
    assert simulator.asked(STAMP) == 5


def test_definite_answers_do_not_open_the_breaker(simulator: Simulator, minted: World, now: datetime) -> None:
    bad, good = sealed(minted, now=now, role="expired"), sealed(minted, now=now)

    async def insist(pac: SwSapien) -> Stamped:
        for _ in range(7):
            with pytest.raises(PacRejected):
                await pac.stamp(bad, key="bad")
        return await pac.stamp(good, key="good")

    assert not call(simulator.account(), insist).recovered


def test_the_balance_is_read(simulator: Simulator, minted: World, now: datetime) -> None:
    assert call(simulator.account(), lambda pac: pac.balance()) is None
    simulator.admin("PUT", "credits", {"left": 7})
    stamp(simulator, sealed(minted, now=now))
    assert call(simulator.account(), lambda pac: pac.balance()) == 6


@pytest.mark.parametrize("key", ["", "x" * 101, "ñ"])
def test_a_key_that_is_no_customid_is_refused_before_asking(
    simulator: Simulator, minted: World, now: datetime, key: str
) -> None:
    with pytest.raises(ValueError, match="customid"):
        stamp(simulator, sealed(minted, now=now), key=key)
    assert simulator.paths == []


def test_the_log_tells_the_outcome_and_no_secret(simulator: Simulator, minted: World, now: datetime) -> None:
    document = sealed(minted, now=now)
    with capture_logs() as lines:
        stamp(simulator, document)
        failure(simulator, sealed(minted, now=now, role="expired"), key="doc-2")
    told = [line for line in lines if line["event"] == "pac.stamp"]
    assert [(line["outcome"], line["key"]) for line in told] == [("stamped", "doc-1"), ("PacRejected", "doc-2")]
    assert told[0]["size"] == len(document)
    assert told[1]["code"] == "305"
    assert all(isinstance(line["ms"], int) for line in told)
    assert minted.password not in str(lines)
    assert "Bearer" not in str(lines)
    assert "cfdi:" not in str(lines)


@pytest.mark.parametrize("fault", ["altered_xml", "no_credits", "expired_token"])
def test_what_waiting_will_not_mend_is_told_as_an_error(
    simulator: Simulator, minted: World, now: datetime, fault: str
) -> None:
    simulator.fault(fault)
    with capture_logs() as lines:
        failure(simulator, sealed(minted, now=now))
    assert [line["log_level"] for line in lines if line["event"] == "pac.stamp"] == ["error"]


def test_a_busy_pac_is_no_alarm(simulator: Simulator, minted: World, now: datetime) -> None:
    simulator.fault("429")
    with capture_logs() as lines:
        failure(simulator, sealed(minted, now=now))
    assert [line["log_level"] for line in lines if line["event"] == "pac.stamp"] == ["info"]


def test_an_account_does_not_show_its_password(simulator: Simulator, minted: World) -> None:
    assert minted.password not in repr(simulator.account())
