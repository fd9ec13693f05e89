"""Claves del SAT: keys of every catalogue by people's words, in the back office."""

from playwright.sync_api import Browser

from tests.browser.person import Person
from tests.web.office.desk import Office
from tests.world import PASSWORD, World


def test_any_key_is_found_by_words_with_who_may_have_it(sat_keys: None, office: Office) -> None:
    assert "¿Qué clave buscas?" in office.text("claves-sat/")
    page = office.text("claves-sat/?q=dentista")
    for told in ("Productos y servicios", "85122000", "Usos del CFDI", "D01", "Personas físicas; con régimen 605"):
        assert told in page, told
    page = office.text("claves-sat/?q=resico&cat=regimen_fiscal")
    assert "626" in page
    assert "Personas físicas y morales" in page
    assert "Productos y servicios</h2>" not in page
    page = office.text("claves-sat/?q=prados+tepeyac&cat=codigo_postal")
    for told in ("45050", "Zapopan, Jalisco", "Prados Tepeyac, "):
        assert told in page, told
    assert "No encontramos nada con «zzzzqqq»" in office.text("claves-sat/?q=zzzzqqq")
    assert "Claves del SAT" in office.text("buscar/?q=catálogos")


def test_the_finds_can_be_read_on_a_small_screen_and_heard(
    sat_keys: None, world: World, site: str, browser: Browser
) -> None:
    ana = Person(browser, site)
    ana.enters(world.shop.office, world.shop.owner.email, PASSWORD)
    for query in ("guadalajara", "renta"):
        ana.goes(f"{world.shop.office}claves-sat/?q={query}")
        ana.bears_inspection(f"oficina-claves-sat-{query}")
    ana.leaves()
