"""How a CFDI stands, by the SAT's own service: its words, its silences, and what it says about nothing at all."""

import asyncio
import csv
import dataclasses
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4
from xml.sax.saxutils import escape

import httpx
import pytest
from lxml import etree

from amate.adapters.pac import PacUnavailable
from amate.adapters.pac.sat_status import SatStanding, SatStatus, StatusQuery, read_standing
from amate.fiscal.tfd import read_timbre
from amate.sandbox.mint import World
from tests.corpus import CORPUS, needs_corpus
from tests.sandbox.documents import draft, open_pair, seal_tree
from tests.sandbox.serving import Simulator, call

IMPATIENT = httpx.Timeout(connect=2.0, write=2.0, read=0.4, pool=2.0)
QUERY = StatusQuery(
    UUID("CEE4BE01-ADFA-4DEB-8421-ADD60F0BEDAC"),
    "EKU9003173C9",
    "COSC8001137NA",
    Decimal("1234.5678"),
    "x" * 336 + "==",
)


def rows(name: str) -> list[dict[str, str]]:
    path = CORPUS / "vectors" / name
    return list(csv.DictReader(path.open(encoding="utf-8"))) if path.exists() else []


def ask(url: str, query: StatusQuery, **options: httpx.Timeout) -> SatStanding:
    async def run() -> SatStanding:
        async with SatStatus(f"{url}/ConsultaCFDIService.svc", **options) as sat:
            return await sat.ask(query)

    return asyncio.run(run())


def answer(said: dict[str, str]) -> bytes:
    fields = "".join(f"<a:{name}>{escape(text)}</a:{name}>" for name, text in said.items())
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        '<ConsultaResponse xmlns="http://tempuri.org/"><ConsultaResult xmlns:a="urn:x">'
        f"{fields}</ConsultaResult></ConsultaResponse></s:Body></s:Envelope>"
    ).encode()


# ------------------------------------------------------------ its words


@needs_corpus
@pytest.mark.parametrize("row", rows("sat_status.csv"), ids=lambda row: row["meaning"])
def test_every_tuple_the_sat_has_answered_is_understood(row: dict[str, str]) -> None:
    standing = read_standing(answer({name: text for name, text in row.items() if name != "meaning"}))
    assert dataclasses.astuple(standing) == (
        row["CodigoEstatus"],
        row["Estado"],
        row["EsCancelable"],
        row["EstatusCancelacion"],
        row["ValidacionEFOS"],
    )
    told = {
        "live": standing.live,
        "cancelled": standing.cancelled,
        "in_process": standing.in_process,
        "refused": standing.refused_by_receiver,
        "cancellable": standing.cancellable,
        "needs_acceptance": standing.needs_acceptance,
        "bad": standing.bad_expression,
    }
    assert {name for name, true in told.items() if true} == MEANS[row["meaning"]]
    assert standing.found == (row["Estado"] != "No Encontrado")
    assert standing.how_cancelled == HOW.get(row["EstatusCancelacion"], "")


MEANS = {
    "active; emitter alone may cancel": {"live", "cancellable"},
    "active; receiver must accept": {"live", "cancellable", "needs_acceptance"},
    "cancellation requested, waiting": {"live", "cancellable", "needs_acceptance", "in_process"},
    "receiver said no; still active": {"live", "cancellable", "needs_acceptance", "refused"},
    "has live related CFDI (or past the legal window)": {"live"},
    "cancelled": {"cancelled"},
    "cancelled by tacit acceptance after 3 days": {"cancelled"},
    "malformed expression": {"bad"},
    "not (yet) at SAT: retry, do not treat as void": set(),
}
HOW = {
    "Cancelado sin aceptación": "sin_aceptacion",
    "Cancelado con aceptación": "con_aceptacion",
    "Plazo vencido": "plazo_vencido",
}


def test_an_issuer_on_the_list_is_told_apart() -> None:
    said = {"CodigoEstatus": "S - Comprobante obtenido satisfactoriamente.", "Estado": "Vigente"}
    assert read_standing(answer({**said, "ValidacionEFOS": "100"})).issuer_listed
    assert not read_standing(answer({**said, "ValidacionEFOS": "200"})).issuer_listed
    assert not read_standing(answer(said)).issuer_listed


@needs_corpus
@pytest.mark.parametrize(
    "row", [row for row in rows("sat_expression.csv") if row["version"] != "3.2"], ids=lambda row: row["tt_input"]
)
def test_the_expression_says_what_others_send(row: dict[str, str]) -> None:
    query = StatusQuery(UUID(row["id"]), row["re"], row["rr"], Decimal(row["tt_input"]), row["sello_tail"])
    expected = row["expected"]
    if expected.startswith("contains "):
        assert expected.removeprefix("contains ") in query.expression
        return
    parts = expected.partition("?")[2].replace("&amp;", "\0").split("&")
    assert sorted(query.expression[1:].replace("&amp;", "\0").split("&")) == sorted(parts)


