"""The simulator's memory in PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_hex
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from amate.adapters.pac import Stamped
from amate.sandbox.mint import World
from amate.sandbox.pac.postgres import PostgresStore
from amate.sandbox.pac.state import Cancellation, Document, MemoryStore, Store
from tests.database import as_owner
from tests.sandbox.documents import sealed
from tests.sandbox.serving import Simulator, call, serving

DOCUMENT = Document(
    uuid="CEE4BE01-ADFA-4DEB-8421-ADA60F0BEDAC",
    sha256="ab" * 32,
    sello="sello",
    customid="doc-1",
    rfc_emisor="CEA210315XX4",
    rfc_receptor="ÑAI200901XX1",
    total="232.00",
    stamped="<café/>".encode(),
    fecha_timbrado="2026-11-21T12:00:00",
    no_certificado="1" * 20,
    no_certificado_sat="2" * 20,
    sello_sat="otro",
    cadena="||1.1||",
    kept_at=datetime(2026, 11, 21, 18, 0, tzinfo=UTC),
)


@pytest.fixture
def url() -> Iterator[str]:
    """A database of the simulator's own, away from the product's."""
    name = f"test_sandbox_{token_hex(4)}"
    with as_owner() as c:
        c.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        parts = {**c.info.get_parameters(), "password": c.info.password, "dbname": name}
    yield psycopg.conninfo.make_conninfo(**parts)
    with as_owner() as c:
        c.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    kept: Store = MemoryStore() if request.param == "memory" else PostgresStore(request.getfixturevalue("url"))
    yield kept
    kept.close()


CANCELLATION = Cancellation(
    uuid=DOCUMENT.uuid,
    rfc_emisor="CEA210315XX4",
    rfc_receptor="ÑAI200901XX1",
    motivo="01",
    sustitucion="",
    asked_at=datetime(2026, 11, 21, 19, 0, tzinfo=UTC),
    deadline=datetime(2026, 11, 25, 6, 0, tzinfo=UTC),
    answer="",
    answered_at=None,
    acuse=b"<Acuse/>",
)


def test_who_names_a_document_is_found(store: Store) -> None:
    other = "11111111-2222-3333-4444-00000000000F"
    child = replace(DOCUMENT, uuid=str(uuid4()).upper(), sha256="cd" * 32, sello="s2", related=(DOCUMENT.uuid, other))
    later = replace(child, uuid=str(uuid4()).upper(), sha256="ef" * 32, sello="s3", related=(other,))
    for one in (DOCUMENT, child, later):
        store.keep(one)
    assert store.naming(DOCUMENT.uuid) == [child]
    assert store.naming(other.lower()) == [child, later]
    assert store.naming(later.uuid) == []


def test_the_last_request_of_a_document_is_the_one_that_counts(store: Store) -> None:
    assert store.cancellation(CANCELLATION.uuid) is None
    store.keep_cancellation(CANCELLATION)
    assert store.cancellation(CANCELLATION.uuid.lower()) == CANCELLATION
    assert store.unanswered("ÑAI200901XX1") == [CANCELLATION]
    assert store.unanswered("CEA210315XX4") == []
    answered = replace(CANCELLATION, answer="Rechazo", answered_at=datetime(2026, 11, 22, tzinfo=UTC))
    store.keep_cancellation(answered)
    assert store.cancellation(CANCELLATION.uuid) == answered
    assert store.unanswered("ÑAI200901XX1") == []
    store.keep_cancellation(replace(CANCELLATION, deadline=None))
    assert store.unanswered("ÑAI200901XX1") == []
    store.reset()
    assert store.cancellation(CANCELLATION.uuid) is None


def test_a_document_is_found_by_each_of_its_names(store: Store) -> None:
    store.keep(DOCUMENT)
    assert store.by_uuid(DOCUMENT.uuid.lower()) == DOCUMENT
    assert store.by_sha256(DOCUMENT.sha256) == DOCUMENT
    assert store.by_sello("sello") == DOCUMENT
    assert store.by_customid("doc-1") == DOCUMENT
    assert store.by_uuid("x") is store.by_sha256("x") is store.by_sello("x") is store.by_customid("x") is None


def test_the_newest_of_a_customid_counts_and_the_newest_come_first(store: Store) -> None:
    newer = replace(DOCUMENT, uuid="B", sha256="cd", sello="s2")
    store.keep(DOCUMENT)
    store.keep(newer)
    assert store.by_customid("doc-1") == newer
    assert [document.uuid for document in store.recent(5)] == ["B", DOCUMENT.uuid]
    assert store.recent(1) == [newer]
    assert store.count() == 2


def test_settings_are_kept_and_forgotten(store: Store) -> None:
    assert store.settings() == {}
    store.keep_settings({"credits": 3})
    store.keep_settings({"credits": 2, "lists": {"mode": "open"}})
    assert store.settings() == {"credits": 2, "lists": {"mode": "open"}}
    store.keep(DOCUMENT)
    store.reset()
    assert (store.settings(), store.count()) == ({}, 0)


def test_a_restart_of_the_simulator_keeps_its_documents(url: str, minted: World, now: datetime) -> None:
    document = sealed(minted, now=now)

    def stamp(simulator: Simulator) -> Stamped:
        return call(simulator.account(), lambda pac: pac.stamp(document, key="doc-1"))

    with serving(minted, PostgresStore(url)) as simulator:
        simulator.admin("PUT", "credits", {"left": 5})
        first = stamp(simulator)
    with serving(minted, PostgresStore(url)) as simulator:
        again = stamp(simulator)
        assert simulator.admin("GET", "credits") == {"left": 4}
    assert again.recovered
    assert (again.uuid, again.xml) == (first.uuid, first.xml)


def test_a_server_that_cut_its_connection_is_asked_again(url: str) -> None:
    store = PostgresStore(url)
    store.keep(DOCUMENT)
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert store.by_uuid(DOCUMENT.uuid) == DOCUMENT
    store.close()
