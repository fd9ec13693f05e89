"""People find a SAT key by their own words."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from amate.catalogs.fill import fill_keys, keys_are_filled
from amate.catalogs.search import plain_text, search_keys
from amate.fiscal.catalogs import search_rows

PROD, UNIT = "clave_prod_serv", "clave_unidad"


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
        (PROD, "hospedaje web", "8111"),
        (PROD, "43211503", "43211503"),
        (UNIT, "pieza", "H87"),
        (UNIT, "kilogramo", "KGM"),
        (UNIT, "H87", "H87"),
    ],
)
def test_a_persons_words_find_it_among_the_first(filled: None, catalog: str, typed: str, expected: str) -> None:
    found = search_keys(catalog=catalog, typed=typed)
    assert any(key.startswith(expected) for key, _ in found), found


def test_a_typing_error_still_finds_something(filled: None) -> None:
    found = search_keys(catalog=PROD, typed="refrijerador")
    assert any("refrigerador" in plain_text(text) for _, text in found), found


@pytest.mark.parametrize("typed", ["", "   ", "¡!", "& | :*", "'; DROP TABLE"])
def test_strange_questions_do_no_harm(filled: None, typed: str) -> None:
    assert isinstance(search_keys(catalog=PROD, typed=typed), list)