def test_the_expression_is_escaped_once_more_on_its_way() -> None:
    """The service unwraps the XML once and then reads `&amp;` itself."""
    asked: list[bytes] = []

    def service(request: httpx.Request) -> httpx.Response:
        asked.append(request.content)
        assert request.headers["SOAPAction"] == '"http://tempuri.org/IConsultaCFDIService/Consulta"'
        return httpx.Response(200, content=answer({"CodigoEstatus": "N - 602: Comprobante no encontrado."}))

    async def run() -> SatStanding:
        sat = SatStatus("http://sat.example/")
        sat._client = httpx.AsyncClient(transport=httpx.MockTransport(service))
        async with sat:
            return await sat.ask(dataclasses.replace(QUERY, rfc_emisor="Ñ&A010101AAA"))

    assert not asyncio.run(run()).found
    expression = etree.fromstring(asked[0]).findtext(".//{http://tempuri.org/}expresionImpresa") or ""
    assert expression.startswith("?re=Ñ&amp;A010101AAA&rr=COSC8001137NA&tt=1234.5678&id=CEE4BE01")


# ------------------------------------------------------------ over the wire


def test_a_stamped_document_stands(simulator: Simulator, minted: World, now: datetime) -> None:
    document = seal_tree(draft(now=now, role="ampersand"), open_pair(minted.csds["ampersand"]))
    stamped = call(simulator.account(), lambda pac: pac.stamp(document, key="d"))
    sello = read_timbre(stamped.xml).sello_cfd
    query = StatusQuery(stamped.uuid, "H&T190520XX0", "MCI7306249Y1", Decimal("232.00"), sello)
    standing = ask(simulator.url, query)
    assert (standing.live, standing.cancellable, standing.needs_acceptance) == (True, True, False)
    assert standing.efos == "200"
    assert not ask(simulator.url, dataclasses.replace(query, total=Decimal("232.01"))).found


def test_just_after_its_stamp_nobody_knows_it(simulator: Simulator, minted: World, now: datetime) -> None:
    simulator.admin("PUT", "status", {"unknown_for": 600})
    stamped = call(
        simulator.account(), lambda pac: pac.stamp(seal_tree(draft(now=now), open_pair(minted.csds["moral"])), key="d")
    )
    sello = read_timbre(stamped.xml).sello_cfd
    query = StatusQuery(stamped.uuid, "CEA210315XX4", "MCI7306249Y1", Decimal("232.00"), sello)
    standing = ask(simulator.url, query)
    assert (standing.found, standing.cancelled, standing.bad_expression) == (False, False, False)
    simulator.admin("POST", "clock", {"advance": 600})
    assert ask(simulator.url, query).live


@pytest.mark.parametrize(
    "kind", ["drop_before", "drop_after", "500_before", "503", "429", "html_200", "html_500", "truncated"]
)
def test_whatever_else_comes_is_ask_later(simulator: Simulator, kind: str) -> None:
    simulator.fault(kind, on="status", count=1)
    with pytest.raises(PacUnavailable) as failure:
        ask(simulator.url, QUERY)
    assert failure.value.cause == "network"
    assert not ask(simulator.url, QUERY).found


def test_its_silence_ends(simulator: Simulator) -> None:
    simulator.fault("hang", on="status", count=1)
    with pytest.raises(PacUnavailable, match="ReadTimeout"):
        ask(simulator.url, QUERY, timeouts=IMPATIENT)


def test_a_dead_host_is_ask_later() -> None:
    with pytest.raises(PacUnavailable):
        ask("http://127.0.0.1:1", dataclasses.replace(QUERY, uuid=uuid4()))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html/>",
        b"{}",
        answer({"Estado": "Vigente"}),
        answer({"CodigoEstatus": "Error interno", "Estado": "Vigente"}),
        b"<!DOCTYPE a>" + answer({"CodigoEstatus": "S - x", "Estado": "Cancelado"}),
    ],
)
def test_what_is_no_answer_is_never_a_standing(body: bytes) -> None:
    with pytest.raises(PacUnavailable):
        read_standing(body)


def test_a_flood_is_cut() -> None:
    def service(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b" " * 200_000)

    async def run() -> SatStanding:
        sat = SatStatus("http://sat.example/")
        sat._client = httpx.AsyncClient(transport=httpx.MockTransport(service))
        async with sat:
            return await sat.ask(QUERY)

    with pytest.raises(PacUnavailable, match="grande"):
        asyncio.run(run())
