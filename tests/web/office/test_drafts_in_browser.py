"""Drafts in a real browser: type, close, come back; without a line, without a session, without a script."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, expect

from amate.customers.models import Customer
from amate.desk.keep_draft import keep_draft
from amate.desk.models import Draft
from tests.browser.person import Person, weight_of
from tests.web.office.test_counter_sale import SALE
from tests.world import PASSWORD, World

LIGHT = 60_000  # bytes of a first view, all files, brotli (DECISIONS E3)
FOUND = re.compile(r"Recuperamos lo que escribiste el \d+ \w+, \d\d:\d\d")
KEPT = re.compile(r"^Borrador guardado, \d\d:\d\d$")


@contextmanager
def at_the_desk(
    world: World, site: str, browser: Browser, *, width: int = 390, script: bool = True
) -> Iterator[Person]:
    """Ana in a browser of her own: whatever the last one knew is gone."""
    ana = Person(browser, site, width=width, script=script)
    ana.enters(world.shop.office, world.shop.owner.email, PASSWORD)
    yield ana
    ana.leaves()


def draft_of_a_sale(world: World) -> None:
    typed = list(SALE.items())
    world.scoped(lambda: keep_draft(owner_id=world.shop.owner.pk, form="sale", typed=typed, now=world.now()))


@pytest.mark.parametrize("width", [390, 1280])
def test_what_was_typed_is_there_when_the_browser_comes_back(
    world: World, site: str, browser: Browser, width: int
) -> None:
    path = f"{world.shop.office}mostrador/venta/"
    with at_the_desk(world, site, browser, width=width) as ana:
        ana.goes(path)
        ana.page.get_by_label("Artículo o servicio").type("Martillo de uña")
        ana.page.get_by_label("Precio de uno").type("1,160.00")
        line = ana.page.locator("[data-draft]")
        assert line.get_attribute("role") == "status"
        expect(line).to_have_text(KEPT)
        ana.bears_inspection("borrador-guardado")
    with at_the_desk(world, site, browser, width=width) as ana:
        ana.goes(path)
        expect(ana.page.get_by_text(FOUND)).to_be_visible()
        expect(ana.page.get_by_label("Artículo o servicio")).to_have_value("Martillo de uña")
        expect(ana.page.get_by_label("Precio de uno")).to_have_value("1,160.00")
        ana.bears_inspection("borrador-recuperado")
        ana.clicks("Descartar")
        assert ana.at == path
        expect(ana.page.get_by_label("Artículo o servicio")).to_have_value("")
        expect(ana.page.get_by_text(FOUND)).to_have_count(0)


def test_who_leaves_right_after_the_last_letter_loses_none(world: World, site: str, browser: Browser) -> None:
    with at_the_desk(world, site, browser) as ana:
        ana.goes(f"{world.shop.office}clientes/nuevo/")
        ana.page.get_by_label("Nombre o razón social").type("Luz Aranda")
        ana.goes(f"{world.shop.office}clientes/")
        expect(ana.page.get_by_role("heading", name="Clientes")).to_be_visible()
        for _ in range(100):  # sent while the page went away: no page hears of it
            if world.scoped(Draft.objects.count):
                break
            ana.page.wait_for_timeout(100)
        ana.goes(f"{world.shop.office}clientes/nuevo/")
        expect(ana.page.get_by_label("Nombre o razón social")).to_have_value("Luz Aranda")
        assert ana.said == []


def test_what_is_sent_leaves_no_draft_behind(world: World, site: str, browser: Browser) -> None:
    with at_the_desk(world, site, browser) as ana:
        ana.goes(f"{world.shop.office}clientes/nuevo/")
        ana.page.get_by_label("Nombre o razón social").type("Luz Aranda")
        expect(ana.page.locator("[data-draft]")).to_have_text(KEPT)
        ana.page.get_by_label("Nombre o razón social").type(" Gil")
        ana.clicks("Agregar cliente")
        expect(ana.page.get_by_text("Dimos de alta a Luz Aranda Gil")).to_be_visible()
        ana.page.wait_for_timeout(1000)  # longer than the script waits after a letter
        assert world.scoped(Draft.objects.count) == 0
        assert world.scoped(lambda: Customer.objects.filter(nombre="Luz Aranda Gil").count()) == 1


def test_without_a_line_or_a_session_the_page_says_so_and_keeps_its_words(
    world: World, site: str, browser: Browser
) -> None:
    with at_the_desk(world, site, browser) as ana:
        ana.goes(f"{world.shop.office}clientes/nuevo/")
        name, line = ana.page.get_by_label("Nombre o razón social"), ana.page.locator("[data-draft]")
        ana.context.set_offline(True)
        name.type("Luz")
        expect(line).to_contain_text("No pudimos guardar el borrador")
        ana.context.set_offline(False)
        name.type(" Aranda")
        expect(line).to_have_text(KEPT)
        ana.context.clear_cookies(name="amate_session")
        name.type(" Gil")
        expect(line).to_contain_text("tu sesión terminó")
        expect(name).to_have_value("Luz Aranda Gil")
        draft = world.scoped(lambda: dict(Draft.objects.get().typed))
        assert draft["nombre"] == "Luz Aranda"


def test_a_password_and_a_file_never_leave_the_page(world: World, site: str, browser: Browser) -> None:
    with at_the_desk(world, site, browser) as ana:
        ana.goes(f"{world.shop.office}clientes/nuevo/")
        ana.page.evaluate(
            "document.querySelector('.form form').insertAdjacentHTML('beforeend',"
            " '<input type=password name=clave value=secreto><input type=file name=sello>')"
        )
        with ana.page.expect_request("**/borradores/") as asked:
            ana.page.get_by_label("Nombre o razón social").type("Luz")
        sent = parse_qs(asked.value.post_data or "")
        assert sent["nombre"] == ["Luz"]
        assert "clave" not in sent
        assert "sello" not in sent


def test_without_javascript_nothing_breaks_and_a_draft_is_found_and_discarded(
    world: World, site: str, browser: Browser
) -> None:
    draft_of_a_sale(world)
    path = f"{world.shop.office}mostrador/venta/"
    with at_the_desk(world, site, browser, script=False) as ana:
        ana.goes(path)
        expect(ana.page.get_by_text(FOUND)).to_be_visible()
        expect(ana.page.get_by_label("Artículo o servicio")).to_have_value("Martillo de uña")
        ana.clicks("Descartar")
        expect(ana.page.get_by_label("Artículo o servicio")).to_have_value("")
        ana.page.get_by_label("Artículo o servicio").fill("Flete")
        ana.page.get_by_label("Precio de uno").fill("58")
        ana.page.get_by_label("Clave del SAT").fill("78101802")
        ana.clicks("Agregar otra partida")
        ana.goes(f"{world.shop.office}mostrador/")
        ana.goes(path)
        first = ana.page.get_by_role("group", name="Partida 1")
        expect(first.get_by_label("Artículo o servicio")).to_have_value("Flete")
        ana.page.get_by_role("button", name="Quitar la partida 2").click()
        ana.clicks("Registrar y dar la nota")
        expect(ana.page.get_by_text("Venta registrada")).to_be_visible()
        assert world.scoped(Draft.objects.count) == 0


def test_a_form_with_a_draft_is_as_light_as_any_first_view(world: World, site: str, browser: Browser) -> None:
    draft_of_a_sale(world)
    cookie = {"name": "amate_session", "value": world.log_in().cookies["amate_session"].value, "url": site}
    seen = {
        path: weight_of(browser, f"{site}{world.shop.office}{path}", [cookie])
        for path in ("mostrador/venta/", "clientes/nuevo/", "ajustes/portal/")
    }
    print("weights", seen)
    assert {path: weight for path, weight in seen.items() if weight > LIGHT} == {}
