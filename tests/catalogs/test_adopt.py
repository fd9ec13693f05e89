"""A person adopts newer catalogues: keys live and end by their days, everywhere, without a release."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import ProgrammingError, connections

from amate.catalogs.adopt import AlreadyInForce, adopt_edition
from amate.catalogs.fill import fill_keys
from amate.catalogs.in_force import edition_of, refresh
from amate.catalogs.models import Edition
from amate.catalogs.people_say import SAID
from amate.catalogs.search import search_keys
from amate.catalogs.source import Source, SourceRefused, digest_of, read_source
from amate.fiscal.catalogs import LARGE, catalogs_in_force, installed, name_of, put_in_force, search_rows
from tests.corpus import CORPUS, needs_corpus

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY, YESTERDAY = date(2026, 11, 22), date(2026, 11, 21)


@pytest.fixture(scope="module")
def keys_as_they_were(sat_keys: None, django_db_blocker: Any) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        fill_keys(rows=search_rows())
        connections.close_all()


@pytest.fixture
def editions(keys_as_they_were: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
        with connections["owner"].cursor() as c:
            c.execute("DELETE FROM catalogs_edition")
        put_in_force(installed())
        connections.close_all()


def a_source(**rows: list[dict[str, str]]) -> Source:
    tables = {f"c_{name}": tuple(found) for name, found in rows.items()}
    return Source(tables, digest=digest_of(tables))


def products(*, ended: str = "", until: str = "") -> list[dict[str, str]]:
    """Some products of the package, one of which has an end, and one that it does not know."""
    some = sorted(key for key in installed().claves_prod_serv if key.startswith("502"))
    known = [{"id": key, "texto": f"Producto {key}"} for key in some]
    for row in known:
        if row["id"] == ended:
            row["vigencia_hasta"] = until
    return [*known, {"id": "99999901", "texto": "Servicio de teletransporte", "vigencia_desde": "2026-11-22"}]


def test_a_new_key_is_known_found_and_named_from_its_first_day(editions: None) -> None:
    assert not catalogs_in_force().is_valid("clave_prod_serv", "99999901", TODAY)
    edition = adopt_edition(source=a_source(ClaveProdServ=products()), named="catalogs.db", now=NOW)
    assert refresh().version == edition.version
    current = catalogs_in_force()
    assert current.is_valid("clave_prod_serv", "99999901", TODAY)
    assert not current.is_valid("clave_prod_serv", "99999901", YESTERDAY)
    assert "99999901" in current.claves_prod_serv
    assert name_of("clave_prod_serv", "99999901") == "Servicio de teletransporte"
    assert search_keys(catalog="clave_prod_serv", typed="teletransporte", day=TODAY)
    assert not search_keys(catalog="clave_prod_serv", typed="teletransporte", day=YESTERDAY)
    assert current.paises == installed().paises, "what the source lacks stays as it was"


def test_a_key_that_ended_yesterday_is_no_longer_offered_nor_valid(editions: None) -> None:
    source = a_source(ClaveProdServ=products(ended="50202306", until=YESTERDAY.isoformat()))
    adopt_edition(source=source, named="catalogs.db", now=NOW)
    refresh()
    assert catalogs_in_force().is_valid("clave_prod_serv", "50202306", YESTERDAY)
    assert not catalogs_in_force().is_valid("clave_prod_serv", "50202306", TODAY)
    offered = {day: search_keys(catalog="clave_prod_serv", typed="50202306", day=day) for day in (YESTERDAY, TODAY)}
    assert "50202306" in dict(offered[YESTERDAY])
    assert "50202306" not in dict(offered[TODAY])


def test_a_regime_and_its_uses_follow_the_newer_edition(editions: None) -> None:
    source = a_source(
        RegimenFiscal=[{"id": "630", "texto": "Nuevo régimen.", "aplica_fisica": "1", "aplica_moral": ""}],
        UsoCFDI=[
            {"id": "G09", "texto": "Uso nuevo.", "aplica_fisica": "1", "aplica_moral": "",
             "regimenes_fiscales_receptores": "630, 612", "vigencia_desde": "2026-11-01"},
        ],
    )  # fmt: skip
    adopt_edition(source=source, named="carpeta", now=NOW)
    refresh()
    uso = catalogs_in_force().usos["G09"]
    assert (uso.regimenes, uso.fisica, uso.moral) == (frozenset({"630", "612"}), True, False)
    assert catalogs_in_force().regimenes["630"].fisica
    assert name_of("uso_cfdi", "G09") == "Uso nuevo"
    assert search_keys(catalog="uso_cfdi", typed="nuevo", day=TODAY) == [("G09", "Uso nuevo")]


def test_an_edition_is_adopted_once_and_kept_by_its_name(editions: None) -> None:
    source = a_source(ClaveProdServ=products())
    first = adopt_edition(source=source, named="catalogs.db", now=NOW)
    with pytest.raises(AlreadyInForce):
        adopt_edition(source=source, named="catalogs.db", now=NOW)
    second = adopt_edition(
        source=a_source(ClaveProdServ=products(ended="50202306", until="2026-01-01")), named="b", now=NOW
    )
    assert refresh().version == second.version
    then = edition_of(first.version)
    assert then.is_valid("clave_prod_serv", "50202306", TODAY), "an old document is held to its own edition"
    assert not catalogs_in_force().is_valid("clave_prod_serv", "50202306", TODAY)


def test_a_rate_that_cannot_be_read_adopts_nothing(editions: None) -> None:
    with pytest.raises(SourceRefused, match="no se entiende"):
        adopt_edition(
            source=a_source(TasaOCuota=[{"tipo": "Fijo", "valor": "dieciséis", "impuesto": "IVA", "factor": "Tasa"}]),
            named="x",
            now=NOW,
        )
    assert not Edition.objects.exists()


def test_the_role_that_serves_people_adopts_nothing(editions: None) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        Edition.objects.create(version="x", adopted_at=NOW, source="", digest="", rows=b"")


def test_every_key_that_people_have_a_word_for_is_the_sats() -> None:
    there = {(row.catalog, row.key) for row in search_rows()}
    lacking = [(catalog, key) for catalog, words in SAID.items() for key in words if (catalog, key) not in there]
    assert not lacking


@needs_corpus
def test_the_sats_own_small_tables_change_nothing_we_say(editions: None, tmp_path: Path) -> None:
    source = read_source(CORPUS / "catalogs")
    adopt_edition(source=source, named="catalogs", now=NOW)
    refresh()
    current, package = catalogs_in_force(), installed()
    assert {k: (v.regimenes, v.fisica, v.moral) for k, v in current.usos.items() if v.is_valid(TODAY)} == {
        k: (v.regimenes, v.fisica, v.moral) for k, v in package.usos.items() if v.is_valid(TODAY)
    }
    assert all(current.read(name) == package.read(name) for name in LARGE)
