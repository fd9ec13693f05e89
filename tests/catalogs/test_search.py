"""People find a SAT key by their own words."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connections, transaction

from amate.catalogs.brands import BRANDS
from amate.catalogs.fill import fill_keys, keys_are_filled
from amate.catalogs.people_say import SAID, STATES
from amate.catalogs.plurals import beginnings_of
from amate.catalogs.postal_codes import search_postal_codes
from amate.catalogs.search import plain_text, search_keys
from amate.fiscal.catalogs import catalogs_in_force, search_rows
from amate.fiscal.places import areas

PROD, UNIT = "clave_prod_serv", "clave_unidad"
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def filled(sat_keys: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
        connections.close_all()


def test_it_is_filled_once_from_the_installed_data(filled: None) -> None:
    assert keys_are_filled()
    assert fill_keys(rows=search_rows()) > 80_000


def test_an_installation_of_before_the_postal_codes_is_filled_at_its_next_start(filled: None) -> None:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as c:
        c.execute("DELETE FROM catalogs_satkey WHERE catalog = 'codigo_postal'")
        assert not keys_are_filled()
        transaction.set_rollback(True, using="owner")
    assert keys_are_filled()


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
        ("regimen_fiscal", "casa que vendí", "607"),
        ("regimen_fiscal", "rancho ganadero", "622"),
        ("regimen_fiscal", "ama de casa", "616"),
        ("regimen_fiscal", "freelance", "612"),
        ("uso_cfdi", "dentista", "D01"),
        ("uso_cfdi", "camioneta", "I03"),
        ("uso_cfdi", "impresora", "I04"),
        ("uso_cfdi", "hipoteca", "D05"),
        ("uso_cfdi", "funeraria", "D03"),
        ("uso_cfdi", "devolución", "G02"),
        ("uso_cfdi", "gastos", "G03"),
    ],
)
def test_peoples_own_words_find_it_first(filled: None, catalog: str, typed: str, expected: str) -> None:
    found = [key for key, _ in search_keys(catalog=catalog, typed=typed, day=TODAY)]
    assert expected in found[:3], found


def test_every_regime_and_every_use_has_words_of_people() -> None:
    """As a key that the SAT does not have would be found by nobody, and one without words only by the SAT's."""
    current = catalogs_in_force()
    for catalog, keys in (("regimen_fiscal", current.regimenes), ("uso_cfdi", current.usos)):
        alive = {entry.clave for entry in current.entries(catalog, TODAY)}
        assert alive <= SAID[catalog].keys() <= keys.keys()
    assert STATES.keys() <= {area.place.estado for area in areas()}


@pytest.mark.parametrize(
    ("typed", "cp", "place", "colonia"),
    [
        ("Roma Norte", "06700", "Ciudad de México, Cuauhtémoc, Ciudad de México", "Roma Norte"),
        ("guadalajara centro", "44100", "Guadalajara, Jalisco", "Guadalajara Centro"),
        ("prados tepeyac zapopan", "45050", "Zapopan, Jalisco", "Prados Tepeyac"),
        ("tijuana bc zona centro", "22000", "Tijuana, Baja California", "Zona Centro"),
        ("cuauhtemoc cdmx roma norte", "06700", "Ciudad de México, Cuauhtémoc, Ciudad de México", "Roma Norte"),
        ("prados tepellac", "45050", "Zapopan, Jalisco", "Prados Tepeyac"),
        ("45050", "45050", "Zapopan, Jalisco", "Ciudad Del Sol"),
    ],
)
def test_a_postal_code_is_found_by_its_municipality_its_city_and_its_colonia(
    filled: None, typed: str, cp: str, place: str, colonia: str
) -> None:
    found = search_postal_codes(typed=typed, day=TODAY)
    assert cp in [one.cp for one in found[:5]], found[:5]
    one = next(one for one in found if one.cp == cp)
    assert (one.place, one.colonias[0]) == (place, colonia)


def test_a_town_comes_before_the_streets_that_are_named_after_it(filled: None) -> None:
    found = search_postal_codes(typed="Guadalajara", day=TODAY)
    assert {one.place for one in found} == {"Guadalajara, Jalisco"}


def test_of_very_many_colonias_the_one_that_was_asked_for_is_shown(filled: None) -> None:
    most = max(areas(), key=lambda area: len(area.colonias))
    (one,) = search_postal_codes(typed=most.cp, day=TODAY)
    assert (len(one.colonias), one.more) == (4, len(most.colonias) - 4)
    assert all(one.cp != "00000" for one in search_postal_codes(typed="00", day=TODAY))
