"""States of the back office that no address shows by itself, in a real browser; and a day's work without any script.

What every address shows by itself: test_every_address.py.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.person import Person, weight_of
from tests.web.office import desk
from tests.world import PASSWORD, World


@pytest.fixture
def ana(world: World, site: str, browser: Browser) -> Iterator[Person]:
    """The owner of the first shop, who has just entered."""
    person = Person(browser, site)
    person.enters(world.shop.office, world.shop.owner.email, PASSWORD)
    yield person
    person.leaves()


def test_every_state_bears_inspection(world: World, ana: Person) -> None:
    world.mail.refuse.add("nadie@example.com")
    stamped = desk.stamped(world, correo="ingrid@example.com")
    unsent = desk.stamped(world, correo="nadie@example.com")
    world.mail.busy = True
    desk.stamped(world, correo="ingrid@example.com")
    refused = desk.refused_for_staff(world)
    draft = desk.claimed(world)
    pages = {
        "inicio": "",
        "notas-filtradas": "notas/?estado=invoiced&q=R-",
        "notas-ninguna": "notas/?q=ZZZ",
        "facturas-filtradas": "facturas/?estado=stamped&origen=portal",
        "factura-sin-enviar": f"facturas/{unsent.pk}/",
        "factura-rechazada": f"facturas/{refused.pk}/",
        "factura-borrador": f"facturas/{draft.pk}/",
        "pendientes": "pendientes/",
        "no-encontrada": "facturas/999999/",
    }
    for name, path in pages.items():
        ana.goes(world.shop.office + path)
        ana.bears_inspection(f"oficina-{name}")
    ana.goes(f"{world.shop.office}facturas/{stamped.pk}/")
    ana.page.get_by_label("Enviarla a este correo").fill("contador@example.com")
    ana.clicks("Enviar PDF y XML")
    ana.bears_inspection("oficina-factura-enviada")


def test_staff_work_without_javascript(world: World, site: str, browser: Browser) -> None:
    refused = desk.refused_for_staff(world)
    ana = Person(browser, site, script=False)
    ana.enters(world.shop.office, world.shop.owner.email, PASSWORD)
    ana.page.get_by_role("link", name="Corregir").click()
    ana.page.get_by_role("link", name="INGRID XODAR JIMENEZ").click()
    assert ana.at == f"{world.shop.office}facturas/{refused.pk}/"
    ana.clicks("Reintentar ahora")
    assert ana.page.get_by_text("Lo intentamos otra vez").is_visible()
    world.settle()
    ana.page.reload()
    ana.page.get_by_label("Enviarla a este correo").fill("contador@example.com")
    ana.clicks("Enviar PDF y XML")
    world.settle()
    assert [mail["To"] for mail in world.mail.mails] == ["contador@example.com"]
    ana.page.reload()
    assert ana.page.get_by_text("Enviado").is_visible()
    ana.page.get_by_role("navigation", name="Principal en el celular").get_by_role("link", name="Ventas").click()
    ana.page.get_by_label("Estado").select_option("invoiced")
    ana.clicks("Filtrar")
    assert "estado=invoiced" in ana.at
    assert ana.page.locator("tbody tr").count() == 1
    ana.page.locator(".me summary").click()
    ana.page.get_by_role("link", name="Seguridad de tu cuenta").click()
    assert ana.at == "/cuenta/2fa/"
    ana.leaves()


def test_the_first_view_is_light(world: World, site: str, browser: Browser) -> None:
    for _ in range(3):
        desk.stamped(world)
    cookie = {"name": "amate_session", "value": world.log_in().cookies["amate_session"].value, "url": site}
    weight = weight_of(browser, f"{site}{world.shop.office}", [cookie])
    print("office home", weight)
    assert weight <= 60_000
