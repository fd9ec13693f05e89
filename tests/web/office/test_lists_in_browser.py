"""The lists in a real browser: filters, chips, ticks, the page before an act and the one after, saved views."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.person import Person
from tests.web.office import desk, plenty
from tests.world import PASSWORD, World


@pytest.fixture
def ana(world: World, site: str, browser: Browser) -> Iterator[Person]:
    person = Person(browser, site)
    _enters(person, world)
    yield person
    person.leaves()


def test_the_pages_of_lists_bear_inspection(world: World, ana: Person) -> None:
    ids = plenty.tickets(world, 60, vary=lambda n: {"state": "void" if n > 55 else "open"})
    desk.stamped(world, correo="ingrid@example.com")
    plenty.view(world)
    run = plenty.run(world)
    pages = {
        "notas": "notas/",
        "notas-filtros": "notas/?estado=open&desde=2026-01-01&minimo=10&canal=demo&hasta=nunca",
        "notas-ninguna": "notas/?q=ZZZ",
        "facturas": "facturas/?origen=portal",
        "productos": "productos/?estado=todos",
        "auditoria": "auditoria/?tipo=ticket",
        "varias": f"notas/varias/?acto=cancelar&id={ids[58]}&id={ids[0]}&id={ids[1]}",
        "varias-ninguna": f"notas/varias/?acto=desbloquear&id={ids[0]}",
        "vista": "vistas/nueva/?lista=notas&estado=open&q=F-",
        "vistas": "vistas/",
        "trabajo": f"trabajos/{run}/",
    }
    for name, path in pages.items():
        ana.goes(world.shop.office + path)
        ana.bears_inspection(f"listas-{name}")
    ana.goes(world.shop.office + "notas/varias/?acto=bloquear&todas=1&q=F-")
    ana.clicks("Bloquear: 56 notas")
    ana.bears_inspection("listas-varias-error")
    ana.page.get_by_label("Motivo").fill("Inventario")
    ana.clicks("Bloquear: 56 notas")
    ana.bears_inspection("listas-trabajo-en-marcha")
    world.settle()
    ana.page.reload()
    ana.bears_inspection("listas-trabajo-hecho")


def test_a_person_narrows_names_and_acts_without_javascript(world: World, site: str, browser: Browser) -> None:
    plenty.tickets(world, 3)
    ana = Person(browser, site, script=False)
    _enters(ana, world)
    ana.goes(world.shop.office + "notas/")
    ana.page.get_by_text("Más filtros").click()
    ana.page.get_by_label("Vendida desde").fill("2026-01-01")
    ana.page.get_by_label("Estado").select_option("open")
    ana.clicks("Filtrar")
    ana.page.get_by_role("link", name="Guardar esta vista").click()
    ana.page.get_by_label("Nombre de la vista").fill("Por facturar")
    ana.clicks("Guardar la vista")
    assert (
        ana.page.get_by_role("navigation", name="Vistas guardadas")
        .get_by_role("link", name="Por facturar")
        .is_visible()
    )
    ana.page.get_by_label("Marcar la nota F-0").check()
    ana.page.get_by_label("Marcar la nota F-2").check()
    ana.page.get_by_role("button", name="Bloquear", exact=True).click()
    ana.page.get_by_label("Motivo").fill("Inventario")
    ana.clicks("Bloquear: 2 notas")
    assert ana.page.get_by_text("Bloqueadas: 2").is_visible()
    ana.leaves()


def _enters(person: Person, world: World) -> None:
    person.goes(world.shop.office)
    person.page.get_by_label("Correo").fill(world.shop.owner.email)
    person.page.get_by_label("Contraseña").fill(PASSWORD)
    person.clicks("Entrar")
