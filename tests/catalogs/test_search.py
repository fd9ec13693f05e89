"""People find a SAT key by their own words."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connections

from amate.catalogs.brands import BRANDS
from amate.catalogs.fill import fill_keys, keys_are_filled
from amate.catalogs.plurals import beginnings_of
from amate.catalogs.search import plain_text, search_keys
from amate.fiscal.catalogs import search_rows

PROD, UNIT = "clave_prod_serv", "clave_unidad"
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def filled(sat_keys: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
        connections.close_all()


def test_it_is_filled_once_from_the_installed_data(filled: None) -> None:
    assert keys_are_filled()
    assert fill_keys(rows=search_rows()) > 50_000


@pytest.mark.parametrize(
    ("catalog", "typed", "expected"),
    [
        (PROD, "café", "502017"),
        (PROD, "cafe", "502017"),
        (PROD, "servicio de restaurante", "9010"),
        (PROD, "lápices de madera", "4412"),
        (PROD, "lapiz", "44121706"),
        (PROD, "lápiz", "44121706"),
        (PROD, "lapices", "44121706"),
        (PROD, "luz", "39"),
        (PROD, "coca", "50202306"),
        (PROD, "Coca-Cola 600 ml", "50202306"),
        (PROD, "sabritas", "50192109"),
        (PROD, "celular", "43191501"),
        (PROD, "hospedaje web", "8111"),
        (PROD, "43211503", "43211503"),
        (UNIT, "pieza", "H87"),
        (UNIT, "kilogramo", "KGM"),
        (UNIT, "H87", "H87"),
    ],
)
def test_a_persons_words_find_it_among_the_first(filled: None, catalog: str, typed: str, expected: str) -> None:
    found = search_keys(catalog=catalog, typed=typed, day=TODAY)
    assert any(key.startswith(expected) for key, _ in found), found


def test_every_brand_leads_to_keys_of_the_sat(filled: None) -> None:
    lost = [brand for thing, brands in BRANDS.items() for brand in brands if not words_found(thing, brand)]
    assert lost == []


def words_found(thing: str, brand: str) -> bool:
    """Whether what is found first for the brand is called so by the SAT."""
    found = search_keys(catalog=PROD, typed=brand, day=TODAY, limit=3)
    text = plain_text(" ".join(text for _, text in found[:1]))
    return all(
        any(one.startswith(begin) for one in text.split() for begin in beginnings_of(word)) for word in thing.split()
    )


def test_a_typing_error_still_finds_something(filled: None) -> None:
    found = search_keys(catalog=PROD, typed="refrijerador", day=TODAY)
    assert any("refrigerador" in plain_text(text) for _, text in found), found


@pytest.mark.parametrize("typed", ["", "   ", "¡!", "& | :*", "'; DROP TABLE"])
def test_strange_questions_do_no_harm(filled: None, typed: str) -> None:
    assert isinstance(search_keys(catalog=PROD, typed=typed, day=TODAY), list)


@pytest.mark.parametrize(
    ("catalog", "typed", "expected"),
    [
        ("clave_prod_serv", "coca", "50202306"),
        ("clave_prod_serv", "laptop", "43211503"),
        ("clave_prod_serv", "renta de local", "80131502"),
        ("clave_prod_serv", "internet", "81112100"),
        ("clave_prod_serv", "colegiatura", "86121503"),
        ("clave_prod_serv", "lápiz", "44121706"),
        ("clave_prod_serv", "hosting", "81112105"),
        ("clave_unidad", "pza", "H87"),
        ("regimen_fiscal", "resico", "626"),
        ("regimen_fiscal", "plataformas", "625"),
        ("uso_cfdi", "dentista", "D01"),
        ("uso_cfdi", "gastos", "G03"),
    ],
)
def test_peoples_own_words_find_it_first(filled: None, catalog: str, typed: str, expected: str) -> None:
    found = [key for key, _ in search_keys(catalog=catalog, typed=typed, day=TODAY)]
    assert expected in found[:3], found
